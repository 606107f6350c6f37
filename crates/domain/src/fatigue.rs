//! How much one person is to bear: repeated calls and texts make people take the police for spam. The numbers are
//! our proposal; no rule of the field is published.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::person::PhoneNumber;

/// The window in which both rules count.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);
/// The most texts one person gets in the window, over all their phones, unless the danger is urgent.
pub const TEXTS_MAX: usize = 3;
/// The most contacts begun to one person in the window, over all their phones, by people or by machines, unless
/// the danger is urgent.
pub const CONTACTS_MAX: usize = 4;

/// A text that one of a person's phones got in the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texted {
    /// Which.
    pub phone: PhoneNumber,
    /// What it says.
    pub text: String,
}

/// Why a text is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// The phone has had this very text within the window, urgent or not.
    SameText,
    /// The person has had enough texts.
    TooMany,
}

/// Whether a text may go to one of a person's phones that were sent `lately` within the window. One warning that
/// goes to two phones is one text.
///
/// # Errors
/// [`Withheld`] when it may not.
pub fn may_text(lately: &[Texted], phone: &PhoneNumber, text: &str, urgent: bool) -> Result<(), Withheld> {
    let others: BTreeSet<&str> =
        lately.iter().map(|sent| sent.text.as_str()).filter(|sent| *sent != text).collect();
    if lately.iter().any(|sent| sent.text == text && sent.phone == *phone) {
        Err(Withheld::SameText)
    } else if others.len() >= TEXTS_MAX && !urgent {
        Err(Withheld::TooMany)
    } else {
        Ok(())
    }
}

/// When a person may be called for a new contact; `lately`: when the contacts of the window were ordered.
#[must_use]
pub fn may_dial_at(lately: &[Instant], urgent: bool, now: Instant) -> Instant {
    let mut lately = lately.to_vec();
    lately.sort_unstable();
    match lately.len().checked_sub(CONTACTS_MAX) {
        Some(oldest) if !urgent => now.max(lately[oldest] + WINDOW),
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_never_sent_twice_and_no_more_than_three_unless_urgent() {
        let phone = |text| PhoneNumber::parse(text).unwrap();
        let (first, second) = (phone("13847200001"), phone("13847200002"));
        let sent = |text: &str| Texted { phone: first.clone(), text: text.to_owned() };
        let lately = ["a", "b", "c"].map(sent);
        assert_eq!(may_text(&lately[..2], &first, "d", false), Ok(()));
        assert_eq!(may_text(&lately, &first, "d", false), Err(Withheld::TooMany));
        assert_eq!(
            may_text(&lately, &second, "d", false),
            Err(Withheld::TooMany),
            "the person has had enough"
        );
        assert_eq!(may_text(&lately, &first, "d", true), Ok(()));
        assert_eq!(may_text(&lately[..1], &first, "a", true), Err(Withheld::SameText));
        assert_eq!(may_text(&lately, &second, "a", false), Ok(()), "one warning to two phones is one text");
    }

    #[test]
    fn the_fifth_contact_waits_until_the_first_is_a_day_old() {
        let now = Instant::UNIX_EPOCH + WINDOW;
        let ago = |hours| now - TimeDelta::hours(hours);
        let lately = [ago(1), ago(20), ago(5), ago(2)];
        assert_eq!(may_dial_at(&lately[..3], false, now), now);
        assert_eq!(may_dial_at(&lately, false, now), now + TimeDelta::hours(4));
        assert_eq!(may_dial_at(&lately, true, now), now);
    }
}
