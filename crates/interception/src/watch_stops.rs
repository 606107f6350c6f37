//! The clocks of stops: somebody is told before one ends, it ends by itself, and somebody is told of papers and
//! appeals that are overdue. All of it from stored times, each in an act of its own.

use chrono::TimeDelta;
use domain::id::{IncidentId, MeasureId};
use domain::measure::Request;
use domain::stop_payment::{AlarmKind, State, StopPayment};
use domain::timeline::Happening;
use serde_json::json;
use store::{appeals, filings, measures, stop_payments};

use crate::act::Act;
use crate::centre::Centre;
use crate::error::Result;
use crate::file_case::tell_of_papers;
use crate::hear_appeal::remind;
use crate::order_measures::tell_bank;
use crate::sound_alarm::sound_alarm;

/// How many of each kind one round takes.
const BATCH: i64 = 100;

/// Ends the stops whose 48 hours are over and tells of what ends soon or is overdue; returns how much.
pub(crate) async fn watch_stops(centre: &Centre) -> Result<usize> {
    let now = centre.now();
    let mut db = centre.store.read().await?;
    let run_out = stop_payments::run_out(&mut db, now, BATCH).await?;
    let ending = stop_payments::alarms_due(&mut db, now, BATCH).await?;
    let papers = filings::fallen_due(&mut db, now, BATCH).await?;
    let appeals = appeals::to_remind(&mut db, now, BATCH).await?;
    drop(db);
    for (incident, id) in &run_out {
        expire(centre, *incident, *id).await?;
    }
    for (incident, id) in &ending {
        tell_of_end(centre, *incident, *id).await?;
    }
    for (incident, id) in &papers {
        let mut act = Act::ours(centre).await?;
        act.lock(*incident).await?;
        if tell_of_papers(&mut act, *id).await? {
            act.commit().await?;
        }
    }
    for (incident, id) in &appeals {
        let mut act = Act::ours(centre).await?;
        act.lock(*incident).await?;
        if remind(&mut act, *id).await? {
            act.commit().await?;
        }
    }
    Ok(run_out.len() + ending.len() + papers.len() + appeals.len())
}

/// A stop's 48 hours are over: its bank is told that we hold it to nothing any more. A renewal or freeze that was
/// asked in time and is not answered is asked on: the bank may have done it.
async fn expire(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(()) };
    let Ok(expired) = recorded.order.expire(act.now) else { return Ok(()) };
    stop_payments::save(&mut act.tx, &expired).await?;
    match measures::pending_request(&mut act.tx, id).await? {
        Some(Request::Renew | Request::Freeze) => {}
        Some(
            Request::Submit
            | Request::Inquire
            | Request::Release
            | Request::Expire
            | Request::Lift
            | Request::Cancel,
        )
        | None => tell_bank(&mut act, &expired, Request::Expire).await?,
    }
    let data = json!({ "stop_payment_id": id, "status": expired.status(), "why": "48 hours are over",
        "let_go": expired.hold().map(|hold| hold.held.to_string()) });
    act.note(incident, Happening::StopPaymentChanged, data);
    let_go(&mut act, &expired).await?;
    act.commit().await
}

/// Somebody is told once that a stop ends soon; what was slept through is told as the latest of it.
async fn tell_of_end(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(()) };
    if recorded.next_alarm_at.is_none_or(|at| at > act.now) {
        return Ok(());
    }
    let order = recorded.order;
    let hold = match &order.state {
        State::Active(hold) | State::Partial(hold) => *hold,
        State::Draft
        | State::Submitted
        | State::Empty
        | State::Mismatch
        | State::HeldByOther
        | State::Refused
        | State::Frozen(..)
        | State::Released(_)
        | State::Expired(_)
        | State::Failed => return Ok(()),
    };
    stop_payments::set_alarm(&mut act.tx, id, hold.next_alarm(act.now)).await?;
    if let Some(before) = hold.alarm_due(act.now) {
        let used = rounds_used(&mut act, &order).await?;
        let facts = json!({ "minutes_before": before.num_minutes(), "expires_at": hold.expires_at(),
            "minutes_left": (hold.expires_at() - act.now).max(TimeDelta::zero()).num_minutes(),
            "held": hold.held.to_string(), "round": order.round,
            "renewable": order.may_renew(centre.rounds, used).is_ok() });
        sound_alarm(&mut act, &order, AlarmKind::Expiring, facts);
    }
    act.commit().await
}

/// What the order's account has had of stops.
pub(crate) async fn rounds_used(
    act: &mut Act<'_>,
    order: &StopPayment,
) -> Result<domain::stop_payment::RoundsUsed> {
    match order.account() {
        Some((bank, number)) => Ok(stop_payments::rounds_used(&mut act.tx, &bank, &number).await?),
        None => Ok(domain::stop_payment::RoundsUsed::default()),
    }
}

/// A stop is over: whoever was kept from the account by it can order now.
pub(crate) async fn let_go(act: &mut Act<'_>, holder: &StopPayment) -> Result<()> {
    for claim in on_same_account(act, holder).await? {
        if claim.state == State::HeldByOther {
            let facts = json!({ "holder": { "stop_payment_id": holder.id, "incident_id": holder.incident_id,
                "status": holder.status() } });
            sound_alarm(act, &claim, AlarmKind::HolderLetGo, facts);
        }
    }
    Ok(())
}

/// Our other orders to the same account, newest first.
pub(crate) async fn on_same_account(act: &mut Act<'_>, order: &StopPayment) -> Result<Vec<StopPayment>> {
    let Some(account) = order.account() else { return Ok(vec![]) };
    let filter = stop_payments::Filter { account: Some(account), ..stop_payments::Filter::default() };
    let found = stop_payments::list(&mut act.tx, &filter, i64::MAX).await?;
    let others = found.into_iter().map(|recorded| recorded.order);
    Ok(others.filter(|other| other.id != order.id).collect())
}
