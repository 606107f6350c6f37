//! What people do about a stop-payment after it left: order one by hand, correct it, renew it, release it, turn
//! it into a freeze, extend that freeze.

use channels::stop_payment::{Ask, cannot_say};
use domain::account::Account;
use domain::approval::{Act as Approvable, Approval};
use domain::call::Transfer;
use domain::id::{IncidentId, MeasureId};
use domain::incident::Incident;
use domain::measure::Request;
use domain::money::Fen;
use domain::stop_payment::{Freeze, FreezeNotice, State, StopPayment};
use domain::timeline::Happening;
use serde_json::json;
use store::stop_payments::{self, Recorded};
use store::{approvals, measures};

use crate::act::Act;
use crate::ask_approval::ask_approval;
use crate::error::{Error, Result};
use crate::file_case::file_by_freeze;
use crate::order_measures::{self as order, Money, tell_bank};
use crate::watch_stops::rounds_used;

/// Orders a stop-payment by hand.
///
/// # Errors
/// [`Error`] when the incident is unknown or closed.
pub async fn order_stop_payment(
    act: &mut Act<'_>,
    incident: IncidentId,
    transfer: Transfer,
) -> Result<Recorded> {
    let incident = act.lock_open(incident).await?;
    Ok(order::stop_payment(act, incident.id, transfer, Money::default()).await?.into())
}

/// After a mismatch the right facts leave as a new order that names the old one. The old one keeps its id and
/// its history: a bank knows each order by one id, and one id by one set of facts.
///
/// # Errors
/// [`Error`] unless the bank found a mismatch.
pub async fn correct_stop_payment(act: &mut Act<'_>, id: MeasureId, transfer: Transfer) -> Result<Recorded> {
    let (incident, Recorded { order: old, .. }) = lock(act, id).await?;
    if !incident.is_open() {
        return Err(Error::conflict("incident_closed", "the incident is closed"));
    }
    old.may_correct()?;
    let corrected = stop_payments::of_incident(&mut act.tx, incident.id)
        .await?
        .into_iter()
        .any(|recorded| recorded.order.corrects_id == Some(id));
    if corrected {
        return Err(Error::conflict("stop_payment_corrected", "the order has been corrected already"));
    }
    let transfer = Transfer {
        payer: corrected_account(old.transfer.payer, transfer.payer),
        payee: corrected_account(old.transfer.payee, transfer.payee),
        amount: transfer.amount.or(old.transfer.amount),
        transferred_at: transfer.transferred_at.or(old.transfer.transferred_at),
        channel: transfer.channel.or(old.transfer.channel),
        reference: transfer.reference.or(old.transfer.reference),
    };
    let money =
        Money { origin: None, parent: old.parent_id, corrects: Some(id), hop: old.hop, claim: old.claim };
    Ok(order::stop_payment(act, incident.id, transfer, money).await?.into())
}

/// What is given replaces; another number is another account, whose bank must be named or found anew.
fn corrected_account(old: Option<Account>, new: Option<Account>) -> Option<Account> {
    match (old, new) {
        (Some(old), Some(new)) => {
            let same_number = new.number.is_none() || new.number == old.number;
            Some(Account {
                kind: new.kind,
                number: new.number.or(old.number),
                holder: new.holder.or(old.holder),
                bank_code: new.bank_code.or(old.bank_code.filter(|_| same_number)),
            })
        }
        (old, new) => new.or(old),
    }
}

/// Asks the bank for the second 48 hours; there is no third.
///
/// # Errors
/// [`Error`] when nothing is held, the rounds are used up, or the bank is being asked something else.
pub async fn renew_stop_payment(act: &mut Act<'_>, id: MeasureId) -> Result<Recorded> {
    let (incident, recorded) = lock(act, id).await?;
    let used = rounds_used(&mut act.tx, &recorded.order, incident.drill).await?;
    recorded.order.may_renew(act.centre.rounds, used)?;
    must_be_sayable(act, &recorded.order, &Ask::Renew)?;
    ask_bank(act, &recorded.order, Request::Renew).await?;
    Ok(recorded)
}

/// Puts a release before the second person. A freeze is lifted by a notice, as it began by one.
///
/// # Errors
/// [`Error`] when nothing is held or frozen, the notice that lifts a freeze is not named, or a release waits already.
pub async fn release_stop_payment(
    act: &mut Act<'_>,
    id: MeasureId,
    reason: &str,
    notice: Option<FreezeNotice>,
) -> Result<Approval> {
    let (_, recorded) = lock(act, id).await?;
    let order = &recorded.order;
    order.may_release()?;
    must_be_sayable(act, order, &Ask::Release { reason: reason.to_owned() })?;
    // named in time for a stop that is about to become a freeze, too
    if let Some(notice) = notice {
        keep_notice(act, order, Request::LiftFreeze, &notice).await?;
    } else if matches!(order.state, State::Frozen(..)) {
        let detail = "is required: a freeze is lifted by a notice (协助解除冻结财产通知书)".to_owned();
        return Err(Error::Invalid { pointer: "/document", detail });
    }
    let filter = approvals::Filter {
        incident: Some(order.incident_id),
        status: Some(domain::approval::Status::Waiting),
        ..approvals::Filter::default()
    };
    let what = Approvable::ReleaseStopPayment(id);
    if approvals::list(&mut act.tx, &filter, i64::MAX).await?.iter().any(|approval| approval.act == what) {
        return Err(Error::conflict("approval_waiting", "this release waits for a second person already"));
    }
    ask_approval(act, order.incident_id, what, reason).await
}

/// Asks the bank to turn the stop into the freeze of a filed case.
///
/// # Errors
/// [`Error`] when nothing is held, or the bank is being asked something else.
pub async fn freeze_stop_payment(act: &mut Act<'_>, id: MeasureId, freeze: Freeze) -> Result<Recorded> {
    let (_, recorded) = lock(act, id).await?;
    recorded.order.must_hold("frozen")?;
    must_be_sayable(act, &recorded.order, &Ask::Freeze(freeze.clone()))?;
    let held = recorded.order.hold().map(|hold| hold.held);
    if freeze.terms.amount.zip(held).is_some_and(|(amount, held)| amount > held) {
        let detail = "no more can be frozen than is held".to_owned();
        return Err(Error::Invalid { pointer: "/amount", detail });
    }
    file_by_freeze(act, &recorded.order, &freeze).await?;
    stop_payments::keep_freeze(&mut act.tx, id, &freeze).await?;
    ask_bank(act, &recorded.order, Request::Freeze).await?;
    Ok(recorded)
}

/// Asks the bank to freeze for a further term; after the freeze's end there is nothing to extend.
///
/// # Errors
/// [`Error`] when nothing is frozen, the term is over, or the bank is being asked something else.
pub async fn extend_freeze(act: &mut Act<'_>, id: MeasureId, notice: FreezeNotice) -> Result<Recorded> {
    let (_, recorded) = lock(act, id).await?;
    let extended = recorded.order.may_extend(act.now)?.clone().extended(&notice);
    must_be_sayable(act, &recorded.order, &Ask::ExtendFreeze(extended.paper))?;
    keep_notice(act, &recorded.order, Request::ExtendFreeze, &notice).await?;
    ask_bank(act, &recorded.order, Request::ExtendFreeze).await?;
    Ok(recorded)
}

async fn keep_notice(
    act: &mut Act<'_>,
    order: &StopPayment,
    request: Request,
    notice: &FreezeNotice,
) -> Result<()> {
    let data = json!({ "stop_payment_id": order.id, "status": order.status(), "notice_to": request,
        "document": notice.document, "approved_by": notice.approved_by, "term_months": notice.term_months });
    act.note(order.incident_id, Happening::StopPaymentChanged, data);
    Ok(stop_payments::keep_freeze_notice(&mut act.tx, order.id, request, notice).await?)
}

/// Whether the bank's adapter has words for it; where it has none, a person is told to phone at once.
fn must_be_sayable(act: &Act<'_>, order: &StopPayment, ask: &Ask) -> Result<()> {
    let code = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    let bank = code.and_then(|code| act.centre.outside.banks.get(code));
    let why = bank.zip(order.order()).and_then(|(bank, order)| cannot_say(bank.adapter, ask, &order));
    let Some(why) = why else { return Ok(()) };
    let phone = bank.and_then(|bank| bank.phone.as_deref()).unwrap_or("its 24-hour number");
    Err(Error::conflict("bank_must_be_phoned", format!("{why}: phone the bank ({phone})")))
}

/// Tells the bank to let go, as two persons have decided.
pub(crate) async fn ask_to_release(act: &mut Act<'_>, id: MeasureId, reason: &str) -> Result<()> {
    let recorded = stop_payments::get(&mut act.tx, id).await?.ok_or(Error::Unknown("stop-payment"))?;
    recorded.order.may_release()?;
    let is_freeze = matches!(recorded.order.state, State::Frozen(..));
    let request = if is_freeze { Request::LiftFreeze } else { Request::Release };
    if is_freeze && stop_payments::freeze_notice(&mut act.tx, id, request).await?.is_none() {
        let detail = "the stop has become a freeze meanwhile: ask again, with the notice that lifts it";
        return Err(Error::conflict("stop_payment_wrong_state", detail));
    }
    stop_payments::keep_release_reason(&mut act.tx, id, reason).await?;
    ask_bank(act, &recorded.order, request).await
}

/// Writes down that money of a freeze went back to the victim.
///
/// # Errors
/// [`Error`] when the order is unknown or not so much is frozen.
pub async fn return_money(
    act: &mut Act<'_>,
    id: MeasureId,
    amount: Fen,
    reference: &str,
) -> Result<Recorded> {
    let (_, recorded) = lock(act, id).await?;
    let order = recorded.order.clone().give_back(amount)?;
    stop_payments::save(&mut act.tx, &order).await?;
    let data = json!({ "stop_payment_id": id, "amount": amount.to_string(), "reference": reference,
        "returned": order.returned.to_string() });
    act.note(order.incident_id, Happening::MoneyReturned, data);
    Ok(Recorded { order, ..recorded })
}

/// One question at a time: its answer must not be taken for another's.
async fn ask_bank(act: &mut Act<'_>, order: &StopPayment, request: Request) -> Result<()> {
    if let Some(pending) = measures::pending_request(&mut act.tx, order.id).await? {
        let detail = format!("the bank is being asked to {pending}; wait for its answer");
        return Err(Error::conflict("bank_being_asked", detail));
    }
    let data = json!({ "stop_payment_id": order.id, "status": order.status(), "asked": request });
    act.note(order.incident_id, Happening::StopPaymentChanged, data);
    tell_bank(act, order, request).await
}

pub(crate) async fn lock(act: &mut Act<'_>, id: MeasureId) -> Result<(Incident, Recorded)> {
    let unknown = || Error::Unknown("stop-payment");
    let seen = stop_payments::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    let incident = act.lock(seen.order.incident_id).await?;
    let recorded = stop_payments::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    Ok((incident, recorded))
}
