//! A carrier answers, in the response or later at its callback.

use channels::call_block::BlockResult;
use domain::call_block::{CallBlock, CarrierResult, Status};
use domain::id::MeasureId;
use domain::incident::Incident;
use domain::measure_kind::MeasureKind;
use domain::plan::StepOutcome;
use domain::timeline::Happening;
use serde_json::json;
use store::{call_blocks, letters, measures};

use crate::act::Act;
use crate::advance_plan;
use crate::error::{Error, Result};

/// Takes in a carrier's callback; `false`: it had been taken in before.
///
/// # Errors
/// [`Error::Unknown`] when there is no such block; [`Error::Store`] when the database is away.
pub async fn hear_carrier(
    act: &mut Act<'_>,
    carrier: &str,
    webhook_id: &str,
    result: &BlockResult,
) -> Result<bool> {
    let incident = measures::incident_of(&mut act.tx, result.block_id, MeasureKind::CallBlock).await?;
    let incident = act.lock(incident.ok_or(Error::Unknown("call block"))?).await?;
    if !letters::take_in(&mut act.tx, &format!("carrier:{carrier}"), webhook_id, act.now).await? {
        return Ok(false);
    }
    apply(act, &incident, result.block_id, result.answer.result).await?;
    Ok(true)
}

/// Applies an answer; the incident is locked. `false`: it moved nothing.
pub(crate) async fn apply(
    act: &mut Act<'_>,
    incident: &Incident,
    id: MeasureId,
    result: CarrierResult,
) -> Result<bool> {
    let before = call_blocks::get(&mut act.tx, id).await?.ok_or(Error::Unknown("call block"))?;
    let after = before.clone().hear(result, act.now);
    if before.status == after.status {
        return Ok(false);
    }
    if after.status == Status::Failed {
        tracing::error!(call_block_id = %id, line = %after.line, "the carrier will not free the number: a person must phone it");
    }
    save(act, &after).await?;
    measures::dequeue(&mut act.tx, &[id]).await?;
    let outcome = match after.status {
        Status::Blocked => Some(StepOutcome::Blocked),
        Status::Refused => Some(StepOutcome::Refused),
        Status::AwaitingApproval
        | Status::Requested
        | Status::Lifting
        | Status::Lifted
        | Status::Failed
        | Status::Cancelled => None,
    };
    end_step(act, incident, &after, outcome).await?;
    Ok(true)
}

/// The subject's own line is still cut after so many tries to free it, which go on.
pub(crate) fn alarm(act: &mut Act<'_>, incident: &Incident, id: MeasureId, tries: u32) {
    tracing::error!(call_block_id = %id, tries, "the carrier does not restore a subject's own line: a person must phone it");
    let data = json!({ "call_block_id": id, "status": Status::Lifting, "tries": tries,
        "why": "the carrier does not restore the line: phone it; it is asked again every minute" });
    act.note(incident.id, Happening::CallBlockChanged, data);
}

/// No carrier answered; the incident is locked.
pub(crate) async fn give_up(act: &mut Act<'_>, incident: &Incident, id: MeasureId) -> Result<()> {
    let mut block = call_blocks::get(&mut act.tx, id).await?.ok_or(Error::Unknown("call block"))?;
    tracing::error!(call_block_id = %id, line = %block.line, "the carrier does not answer: a person must phone it");
    block.status = Status::Failed;
    save(act, &block).await?;
    end_step(act, incident, &block, Some(StepOutcome::Failed)).await
}

async fn save(act: &mut Act<'_>, block: &CallBlock) -> Result<()> {
    call_blocks::save(&mut act.tx, block).await?;
    let data = json!({ "call_block_id": block.id, "status": block.status });
    act.note(block.incident_id, Happening::CallBlockChanged, data);
    Ok(())
}

async fn end_step(
    act: &mut Act<'_>,
    incident: &Incident,
    block: &CallBlock,
    outcome: Option<StepOutcome>,
) -> Result<()> {
    match block.step.as_deref().zip(outcome) {
        Some((step, outcome)) => advance_plan::advance(act, incident, Some((step, outcome))).await,
        None => Ok(()),
    }
}
