//! Telling a bank.

use channels::Told;
use channels::stop_payment::{self, Ask, RequestedBy, StopRequest, cannot_say};
use domain::account::BankCode;
use domain::measure::{AttemptResult, Request, Route, next_try};
use domain::stop_payment::{AlarmKind, BankAnswer, Freeze, FreezeNotice};
use domain::timeline::{Happening, OURSELVES};
use serde_json::json;
use store::stop_payments::{self, Recorded};
use store::{incidents, letters, measures, second_routes};

use super::{Act, Centre, Result, Try, again, conclude, done, still_wanted, written};
use crate::act::Work;
use crate::hear_bank;
use crate::sound_alarm::sound_alarm;

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let told = match tell(centre, attempt).await? {
        Tell::NotWanted => return Ok(()),
        Tell::CannotBeSaid(why) => return cannot_be_said(centre, attempt, why).await,
        Tell::Told(told) => told,
    };
    let (result, detail) = written(&told);
    let Some((mut act, _)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let data = json!({ "stop_payment_id": attempt.leased.id, "request": attempt.leased.request, "route": attempt.route(), "try": attempt.leased.tries, "result": result, "detail": detail });
    act.note(attempt.leased.incident_id, Happening::StopPaymentAttempted, data);
    if attempt.route() == Route::Second {
        by_the_second_way(&mut act, attempt, told).await?;
        return act.commit().await;
    }
    let asked = attempt.leased.request;
    if asked == Request::Expire {
        // a notice: whatever is answered, it was heard
        let unheard = matches!(told, Told::NotDelivered { .. } | Told::Unknown { .. });
        if !(unheard && again(&mut act, attempt, asked, None).await?) {
            done(&mut act, attempt.leased.id).await?;
        }
        return act.commit().await;
    }
    match told {
        Told::Answered(answer) => answered(&mut act, attempt, &answer).await?,
        // it never arrived: it leaves now
        Told::UnknownOrder => {
            measures::retry(&mut act.tx, attempt.leased.id, Request::Submit, act.now).await?;
        }
        // the bank has it and answers at the callback; until then it is asked, not told again
        Told::Accepted => {
            retry(&mut act, attempt, if is_stop(asked) { Request::Inquire } else { asked }).await?;
        }
        Told::Unreadable { detail } => {
            let bank = format!("bank:{}", attempt.leased.counterparty);
            letters::keep_unread(&mut act.tx, &bank, &detail, &[], act.now).await?;
            retry(&mut act, attempt, after_silence(asked)).await?;
        }
        Told::Unknown { .. } => retry(&mut act, attempt, after_silence(asked)).await?,
        Told::Refused { .. } => {
            retry(&mut act, attempt, if is_stop(asked) { Request::Submit } else { asked }).await?;
        }
        Told::NotDelivered { .. } => retry(&mut act, attempt, asked).await?,
    }
    act.commit().await
}

/// An answer counts whichever way it came, once. Anything else is told again by this way on the same schedule, and the
/// first goes on by itself.
async fn by_the_second_way(act: &mut Act<'_>, attempt: &Try, told: Told<BankAnswer>) -> Result<()> {
    let order = attempt.leased.id;
    let effect = match told {
        Told::Answered(answer) => hear_bank::apply(act, order, Request::Submit, &answer).await?,
        Told::Unreadable { detail } => {
            let bank = format!("bank:{}", attempt.leased.counterparty);
            letters::keep_unread(&mut act.tx, &bank, &detail, &[], act.now).await?;
            hear_bank::Effect::AskAgain
        }
        Told::Accepted
        | Told::Refused { .. }
        | Told::UnknownOrder
        | Told::NotDelivered { .. }
        | Told::Unknown { .. } => hear_bank::Effect::AskAgain,
    };
    let leased = &attempt.leased;
    match (effect, next_try(attempt.kind, leased.tries, leased.first_tried_at, act.now)) {
        (hear_bank::Effect::AskAgain, Some(at)) => second_routes::retry(&mut act.tx, order, at).await?,
        (_, _) => second_routes::end(&mut act.tx, order).await?,
    }
    Ok(())
}

fn is_stop(request: Request) -> bool {
    matches!(request, Request::Submit | Request::Inquire)
}

/// After silence the bank is asked; a question that met silence itself is followed by the order, under the
/// same id, so that a bank that understands no questions is reached as well.
fn after_silence(asked: Request) -> Request {
    match asked {
        Request::Submit => Request::Inquire,
        Request::Inquire => Request::Submit,
        Request::Renew
        | Request::Release
        | Request::Freeze
        | Request::ExtendFreeze
        | Request::LiftFreeze
        | Request::Expire
        | Request::Lift
        | Request::Cancel => asked,
    }
}

/// What came of turning to the bank.
enum Tell {
    /// The request is no longer wanted, or in other hands.
    NotWanted,
    /// The bank's adapter has no words for it, and why.
    CannotBeSaid(&'static str),
    /// It was told.
    Told(Told<BankAnswer>),
}

async fn tell(centre: &Centre, attempt: &Try) -> Result<Tell> {
    let mut db = centre.store.read().await?;
    let recorded = stop_payments::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    let freeze = stop_payments::kept_freeze(&mut db, attempt.leased.id).await?;
    let notice = stop_payments::freeze_notice(&mut db, attempt.leased.id, attempt.leased.request).await?;
    drop(db);
    let (Some(recorded), Some(incident)) = (recorded, incident) else { return Ok(Tell::NotWanted) };
    let Some(request) = request(centre, attempt, &recorded, (freeze, notice)) else {
        return Ok(Tell::NotWanted);
    };
    if incident.drill {
        return Ok(Tell::Told(channels::drill::stop_payment(&request, centre.now())));
    }
    let bank = BankCode::parse(&attempt.leased.counterparty).ok();
    let bank = bank.and_then(|code| centre.outside.banks.get(&code));
    let way = bank.and_then(|bank| match attempt.route() {
        Route::First => Some((bank.adapter, bank.party.endpoint.as_ref())),
        Route::Second => bank.second.as_ref().map(|second| (second.adapter, second.endpoint.as_ref())),
    });
    if let Some(why) = way.and_then(|(adapter, _)| cannot_say(adapter, &request.ask, &request.order)) {
        return Ok(Tell::CannotBeSaid(why));
    }
    let Some((adapter, Some(endpoint))) = way else {
        let detail = "no endpoint is configured".to_owned();
        return Ok(Tell::Told(Told::NotDelivered { detail, retry_after: None }));
    };
    if !still_wanted(centre, attempt).await? {
        return Ok(Tell::NotWanted);
    }
    let left = std::time::Instant::now();
    let told = stop_payment::request(adapter, &centre.bank_caller, endpoint, &request, centre.now()).await;
    if let Some(in_the_air) = &attempt.in_the_air {
        in_the_air.came_to(&told, left.elapsed(), centre.now());
    }
    Ok(Tell::Told(told))
}

/// Sending it again would not help: a person must phone the bank, now and not after an hour.
async fn cannot_be_said(centre: &Centre, attempt: &Try, why: &str) -> Result<()> {
    let Some((mut act, _)) = conclude(centre, attempt, AttemptResult::Refused, Some(why)).await? else {
        return Ok(());
    };
    match (attempt.route(), attempt.leased.request) {
        // nobody misses a notice that cannot be given
        (Route::First, Request::Expire) => done(&mut act, attempt.leased.id).await?,
        (Route::First, _) => give_up(&mut act, attempt, &format!("{why}: phone the bank")).await?,
        (Route::Second, _) => second_routes::end(&mut act.tx, attempt.leased.id).await?,
    }
    act.commit().await
}

fn request(
    centre: &Centre,
    attempt: &Try,
    recorded: &Recorded,
    (freeze, notice): (Option<Freeze>, Option<FreezeNotice>),
) -> Option<StopRequest> {
    let reason = recorded.release_reason.clone().unwrap_or_default();
    let standing = recorded.freeze.clone();
    let ask = match attempt.leased.request {
        Request::Submit => Ask::Stop,
        Request::Inquire => Ask::Status,
        Request::Renew => Ask::Renew,
        Request::Release => Ask::Release { reason },
        Request::Freeze => Ask::Freeze(freeze?),
        Request::ExtendFreeze => Ask::ExtendFreeze(standing?.extended(&notice?).paper),
        Request::LiftFreeze => Ask::LiftFreeze { notice: standing?.lifted_by(&notice?), reason },
        Request::Expire => Ask::Expired,
        Request::Lift | Request::Cancel => return None,
    };
    Some(StopRequest {
        message_id: attempt.message_id.clone(),
        asked_at: attempt.leased.first_tried_at,
        ask,
        order: recorded.order.order()?,
        requested_by: RequestedBy {
            operator: match attempt.leased.ordered_by.as_str() {
                OURSELVES => centre.organisation.operator.clone(),
                person => person.to_owned(),
            },
            organisation: centre.organisation.code.clone(),
        },
    })
}

async fn answered(act: &mut Act<'_>, attempt: &Try, answer: &BankAnswer) -> Result<()> {
    let heard = hear_bank::apply(act, attempt.leased.id, attempt.leased.request, answer).await?;
    if heard == hear_bank::Effect::AskAgain {
        retry(
            act,
            attempt,
            if is_stop(attempt.leased.request) { Request::Submit } else { attempt.leased.request },
        )
        .await?;
    }
    Ok(())
}

/// Tries again within seconds, or after an hour gives up: then a person must phone the bank.
async fn retry(act: &mut Act<'_>, attempt: &Try, request: Request) -> Result<()> {
    if again(act, attempt, request, None).await? {
        return Ok(());
    }
    give_up(act, attempt, "the bank does not answer: phone it").await
}

/// Takes the request out of the queue; an order without an answer has failed.
async fn give_up(act: &mut Act<'_>, attempt: &Try, why: &str) -> Result<()> {
    done(act, attempt.leased.id).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, attempt.leased.id).await? else { return Ok(()) };
    let bank = recorded.order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    let phone = bank.and_then(|code| act.centre.outside.banks.get(code)).and_then(|bank| bank.phone.clone());
    let order = match recorded.order.clone().give_up() {
        Ok(given_up) => {
            stop_payments::save(&mut act.tx, &given_up).await?;
            given_up
        }
        Err(_) => recorded.order,
    };
    let data = json!({ "stop_payment_id": order.id, "status": order.status(), "why": why, "phone": phone });
    act.note(order.incident_id, Happening::StopPaymentChanged, data);
    sound_alarm(act, &order, AlarmKind::NoAnswer, json!({ "asked": attempt.leased.request }));
    act.wake(Work::Deadlines);
    Ok(())
}
