//! Telling a carrier.

use channels::Told;
use channels::call_block::{Ask, BlockAnswer, BlockRequest, carrier_webhook};
use domain::call_block::{CarrierResult, Line, Status, restore_again_at, restore_is_alarming};
use domain::incident::Incident;
use domain::measure::{AttemptResult, Request};
use store::{call_blocks, incidents, listed, measures};

use super::{Act, Centre, Result, Try, again, conclude, done, still_wanted, written};
use crate::hear_carrier;

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let mut db = centre.store.read().await?;
    let block = call_blocks::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    let (Some(block), Some(incident)) = (block, incident) else { return Ok(()) };
    let protected = centre.protected.holds(&block.number)
        || listed::is_protected(&mut db, &block.number, centre.now()).await?;
    drop(db);
    let ask = match (attempt.leased.request, block.status) {
        (Request::Lift, _) => Ask::Lift,
        // the list may have grown since the block was ordered
        (Request::Submit, Status::Requested) if protected => return refuse_protected(centre, attempt).await,
        (Request::Submit, Status::Requested) => Ask::Block,
        _ => return Ok(()),
    };
    let request = BlockRequest {
        message_id: attempt.message_id.clone(),
        asked_at: attempt.leased.first_tried_at,
        ask,
        block_id: block.id,
        number: block.number,
        until: block.until,
    };
    let Some(told) = tell(centre, attempt, &request, incident.drill).await? else { return Ok(()) };
    let (result, detail) = written(&told);
    let Some((mut act, incident)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let answer = match told {
        Told::Answered(answer) => Some(answer.result),
        Told::Refused { .. } | Told::UnknownOrder => Some(CarrierResult::Refused),
        Told::Accepted | Told::NotDelivered { .. } | Told::Unknown { .. } | Told::Unreadable { .. } => None,
    };
    let settled = match answer {
        Some(result) => hear_carrier::apply(&mut act, &incident, attempt.leased.id, result).await?,
        None => false,
    };
    // the same request under the same id: a carrier that has done it says so
    if !settled
        && !restore_again(&mut act, &incident, attempt).await?
        && !again(&mut act, attempt, attempt.leased.request, None).await?
    {
        done(&mut act, attempt.leased.id).await?;
        hear_carrier::give_up(&mut act, &incident, attempt.leased.id).await?;
    }
    act.commit().await
}

/// The subject's own line is restored however long it takes; `false`: this is something else.
async fn restore_again(act: &mut Act<'_>, incident: &Incident, attempt: &Try) -> Result<bool> {
    let (id, tries) = (attempt.leased.id, attempt.leased.tries);
    let block = call_blocks::get(&mut act.tx, id).await?;
    let cut_line = block.is_some_and(|block| block.line == Line::Subject && block.status == Status::Lifting);
    if !cut_line || attempt.leased.request != Request::Lift {
        return Ok(false);
    }
    if restore_is_alarming(tries) {
        hear_carrier::alarm(act, incident, id, tries);
    }
    measures::retry(&mut act.tx, id, Request::Lift, restore_again_at(tries, act.now)).await?;
    Ok(true)
}

/// A protected number is never blocked: the carrier does not hear of it.
async fn refuse_protected(centre: &Centre, attempt: &Try) -> Result<()> {
    let why = Some("the number is on the protected list");
    let concluded = conclude(centre, attempt, AttemptResult::Refused, why).await?;
    let Some((mut act, incident)) = concluded else { return Ok(()) };
    hear_carrier::apply(&mut act, &incident, attempt.leased.id, CarrierResult::Refused).await?;
    act.commit().await
}

/// Speaks to the carrier; `None` where the request is no longer wanted.
async fn tell(
    centre: &Centre,
    attempt: &Try,
    request: &BlockRequest,
    drill: bool,
) -> Result<Option<Told<BlockAnswer>>> {
    if drill {
        return Ok(Some(channels::drill::call_block(request)));
    }
    let Some(endpoint) = centre.outside.carrier() else {
        return Ok(Some(Told::NotDelivered {
            detail: "no carrier is configured".to_owned(),
            retry_after: None,
        }));
    };
    if !still_wanted(centre, attempt).await? {
        return Ok(None);
    }
    Ok(Some(carrier_webhook::request(&centre.caller, endpoint, request, centre.now()).await))
}
