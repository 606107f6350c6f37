//! The second person decides; an approved act is done in the same transaction.

use domain::approval::{Act as Approvable, Approval, Status};
use domain::call_block;
use domain::id::{ApprovalId, MeasureId};
use domain::measure::Request;
use domain::timeline::Happening;
use serde_json::json;
use store::{approvals, call_blocks};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::follow_stop_payment::ask_to_release;
use crate::order_measures::tell_carrier;
use crate::reassess_incident::lower;

/// Approves or rejects, and may say why. Nobody decides on their own request.
///
/// # Errors
/// [`Error`] when the approval is unknown or over, the operator asked for it, or the act became impossible.
pub async fn decide_approval(
    act: &mut Act<'_>,
    id: ApprovalId,
    approve: bool,
    reason: Option<String>,
) -> Result<Approval> {
    let unknown = Error::Unknown("approval");
    let incident_id = approvals::get(&mut act.tx, id).await?.ok_or(unknown)?.incident_id;
    let incident = act.lock(incident_id).await?;
    let waiting = approvals::get(&mut act.tx, id).await?.ok_or(Error::Unknown("approval"))?;
    let decided = waiting.decide(approve, reason, act.operator()?.into(), act.now)?;
    approvals::save(&mut act.tx, &decided).await?;
    let data = json!({ "approval_id": id, "kind": decided.act.kind(), "status": decided.status, "reason": decided.decision_reason });
    act.note(incident_id, Happening::ApprovalDecided, data);
    match (&decided.act, decided.status) {
        (Approvable::LowerTier(grade), Status::Approved) => {
            if !incident.is_open() {
                return Err(Error::conflict("incident_closed", "the incident is closed"));
            }
            lower(act, incident, *grade, &decided.reason).await?;
        }
        (Approvable::ReleaseStopPayment(order), Status::Approved) => {
            ask_to_release(act, *order, &decided.reason).await?;
        }
        (Approvable::CutSubjectLine(block), status) => cut(act, *block, status == Status::Approved).await?,
        // whoever allowed it fetches it
        (Approvable::ExportIncident, _) => {}
        (Approvable::LowerTier(_) | Approvable::ReleaseStopPayment(_), _) => {}
    }
    Ok(decided)
}

async fn cut(act: &mut Act<'_>, id: MeasureId, approved: bool) -> Result<()> {
    let mut block = call_blocks::get(&mut act.tx, id).await?.ok_or(Error::Unknown("call block"))?;
    if block.status != call_block::Status::AwaitingApproval {
        return Ok(());
    }
    if approved && block.until > act.now {
        block.status = call_block::Status::Requested;
        tell_carrier(act, id, Request::Submit).await?;
    } else {
        block.status = call_block::Status::Cancelled;
    }
    call_blocks::save(&mut act.tx, &block).await?;
    let data = json!({ "call_block_id": id, "status": block.status });
    act.note(block.incident_id, Happening::CallBlockChanged, data);
    Ok(())
}
