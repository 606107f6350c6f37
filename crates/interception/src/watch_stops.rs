//! The clocks of stops: somebody is told before one ends, it ends by itself, who waited for the account takes it over, and
//! somebody is told of papers and appeals that are overdue. All of it from stored times, each in an act of its own.

use chrono::TimeDelta;
use domain::id::{IncidentId, MeasureId};
use domain::measure::Request;
use domain::stop_payment::{AlarmKind, RoundsUsed, State, StopPayment};
use domain::timeline::Happening;
use serde_json::{Value, json};
use store::{appeals, filings, incidents, measures, stop_payments};

use crate::act::Act;
use crate::centre::Centre;
use crate::error::Result;
use crate::file_case::tell_of_papers;
use crate::hear_appeal::remind;
use crate::order_measures::tell_bank;
use crate::sound_alarm::sound_alarm;
use crate::take_over_account::take_over_account;

/// How many of each kind one round takes.
const BATCH: i64 = 100;

/// Ends the stops whose 48 hours are over, lets the next claims take their accounts over and tells of what ends soon or is overdue; returns how much.
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
    let mut db = centre.store.read().await?;
    let waiting = stop_payments::let_go(&mut db, BATCH).await?;
    drop(db);
    for (incident, id) in &waiting {
        take_over_account(centre, *incident, *id).await?;
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
    Ok(run_out.len() + waiting.len() + ending.len() + papers.len() + appeals.len())
}

/// A stop's 48 hours or a freeze's term are over: its bank is told that we hold it to nothing any more. A renewal,
/// freeze or extension that was asked in time and is not answered is asked on: the bank may have done it.
async fn expire(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    act.lock(incident).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(()) };
    let is_freeze = matches!(recorded.order.state, State::Frozen(..));
    let why =
        if is_freeze { "the term of the freeze is over and nobody extended it" } else { "48 hours are over" };
    let Ok(expired) = recorded.order.expire(act.now) else { return Ok(()) };
    stop_payments::save(&mut act.tx, &expired).await?;
    match measures::pending_request(&mut act.tx, id).await? {
        Some(Request::Renew | Request::Freeze | Request::ExtendFreeze) => {}
        Some(
            Request::Submit
            | Request::Inquire
            | Request::Release
            | Request::LiftFreeze
            | Request::Expire
            | Request::Lift
            | Request::Cancel,
        )
        | None => tell_bank(&mut act, &expired, Request::Expire).await?,
    }
    let data = json!({ "stop_payment_id": id, "status": expired.status(), "why": why,
        "let_go": expired.sums().expired.to_string() });
    act.note(incident, Happening::StopPaymentChanged, data);
    act.commit().await
}

/// Somebody is told once that a stop or a freeze ends soon; what was slept through is told as the latest of it.
async fn tell_of_end(centre: &Centre, incident: IncidentId, id: MeasureId) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    let incident = act.lock(incident).await?;
    let Some(recorded) = stop_payments::get(&mut act.tx, id).await? else { return Ok(()) };
    if recorded.next_alarm_at.is_none_or(|at| at > act.now) {
        return Ok(());
    }
    let order = recorded.order;
    let (next, before) = match &order.state {
        State::Active(hold) | State::Partial(hold) => (hold.next_alarm(act.now), hold.alarm_due(act.now)),
        State::Frozen(_, freeze) => (freeze.next_alarm(act.now), freeze.alarm_due(act.now)),
        State::Draft
        | State::Submitted
        | State::Empty
        | State::Mismatch
        | State::HeldByOther
        | State::Refused
        | State::Released(_)
        | State::Expired(_)
        | State::Failed => return Ok(()),
    };
    stop_payments::set_alarm(&mut act.tx, id, next).await?;
    if let (Some(before), Some(ends_at)) = (before, order.ends_at()) {
        let sums = order.sums();
        let mut facts = json!({ "minutes_before": before.num_minutes(), "expires_at": ends_at,
            "minutes_left": (ends_at - act.now).max(TimeDelta::zero()).num_minutes() });
        let (kind, more) = if let State::Frozen(_, freeze) = &order.state {
            let more = json!({ "frozen": sums.frozen.to_string(), "extensions": freeze.extensions });
            (AlarmKind::FreezeEnding, more)
        } else {
            let used = rounds_used(&mut act.tx, &order, incident.drill).await?;
            let refusal = order.may_renew(centre.rounds, used).err();
            let more = json!({ "held": sums.held.to_string(), "round": order.round,
                "renewable": refusal.is_none(), "why_not": refusal.map(|why| why.to_string()) });
            (AlarmKind::Expiring, more)
        };
        if let (Value::Object(facts), Value::Object(more)) = (&mut facts, more) {
            facts.extend(more);
        }
        sound_alarm(&mut act, &order, kind, facts);
    }
    act.commit().await
}

/// What the order's account has had of stops, in earnest or in drills.
pub(crate) async fn rounds_used(db: &mut store::Db, order: &StopPayment, drill: bool) -> Result<RoundsUsed> {
    match order.account() {
        Some((bank, number)) => Ok(stop_payments::rounds_used(db, &bank, &number, drill).await?),
        None => Ok(RoundsUsed::default()),
    }
}

/// Our other orders to the same account, newest first; a drill's among drills.
pub(crate) async fn on_same_account(act: &mut Act<'_>, order: &StopPayment) -> Result<Vec<StopPayment>> {
    let Some(account) = order.account() else { return Ok(vec![]) };
    let incident = incidents::get(&mut act.tx, order.incident_id).await?;
    let (account, drill) = (Some(account), incident.map(|incident| incident.drill));
    let filter = stop_payments::Filter { account, drill, ..stop_payments::Filter::default() };
    let found = stop_payments::list(&mut act.tx, &filter, i64::MAX).await?;
    let others = found.into_iter().map(|recorded| recorded.order);
    Ok(others.filter(|other| other.id != order.id).collect())
}
