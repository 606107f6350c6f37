//! A bank answers, in the response or later at its callback: the order moves, and where the money went on its next
//! stop is ordered in the same act.

use channels::stop_payment::BankResult;
use domain::account::Account;
use domain::call::Transfer;
use domain::id::MeasureId;
use domain::measure::Request;
use domain::measure_kind::MeasureKind;
use domain::stop_payment::{Asked, BankAnswer, Followup, Heard, Onward, StopPayment, Unmoved};
use domain::timeline::Happening;
use serde_json::json;
use store::{letters, measures, stop_payments};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::order_measures::{self as order, Money};

/// Money is followed over this many accounts.
pub const MAX_HOPS: u8 = 10;
/// An incident holds at most this many stop-payments; a bank that names more is not believed.
const MAX_ORDERS: usize = 200;

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The order moved.
    Moved,
    /// The order is finished; the answer changed nothing.
    Nothing,
    /// The bank cannot answer now: it is asked again.
    AskAgain,
}

/// Takes in a bank's callback. `bank` is the party whose signature was checked: nobody answers for another.
///
/// # Errors
/// [`Error::Unknown`] when the bank has no such order; [`Error::Store`] when the database is away.
pub async fn hear_bank(
    act: &mut Act<'_>,
    bank: &str,
    webhook_id: &str,
    result: &BankResult,
) -> Result<Effect> {
    let unknown = || Error::Unknown("order");
    let incident = measures::incident_of(&mut act.tx, result.order_id, MeasureKind::StopPayment).await?;
    act.lock(incident.ok_or_else(unknown)?).await?;
    let recorded = stop_payments::get(&mut act.tx, result.order_id).await?.ok_or_else(unknown)?;
    let kept_at = recorded.order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    if kept_at.is_none_or(|code| code.as_str() != bank) || recorded.order.submitted_at.is_none() {
        return Err(unknown());
    }
    if !letters::take_in(&mut act.tx, &format!("bank:{bank}"), webhook_id, act.now).await? {
        return Ok(Effect::Nothing);
    }
    let asked = measures::pending_request(&mut act.tx, result.order_id).await?.unwrap_or(Request::Submit);
    apply(act, result.order_id, asked, &result.answer).await
}

/// Applies an answer to what was asked last; the incident is locked.
pub(crate) async fn apply(
    act: &mut Act<'_>,
    id: MeasureId,
    asked: Request,
    answer: &BankAnswer,
) -> Result<Effect> {
    let recorded = stop_payments::get(&mut act.tx, id).await?.ok_or(Error::Unknown("order"))?;
    let asked = match asked {
        Request::Renew => Asked::Followup(Followup::Renew),
        Request::Release => Asked::Followup(Followup::Release),
        Request::Freeze => match stop_payments::kept_freeze(&mut act.tx, id).await? {
            Some(freeze) => Asked::Followup(Followup::Freeze(freeze)),
            None => Asked::Stop,
        },
        Request::Submit | Request::Inquire | Request::Lift | Request::Cancel => Asked::Stop,
    };
    let (order, effect) = match recorded.order.hear(answer, &asked, act.now) {
        Heard::Moved(order) => (order, Effect::Moved),
        Heard::Unmoved(order, Unmoved::AskAgain) => (order, Effect::AskAgain),
        Heard::Unmoved(order, Unmoved::NotDone) => (order, Effect::Moved),
        Heard::Unmoved(_, Unmoved::AlreadyAnswered) => return Ok(Effect::Nothing),
    };
    stop_payments::save(&mut act.tx, &order).await?;
    stop_payments::keep_answer(&mut act.tx, id, answer, act.now).await?;
    if effect == Effect::Moved {
        measures::dequeue(&mut act.tx, &[id]).await?;
    }
    let data = json!({ "stop_payment_id": id, "status": order.status(), "result_code": answer.result_code.as_str(),
        "held": order.hold().map(|hold| hold.held.to_string()), "remark": answer.remark });
    act.note(order.incident_id, Happening::StopPaymentChanged, data);
    follow(act, &order, &answer.onward).await?;
    Ok(effect)
}

/// Each account the money went on to gets its order at once; none is ordered twice in one incident.
async fn follow(act: &mut Act<'_>, order: &StopPayment, onward: &[Onward]) -> Result<()> {
    if onward.is_empty() || order.hop >= MAX_HOPS {
        return Ok(());
    }
    let ordered = stop_payments::of_incident(&mut act.tx, order.incident_id).await?;
    let mut chased: Vec<Account> =
        ordered.into_iter().filter_map(|recorded| recorded.order.transfer.payee).collect();
    for next in onward {
        let payee = act.centre.outside.with_bank(next.account.clone());
        let known = chased
            .iter()
            .any(|account| account.number == payee.number && account.bank_code == payee.bank_code);
        if known || chased.len() >= MAX_ORDERS {
            continue;
        }
        chased.push(payee.clone());
        let transfer = Transfer {
            payer: order.transfer.payee.clone(),
            payee: Some(payee),
            amount: next.amount,
            transferred_at: next.transferred_at,
            channel: None,
            reference: next.reference.clone(),
        };
        let money = Money { parent: Some(order.id), hop: order.hop + 1, ..Money::default() };
        order::stop_payment(act, order.incident_id, transfer, money).await?;
    }
    Ok(())
}
