//! An SMS provider reports what became of a text.

use channels::sms::Delivery;
use domain::incident::Incident;
use domain::measure_kind::MeasureKind;
use domain::message::{Message, Status};
use domain::plan::StepOutcome;
use domain::timeline::Happening;
use serde_json::json;
use store::{letters, measures, messages};

use crate::act::Act;
use crate::advance_plan;
use crate::error::{Error, Result};

/// Takes in a provider's receipt; `false`: it had been taken in before.
///
/// # Errors
/// [`Error::Unknown`] when there is no such text; [`Error::Store`] when the database is away.
pub async fn hear_sms(
    act: &mut Act<'_>,
    provider: &str,
    webhook_id: &str,
    delivery: &Delivery,
) -> Result<bool> {
    let unknown = || Error::Unknown("message");
    let incident = measures::incident_of(&mut act.tx, delivery.message_id, MeasureKind::Sms).await?;
    let incident = act.lock(incident.ok_or_else(unknown)?).await?;
    if !letters::take_in(&mut act.tx, &format!("sms:{provider}"), webhook_id, act.now).await? {
        return Ok(false);
    }
    let before = messages::get(&mut act.tx, delivery.message_id).await?.ok_or_else(unknown)?;
    let after =
        before.clone().receipt(delivery.receipt, delivery.code.clone(), delivery.at.unwrap_or(act.now));
    if before.state == after.state {
        return Ok(true);
    }
    measures::dequeue(&mut act.tx, &[after.id]).await?;
    save(act, &after).await?;
    // a receipt may overtake the answer to the submission
    if before.status() == Status::Queued {
        end_step(act, &incident, &after, StepOutcome::Sent).await?;
    }
    Ok(true)
}

/// Writes where a message stands, with its line in the timeline.
pub(crate) async fn save(act: &mut Act<'_>, message: &Message) -> Result<()> {
    messages::save(&mut act.tx, message).await?;
    let happening = match message.status() {
        Status::Queued | Status::Cancelled => return Ok(()),
        Status::Submitted => Happening::MessageSubmitted,
        Status::Delivered => Happening::MessageDelivered,
        Status::Failed => Happening::MessageFailed,
    };
    act.note(message.incident_id, happening, json!({ "message_id": message.id, "role": message.role }));
    Ok(())
}

/// The step of a text ends with the first one that was sent, or the last one that was not.
pub(crate) async fn end_step(
    act: &mut Act<'_>,
    incident: &Incident,
    message: &Message,
    outcome: StepOutcome,
) -> Result<()> {
    let Some(step) = message.step.as_deref() else { return Ok(()) };
    if outcome == StepOutcome::Failed {
        let filter = messages::Filter { incident: Some(incident.id), ..messages::Filter::default() };
        let of_step = messages::list(&mut act.tx, &filter, i64::MAX).await?;
        if of_step.iter().any(|other| other.step.as_deref() == Some(step) && other.status() == Status::Queued)
        {
            return Ok(());
        }
    }
    advance_plan::advance(act, incident, Some((step, outcome))).await
}
