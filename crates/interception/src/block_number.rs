//! The desk blocks a number by hand, or frees one. Cutting the subject's own line waits for a second person.

use domain::approval::{Act as Approvable, Approval};
use domain::call_block::{self, CallBlock, Line};
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::measure::Request;
use domain::person::PhoneNumber;
use domain::timeline::Happening;
use serde_json::json;
use store::{call_blocks, listed};

use crate::act::Act;
use crate::ask_approval::ask_approval;
use crate::error::{Error, Result};
use crate::order_measures::{self as order, Block, tell_carrier};

/// Orders a block. Whose line it is follows from the number; the approval is what cutting the subject's waits for.
///
/// # Errors
/// [`Error`] when the incident is unknown or closed, the number is protected, or the time is not allowed.
pub async fn block_number(
    act: &mut Act<'_>,
    incident: IncidentId,
    number: PhoneNumber,
    until: Option<Instant>,
    reason: &str,
) -> Result<(CallBlock, Option<Approval>)> {
    let incident = act.lock_open(incident).await?;
    let line = if number == incident.subject.phone { Line::Subject } else { Line::Suspect };
    if listed::is_protected(&mut act.tx, &number, act.now).await? {
        return Err(call_block::Refusal::Protected.into());
    }
    let until = call_block::until(&number, &act.centre.protected, line, until, act.now)?;
    let ordered = Block { step: None, number, line, until, reason: Some(reason.to_owned()) };
    let block = order::block(act, incident.id, ordered).await?;
    let approval = match line {
        Line::Suspect => None,
        Line::Subject => {
            Some(ask_approval(act, incident.id, Approvable::CutSubjectLine(block.id), reason).await?)
        }
    };
    Ok((block, approval))
}

/// Ends a block.
///
/// # Errors
/// [`Error`] when it is unknown or no carrier can hold the number blocked.
pub async fn lift_call_block(act: &mut Act<'_>, id: MeasureId) -> Result<CallBlock> {
    let unknown = || Error::Unknown("call block");
    let seen = call_blocks::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    act.lock(seen.incident_id).await?;
    let block = call_blocks::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    lift(act, block).await
}

pub(crate) async fn lift(act: &mut Act<'_>, block: CallBlock) -> Result<CallBlock> {
    let block = block.lift()?;
    call_blocks::save(&mut act.tx, &block).await?;
    tell_carrier(act, block.id, Request::Lift).await?;
    let data = json!({ "call_block_id": block.id, "status": block.status });
    act.note(block.incident_id, Happening::CallBlockChanged, data);
    Ok(block)
}
