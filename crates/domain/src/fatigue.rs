//! How much one person is to bear: repeated calls and texts make people take the police for spam. The numbers are
//! our proposal; no rule of the field is published.

use chrono::TimeDelta;

use crate::clock::Instant;

/// The window in which both rules count.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);
/// The most texts one phone gets in the window, unless the danger is urgent.
pub const TEXTS_MAX: usize = 3;
/// The most contacts begun to one phone in the window, unless the danger is urgent.
pub const CONTACTS_MAX: usize = 4;

/// Why a text is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// The phone has had this very text within the window, urgent or not.
    SameText,
    /// The phone has had enough texts.
    TooMany,
}

/// Whether a text may go to a phone that was sent `lately` within the window.
///
/// # Errors
/// [`Withheld`] when it may not.
pub fn may_text(lately: &[String], text: &str, urgent: bool) -> Result<(), Withheld> {
    if lately.iter().any(|sent| sent == text) {
        Err(Withheld::SameText)
    } else if lately.len() >= TEXTS_MAX && !urgent {
        Err(Withheld::TooMany)
    } else {
        Ok(())
    }
}

/// When a phone may be dialled for a new contact; `lately`: when the contacts of the window were ordered.
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
        let lately = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(may_text(&lately[..2], "d", false), Ok(()));
        assert_eq!(may_text(&lately, "d", false), Err(Withheld::TooMany));
        assert_eq!(may_text(&lately, "d", true), Ok(()));
        assert_eq!(may_text(&lately[..1], "a", true), Err(Withheld::SameText));
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
