//! Telling the outside: lease a batch of due requests, record the tries, **commit, and only then speak**; then
//! lock the incident again and record what came of it.
//!
//! A worker may die at any point. Before the commit nothing happened; after it the lease runs out and somebody
//! else finds a try without an end, which may have arrived: unknown is never failure, so a bank is asked under
//! the same order id before it is told again. Whoever comes back late finds the lease gone and changes nothing.

mod auto_call;
mod call_block;
mod dispatch;
pub(crate) mod sms;
mod stop_payment;

use channels::Told;
use chrono::TimeDelta;
use domain::id::{AttemptId, MeasureId};
use domain::incident::Incident;
use domain::measure::{AttemptResult, Request, Route, next_try};
use domain::measure_kind::MeasureKind;
use futures::future::join_all;
use store::measures::{self, Attempt, Leased};
use store::{Tx, second_routes};
use uuid::Uuid;

use crate::act::Act;
use crate::centre::Centre;
use crate::error::Result;
use crate::lanes::{InTheAir, Lane};

/// A worker that died gives its work back after this; longer than any answer is waited for.
const LEASE_LASTS: TimeDelta = TimeDelta::seconds(15);
/// How many requests one worker has in the air; to banks, see [`domain::circuit::IN_THE_AIR_MAX`].
pub const IN_THE_AIR: i64 = 64;

/// A try that is recorded and about to be made.
#[derive(Debug)]
pub struct Try {
    leased: Leased,
    kind: MeasureKind,
    worker: Uuid,
    attempt: AttemptId,
    message_id: String,
    /// To a bank: its place in the bank's lane.
    in_the_air: Option<InTheAir>,
}

impl Try {
    fn route(&self) -> Route {
        self.in_the_air.as_ref().map_or(Route::First, InTheAir::route)
    }

    /// Whether it is still in its worker's hands; locks its row.
    async fn still_held(&self, db: &mut Tx) -> Result<bool> {
        Ok(match self.route() {
            Route::First => measures::still_held(db, &self.leased, self.worker).await?,
            Route::Second => second_routes::still_held(db, &self.leased, self.worker).await?,
        })
    }
}

/// Leases due requests of a kind and records that they are tried: up to `limit`, or, to banks, up to `limit` for each
/// as far as its lane has room.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away; nothing is tried then.
pub async fn lease_tries(centre: &Centre, kind: MeasureKind, worker: Uuid, limit: i64) -> Result<Vec<Try>> {
    let mut act = Act::ours(centre).await?;
    let (now, until) = (act.now, act.now + LEASE_LASTS);
    let to_a_bank = kind == MeasureKind::StopPayment;
    let leased = if to_a_bank {
        let rooms = centre.lanes.rooms(Route::First, limit, now);
        measures::lease_by_party(&mut act.tx, kind, worker, now, until, &rooms).await?
    } else {
        measures::lease(&mut act.tx, kind, worker, now, until, limit).await?
    };
    let mut tries = vec![];
    if to_a_bank {
        let rooms = centre.lanes.rooms(Route::Second, limit, now);
        for leased in second_routes::lease(&mut act.tx, worker, now, until, &rooms).await? {
            let second = Some(Route::Second);
            measures::end_abandoned(&mut act.tx, leased.id, second, now).await?;
            tries.push(begin(&mut act, leased, kind, worker, second).await?);
        }
    }
    let route = to_a_bank.then_some(Route::First);
    for mut leased in leased {
        let may_have_arrived =
            leased.tries > 1 && measures::end_abandoned(&mut act.tx, leased.id, route, now).await?;
        if to_a_bank && leased.request == Request::Submit && may_have_arrived {
            // a worker died between telling a bank and hearing it: the bank is asked first
            leased.request = Request::Inquire;
            measures::change_request(&mut act.tx, leased.id, leased.request).await?;
        }
        tries.push(begin(&mut act, leased, kind, worker, route).await?);
    }
    if !tries.is_empty() {
        act.commit().await?;
    }
    Ok(tries)
}

/// Records that a try begins.
async fn begin(
    act: &mut Act<'_>,
    leased: Leased,
    kind: MeasureKind,
    worker: Uuid,
    route: Option<Route>,
) -> Result<Try> {
    let attempt = Attempt {
        id: AttemptId::new(act.now),
        request: leased.request,
        message_id: message_id(&leased),
        route,
        started_at: act.now,
        ended: None,
    };
    measures::begin_attempt(&mut act.tx, leased.id, &attempt).await?;
    let in_the_air = route.map(|route| {
        let lane = Lane { bank: leased.counterparty.clone(), route };
        act.centre.lanes.leave(lane, act.now)
    });
    Ok(Try { leased, kind, worker, attempt: attempt.id, message_id: attempt.message_id, in_the_air })
}

/// The webhook-id: the order's own id for the order itself, always the same however often it is sent; one of
/// its own for every other request, since a replayed id has no second effect.
fn message_id(leased: &Leased) -> String {
    match leased.request {
        Request::Submit => leased.id.to_string(),
        // every question is a new one: the answer to the last may be out of date
        Request::Inquire => format!("{}.inquire.{}", leased.id, leased.tries),
        Request::Renew
        | Request::Release
        | Request::Freeze
        | Request::ExtendFreeze
        | Request::LiftFreeze
        | Request::Expire
        | Request::Lift
        | Request::Cancel => {
            format!("{}.{}.{}", leased.id, leased.request, leased.first_tried_at.timestamp_micros())
        }
    }
}

/// Makes a recorded try and records what came of it.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away; the lease then runs out and the try is made again.
pub async fn make_try(centre: &Centre, attempt: &Try) -> Result<()> {
    match attempt.kind {
        MeasureKind::StopPayment => stop_payment::make(centre, attempt).await,
        MeasureKind::Sms => sms::make(centre, attempt).await,
        MeasureKind::CallBlock => call_block::make(centre, attempt).await,
        MeasureKind::Dispatch => dispatch::make(centre, attempt).await,
        // those by people wait at the desk; nothing about them is ever queued
        MeasureKind::Contact => auto_call::make(centre, attempt).await,
    }
}

/// Carries out everything that is due of a kind, all at once; returns how much that was.
///
/// # Errors
/// The first of the tries' errors; the others were made all the same.
pub async fn carry_out_measures(centre: &Centre, kind: MeasureKind, worker: Uuid) -> Result<usize> {
    let tries = lease_tries(centre, kind, worker, IN_THE_AIR).await?;
    let made = join_all(tries.iter().map(|attempt| make_try(centre, attempt))).await;
    made.into_iter().collect::<Result<Vec<()>>>()?;
    Ok(tries.len())
}

/// Opens the act that records what came of a try, with the incident locked. `None`: the lease is gone; how the
/// try ended is recorded all the same.
async fn conclude<'a>(
    centre: &'a Centre,
    attempt: &Try,
    result: AttemptResult,
    detail: Option<&str>,
) -> Result<Option<(Act<'a>, Incident)>> {
    let mut act = Act::ours(centre).await?;
    let incident = act.lock(attempt.leased.incident_id).await?;
    if record_end(&mut act, attempt, result, detail).await? {
        Ok(Some((act, incident)))
    } else {
        act.commit().await?;
        Ok(None)
    }
}

/// Records how a try ended; `false`: the lease is gone. The incident is locked.
async fn record_end(
    act: &mut Act<'_>,
    attempt: &Try,
    result: AttemptResult,
    detail: Option<&str>,
) -> Result<bool> {
    if !act.drill {
        metrics::counter!("attempts_total", "kind" => attempt.kind.as_str(), "result" => result.as_str())
            .increment(1);
    }
    measures::end_attempt(&mut act.tx, attempt.attempt, act.now, result, detail).await?;
    attempt.still_held(&mut act.tx).await
}

/// Whether the request is still in this worker's hands, just before speaking.
async fn still_wanted(centre: &Centre, attempt: &Try) -> Result<bool> {
    attempt.still_held(&mut centre.store.begin().await?).await
}

/// Puts the request back to be tried again as `request`; `false`: the tries are used up.
async fn again(
    act: &mut Act<'_>,
    attempt: &Try,
    request: Request,
    not_before: Option<TimeDelta>,
) -> Result<bool> {
    let leased = &attempt.leased;
    let Some(at) = next_try(attempt.kind, leased.tries, leased.first_tried_at, act.now) else {
        return Ok(false);
    };
    let at = not_before.map_or(at, |wait| at.max(act.now + wait));
    measures::retry(&mut act.tx, leased.id, request, at).await?;
    Ok(true)
}

/// Takes the request out of the queue: it was answered, or nobody will.
async fn done(act: &mut Act<'_>, id: MeasureId) -> Result<()> {
    Ok(measures::dequeue(&mut act.tx, &[id]).await?)
}

/// How a try is written down.
fn written<A>(told: &Told<A>) -> (AttemptResult, Option<&str>) {
    match told {
        Told::Answered(_) | Told::Accepted => (AttemptResult::Accepted, None),
        Told::Refused { detail, .. } => (AttemptResult::Refused, Some(detail)),
        Told::UnknownOrder => (AttemptResult::NotDelivered, Some("the order is not known there")),
        Told::NotDelivered { detail, .. } => (AttemptResult::NotDelivered, Some(detail)),
        Told::Unreadable { detail } | Told::Unknown { detail } => (AttemptResult::Unknown, Some(detail)),
    }
}
