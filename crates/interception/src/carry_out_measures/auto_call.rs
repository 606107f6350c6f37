//! Having a person called by a machine.

use channels::Told;
use channels::auto_call::{Ask, CallRequest, provider_webhook};
use domain::auto_call::{Answer, RESULT_WITHIN, State};
use domain::measure::Request;
use store::{auto_calls, incidents, measures};

use super::{Centre, Result, Try, again, conclude, done, still_wanted, written};
use crate::hear_auto_call;

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let Some(told) = tell(centre, attempt).await? else { return Ok(()) };
    let (result, detail) = written(&told);
    let Some((mut act, incident)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let id = attempt.leased.id;
    match told {
        Told::Answered(answer) => hear_auto_call::apply(&mut act, &incident, id, answer).await?,
        // the provider dials; should its result get lost, it is asked
        Told::Accepted => {
            hear_auto_call::taken(&mut act, id).await?;
            if !again(&mut act, attempt, Request::Inquire, Some(RESULT_WITHIN)).await? {
                done(&mut act, id).await?;
                hear_auto_call::give_up(&mut act, &incident, id).await?;
            }
        }
        // a provider that answers no questions has said nothing about the call
        Told::Refused { .. } if attempt.leased.request == Request::Submit => {
            done(&mut act, id).await?;
            hear_auto_call::give_up(&mut act, &incident, id).await?;
        }
        // it never arrived: the call is ordered again, under the same id
        Told::UnknownOrder => {
            let now = act.now;
            measures::retry(&mut act.tx, id, Request::Submit, now).await?;
        }
        Told::Refused { .. } | Told::NotDelivered { .. } | Told::Unknown { .. } | Told::Unreadable { .. } => {
            let wait = match told {
                Told::NotDelivered { retry_after, .. } => retry_after,
                _ => None,
            };
            if !again(&mut act, attempt, attempt.leased.request, wait).await? {
                done(&mut act, id).await?;
                hear_auto_call::give_up(&mut act, &incident, id).await?;
            }
        }
    }
    act.commit().await
}

/// Speaks to the provider; `None` where the call is no longer wanted.
async fn tell(centre: &Centre, attempt: &Try) -> Result<Option<Told<Answer>>> {
    let mut db = centre.store.read().await?;
    let call = auto_calls::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    drop(db);
    let (Some(call), Some(incident)) = (call, incident) else { return Ok(None) };
    let ask = match (attempt.leased.request, &call.state) {
        (Request::Submit, State::Queued | State::Calling) => Ask::Call,
        (Request::Inquire, State::Queued | State::Calling) => Ask::Status,
        _ => return Ok(None),
    };
    let request = CallRequest {
        message_id: attempt.message_id.clone(),
        asked_at: attempt.leased.first_tried_at,
        ask,
        contact_id: call.id,
        to: call.phone,
        script: call.script,
    };
    if incident.drill {
        return Ok(Some(channels::drill::auto_call(&request)));
    }
    let Some(endpoint) = centre.outside.auto_call_provider() else {
        return Ok(Some(Told::NotDelivered {
            detail: "no provider of automatic calls is configured".to_owned(),
            retry_after: None,
        }));
    };
    if !still_wanted(centre, attempt).await? {
        return Ok(None);
    }
    Ok(Some(provider_webhook::request(&centre.caller, endpoint, &request, centre.now()).await))
}
