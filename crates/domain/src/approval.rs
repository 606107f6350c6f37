//! Acts that need a second person. Nobody approves their own, and nothing waits for ever.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{ApprovalId, IncidentId, MeasureId, OperatorId};
use crate::tier::Grade;
use crate::words::words;

/// An act that nobody decided on within this lapses.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::hours(1);

words! {
    /// What waits.
    pub enum Kind {
        /// An incident's grade is to be lowered.
        LowerTier = "lower_tier",
        /// The subject's own line is to be cut.
        CutSubjectLine = "cut_subject_line",
        /// A stop-payment is to be released.
        ReleaseStopPayment = "release_stop_payment",
        /// A version of the grading rules is to count.
        PublishRules = "publish_rules",
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
    /// Let the rules of this hash count.
    PublishRules(String),
}

impl Act {
    /// The kind word.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::LowerTier(_) => Kind::LowerTier,
            Self::CutSubjectLine(_) => Kind::CutSubjectLine,
            Self::ReleaseStopPayment(_) => Kind::ReleaseStopPayment,
            Self::PublishRules(_) => Kind::PublishRules,
        }
    }
}

/// An act that waits for its second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The incident it is about; `None` for what is about all.
    pub incident_id: Option<IncidentId>,
    /// What is to be done.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// The first person.
    pub asked_by: OperatorId,
    /// When.
    pub created_at: Instant,
    /// The second person, once decided.
    pub decided_by: Option<OperatorId>,
    /// When it ended.
    pub decided_at: Option<Instant>,
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
    pub fn decide(mut self, approve: bool, by: OperatorId, now: Instant) -> Result<Self, Refusal> {
        if self.status != Status::Waiting {
            return Err(Refusal::Decided(self.status));
        }
        if self.lapses_at() <= now {
            return Err(Refusal::Decided(Status::Lapsed));
        }
        if self.asked_by == by {
            return Err(Refusal::OwnRequest);
        }
        self.status = if approve { Status::Approved } else { Status::Rejected };
        self.decided_by = Some(by);
        self.decided_at = Some(now);
        Ok(self)
    }
}
