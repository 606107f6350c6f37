//! Keeping a number from calling (通话阻断). Blocking the suspect's number is routine; cutting the subject's
//! own line restricts an innocent person: it needs a second person, ends by itself after minutes, and is
//! restored even if we crash, because its end is a stored time.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{IncidentId, MeasureId};
use crate::person::PhoneNumber;
use crate::protected_numbers::ProtectedNumbers;
use crate::words::words;

/// The longest a subject's own line may be cut.
pub const SUBJECT_LINE_MAX: TimeDelta = TimeDelta::minutes(30);
/// The longest a suspect's number is blocked without being ordered anew.
pub const SUSPECT_MAX: TimeDelta = TimeDelta::days(90);
/// How soon a carrier that did not free the subject's own line is told again, in seconds; later every
/// [`RESTORE_LATER_SECS`], for as long as it takes: somebody innocent cannot use their phone.
const RESTORE_SECS: [i64; 4] = [1, 5, 15, 30];
const RESTORE_LATER_SECS: i64 = 60;
/// After so many tries, some ten minutes, a person must phone the carrier; the tries go on.
const RESTORE_ALARM_AFTER: u32 = 12;
/// How often that is said again, in tries.
const RESTORE_ALARM_EVERY: u32 = 30;
/// How long a suspect's number is blocked where nobody says otherwise.
pub const SUSPECT_DEFAULT: TimeDelta = TimeDelta::days(30);

words! {
    /// Whose line is kept from calling.
    pub enum Line {
        /// The fraudster's.
        Suspect = "suspect",
        /// The subject's own.
        Subject = "subject",
    }
}

words! {
    /// Where a block stands.
    pub enum Status {
        /// Waits for a second person.
        AwaitingApproval = "awaiting_approval",
        /// The carrier is being told.
        Requested = "requested",
        /// The number is blocked.
        Blocked = "blocked",
        /// The carrier said no.
        Refused = "refused",
        /// The carrier is being told to end it.
        Lifting = "lifting",
        /// The number is free again.
        Lifted = "lifted",
        /// No carrier answered.
        Failed = "failed",
        /// No longer wanted before the carrier was told.
        Cancelled = "cancelled",
    }
}

words! {
    /// What a carrier answers.
    pub enum CarrierResult {
        /// Done.
        Blocked = "blocked",
        /// It was blocked before: success.
        AlreadyBlocked = "already_blocked",
        /// The number is free again.
        Lifted = "lifted",
        /// It will not.
        Refused = "refused",
    }
}

/// One number kept from calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallBlock {
    /// Its id; the carrier knows it by this.
    pub id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// The plan's step that ordered it.
    pub step: Option<String>,
    /// The number.
    pub number: PhoneNumber,
    /// Whose it is.
    pub line: Line,
    /// When it ends by itself.
    pub until: Instant,
    /// Why.
    pub reason: Option<String>,
    /// When it was ordered.
    pub created_at: Instant,
    /// When the carrier had done it.
    pub blocked_at: Option<Instant>,
    /// Where it stands.
    pub status: Status,
}

/// Why a number cannot be blocked or freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 110, 96110, the banks, and what the centre added.
    #[error(
        "this number is on the protected list (it serves the public, such as 110, 96110 or a bank) and is never blocked"
    )]
    Protected,
    /// It would be over before it began.
    #[error("`until` must lie in the future")]
    InThePast,
    /// Beyond the limit of that line.
    #[error("`until` is later than allowed: 30 minutes for the subject's own line, 90 days for any other")]
    TooLong,
    /// Not in a state that can be lifted.
    #[error("a call block that is {0} cannot be lifted")]
    NotBlocked(Status),
}

/// When a block of that line, ordered now, ends.
///
/// # Errors
/// [`Refusal`] for protected numbers and impossible times.
pub fn until(
    number: &PhoneNumber,
    protected: &ProtectedNumbers,
    line: Line,
    asked: Option<Instant>,
    now: Instant,
) -> Result<Instant, Refusal> {
    if protected.holds(number) {
        return Err(Refusal::Protected);
    }
    let (default, max) = match line {
        Line::Suspect => (SUSPECT_DEFAULT, SUSPECT_MAX),
        Line::Subject => (SUBJECT_LINE_MAX, SUBJECT_LINE_MAX),
    };
    match asked.unwrap_or(now + default) {
        until if until <= now => Err(Refusal::InThePast),
        until if until > now + max => Err(Refusal::TooLong),
        until => Ok(until),
    }
}

/// When a carrier that did not free the subject's own line is told again, after so many tries.
#[must_use]
pub fn restore_again_at(tries: u32, now: Instant) -> Instant {
    let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    now + TimeDelta::seconds(RESTORE_SECS.get(place).copied().unwrap_or(RESTORE_LATER_SECS))
}

/// Whether a person must be told now that the subject's own line is still cut after so many tries to free it.
#[must_use]
pub fn restore_is_alarming(tries: u32) -> bool {
    tries >= RESTORE_ALARM_AFTER && (tries - RESTORE_ALARM_AFTER).is_multiple_of(RESTORE_ALARM_EVERY)
}

impl CallBlock {
    /// Applies a carrier's answer; a second or late one changes nothing.
    #[must_use]
    pub fn hear(mut self, result: CarrierResult, now: Instant) -> Self {
        self.status = match (self.status, result) {
            (Status::Requested | Status::Failed, CarrierResult::Blocked | CarrierResult::AlreadyBlocked) => {
                self.blocked_at = Some(now);
                Status::Blocked
            }
            (Status::Requested, CarrierResult::Refused) => Status::Refused,
            (Status::Lifting | Status::Blocked, CarrierResult::Lifted) => Status::Lifted,
            // what was never in force cannot be ended, and is over all the same
            (Status::Lifting, CarrierResult::Refused) if self.blocked_at.is_none() => Status::Lifted,
            // the number stays blocked: a person must phone the carrier. The subject's own line is asked for again
            (Status::Lifting, CarrierResult::Refused) if self.line == Line::Suspect => Status::Failed,
            (unmoved, _) => unmoved,
        };
        self
    }

    /// Ends the block: the carrier is told.
    ///
    /// # Errors
    /// [`Refusal::NotBlocked`] unless the carrier may hold the number blocked.
    pub fn lift(mut self) -> Result<Self, Refusal> {
        match self.status {
            // a request the carrier has not answered may have been carried out
            Status::Requested | Status::Blocked | Status::Failed => {
                self.status = Status::Lifting;
                Ok(self)
            }
            Status::AwaitingApproval
            | Status::Refused
            | Status::Lifting
            | Status::Lifted
            | Status::Cancelled => Err(Refusal::NotBlocked(self.status)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::UNIX_EPOCH;

    #[test]
    fn a_public_service_is_never_blocked() {
        for number in ["110", "96110", "95588"] {
            let number = PhoneNumber::parse(number).unwrap();
            let none = ProtectedNumbers::default();
            assert_eq!(until(&number, &none, Line::Suspect, None, NOW), Err(Refusal::Protected));
        }
        let list = ProtectedNumbers::parse(["13847200001"]).unwrap();
        let number = PhoneNumber::parse("13847200001").unwrap();
        for line in [Line::Suspect, Line::Subject] {
            assert_eq!(until(&number, &list, line, None, NOW), Err(Refusal::Protected));
        }
    }

    #[test]
    fn a_line_that_is_not_restored_is_tried_for_ever_and_a_person_is_told_again_and_again() {
        let mut now = NOW;
        let mut alarms = vec![];
        for tries in 1..=200 {
            let next = restore_again_at(tries, now);
            assert!(next > now && next <= now + TimeDelta::minutes(1));
            if restore_is_alarming(tries) {
                alarms.push((now - NOW).num_minutes());
            }
            now = next;
        }
        assert_eq!(alarms[..3], [7, 37, 67]);
        assert!(restore_again_at(u32::MAX, now) > now);
    }

    #[test]
    fn a_carrier_that_will_not_lift_has_nothing_to_lift_or_must_be_phoned() {
        let refused = |line, blocked_at| {
            let block = CallBlock {
                id: MeasureId::new(NOW),
                incident_id: IncidentId::new(NOW),
                step: None,
                number: PhoneNumber::parse("13847200001").unwrap(),
                line,
                until: NOW,
                reason: None,
                created_at: NOW,
                blocked_at,
                status: Status::Lifting,
            };
            block.hear(CarrierResult::Refused, NOW).status
        };
        assert_eq!(refused(Line::Suspect, None), Status::Lifted);
        assert_eq!(refused(Line::Subject, None), Status::Lifted);
        assert_eq!(refused(Line::Suspect, Some(NOW)), Status::Failed);
        assert_eq!(refused(Line::Subject, Some(NOW)), Status::Lifting, "it is asked for again");
    }

    #[test]
    fn the_subjects_own_line_is_cut_for_minutes_only() {
        let number = PhoneNumber::parse("13847200001").unwrap();
        let asked = Some(NOW + TimeDelta::hours(1));
        let until = |line, asked| until(&number, &ProtectedNumbers::default(), line, asked, NOW);
        assert_eq!(until(Line::Subject, asked), Err(Refusal::TooLong));
        assert!(until(Line::Suspect, asked).is_ok());
        assert_eq!(until(Line::Suspect, Some(NOW)), Err(Refusal::InThePast));
    }
}
