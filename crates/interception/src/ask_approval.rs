//! An act is put before a second person.

use domain::approval::{Act as Approvable, Approval, Status};
use domain::id::{ApprovalId, IncidentId};
use domain::timeline::Happening;
use serde_json::json;
use store::approvals;

use crate::act::Act;
use crate::error::Result;

pub(crate) async fn ask_approval(
    act: &mut Act<'_>,
    incident: IncidentId,
    what: Approvable,
    reason: &str,
) -> Result<Approval> {
    let approval = Approval {
        id: ApprovalId::new(act.now),
        incident_id: incident,
        act: what,
        reason: reason.to_owned(),
        asked_by: act.operator()?.into(),
        created_at: act.now,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        status: Status::Waiting,
    };
    approvals::insert(&mut act.tx, &approval).await?;
    let data = json!({ "approval_id": approval.id, "kind": approval.act.kind(), "reason": reason, "lapses_at": approval.lapses_at() });
    act.note(incident, Happening::ApprovalAsked, data);
    Ok(approval)
}
