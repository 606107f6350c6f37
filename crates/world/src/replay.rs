//! Plays a day of traffic against a running gateway, faster or slower than it happened.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::clock::Instant;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::World;
use crate::api::Api;
use crate::casebook::Casebook;
use crate::day::{Call, Day, What};

/// How long a sender waits before it tells a gateway again that was away.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often the progress moves while nothing happens.
const TICK: Duration = Duration::from_millis(500);

/// Who sends, and where what they say comes true.
pub struct Replay {
    /// Where the mules of the calls have their accounts.
    pub world: World,
    /// The carrier's client: posts the alerts.
    pub source: Api,
    /// A dispatcher's client: posts the calls.
    pub desk: Api,
    /// Where the incidents are noted that this opens or joins.
    pub casebook: Casebook,
    /// How many seconds of the day pass in one second: 60 plays it in 24 minutes.
    pub speed: f64,
}

/// How far the replay is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Played {
    /// How much of the day is over.
    pub elapsed: TimeDelta,
    /// Alerts the gateway took, without those it had taken before.
    pub alerts: usize,
    /// Calls it took.
    pub calls: usize,
    /// What it refused: there should be none.
    pub refused: usize,
}

impl Replay {
    /// Plays the whole day and answers what was played; drop the future to stop it. `progress` moves with
    /// every event and with the time. A gateway that is away is waited for.
    pub async fn play(&self, day: Day, progress: &watch::Sender<Played>) -> Played {
        let begun = tokio::time::Instant::now();
        for event in day.events {
            let offset = event.at.to_std().unwrap_or_default().as_secs_f64() / self.speed.max(f64::EPSILON);
            let due = Duration::try_from_secs_f64(offset).unwrap_or(Duration::MAX);
            if let Some(due) = begun.checked_add(due) {
                self.wait(begun, due, progress).await;
            }
            let status = self.send(&event.what).await;
            progress.send_modify(|played| {
                played.elapsed = event.at;
                match (&event.what, status) {
                    (What::Alert(_), StatusCode::CREATED) => played.alerts += 1,
                    (What::Call(_), StatusCode::CREATED) => played.calls += 1,
                    (_, status) if status.is_success() => {}
                    (_, _) => played.refused += 1,
                }
            });
        }
        *progress.borrow()
    }

    /// Sleeps until an event is due; the day goes on meanwhile.
    async fn wait(
        &self,
        begun: tokio::time::Instant,
        due: tokio::time::Instant,
        progress: &watch::Sender<Played>,
    ) {
        while tokio::time::Instant::now() < due {
            let elapsed = Duration::try_from_secs_f64(begun.elapsed().as_secs_f64() * self.speed);
            if let Some(elapsed) = elapsed.ok().and_then(|elapsed| TimeDelta::from_std(elapsed).ok()) {
                progress.send_modify(|played| played.elapsed = elapsed);
            }
            sleep_until(due.min(tokio::time::Instant::now() + TICK)).await;
        }
    }

    async fn send(&self, what: &What) -> StatusCode {
        let now = self.world.now();
        match what {
            What::Alert(alert) => self.tell(&self.source, "/v1/alerts", &alert.body(now)).await,
            What::Call(call) => {
                self.open_accounts(call, now);
                self.tell(&self.desk, "/v1/calls", &call.body(now)).await
            }
        }
    }

    fn open_accounts(&self, call: &Call, now: Instant) {
        for (bank_code, account) in call.accounts(now) {
            let bank = self.world.banks().iter().find(|bank| bank.code().as_str() == bank_code);
            if let Some(bank) = bank {
                bank.open_account(account);
            }
        }
    }

    /// Posts until somebody answers for good. Repeating is harmless: alerts and calls carry references.
    async fn tell(&self, api: &Api, path: &str, body: &Value) -> StatusCode {
        loop {
            match api.post(path, body).await {
                Ok(reply)
                    if reply.status.is_server_error() || reply.status == StatusCode::TOO_MANY_REQUESTS => {}
                Ok(reply) => {
                    self.casebook.note(&reply.body);
                    return reply.status;
                }
                Err(error) => tracing::debug!(%error, "the gateway is away"),
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::account::AccountNumber;
    use serde_json::json;

    use super::*;
    use crate::testing::Gateway;

    #[tokio::test]
    async fn a_day_is_played_whole_and_the_mules_have_their_accounts() {
        let gateway = Gateway::start().await;
        for path in ["/v1/alerts", "/v1/calls"] {
            gateway.answers(path, StatusCode::CREATED, json!({}));
        }
        let day = Day::generate(9);
        let events = day.events.len();
        let calls: Vec<Call> = day
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Call(call) => Some((**call).clone()),
                What::Alert(_) => None,
            })
            .collect();
        let replay = Replay {
            world: gateway.world.clone(),
            source: gateway.api(),
            desk: gateway.api(),
            casebook: Casebook::default(),
            speed: f64::MAX,
        };
        let played = replay.play(day, &watch::Sender::default()).await;
        assert_eq!((played.alerts + played.calls, played.refused), (events, 0));
        assert_eq!(played.calls, calls.len());
        for (bank_code, account) in calls.iter().flat_map(|call| call.accounts(gateway.world.now())) {
            let bank = gateway.world.banks().iter().find(|bank| bank.code().as_str() == bank_code);
            let number: &AccountNumber = &account.number;
            assert!(bank.unwrap().balance(number).is_some());
        }
    }
}
