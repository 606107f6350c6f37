//! Reaching the subject or a relative by voice (电话劝阻): one contact is the task to reach one person, with
//! as many tries as its plan's step allows.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::contact_outcome::ContactOutcome;
use crate::id::{IncidentId, MeasureId, OperatorId};
use crate::person::{PersonName, PhoneNumber};
use crate::words::words;

/// A claim is given back by itself after this, so that a dispatcher who walks away blocks nobody.
pub const CLAIM_LASTS: TimeDelta = TimeDelta::minutes(5);

words! {
    /// Who is to be reached.
    pub enum Role {
        /// The person to protect.
        Subject = "subject",
        /// Someone close to them.
        Relative = "relative",
    }
}

words! {
    /// Where a contact stands.
    pub enum Status {
        /// In the desk's queue.
        Pending = "pending",
        /// A dispatcher is dialling.
        Claimed = "claimed",
        /// Over: reached, or tried often enough.
        Done = "done",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

words! {
    /// How the whole contact ended; the plan goes on from here.
    pub enum Verdict {
        /// Reached, and will not pay.
        Convinced = "convinced",
        /// Reached, and wavers.
        Doubtful = "doubtful",
        /// Reached, and will not listen.
        Refused = "refused",
        /// Never reached.
        Unreachable = "unreachable",
    }
}

impl Verdict {
    /// What one try decides; `None`: the person is to be tried again. `is_last`: no further try is allowed.
    #[must_use]
    pub fn of(outcome: ContactOutcome, is_last: bool) -> Option<Self> {
        match outcome {
            ContactOutcome::ReachedConvinced => Some(Self::Convinced),
            ContactOutcome::ReachedDoubtful => Some(Self::Doubtful),
            ContactOutcome::ReachedRefused => Some(Self::Refused),
            ContactOutcome::WrongNumber => Some(Self::Unreachable),
            ContactOutcome::NoAnswer
            | ContactOutcome::Busy
            | ContactOutcome::Off
            | ContactOutcome::Forwarded => is_last.then_some(Self::Unreachable),
        }
    }
}

/// Where a contact stands, with the facts that exist there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits to be dialled from its due time on.
    Pending,
    /// Somebody dials, until the claim runs out.
    Claimed {
        /// Who.
        by: OperatorId,
        /// When the claim is given back.
        until: Instant,
    },
    /// Over.
    Done {
        /// How.
        verdict: Verdict,
        /// When.
        at: Instant,
    },
    /// No longer wanted.
    Cancelled,
}

/// The task to reach one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// The plan's step that ordered it.
    pub step: Option<String>,
    /// Who is to be reached.
    pub role: Role,
    /// Name, where known.
    pub name: Option<PersonName>,
    /// Whom to dial.
    pub phone: PhoneNumber,
    /// Tries made.
    pub attempts: u32,
    /// Tries allowed.
    pub max_attempts: u32,
    /// Between two tries.
    pub spacing: TimeDelta,
    /// How long after it is due somebody must have claimed it.
    pub pick_up: Option<TimeDelta>,
    /// When to dial.
    pub due_at: Instant,
    /// When it was ordered.
    pub created_at: Instant,
    /// Who was on the line as well in the last three-way call, such as `96110` or a bank.
    pub three_way_with: Option<String>,
    /// Where it stands.
    pub state: State,
}

/// Why a dispatcher cannot have or report a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is over.
    #[error("the contact is {0}; nothing is left to do")]
    Over(Status),
    /// Two dispatchers never dial the same person.
    #[error("another dispatcher has claimed this contact")]
    ClaimedByAnother,
}

/// What a reported outcome did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The contact after it.
    pub contact: Contact,
    /// A busy line: the subject is likely talking to the fraudster.
    pub makes_urgent: bool,
}

impl Contact {
    /// The status word at `now`: a claim that ran out is pending again.
    #[must_use]
    pub fn status(&self, now: Instant) -> Status {
        match self.state {
            State::Pending => Status::Pending,
            State::Claimed { until, .. } if until <= now => Status::Pending,
            State::Claimed { .. } => Status::Claimed,
            State::Done { .. } => Status::Done,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// Whether it waits and nobody has claimed it in time.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        let late = self.pick_up.is_some_and(|pick_up| self.due_at + pick_up <= now);
        late && self.status(now) == Status::Pending
    }

    /// Gives the contact to one dispatcher for [`CLAIM_LASTS`]. Claiming again renews the claim.
    ///
    /// # Errors
    /// [`Refusal`] when it is over or another dispatcher has it.
    pub fn claim(mut self, by: OperatorId, now: Instant) -> Result<Self, Refusal> {
        self.must_be_free_for(by, now)?;
        self.state = State::Claimed { by, until: now + CLAIM_LASTS };
        Ok(self)
    }

    /// Records how one try ended. Tries that reached nobody are repeated until they are used up.
    ///
    /// # Errors
    /// [`Refusal`] when it is over or another dispatcher has it.
    pub fn report(
        mut self,
        outcome: ContactOutcome,
        by: OperatorId,
        now: Instant,
    ) -> Result<Reported, Refusal> {
        self.must_be_free_for(by, now)?;
        self.attempts += 1;
        let verdict = Verdict::of(outcome, self.attempts >= self.max_attempts);
        match verdict {
            Some(verdict) => self.state = State::Done { verdict, at: now },
            None => {
                self.state = State::Pending;
                self.due_at = now + self.spacing;
            }
        }
        let makes_urgent = outcome == ContactOutcome::Busy && self.role == Role::Subject;
        Ok(Reported { contact: self, makes_urgent })
    }

    fn must_be_free_for(&self, operator: OperatorId, now: Instant) -> Result<(), Refusal> {
        match self.state {
            State::Pending => Ok(()),
            State::Claimed { by, until } if by == operator || until <= now => Ok(()),
            State::Claimed { .. } => Err(Refusal::ClaimedByAnother),
            State::Done { .. } | State::Cancelled => Err(Refusal::Over(self.status(now))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn contact() -> Contact {
        Contact {
            id: MeasureId::new(START),
            incident_id: IncidentId::new(START),
            step: Some("call_subject".to_owned()),
            role: Role::Subject,
            name: None,
            phone: PhoneNumber::parse("13847200001").unwrap(),
            attempts: 0,
            max_attempts: 3,
            spacing: TimeDelta::minutes(5),
            pick_up: Some(TimeDelta::minutes(2)),
            due_at: START,
            created_at: START,
            three_way_with: None,
            state: State::Pending,
        }
    }

    #[test]
    fn two_dispatchers_never_dial_the_same_person_but_silence_gives_the_claim_back() {
        let (first, second) = (OperatorId::new(START), OperatorId::new(START));
        let claimed = contact().claim(first, START).unwrap();
        assert_eq!(claimed.clone().claim(second, START).unwrap_err(), Refusal::ClaimedByAnother);
        assert!(claimed.clone().claim(first, START).is_ok());
        assert!(claimed.claim(second, START + CLAIM_LASTS).is_ok());
    }

    #[test]
    fn nobody_answering_three_times_is_unreachable() {
        let by = OperatorId::new(START);
        let mut contact = contact();
        for attempt in 1..=3 {
            assert!(matches!(contact.state, State::Pending), "try {attempt}");
            contact = contact.report(ContactOutcome::NoAnswer, by, START).unwrap().contact;
        }
        assert_eq!(contact.state, State::Done { verdict: Verdict::Unreachable, at: START });
        assert_eq!(
            contact.report(ContactOutcome::NoAnswer, by, START).unwrap_err(),
            Refusal::Over(Status::Done)
        );
    }

    #[test]
    fn a_busy_line_makes_it_urgent_only_when_it_is_the_subjects() {
        let by = OperatorId::new(START);
        assert!(contact().report(ContactOutcome::Busy, by, START).unwrap().makes_urgent);
        let relative = Contact { role: Role::Relative, ..contact() };
        assert!(!relative.report(ContactOutcome::Busy, by, START).unwrap().makes_urgent);
    }

    #[test]
    fn a_contact_nobody_claims_is_overdue_and_so_is_the_next_try() {
        let by = OperatorId::new(START);
        let at = |minutes| START + TimeDelta::minutes(minutes);
        assert!(!contact().is_overdue(at(1)));
        assert!(contact().is_overdue(at(2)));
        assert!(!contact().claim(by, at(1)).unwrap().is_overdue(at(2)));
        let again = contact().report(ContactOutcome::NoAnswer, by, at(1)).unwrap().contact;
        assert!(!again.is_overdue(at(7)) && again.is_overdue(at(8)), "due at 6, to be claimed by 8");
    }

    #[test]
    fn the_next_try_is_due_after_the_spacing() {
        let reported = contact().report(ContactOutcome::Off, OperatorId::new(START), START).unwrap();
        assert_eq!(reported.contact.due_at, START + TimeDelta::minutes(5));
    }
}
