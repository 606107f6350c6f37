//! The time after closing: the subject is called again, and a new alert or call reopens the incident, for the
//! fraudster calls again too. The spans are our proposal; no rule of the field is published.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::incident::{Closing, Outcome};
use crate::tier::{Grade, Tier};

/// How long after closing a new alert or call reopens the incident.
pub const ATTENTION_LASTS: TimeDelta = TimeDelta::hours(72);
/// How long after closing the subject is called.
pub const FOLLOW_UPS: [TimeDelta; 2] = [TimeDelta::hours(24), TimeDelta::hours(72)];
/// How often one follow-up dials.
pub const FOLLOW_UP_ATTEMPTS: u32 = 2;
/// Between those tries.
pub const FOLLOW_UP_SPACING: TimeDelta = TimeDelta::hours(1);

/// The outcomes after which the incident is still this person's: not those that another incident or jurisdiction
/// goes on with, and not what was no fraud, whose label judges the grading.
pub const KEEPS_ATTENTION: [Outcome; 3] = [Outcome::Prevented, Outcome::BecameVictim, Outcome::Unreachable];

/// When the subject of a closed incident is to be called next, `made` follow-ups having been ordered; `None`: never
/// again. A low danger, and what was no fraud, is not followed up.
#[must_use]
pub fn next_follow_up(closing: &Closing, grade: Option<Grade>, made: usize) -> Option<Instant> {
    let wanted = matches!(closing.outcome, Outcome::Prevented | Outcome::Unreachable)
        && grade.is_some_and(|grade| grade.tier > Tier::Low);
    FOLLOW_UPS.get(made).filter(|_| wanted).map(|span| closing.closed_at + *span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_kept_the_money_is_called_after_one_day_and_after_three() {
        let closing =
            |outcome| Closing { outcome, prevented: None, note: None, closed_at: Instant::UNIX_EPOCH };
        let graded = |tier| Some(Grade { urgent: false, tier });
        let hours = |hours| Some(Instant::UNIX_EPOCH + TimeDelta::hours(hours));
        let prevented = closing(Outcome::Prevented);
        assert_eq!(next_follow_up(&prevented, graded(Tier::High), 0), hours(24));
        assert_eq!(next_follow_up(&prevented, graded(Tier::Medium), 1), hours(72));
        assert_eq!(next_follow_up(&prevented, graded(Tier::High), 2), None);
        assert_eq!(next_follow_up(&prevented, graded(Tier::Low), 0), None);
        assert_eq!(next_follow_up(&closing(Outcome::NotFraud), graded(Tier::High), 0), None);
    }
}
