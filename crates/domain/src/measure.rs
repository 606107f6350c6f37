//! What all measures share: the queue they wait in, the tries to carry them out, and when to try again.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::measure_kind::MeasureKind;
use crate::words::words;

words! {
    /// What the outside is to be told next about a measure.
    pub enum Request {
        /// Carry it out.
        Submit = "submit",
        /// What became of it? Asked after silence, before anything is sent again.
        Inquire = "inquire",
        /// A stop-payment's second 48 hours.
        Renew = "renew",
        /// A stop-payment ends: it was wrong or is no longer needed.
        Release = "release",
        /// A stop-payment becomes the freeze of a filed case.
        Freeze = "freeze",
        /// The freeze of a filed case lasts on.
        ExtendFreeze = "extend_freeze",
        /// The freeze of a filed case ends: two persons have lifted it.
        LiftFreeze = "lift_freeze",
        /// A stop-payment has ended by itself: its bank is told.
        Expire = "expire",
        /// A call block ends.
        Lift = "lift",
        /// A dispatch is no longer wanted.
        Cancel = "cancel",
    }
}

words! {
    /// What one try told us. Unknown is never failure.
    pub enum AttemptResult {
        /// The outside has the request; what it did with it is said elsewhere or later.
        Accepted = "accepted",
        /// The outside said no in so many words.
        Refused = "refused",
        /// It certainly did not arrive: sending again is safe.
        NotDelivered = "not_delivered",
        /// It was sent and nothing is known: ask before sending again.
        Unknown = "unknown",
    }
}

words! {
    /// By which way a bank was told.
    pub enum Route {
        /// The bank's usual one.
        First = "first",
        /// The other one, after a set silence of the first: the same order under the same id.
        Second = "second",
    }
}

/// A stop-payment is tried again after so many seconds, then every [`STOP_PAYMENT_LATER_SECS`].
const STOP_PAYMENT_SECS: [i64; 6] = [1, 2, 4, 8, 15, 30];
const STOP_PAYMENT_LATER_SECS: i64 = 30;
/// After an hour of silence a person must phone the bank.
pub const STOP_PAYMENT_GIVES_UP_AFTER: TimeDelta = TimeDelta::hours(1);

/// An automatic call warns of something that goes on now: after six minutes of silence a person calls.
const AUTO_CALL_SECS: [i64; 3] = [5, 60, 300];

/// The schedule of the Standard Webhooks text, for everything that is no race for money.
const UNHURRIED_SECS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// When to try again after `attempts` tries, the first of which left at `first_at`; `None` means: give up.
#[must_use]
pub fn next_try(kind: MeasureKind, attempts: u32, first_at: Instant, now: Instant) -> Option<Instant> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    match kind {
        MeasureKind::StopPayment => {
            let wait = STOP_PAYMENT_SECS.get(place).copied().unwrap_or(STOP_PAYMENT_LATER_SECS);
            let next = now + TimeDelta::seconds(wait);
            (next <= first_at + STOP_PAYMENT_GIVES_UP_AFTER).then_some(next)
        }
        MeasureKind::Contact => AUTO_CALL_SECS.get(place).map(|wait| now + TimeDelta::seconds(*wait)),
        MeasureKind::Sms | MeasureKind::CallBlock | MeasureKind::Dispatch => {
            UNHURRIED_SECS.get(place).map(|wait| now + TimeDelta::seconds(*wait))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(kind: MeasureKind) -> Vec<i64> {
        let first = Instant::UNIX_EPOCH;
        let mut now = first;
        let mut waits = vec![];
        while let Some(next) = next_try(kind, u32::try_from(waits.len()).unwrap() + 1, first, now) {
            waits.push((next - now).num_seconds());
            now = next;
        }
        waits
    }

    #[test]
    fn a_stop_payment_is_tried_within_seconds_for_an_hour() {
        let waits = tries(MeasureKind::StopPayment);
        assert_eq!(waits[..8], [1, 2, 4, 8, 15, 30, 30, 30]);
        assert!((3_570..=3_600).contains(&waits.iter().sum::<i64>()));
    }

    #[test]
    fn a_text_is_tried_on_the_schedule_of_the_webhooks_standard() {
        assert_eq!(tries(MeasureKind::Sms), UNHURRIED_SECS);
    }
}
