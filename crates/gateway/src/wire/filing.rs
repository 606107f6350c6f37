//! From the stop to the filed case and its freeze.

use domain::clock::Instant;
use domain::filing;
use interception::file_case::FilingDesk;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{
    FilingStatus, IncidentId, MeasureId, Note, Paper, PaperDebt, Past, PastTime, Reference,
    StopPaymentStatus, Time,
};
use super::text::Text;
use crate::reading::request;

request! {
    /// What was decided about filing the case.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = FilingDecision)]
    pub struct Decision {
        /// `filed` or `refused`.
        pub status: FilingStatus,
        /// The number of a filed case.
        pub case_number: Option<Reference>,
        /// When it was filed; not given, it was now.
        pub filed_at: Option<PastTime>,
        /// The head who approved.
        pub approved_by: Option<Reference>,
        /// Why it was refused.
        pub reason: Option<Note>,
    }
}

impl Decision {
    /// The decision.
    ///
    /// # Errors
    /// The pointer of the field that does not fit the status, and what was expected.
    pub fn into_domain(self, now: Instant) -> Result<filing::Filing, (&'static str, &'static str)> {
        match (self.status.0, self.case_number, self.reason) {
            (filing::Status::Filed, Some(case_number), _) => Ok(filing::Filing::Filed {
                case_number: case_number.into(),
                filed_at: self.filed_at.map_or(now, |Text(Past(at))| at),
                approved_by: self.approved_by.map(Into::into),
            }),
            (filing::Status::Filed, None, _) => Err(("/case_number", "a filed case has a number")),
            (filing::Status::Refused, _, Some(reason)) => {
                Ok(filing::Filing::Refused { reason: reason.into() })
            }
            (filing::Status::Refused, _, None) => Err(("/reason", "a refusal has a reason")),
            (filing::Status::NotFiled, ..) => {
                Err(("/status", "expected filed or refused: undecided is what it is by itself"))
            }
        }
    }
}

request! {
    /// A paper that is there.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct PaperDelivery {
        /// Which.
        pub paper: Paper,
        /// Its number or place in the file.
        pub reference: Reference,
    }
}

/// How far an incident is on its way from stop to freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Filing {
    incident_id: IncidentId,
    status: FilingStatus,
    case_number: Option<String>,
    filed_at: Option<Time>,
    /// The head who approved.
    approved_by: Option<String>,
    /// Why it was refused.
    reason: Option<String>,
    /// Who wrote it down.
    recorded_by: Option<String>,
    recorded_at: Option<Time>,
    /// When the first stop ends that stands: by then it must be filed and frozen.
    due_at: Option<Time>,
    /// What each stop owes.
    paperwork: Vec<Paperwork>,
}

/// What one stop owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Paperwork {
    stop_payment_id: MeasureId,
    status: StopPaymentStatus,
    papers: Vec<PaperLine>,
}

/// One paper of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperLine {
    paper: Paper,
    status: PaperDebt,
    due_at: Time,
    reference: Option<String>,
    done_by: Option<String>,
    done_at: Option<Time>,
}

impl From<filing::Line> for PaperLine {
    fn from(line: filing::Line) -> Self {
        let delivered = line.delivered;
        Self {
            paper: Text(line.paper),
            status: Text(line.debt),
            due_at: Text(line.due_at),
            done_by: delivered.as_ref().map(|paper| paper.by.clone()),
            done_at: delivered.as_ref().map(|paper| Text(paper.at)),
            reference: delivered.map(|paper| paper.reference),
        }
    }
}

impl From<FilingDesk> for Filing {
    fn from(desk: FilingDesk) -> Self {
        let status = desk.recorded.as_ref().map(|recorded| recorded.filing.status());
        let (case_number, filed_at, approved_by, reason) =
            match desk.recorded.as_ref().map(|recorded| recorded.filing.clone()) {
                Some(filing::Filing::Filed { case_number, filed_at, approved_by }) => {
                    (Some(case_number), Some(filed_at), approved_by, None)
                }
                Some(filing::Filing::Refused { reason }) => (None, None, None, Some(reason)),
                None => (None, None, None, None),
            };
        let paperwork = desk.papers.into_iter().map(|(order, lines)| Paperwork {
            stop_payment_id: Text(order.id),
            status: Text(order.status()),
            papers: lines.into_iter().map(Into::into).collect(),
        });
        Self {
            incident_id: Text(desk.incident_id),
            status: Text(status.unwrap_or(filing::Status::NotFiled)),
            case_number,
            filed_at: filed_at.map(Text),
            approved_by,
            reason,
            recorded_by: desk.recorded.as_ref().map(|recorded| recorded.recorded_by.clone()),
            recorded_at: desk.recorded.as_ref().map(|recorded| Text(recorded.recorded_at)),
            due_at: desk.due_at.map(Text),
            paperwork: paperwork.collect(),
        }
    }
}
