//! Handing a text to the provider.

use channels::Told;
use channels::sms::{Text, http};
use domain::measure::Request;
use domain::plan::StepOutcome;
use store::{incidents, messages};

use super::{Centre, Result, Try, again, conclude, done, still_wanted, written};
use crate::hear_sms::{self, save};

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let Some(told) = tell(centre, attempt).await? else { return Ok(()) };
    let (result, detail) = written(&told);
    let Some((mut act, incident)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let Some(message) = messages::get(&mut act.tx, attempt.leased.id).await? else { return Ok(()) };
    let now = act.now;
    let message = match told {
        Told::Answered(reference) => message.submitted(Some(reference), now),
        Told::Accepted => message.submitted(None, now),
        Told::Refused { .. } | Told::UnknownOrder => message.refused(now),
        Told::NotDelivered { .. } | Told::Unknown { .. } | Told::Unreadable { .. } => {
            let wait = match told {
                Told::NotDelivered { retry_after, .. } => retry_after,
                _ => None,
            };
            if again(&mut act, attempt, Request::Submit, wait).await? {
                return act.commit().await;
            }
            message.refused(now)
        }
    };
    done(&mut act, message.id).await?;
    let outcome = match message.status() {
        domain::message::Status::Failed => StepOutcome::Failed,
        _ => StepOutcome::Sent,
    };
    save(&mut act, &message).await?;
    hear_sms::end_step(&mut act, &incident, &message, outcome).await?;
    act.commit().await
}

/// Speaks to the provider; `None` where the text is no longer wanted.
async fn tell(centre: &Centre, attempt: &Try) -> Result<Option<Told<String>>> {
    let mut db = centre.store.read().await?;
    let message = messages::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    drop(db);
    let (Some(message), Some(incident)) = (message, incident) else { return Ok(None) };
    let text = Text { message_id: message.id, to: message.phone, text: message.text, flash: message.flash };
    if incident.drill {
        return Ok(Some(channels::drill::sms(&text)));
    }
    let Some(endpoint) = centre.outside.sms_provider() else {
        return Ok(Some(Told::NotDelivered {
            detail: "no provider is configured".to_owned(),
            retry_after: None,
        }));
    };
    if !still_wanted(centre, attempt).await? {
        return Ok(None);
    }
    Ok(Some(http::submit(&centre.caller, endpoint, &text, centre.now()).await))
}
