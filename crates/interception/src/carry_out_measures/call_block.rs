//! Telling a carrier.

use channels::Told;
use channels::call_block::{Ask, BlockAnswer, BlockRequest, carrier_webhook};
use domain::call_block::{CarrierResult, Status};
use domain::measure::Request;
use store::{call_blocks, incidents};

use super::{Centre, Result, Try, again, conclude, done, still_wanted, written};
use crate::hear_carrier;

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let Some(told) = tell(centre, attempt).await? else { return Ok(()) };
    let (result, detail) = written(&told);
    let Some((mut act, incident)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let answer = match told {
        Told::Answered(answer) => Some(answer.result),
        Told::Refused { .. } | Told::UnknownOrder => Some(CarrierResult::Refused),
        Told::Accepted | Told::NotDelivered { .. } | Told::Unknown { .. } | Told::Unreadable { .. } => None,
    };
    let answered = match answer {
        Some(result) => hear_carrier::apply(&mut act, &incident, attempt.leased.id, result).await?,
        None => false,
    };
    // the same request under the same id: a carrier that has done it says so
    if !answered && !again(&mut act, attempt, attempt.leased.request, None).await? {
        done(&mut act, attempt.leased.id).await?;
        hear_carrier::give_up(&mut act, &incident, attempt.leased.id).await?;
    }
    act.commit().await
}

/// Speaks to the carrier; `None` where the request is no longer wanted.
async fn tell(centre: &Centre, attempt: &Try) -> Result<Option<Told<BlockAnswer>>> {
    let mut db = centre.store.read().await?;
    let block = call_blocks::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    drop(db);
    let (Some(block), Some(incident)) = (block, incident) else { return Ok(None) };
    let ask = match (attempt.leased.request, block.status) {
        (Request::Lift, _) => Ask::Lift,
        (Request::Submit, Status::Requested) => Ask::Block,
        _ => return Ok(None),
    };
    let request = BlockRequest {
        message_id: attempt.message_id.clone(),
        asked_at: attempt.leased.first_tried_at,
        ask,
        block_id: block.id,
        number: block.number,
        until: block.until,
    };
    if incident.drill {
        return Ok(Some(channels::drill::call_block(&request)));
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
    Ok(Some(carrier_webhook::request(&centre.caller, endpoint, &request, centre.now()).await))
}
