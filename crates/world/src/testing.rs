//! The other side, for the tests of this crate: it signs orders and collects what is called back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::clock::{Clock, HandClock, Instant};
use serde_json::Value;
use tokio::sync::watch;

use crate::World;
use crate::signature::Secret;

pub(crate) struct Gateway {
    pub(crate) world: World,
    pub(crate) clock: Arc<HandClock>,
    heard: watch::Sender<Vec<Heard>>,
    client: reqwest::Client,
}

/// What came to a callback.
#[derive(Clone)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let noon = Instant::from_timestamp(1_772_337_600, 0).unwrap();
        let clock = Arc::new(HandClock::new(noon));
        let world = World::start(1, None, clock.clone()).await.unwrap();
        let heard = watch::Sender::new(Vec::new());
        let router = axum::Router::new().fallback(hear).with_state(heard.clone());
        let (listener, address) = world.surroundings.listen().await.unwrap();
        world.surroundings.serve(listener, router);
        world.set_callback_base(address);
        Self {
            world,
            clock,
            heard,
            client: crate::surroundings::http_client(),
        }
    }

    /// Sends `body` signed under `id`; answers with the status and the JSON, or null where there is none.
    pub(crate) async fn send(&self, to: &str, secret: &str, id: &str, body: &Value) -> (StatusCode, Value) {
        let body = body.to_string();
        let at = self.clock.now().timestamp();
        let signature = Secret::parse(secret).unwrap().sign(id, at, body.as_bytes());
        let request = self
            .client
            .post(to)
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature)
            .body(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }

    pub(crate) async fn next_callback(&self) -> Heard {
        let mut heard = self.heard.subscribe();
        let all = heard.wait_for(|all| !all.is_empty()).await.unwrap();
        all[0].clone()
    }
}

async fn hear(
    State(heard): State<watch::Sender<Vec<Heard>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let path = uri.path().to_owned();
    heard.send_modify(|all| all.push(Heard { path, headers, body }));
    StatusCode::OK
}
