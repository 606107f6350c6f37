//! A provider of automatic calls says how one went, in the response or later at its callback. The plan goes on as it
//! would after a dispatcher's call: a busy line makes the incident urgent, whoever asked for a person gets one.

use channels::auto_call::CallResult;
use domain::auto_call::{Answer, AutoCall, Outcome, State};
use domain::id::MeasureId;
use domain::incident::Incident;
use domain::measure_kind::MeasureKind;
use domain::plan::StepOutcome;
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::json;
use store::{auto_calls, letters, measures};

use crate::act::Act;
use crate::advance_plan;
use crate::assess_incidents::raise;
use crate::error::{Error, Result};

/// Takes in a provider's callback; `false`: it had been taken in before.
///
/// # Errors
/// [`Error::Unknown`] when there is no such call; [`Error::Store`] when the database is away.
pub async fn hear_auto_call(
    act: &mut Act<'_>,
    provider: &str,
    webhook_id: &str,
    result: &CallResult,
) -> Result<bool> {
    let unknown = || Error::Unknown("automatic call");
    let incident = measures::incident_of(&mut act.tx, result.contact_id, MeasureKind::Contact).await?;
    let incident = act.lock(incident.ok_or_else(unknown)?).await?;
    if !letters::take_in(&mut act.tx, &format!("auto-call:{provider}"), webhook_id, act.now).await? {
        return Ok(false);
    }
    apply(act, &incident, result.contact_id, result.answer.clone()).await?;
    Ok(true)
}

/// Applies an answer; the incident is locked.
pub(crate) async fn apply(
    act: &mut Act<'_>,
    incident: &Incident,
    id: MeasureId,
    answer: Answer,
) -> Result<()> {
    let before = auto_calls::get(&mut act.tx, id).await?.ok_or(Error::Unknown("automatic call"))?;
    let outcome = answer.outcome;
    let after = before.clone().hear(answer.clone(), act.now);
    if before.state == after.state {
        return Ok(());
    }
    save(act, &after).await?;
    measures::dequeue(&mut act.tx, &[id]).await?;
    let mut incident = incident.clone();
    if outcome == Outcome::Busy && incident.is_open() {
        raise(act, incident, Grade::URGENT).await?;
        incident = act.lock(after.incident_id).await?;
    }
    // a higher plan may know the step by another name
    let Some(step) = auto_calls::get(&mut act.tx, id).await?.and_then(|call| call.step) else {
        return Ok(());
    };
    if let Some(signal) = outcome.signal() {
        advance_plan::hear(act, &incident, &step, signal).await?;
    }
    advance_plan::advance(act, &incident, Some((&step, outcome.step_outcome()))).await
}

/// The provider has the call and dials.
pub(crate) async fn taken(act: &mut Act<'_>, id: MeasureId) -> Result<()> {
    let before = auto_calls::get(&mut act.tx, id).await?.ok_or(Error::Unknown("automatic call"))?;
    let after = before.clone().taken();
    if before.state == after.state { Ok(()) } else { save(act, &after).await }
}

/// Nobody says how it ended; the incident is locked. The plan goes on to a person.
pub(crate) async fn give_up(act: &mut Act<'_>, incident: &Incident, id: MeasureId) -> Result<()> {
    let before = auto_calls::get(&mut act.tx, id).await?.ok_or(Error::Unknown("automatic call"))?;
    let after = before.clone().give_up(act.now);
    if before.state == after.state {
        return Ok(());
    }
    save(act, &after).await?;
    match after.step.as_deref() {
        Some(step) => advance_plan::advance(act, incident, Some((step, StepOutcome::Failed))).await,
        None => Ok(()),
    }
}

/// Writes where a call stands, with its line in the timeline.
pub(crate) async fn save(act: &mut Act<'_>, call: &AutoCall) -> Result<()> {
    auto_calls::save(&mut act.tx, call).await?;
    let data = match &call.state {
        State::Done { answer, .. } => {
            json!({ "contact_id": call.id, "channel": "auto", "status": call.status(), "outcome": answer.outcome,
                "seconds": answer.seconds, "keys": answer.keys })
        }
        State::Queued | State::Calling | State::Failed { .. } | State::Cancelled { .. } => {
            json!({ "contact_id": call.id, "channel": "auto", "status": call.status() })
        }
    };
    act.note(call.incident_id, Happening::AutoCallChanged, data);
    Ok(())
}
