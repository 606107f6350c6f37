//! The other side, for the tests of this crate: it signs orders, collects what comes in, and answers the
//! simulated people as it was told to.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::clock::{Clock, HandClock, Instant};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::World;
use crate::api::Api;
use crate::signature::Secret;

pub(crate) struct Gateway {
    pub(crate) world: World,
    pub(crate) clock: Arc<HandClock>,
    address: String,
    seen: watch::Sender<Seen>,
    client: reqwest::Client,
}

#[derive(Default)]
struct Seen {
    requests: Vec<Heard>,
    answers: HashMap<String, (StatusCode, Value)>,
}

/// What came in.
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
        let seen = watch::Sender::<Seen>::default();
        let router = axum::Router::new().fallback(hear).with_state(seen.clone());
        let (listener, address) = world.surroundings.listen().await.unwrap();
        world.surroundings.serve(listener, router);
        world.set_callback_base(address.clone());
        Self { world, clock, address, seen, client: crate::surroundings::http_client() }
    }

    /// What a request to `path` (with its query, or without) is answered; `200 {}` where nothing is said.
    pub(crate) fn answers(&self, path: &str, status: StatusCode, body: Value) {
        let path = path.to_owned();
        self.seen.send_modify(|seen| drop(seen.answers.insert(path, (status, body))));
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(self.address.clone(), "token")
    }

    /// Every path asked for, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let seen = self.seen.borrow();
        seen.requests.iter().map(|heard| heard.path.clone()).collect()
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
        let mut seen = self.seen.subscribe();
        let seen = seen.wait_for(|seen| !seen.requests.is_empty()).await.unwrap();
        seen.requests[0].clone()
    }
}

async fn hear(
    State(seen): State<watch::Sender<Seen>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let whole = uri.to_string();
    let answer = {
        let seen = seen.borrow();
        seen.answers.get(&whole).or_else(|| seen.answers.get(&path)).cloned()
    };
    seen.send_modify(|seen| seen.requests.push(Heard { path, headers, body }));
    let (status, body) = answer.unwrap_or((StatusCode::OK, json!({})));
    (status, axum::Json(body)).into_response()
}
