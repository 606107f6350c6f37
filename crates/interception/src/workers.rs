//! The loops that never end: each waits for a notice or for the clock, whichever comes first, and then does
//! everything that is due. Notices shorten the wait; the clock guarantees it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::measure_kind::MeasureKind;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::act::Work;
use crate::assess_incidents::{self, assess_incidents};
use crate::audit_plans;
use crate::carry_out_measures::{IN_THE_AIR, Try, lease_tries, make_try};
use crate::centre::Centre;
use crate::error::Result;
use crate::keep_deadlines::{self, keep_deadlines};
use crate::seal_record::seal_record;

mod texts;

/// How long a worker sleeps when no notice comes.
const POLL: Duration = Duration::from_secs(1);
/// How long the worker that tells banks sleeps: money is moving, and a try is due after one second already.
const BANKS_POLL: Duration = Duration::from_millis(250);
/// How long a worker waits after the database was away.
const AFTER_FAULT: Duration = Duration::from_millis(500);
/// How long an act usually holds an incident, generously.
const HELD_FOR: Duration = Duration::from_millis(20);
/// How long the auditor rests between two looks.
const AUDIT_EVERY: Duration = Duration::from_secs(2);
/// How often the timeline is sealed.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// How often what was passed over is looked at again.
const LOOKS: u32 = 5;

/// What one process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Grades incidents and keeps deadlines.
    Engine,
    /// Tells one kind of outside party.
    Carrier(MeasureKind),
}

/// Wakes whoever waits for a kind of work, in this process.
#[derive(Debug)]
pub struct Notices(HashMap<Work, Notify>);

impl Default for Notices {
    fn default() -> Self {
        Self(Work::ALL.into_iter().map(|work| (work, Notify::new())).collect())
    }
}

impl Notices {
    fn wake(&self, payload: &str) {
        for (work, notify) in &self.0 {
            if work.as_str() == payload {
                // a permit is kept for the worker that is busy, and everybody who waits is woken
                notify.notify_waiters();
                notify.notify_one();
            }
        }
    }

    fn wake_all(&self) {
        for notify in self.0.values() {
            notify.notify_waiters();
            notify.notify_one();
        }
    }

    /// Waits for a notice of this work, at most as long as a worker sleeps.
    pub async fn wait(&self, work: Work) {
        self.wait_at_most(work, POLL).await;
    }

    async fn wait_at_most(&self, work: Work, time: Duration) {
        if let Some(notify) = self.0.get(&work) {
            let _ = tokio::time::timeout(time, notify.notified()).await;
        }
    }
}

/// Passes the database's notices on to this process's workers until `stop`.
pub async fn listen(centre: Arc<Centre>, notices: Arc<Notices>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let Ok(mut listener) = centre.store.listen().await else {
            pause(&stop, AFTER_FAULT).await;
            continue;
        };
        // notices may have been missed while nobody listened
        notices.wake_all();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                notice = listener.next() => match notice {
                    Ok(work) => notices.wake(&work),
                    Err(_) => break,
                },
            }
        }
    }
}

/// Works in a role until `stop`, then finishes what is in the air.
pub async fn work(centre: Arc<Centre>, role: Role, notices: Arc<Notices>, stop: CancellationToken) {
    match role {
        Role::Engine => {
            let rounds = Rounds::default();
            let at = |chore, last| keep_at(chore, &centre, &notices, &stop, last);
            tokio::join!(
                at(Chore::Assess, &rounds.assess),
                at(Chore::Deadlines, &rounds.deadlines),
                audit(&centre, &rounds, &stop),
                seal(&centre, &stop),
            );
        }
        Role::Carrier(MeasureKind::StopPayment) => {
            tell_the_banks(Arc::new(centre.urgent()), &notices, &stop).await;
        }
        Role::Carrier(MeasureKind::Sms) => texts::send_texts(centre, &notices, &stop).await,
        Role::Carrier(kind) => tell_the_outside(centre, kind, &notices, &stop).await,
    }
}

/// What the engine does.
#[derive(Debug, Clone, Copy)]
enum Chore {
    Assess,
    Deadlines,
}

impl Chore {
    fn work(self) -> Work {
        match self {
            Self::Assess => Work::Assess,
            Self::Deadlines => Work::Deadlines,
        }
    }

    async fn do_round(self, centre: &Centre) -> Result<usize> {
        match self {
            Self::Assess => assess_incidents(centre).await,
            Self::Deadlines => keep_deadlines(centre).await,
        }
    }

    async fn waits(self, centre: &Centre) -> Result<bool> {
        match self {
            Self::Assess => assess_incidents::waits(centre).await,
            Self::Deadlines => keep_deadlines::waits(centre).await,
        }
    }
}

/// Does all there is of a chore, again and again. What another act holds at this moment is passed over: then it is
/// looked at again soon, a few times, before the next rest.
async fn keep_at(
    chore: Chore,
    centre: &Centre,
    notices: &Notices,
    stop: &CancellationToken,
    rounds: &AtomicU64,
) {
    let mut looks = 0;
    while !stop.is_cancelled() {
        let done = chore.do_round(centre).await;
        if done.is_ok() {
            rounds.fetch_add(1, Ordering::Relaxed);
        }
        let nothing_done = matches!(done, Ok(0));
        if nothing_done && looks < LOOKS && chore.waits(centre).await.unwrap_or(false) {
            looks += 1;
            pause(stop, HELD_FOR).await;
        } else {
            looks = 0;
            rest(done, chore.work(), notices, stop).await;
        }
    }
}

/// How often each chore has gone round without a fault.
#[derive(Debug, Default)]
struct Rounds {
    assess: AtomicU64,
    deadlines: AtomicU64,
}

/// Audits the plans page by page, and lets the heart beat as long as both chores go round.
async fn audit(centre: &Centre, rounds: &Rounds, stop: &CancellationToken) {
    let (mut after, mut missed) = (None, 0_u32);
    let mut before = (0, 0);
    while !stop.is_cancelled() {
        let now = (rounds.assess.load(Ordering::Relaxed), rounds.deadlines.load(Ordering::Relaxed));
        if now.0 > before.0 && now.1 > before.1 {
            before = now;
            if let Err(error) = audit_plans::beat(centre).await {
                tracing::warn!(%error, "the heart could not beat");
            }
        }
        match audit_plans::audit_plans(centre, after).await {
            Ok(look) => {
                missed += u32::try_from(look.missed.len()).unwrap_or(u32::MAX);
                after = look.next;
                if after.is_none() {
                    metrics::gauge!("plan_steps_missed").set(std::mem::take(&mut missed));
                }
            }
            Err(error) => tracing::warn!(%error, "the plans could not be audited"),
        }
        pause(stop, AUDIT_EVERY).await;
    }
}

/// Seals what the timeline has grown by: one commit for the lines of a second, not one for each act.
async fn seal(centre: &Centre, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match seal_record(centre).await {
            // a backlog is not waited for
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the record could not be sealed, and will be"),
        }
        pause(stop, SEAL_EVERY).await;
    }
}

/// Goes on at once after work was found, else sleeps until there may be some.
async fn rest(done: Result<usize>, work: Work, notices: &Notices, stop: &CancellationToken) {
    match done {
        Ok(0) => {
            tokio::select! {
                () = stop.cancelled() => {}
                () = notices.wait(work) => {}
            }
        }
        Ok(done) => tracing::debug!(work = work.as_str(), done, "worked"),
        Err(error) => {
            tracing::warn!(work = work.as_str(), %error, "will be tried again");
            pause(stop, AFTER_FAULT).await;
        }
    }
}

async fn pause(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// Every try runs on its own, so that a party that is silent holds up no other; only so many are in the air.
async fn tell_the_outside(
    centre: Arc<Centre>,
    kind: MeasureKind,
    notices: &Notices,
    stop: &CancellationToken,
) {
    let worker = Uuid::now_v7();
    let permits = Arc::new(Semaphore::new(usize::try_from(IN_THE_AIR).unwrap_or(1)));
    let in_the_air = TaskTracker::new();
    let work = match kind {
        // banks are told by `tell_the_banks`
        MeasureKind::StopPayment => Work::StopPayment,
        MeasureKind::Sms => Work::Sms,
        MeasureKind::CallBlock => Work::CallBlock,
        MeasureKind::Dispatch => Work::Dispatch,
        // of contacts only those by machines are told to anybody
        MeasureKind::Contact => Work::AutoCall,
    };
    loop {
        // nothing is leased that could not leave at once
        tokio::select! {
            () = stop.cancelled() => break,
            _free = permits.acquire() => {}
        }
        let free = i64::try_from(permits.available_permits()).unwrap_or(0);
        let leased = lease_tries(&centre, kind, worker, free).await;
        let found = leased.map(|tries| {
            let found = tries.len();
            for attempt in tries {
                let centre = Arc::clone(&centre);
                // only this loop takes permits, and it leased no more than were free
                let permit = Arc::clone(&permits).try_acquire_owned();
                in_the_air.spawn(async move {
                    make(&centre, &attempt).await;
                    drop(permit);
                });
            }
            found
        });
        rest(found, work, notices, stop).await;
    }
    in_the_air.close();
    in_the_air.wait().await;
}

/// Each bank has a lane of its own with so many tries in the air, on connections that no alert can use up.
async fn tell_the_banks(centre: Arc<Centre>, notices: &Notices, stop: &CancellationToken) {
    let worker = Uuid::now_v7();
    let in_the_air = TaskTracker::new();
    while !stop.is_cancelled() {
        match lease_tries(&centre, MeasureKind::StopPayment, worker, i64::from(u32::MAX)).await {
            Ok(tries) if tries.is_empty() => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = notices.wait_at_most(Work::StopPayment, BANKS_POLL) => {}
                    () = centre.lanes.freed() => {}
                }
            }
            Ok(tries) => {
                for attempt in tries {
                    let centre = Arc::clone(&centre);
                    in_the_air.spawn(async move { make(&centre, &attempt).await });
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the banks will be told again");
                pause(stop, AFTER_FAULT).await;
            }
        }
    }
    in_the_air.close();
    in_the_air.wait().await;
}

async fn make(centre: &Centre, attempt: &Try) {
    if let Err(error) = make_try(centre, attempt).await {
        tracing::warn!(%error, "a try could not be recorded; its lease will run out and it is made again");
    }
}
