//! An SMS provider reports what became of a text: of the whole by our id at the gateway, or part by part by ids of its
//! own in its session.

use channels::sms::Delivery;
use domain::clock::Instant;
use domain::incident::Incident;
use domain::measure_kind::MeasureKind;
use domain::message::{Message, PartReceipt, Receipt, Status, receipt_of_all};
use domain::plan::StepOutcome;
use domain::timeline::Happening;
use serde_json::json;
use store::{letters, measures, message_parts, messages};

use crate::act::Act;
use crate::advance_plan;
use crate::centre::Centre;
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
    let at = delivery.at.unwrap_or(act.now);
    take_in(act, &incident, before, provider, delivery.receipt, delivery.code.clone(), at).await?;
    Ok(true)
}

/// Takes in what a provider's session tells of one part. A receipt whose part nobody has written down yet is laid
/// aside: it may overtake the answer to the submission, and some providers tell nothing twice.
///
/// # Errors
/// [`Error::Store`] when the database is away; the provider is then to tell it again.
pub async fn hear_part(centre: &Centre, provider: &str, told: &PartReceipt) -> Result<()> {
    let mut act = Act::of(centre, format!("sms:{provider}")).await?;
    let message = match message_parts::find(&mut act.tx, provider, &told.provider_ref).await? {
        Some((message, _)) => message,
        None => match message_parts::lay_aside(&mut act.tx, provider, told, act.now).await? {
            None => return act.commit().await,
            // written down in the meantime; that is looked at anew, for the incident's lock comes before this one
            Some(message) => {
                drop(act);
                act = Act::of(centre, format!("sms:{provider}")).await?;
                message
            }
        },
    };
    let incident = measures::incident_of(&mut act.tx, message, MeasureKind::Sms).await?;
    let incident = act.lock(incident.ok_or(Error::Unknown("message"))?).await?;
    let message = messages::get(&mut act.tx, message).await?.ok_or(Error::Unknown("message"))?;
    hear_parts(&mut act, &incident, message, provider, std::slice::from_ref(told)).await?;
    act.commit().await
}

/// Notes what became of parts of a text, and of the text where that is known by now.
pub(crate) async fn hear_parts(
    act: &mut Act<'_>,
    incident: &Incident,
    message: Message,
    provider: &str,
    told: &[PartReceipt],
) -> Result<()> {
    for part in told {
        // with the incident locked: a part that is gone belonged to an earlier try
        if let Some((id, place)) = message_parts::find(&mut act.tx, provider, &part.provider_ref).await?
            && id == message.id
        {
            message_parts::note(&mut act.tx, id, place, part.receipt).await?;
        }
    }
    let parts = message_parts::of_message(&mut act.tx, message.id).await?;
    let (Some(receipt), Some(last)) = (receipt_of_all(&parts), told.last()) else { return Ok(()) };
    let now = act.now;
    take_in(act, incident, message, provider, receipt, last.code.clone(), now).await
}

async fn take_in(
    act: &mut Act<'_>,
    incident: &Incident,
    before: Message,
    provider: &str,
    receipt: Receipt,
    code: Option<String>,
    at: Instant,
) -> Result<()> {
    let after = before.clone().receipt(provider, receipt, code, at);
    if before.state == after.state {
        return Ok(());
    }
    measures::dequeue(&mut act.tx, &[after.id]).await?;
    save(act, &after).await?;
    // a receipt may overtake the answer to the submission
    if before.status() == Status::Queued {
        end_step(act, incident, &after, StepOutcome::Sent).await?;
    }
    Ok(())
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
