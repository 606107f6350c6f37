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
    /// Null for what is about no single incident.
    incident_id: Option<IncidentId>,
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
    /// The version of the grading rules that would count.
    rules_version: Option<String>,
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
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl Approval {
    /// The approval, in a drill or in earnest.
    #[must_use]
    pub fn of(approval: &approval::Approval, drill: bool) -> Self {
        let (measure_id, grade, rules_version) = match &approval.act {
            Act::LowerTier(grade) => (None, Some(*grade), None),
            Act::CutSubjectLine(id) | Act::ReleaseStopPayment(id) => (Some(*id), None, None),
            Act::ExportIncident => (None, None, None),
            Act::PublishRules(hash) => (None, None, Some(hash.clone())),
        };
        let second = approval.decided_by.as_ref();
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
            says: says(&approval.act),
            asked_by_id: Text(approval.asked_by.id),
            asked_by: approval.asked_by.name.clone(),
            lapses_at: Text(approval.lapses_at()),
            decided_by_id: second.map(|person| Text(person.id)),
            decided_by: second.map(|person| person.name.clone()),
            decided_at: approval.decided_at.map(Text),
            decision_reason: approval.decision_reason.clone(),
            drill,
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
        Act::PublishRules(_) => "let a version of the grading rules count from now on".to_owned(),
    }
}
