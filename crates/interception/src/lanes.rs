//! One lane a bank and route: how much is in the air there, and whether it is answered. A dead bank fills its own lane
//! and no other.
//!
//! Kept in memory, by each process for itself: after a start every circuit is closed, and a dead bank opens its own
//! again within a few tries. Nothing that must survive is here; what is due stands in the rows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use channels::Told;
use domain::circuit::{Circuit, CircuitStatus, IN_THE_AIR_MAX};
use domain::clock::Instant;
use domain::measure::Route;
use store::measures::Rooms;
use tokio::sync::Notify;

/// A bank by one of its ways.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    pub(crate) bank: String,
    pub(crate) route: Route,
}

/// All lanes of this process.
#[derive(Debug, Default)]
pub struct Lanes {
    states: Mutex<BTreeMap<Lane, State>>,
    freed: Notify,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    in_the_air: u32,
    circuit: Circuit,
}

impl Lanes {
    /// How many requests each bank may be told by a route now, none more than `limit`.
    pub(crate) fn rooms(&self, route: Route, limit: i64, now: Instant) -> Rooms {
        let states = self.states();
        let of_route = states.iter().filter(|(lane, _)| lane.route == route);
        let room = |state: &State| i64::from(state.circuit.room(state.in_the_air, now)).min(limit);
        Rooms {
            usual: i64::from(IN_THE_AIR_MAX).min(limit),
            others: of_route.map(|(lane, state)| (lane.bank.clone(), room(state))).collect(),
        }
    }

    /// A request leaves; it is in the air until what is returned is dropped.
    pub(crate) fn leave(self: &Arc<Self>, lane: Lane, now: Instant) -> InTheAir {
        let mut states = self.states();
        let state = states.entry(lane.clone()).or_default();
        state.in_the_air += 1;
        state.circuit = state.circuit.tried(now);
        drop(states);
        InTheAir { lanes: Arc::clone(self), lane }
    }

    /// Learns from what a request by the lane came to.
    fn learn<A>(&self, lane: &Lane, told: &Told<A>, took: Duration, now: Instant) {
        let mut states = self.states();
        let state = states.entry(lane.clone()).or_default();
        let before = state.circuit;
        state.circuit = if is_answered(told) { before.answered() } else { before.met_silence(now) };
        let after = state.circuit.status();
        drop(states);
        let labels = [("bank", lane.bank.clone()), ("route", lane.route.to_string())];
        if is_answered(told) {
            metrics::histogram!("bank_answer_seconds", &labels).record(took.as_secs_f64());
            #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
            metrics::gauge!("bank_last_answer_timestamp_seconds", &labels).set(now.timestamp() as f64);
        }
        metrics::gauge!("bank_circuit_open", &labels).set(if after == CircuitStatus::Open {
            1.0
        } else {
            0.0
        });
        match (before.status(), after) {
            (CircuitStatus::Closed, CircuitStatus::Open) => {
                tracing::error!(bank = lane.bank, route = %lane.route, "the bank does not answer: it is only probed");
            }
            (CircuitStatus::Open, CircuitStatus::Closed) => {
                tracing::info!(bank = lane.bank, route = %lane.route, "the bank answers again");
                self.freed.notify_one();
            }
            (CircuitStatus::Open, CircuitStatus::Open) | (CircuitStatus::Closed, CircuitStatus::Closed) => {}
        }
    }

    /// Waits until a lane that was full has room again, or one that was open is closed.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<Lane, State>> {
        // whoever panicked here left whole states behind
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A no is an answer; silence, a broken connection and a closed door are not.
fn is_answered<A>(told: &Told<A>) -> bool {
    match told {
        Told::Answered(_)
        | Told::Accepted
        | Told::Unreadable { .. }
        | Told::Refused { .. }
        | Told::UnknownOrder => true,
        Told::NotDelivered { .. } | Told::Unknown { .. } => false,
    }
}

/// A request in the air.
#[derive(Debug)]
pub(crate) struct InTheAir {
    lanes: Arc<Lanes>,
    lane: Lane,
}

impl InTheAir {
    pub(crate) fn route(&self) -> Route {
        self.lane.route
    }

    /// What it came to.
    pub(crate) fn came_to<A>(&self, told: &Told<A>, took: Duration, now: Instant) {
        self.lanes.learn(&self.lane, told, took, now);
    }
}

impl Drop for InTheAir {
    fn drop(&mut self) {
        let mut states = self.lanes.states();
        if let Some(state) = states.get_mut(&self.lane) {
            let was_full = state.in_the_air >= IN_THE_AIR_MAX;
            state.in_the_air = state.in_the_air.saturating_sub(1);
            if was_full {
                self.lanes.freed.notify_one();
            }
        }
    }
}
