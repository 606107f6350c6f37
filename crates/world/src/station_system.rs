//! A station's own system: it is told of dispatches and remembers what it was told.

use std::io;

use axum::http::StatusCode;
use domain::clock::Instant;
use domain::station::StationId;
use serde_json::{Value, json};

use crate::party::{Answer, Books, Delivery, Identity, Manner, Party};
use crate::signature::Secret;
use crate::surroundings::Surroundings;

/// A running system of one station; clones are the same one.
#[derive(Clone)]
pub struct StationSystem {
    station: StationId,
    party: Party<Notices>,
}

/// What a station was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The `webhook-id`.
    pub id: String,
    /// `dispatch.created` or `dispatch.cancelled`.
    pub kind: String,
    /// The dispatch, as it was sent.
    pub data: Value,
    /// When.
    pub at: Instant,
}

impl StationSystem {
    pub(crate) async fn start(
        station: StationId,
        secret: Secret,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let identity = Identity { callback_secret: secret.clone(), secret, reply_path: String::new() };
        let party = Party::open(identity, Notices::default(), surroundings).await?;
        Ok(Self { station, party })
    }

    /// Whose system it is.
    #[must_use]
    pub fn station(&self) -> &StationId {
        &self.station
    }

    /// Where dispatches are pushed to.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.party.endpoint()
    }

    /// The secret that signs them.
    #[must_use]
    pub fn secret(&self) -> String {
        self.party.secret()
    }

    /// From now on it answers 503 and keeps nothing.
    pub fn go_down(&self) {
        self.party.set_manner(Manner::Down);
    }

    /// It is there again.
    pub fn come_back(&self) {
        self.party.set_manner(Manner::AnswerInResponse);
    }

    /// Everything it was told, each notice once, in the order of arrival.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.party.read(|notices| notices.0.clone())
    }

    /// How many requests were turned away with 401.
    #[must_use]
    pub fn bad_signatures(&self) -> usize {
        self.party.bad_signatures()
    }

    /// Waits for a notice that `wanted` accepts.
    pub async fn wait_for_notice(&self, mut wanted: impl FnMut(&Notice) -> bool) -> Notice {
        self.party.wait_for(|notices| notices.0.iter().find(|notice| wanted(notice)).cloned()).await
    }
}

#[derive(Default)]
struct Notices(Vec<Notice>);

impl Books for Notices {
    fn note(&mut self, _: &Delivery) {}

    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode> {
        if !matches!(request.kind.as_str(), "dispatch.created" | "dispatch.cancelled") {
            return Err(StatusCode::UNPROCESSABLE_ENTITY);
        }
        let is_replay = self.0.iter().any(|notice| notice.id == request.id && notice.kind == request.kind);
        if !is_replay {
            self.0.push(Notice {
                id: request.id.clone(),
                kind: request.kind.clone(),
                data: request.data.clone(),
                at: now,
            });
        }
        Ok(json!({}).into())
    }
}

#[cfg(test)]
mod tests {
    use domain::clock::Clock;

    use super::*;
    use crate::testing::Gateway;
    use crate::wire;

    #[tokio::test]
    async fn a_notice_is_remembered_once_and_not_at_all_while_the_system_is_down() {
        let gateway = Gateway::start().await;
        let station = gateway.world.station_system();
        let body = wire::event("dispatch.created", gateway.clock.now(), json!({"dispatch_id": "d1"}));
        let secret = station.secret();
        let send = || gateway.send(station.endpoint(), &secret, "w1", &body);
        station.go_down();
        assert_eq!(send().await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert!(station.notices().is_empty());
        station.come_back();
        for _ in 0..2 {
            assert_eq!(send().await.0, StatusCode::OK);
        }
        assert_eq!(station.notices().len(), 1);
    }
}
