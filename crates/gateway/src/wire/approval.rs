//! Acts that wait for a second person.

use domain::approval::{self, Act};
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{
    ApprovalId, ApprovalKind, ApprovalStatus, IncidentId, MeasureId, Note, OperatorId, Tier, Time,
};
use super::text::Text;
use crate::reading::request;

request! {
    /// Why the second person decides so.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = ApprovalDecision)]
    pub struct Decision {
        /// In their words.
        pub reason: Option<Note>,
    }
}

/// An act that waits, or waited, for its second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Approval {
    id: ApprovalId,
    incident_id: IncidentId,
    created_at: Time,
    status: ApprovalStatus,
    /// What is to be done.
    kind: ApprovalKind,
    /// The same in a sentence, for whoever is to decide.
    says: String,
    /// The call block or stop-payment it is about.
    measure_id: Option<MeasureId>,
    /// The tier the incident would be lowered to.
    tier: Option<Tier>,
    /// Whether it would stay urgent.
    urgent: Option<bool>,
    /// Why.
    reason: String,
    /// The first person.
    asked_by_id: OperatorId,
    /// Their name.
    asked_by: String,
    /// When it lapses by itself.
    lapses_at: Time,
    /// The second person.
    decided_by_id: Option<OperatorId>,
    /// Their name.
    decided_by: Option<String>,
    decided_at: Option<Time>,
    /// Why they decided so, where they said it.
    decision_reason: Option<String>,
}

impl From<&approval::Approval> for Approval {
    fn from(approval: &approval::Approval) -> Self {
        let (measure_id, grade) = match approval.act {
            Act::LowerTier(grade) => (None, Some(grade)),
            Act::CutSubjectLine(id) | Act::ReleaseStopPayment(id) => (Some(id), None),
            Act::ExportIncident => (None, None),
        };
        let second = approval.decided_by.as_ref();
        Self {
            id: Text(approval.id),
            incident_id: Text(approval.incident_id),
            created_at: Text(approval.created_at),
            status: Text(approval.status),
            kind: Text(approval.act.kind()),
            measure_id: measure_id.map(Text),
            tier: grade.map(|grade| Text(grade.tier)),
            urgent: grade.map(|grade| grade.urgent),
            reason: approval.reason.clone(),
            says: says(&approval.act),
            asked_by_id: Text(approval.asked_by.id),
            asked_by: approval.asked_by.name.clone(),
            lapses_at: Text(approval.lapses_at()),
            decided_by_id: second.map(|person| Text(person.id)),
            decided_by: second.map(|person| person.name.clone()),
            decided_at: approval.decided_at.map(Text),
            decision_reason: approval.decision_reason.clone(),
        }
    }
}

fn says(act: &Act) -> String {
    match act {
        Act::LowerTier(grade) if grade.urgent => {
            format!("lower the incident to {}, still urgent", grade.tier)
        }
        Act::LowerTier(grade) => format!("lower the incident to {}", grade.tier),
        Act::CutSubjectLine(_) => "cut the subject's own line for some minutes".to_owned(),
        Act::ReleaseStopPayment(_) => "release a stop-payment: the money can leave again".to_owned(),
        Act::ExportIncident => "hand out the incident's whole record, unmasked".to_owned(),
    }
}
