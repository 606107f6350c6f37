//! Acts that wait for a second person.

use domain::approval::{self, Act};
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{
    ApprovalId, ApprovalKind, ApprovalStatus, IncidentId, MeasureId, OperatorId, Tier, Time,
};
use super::text::Text;

/// An act that waits, or waited, for its second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Approval {
    id: ApprovalId,
    /// Null for what is about no single incident.
    incident_id: Option<IncidentId>,
    created_at: Time,
    status: ApprovalStatus,
    /// What is to be done.
    kind: ApprovalKind,
    /// The call block or stop-payment it is about.
    measure_id: Option<MeasureId>,
    /// The tier the incident would be lowered to.
    tier: Option<Tier>,
    /// Whether it would stay urgent.
    urgent: Option<bool>,
    /// The version of the grading rules that would count.
    rules_version: Option<String>,
    /// Why.
    reason: String,
    /// The first person.
    asked_by_id: OperatorId,
    /// When it lapses by itself.
    lapses_at: Time,
    /// The second person.
    decided_by_id: Option<OperatorId>,
    decided_at: Option<Time>,
}

impl From<&approval::Approval> for Approval {
    fn from(approval: &approval::Approval) -> Self {
        let (measure_id, grade, rules_version) = match &approval.act {
            Act::LowerTier(grade) => (None, Some(*grade), None),
            Act::CutSubjectLine(id) | Act::ReleaseStopPayment(id) => (Some(*id), None, None),
            Act::PublishRules(hash) => (None, None, Some(hash.clone())),
        };
        Self {
            id: Text(approval.id),
            incident_id: approval.incident_id.map(Text),
            created_at: Text(approval.created_at),
            status: Text(approval.status),
            kind: Text(approval.act.kind()),
            measure_id: measure_id.map(Text),
            tier: grade.map(|grade| Text(grade.tier)),
            urgent: grade.map(|grade| grade.urgent),
            rules_version,
            reason: approval.reason.clone(),
            asked_by_id: Text(approval.asked_by),
            lapses_at: Text(approval.lapses_at()),
            decided_by_id: approval.decided_by.map(Text),
            decided_at: approval.decided_at.map(Text),
        }
    }
}
