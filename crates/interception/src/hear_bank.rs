//! A bank answers, in the response or later at its callback: the order moves, and where the money went on its next
//! stop is ordered in the same act.

use channels::stop_payment::BankResult;
use domain::id::MeasureId;
use domain::measure::Request;
use domain::measure_kind::MeasureKind;
use domain::stop_payment::{AlarmKind, Asked, BankAnswer, Followup, Heard, State, StopPayment, Unmoved};
use domain::timeline::Happening;
use serde_json::json;
use store::stop_payments::Recorded;
use store::{bank_answers, letters, measures, stop_payments};

use crate::act::{Act, Work};
use crate::error::{Error, Result};
use crate::file_case::expect_papers;
use crate::follow_money::{follow, raise_claims};
use crate::sound_alarm::sound_alarm;
use crate::take_over_account::keeps;
use crate::watch_stops::on_same_account;

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
    find(act, bank, result.order_id).await?;
    if !letters::take_in(&mut act.tx, &format!("bank:{bank}"), webhook_id, act.now).await? {
        return Ok(Effect::Nothing);
    }
    let asked = measures::pending_request(&mut act.tx, result.order_id).await?.unwrap_or(Request::Submit);
    apply(act, result.order_id, asked, &result.answer).await
}

/// Takes in that a bank has an order and has not decided: as good as silence, but seen by the desk.
///
/// # Errors
/// As [`hear_bank`].
pub async fn hear_pending(
    act: &mut Act<'_>,
    bank: &str,
    webhook_id: &str,
    order: MeasureId,
) -> Result<Effect> {
    let recorded = find(act, bank, order).await?;
    if letters::take_in(&mut act.tx, &format!("bank:{bank}"), webhook_id, act.now).await? {
        let data = json!({ "stop_payment_id": order, "status": recorded.status(), "why": "the bank has not decided yet" });
        act.note(recorded.incident_id, Happening::StopPaymentChanged, data);
    }
    Ok(Effect::Nothing)
}

/// The order a bank speaks of, with its incident locked: one of its own that has left.
async fn find(act: &mut Act<'_>, bank: &str, order: MeasureId) -> Result<StopPayment> {
    let unknown = || Error::Unknown("order");
    let incident = measures::incident_of(&mut act.tx, order, MeasureKind::StopPayment).await?;
    act.lock(incident.ok_or_else(unknown)?).await?;
    let order = stop_payments::get(&mut act.tx, order).await?.ok_or_else(unknown)?.order;
    let kept_at = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    if kept_at.is_none_or(|code| code.as_str() != bank) || order.submitted_at.is_none() {
        return Err(unknown());
    }
    Ok(order)
}

/// Applies an answer to what was asked last; the incident is locked. Every answer is kept, and what a person must
/// weigh raises an alarm once.
pub(crate) async fn apply(
    act: &mut Act<'_>,
    id: MeasureId,
    asked: Request,
    answer: &BankAnswer,
) -> Result<Effect> {
    let recorded = stop_payments::get(&mut act.tx, id).await?.ok_or(Error::Unknown("order"))?;
    let about = about(act, &recorded, asked).await?;
    let bank = recorded.order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    let class = act.centre.result_codes.of(bank).class(&answer.result_code);
    let heard = recorded.order.hear(answer, class, &about, act.now);
    let is_news = bank_answers::keep(&mut act.tx, id, asked, answer, heard.effect(), act.now).await?;
    let told = json!({ "result_code": answer.result_code.as_str(), "remark": answer.remark,
        "held": answer.held.map(|held| held.to_string()), "asked": asked });
    match heard {
        Heard::Moved(order) => moved(act, &order, answer).await,
        Heard::Unmoved(order, Unmoved::NotDone) => {
            stop_payments::keep_answer(&mut act.tx, id, answer, act.now).await?;
            measures::dequeue(&mut act.tx, &[id]).await?;
            note_change(act, &order, answer);
            sound_alarm(act, &order, AlarmKind::NotDone, told);
            follow(act, &order, &answer.onward_from(&order)).await?;
            Ok(Effect::Moved)
        }
        Heard::Unmoved(_, Unmoved::AskAgain) => {
            stop_payments::keep_answer(&mut act.tx, id, answer, act.now).await?;
            Ok(Effect::AskAgain)
        }
        Heard::Unmoved(order, Unmoved::NotUnderstood) => {
            let waits = matches!(order.state, State::Submitted | State::Failed)
                || matches!(about, Asked::Followup(_));
            if waits {
                stop_payments::keep_answer(&mut act.tx, id, answer, act.now).await?;
            }
            if is_news {
                sound_alarm(act, &order, AlarmKind::NotUnderstood, told);
            }
            Ok(if waits { Effect::AskAgain } else { Effect::Nothing })
        }
        Heard::Unmoved(order, why @ (Unmoved::Contradicts | Unmoved::Repeated | Unmoved::NotAsked)) => {
            if why == Unmoved::Contradicts && is_news {
                sound_alarm(act, &order, AlarmKind::Contradiction, told);
            }
            if matches!(about, Asked::Followup(_)) {
                measures::dequeue(&mut act.tx, &[id]).await?;
            }
            told_later(act, &order, answer).await
        }
    }
}

/// What an answer is about, with the papers that were asked by.
async fn about(act: &mut Act<'_>, recorded: &Recorded, asked: Request) -> Result<Asked> {
    let id = recorded.order.id;
    let followup = match asked {
        Request::Renew => Some(Followup::Renew),
        Request::Release => Some(Followup::Release),
        Request::Freeze => stop_payments::kept_freeze(&mut act.tx, id).await?.map(Followup::Freeze),
        Request::ExtendFreeze => {
            let notice = stop_payments::freeze_notice(&mut act.tx, id, asked).await?;
            let standing = recorded.freeze.clone().zip(notice);
            standing.map(|(freeze, notice)| Followup::ExtendFreeze(freeze.extended(&notice)))
        }
        Request::LiftFreeze => Some(Followup::LiftFreeze),
        Request::Submit | Request::Inquire | Request::Expire | Request::Lift | Request::Cancel => None,
    };
    Ok(followup.map_or(Asked::Stop, Asked::Followup))
}

/// The order stands somewhere else now: whoever depends on that is told.
async fn moved(act: &mut Act<'_>, order: &StopPayment, answer: &BankAnswer) -> Result<Effect> {
    stop_payments::save(&mut act.tx, order).await?;
    stop_payments::keep_answer(&mut act.tx, order.id, answer, act.now).await?;
    measures::dequeue(&mut act.tx, &[order.id]).await?;
    note_change(act, order, answer);
    match &order.state {
        State::Active(hold) | State::Partial(hold) => {
            stop_payments::set_alarm(&mut act.tx, order.id, hold.next_alarm(act.now)).await?;
            expect_papers(act, order).await?;
            act.wake(Work::Deadlines);
            if let Some(excess) = order.over_held() {
                sound_alarm(act, order, AlarmKind::OverHeld, json!({ "over_held": excess.to_string() }));
            }
        }
        State::Frozen(_, freeze) => {
            stop_payments::set_alarm(&mut act.tx, order.id, freeze.next_alarm(act.now)).await?;
            act.wake(Work::Deadlines);
        }
        State::HeldByOther => find_holder(act, order).await?,
        // who waited for the account may have it now
        State::Released(_) | State::Expired(_) | State::Empty | State::Mismatch | State::Refused => {
            act.wake(Work::Deadlines);
        }
        State::Draft | State::Submitted | State::Failed => {}
    }
    if follow(act, order, &answer.onward_from(order)).await?.is_empty() {
        raise_claims(act, order.incident_id).await?;
    }
    Ok(Effect::Moved)
}

fn note_change(act: &mut Act<'_>, order: &StopPayment, answer: &BankAnswer) {
    let data = json!({ "stop_payment_id": order.id, "status": order.status(), "result_code": answer.result_code.as_str(),
        "held": order.hold().map(|hold| hold.held.to_string()), "ends_at": order.ends_at(), "remark": answer.remark });
    act.note(order.incident_id, Happening::StopPaymentChanged, data);
}

/// Who keeps the order from its account: one of ours, which then serves two claims until it ends, or somebody we must
/// ask after.
async fn find_holder(act: &mut Act<'_>, claim: &StopPayment) -> Result<()> {
    let others = on_same_account(act, claim).await?;
    // one that is on its way may have been done, and its answer not be heard yet
    let holder =
        others.iter().find(|other| other.holds()).or_else(|| others.iter().find(|other| keeps(other)));
    let Some(holder) = holder else {
        let facts = json!({ "prepare": "a queued freeze (轮候冻结)" });
        sound_alarm(act, claim, AlarmKind::HeldElsewhere, facts);
        return Ok(());
    };
    stop_payments::set_holder(&mut act.tx, claim.id, Some(holder.id)).await?;
    for (order, other, relation) in [(claim, holder, "held_by"), (holder, claim, "also_claimed_by")] {
        let data = json!({ "stop_payment_id": order.id, "status": order.status(),
            relation: { "stop_payment_id": other.id, "incident_id": other.incident_id } });
        act.note(order.incident_id, Happening::StopPaymentChanged, data);
    }
    Ok(())
}

/// An order that was answered is answered. Where its money went a bank may find out later: that is followed all the
/// same, unless the order ended because it was wrong.
async fn told_later(act: &mut Act<'_>, order: &StopPayment, answer: &BankAnswer) -> Result<Effect> {
    if order.may_be_followed().is_err() || follow(act, order, &answer.onward_from(order)).await?.is_empty() {
        return Ok(Effect::Nothing);
    }
    Ok(Effect::Moved)
}
