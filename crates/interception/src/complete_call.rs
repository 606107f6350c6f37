//! The dispatcher learns more and completes a call: drafts whose facts are now complete leave at once.

use domain::call::{Call, CallReport};
use domain::id::CallId;
use domain::stop_payment::{State, StopPayment};
use domain::timeline::Happening;
use serde_json::{Value, json};
use store::stop_payments::{self, Filter};
use store::{calls, dispatches};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::link_payment;
use crate::order_measures::{self as order, Money, advise_cancelling, tell_bank_of};
use crate::take_call::{TakenCall, known_call, learn, notices, read_narrative};

/// Reads a call for completing it; the incident stays locked until the act ends.
///
/// # Errors
/// [`Error::Unknown`] when there is no such call; [`Error::Conflict`] when its incident is closed.
pub async fn lock_call(act: &mut Act<'_>, id: CallId) -> Result<Call> {
    let call = calls::get(&mut act.tx, id).await?.ok_or(Error::Unknown("call"))?;
    act.lock_open(call.incident_id).await?;
    calls::get(&mut act.tx, id).await?.ok_or(Error::Unknown("call"))
}

/// Completes a locked call with the whole report as it reads now. An order that has left is not changed:
/// that is what correcting it is for.
///
/// # Errors
/// [`Error::Conflict`] when the new `call_ref` is known or a submitted transfer was taken away.
pub async fn complete_call(
    act: &mut Act<'_>,
    call: Call,
    report: CallReport,
    body: Value,
) -> Result<TakenCall> {
    let incident = act.lock_open(call.incident_id).await?;
    let call = Call { body, ..call };
    calls::save(&mut act.tx, &call, report.call_ref.as_deref()).await.map_err(known_call)?;
    let call = Call { version: call.version + 1, ..call };
    act.note(call.incident_id, Happening::CallCompleted, json!({ "call_id": call.id }));

    let incident = learn(act, incident, &report).await?;
    if !report.transfers.is_empty() {
        link_payment::link(act, &incident, call.created_at).await?;
    }
    let filter = Filter { call: Some(call.id), ..Filter::default() };
    let ordered = stop_payments::list(&mut act.tx, &filter, i64::MAX).await?;
    if ordered
        .iter()
        .filter_map(|recorded| recorded.order.origin)
        .any(|(_, place)| usize::from(place) >= report.transfers.len())
    {
        return Err(Error::conflict(
            "transfer_removed",
            "a transfer that was reported cannot be taken away again",
        ));
    }
    let mut now_ordered = vec![];
    for (place, transfer) in (0_u16..).zip(report.transfers.iter().cloned()) {
        let known = ordered.iter().find(|recorded| recorded.order.origin == Some((call.id, place))).cloned();
        now_ordered.push(match known {
            Some(draft) if draft.order.state == State::Draft => {
                complete(act, draft.order, transfer).await?.into()
            }
            Some(left) => left,
            None => {
                let money = Money { origin: Some((call.id, place)), ..Money::default() };
                order::stop_payment(act, incident.id, transfer, money).await?.into()
            }
        });
    }
    let dispatch =
        dispatches::of_incident(&mut act.tx, incident.id).await?.pop().ok_or(Error::Unknown("dispatch"))?;
    let (notices, text) = (notices(act, &report, &now_ordered), read_narrative(act, &report));
    Ok(TakenCall { call, incident, stop_payments: now_ordered, dispatch, notices, text })
}

async fn complete(
    act: &mut Act<'_>,
    draft: StopPayment,
    transfer: domain::call::Transfer,
) -> Result<StopPayment> {
    let outside = &act.centre.outside;
    let transfer =
        domain::call::Transfer { payee: transfer.payee.map(|payee| outside.with_bank(payee)), ..transfer };
    if draft.transfer == transfer {
        return Ok(draft);
    }
    let was_advised = draft.transfer.may_be_revoked(act.now);
    let order = draft.complete(transfer, |bank| act.reaches(bank), act.now)?;
    stop_payments::save(&mut act.tx, &order).await?;
    if !was_advised {
        advise_cancelling(act, &order);
    }
    let order = order::refuse_white_listed(act, order).await?;
    tell_bank_of(act, &order).await?;
    Ok(order)
}
