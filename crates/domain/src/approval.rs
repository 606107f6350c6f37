//! Acts that need a second person. Nobody approves their own, and nothing waits for ever.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{ApprovalId, IncidentId, MeasureId, OperatorId};
use crate::operator::Operator;
use crate::tier::Grade;
use crate::words::words;

/// An act that nobody decided on within this lapses.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::hours(1);
/// How long an approved export may be fetched; then its content is thrown away.
pub const EXPORT_LASTS: TimeDelta = TimeDelta::hours(24);

words! {
    /// What waits.
    pub enum Kind {
        /// An incident's grade is to be lowered.
        LowerTier = "lower_tier",
        /// The subject's own line is to be cut.
        CutSubjectLine = "cut_subject_line",
        /// A stop-payment is to be released.
        ReleaseStopPayment = "release_stop_payment",
        /// An incident's whole record is to leave the house.
        ExportIncident = "export_incident",
    }
}

words! {
    /// Where an approval stands.
    pub enum Status {
        /// Waits for the second person.
        Waiting = "waiting",
        /// Said yes; the act was done.
        Approved = "approved",
        /// Said no.
        Rejected = "rejected",
        /// Nobody decided in time, or the act became pointless.
        Lapsed = "lapsed",
    }
}

/// The act itself, with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Lower the incident to this grade.
    LowerTier(Grade),
    /// Let this call block of the subject's own line begin.
    CutSubjectLine(MeasureId),
    /// Release this stop-payment.
    ReleaseStopPayment(MeasureId),
    /// Let the first and the second person fetch the incident's whole record.
    ExportIncident,
}

impl Act {
    /// The kind word.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::LowerTier(_) => Kind::LowerTier,
            Self::CutSubjectLine(_) => Kind::CutSubjectLine,
            Self::ReleaseStopPayment(_) => Kind::ReleaseStopPayment,
            Self::ExportIncident => Kind::ExportIncident,
        }
    }
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: OperatorId,
    /// How the timeline calls them.
    pub name: String,
}

impl From<&Operator> for Person {
    fn from(operator: &Operator) -> Self {
        Self { id: operator.id, name: operator.name.clone() }
    }
}

/// An act that waits for its second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The incident it is about.
    pub incident_id: IncidentId,
    /// What is to be done.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// The first person.
    pub asked_by: Person,
    /// When.
    pub created_at: Instant,
    /// The second person, once decided.
    pub decided_by: Option<Person>,
    /// When it ended.
    pub decided_at: Option<Instant>,
    /// Why the second person decided so, where they said it.
    pub decision_reason: Option<String>,
    /// Where it stands.
    pub status: Status,
}

/// Why somebody cannot decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It takes two.
    #[error("nobody decides on their own request; a second person must")]
    OwnRequest,
    /// It is over.
    #[error("the approval is {0} already")]
    Decided(Status),
}

impl Approval {
    /// When it lapses by itself.
    #[must_use]
    pub fn lapses_at(&self) -> Instant {
        self.created_at + LAPSES_AFTER
    }

    /// The second person decides.
    ///
    /// # Errors
    /// [`Refusal`] to the first person, and once it is over.
    pub fn decide(
        mut self,
        approve: bool,
        reason: Option<String>,
        by: Person,
        now: Instant,
    ) -> Result<Self, Refusal> {
        if self.status != Status::Waiting {
            return Err(Refusal::Decided(self.status));
        }
        if self.lapses_at() <= now {
            return Err(Refusal::Decided(Status::Lapsed));
        }
        if self.asked_by.id == by.id {
            return Err(Refusal::OwnRequest);
        }
        self.status = if approve { Status::Approved } else { Status::Rejected };
        self.decided_by = Some(by);
        self.decided_at = Some(now);
        self.decision_reason = reason;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn person(name: &str) -> Person {
        Person { id: OperatorId::new(START), name: name.to_owned() }
    }

    fn waiting(asked_by: Person) -> Approval {
        Approval {
            id: ApprovalId::new(START),
            incident_id: IncidentId::new(START),
            act: Act::ExportIncident,
            reason: "检察院调取".to_owned(),
            asked_by,
            created_at: START,
            decided_by: None,
            decided_at: None,
            decision_reason: None,
            status: Status::Waiting,
        }
    }

    #[test]
    fn it_takes_another_person_in_time_and_only_once() {
        let (first, second) = (person("supervisor-1"), person("supervisor-2"));
        for approve in [true, false] {
            let decide = |by: &Person, at| {
                waiting(first.clone()).decide(approve, Some("理由".to_owned()), by.clone(), at)
            };
            assert_eq!(decide(&first, START), Err(Refusal::OwnRequest));
            assert_eq!(decide(&second, START + LAPSES_AFTER), Err(Refusal::Decided(Status::Lapsed)));
            let decided = decide(&second, START).unwrap();
            assert_eq!(decided.decided_by.as_ref(), Some(&second));
            assert_eq!(decided.decision_reason.as_deref(), Some("理由"));
            let status = decided.status;
            assert_eq!(decided.decide(true, None, second.clone(), START), Err(Refusal::Decided(status)));
        }
    }
}
