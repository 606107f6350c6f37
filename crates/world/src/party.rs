//! An outside party: an address, two secrets, a manner of answering, and books that remember.
//!
//! The door is the same for a bank, a carrier, the SMS centre and a station; what is written in the books
//! differs.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::clock::Instant;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::signature::Secret;
use crate::surroundings::{Callback, Surroundings};

/// How a party treats whoever calls it; it can change at any moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Does as asked and answers in the response body.
    AnswerInResponse,
    /// Does as asked, answers `200 {}`, and tells the result at the callback after a while.
    AnswerLater {
        /// How long it takes its time.
        after: Duration,
    },
    /// Answers 503 and neither reads nor keeps anything.
    Down,
    /// Keeps the request, does nothing about it and never answers.
    Silent,
    /// Does as asked, then answers 500: the caller cannot know.
    LosesAnswer,
    /// Does as asked and answers late.
    Slow {
        /// How late.
        by: Duration,
    },
    /// Does as asked, answers in the response body, and says it once more at the callback.
    AnswersTwice,
    /// Does as asked and answers about an order that nobody sent.
    NamesAnotherOrder,
    /// Does as asked and says that it holds more than there is.
    Exaggerates,
}

/// The order that a party names which answers about another one.
const ANOTHER_ORDER: &str = "01990000-0000-7000-8000-000000000bad";
/// What a bank says it holds that exaggerates.
const EXAGGERATED_YUAN: &str = "99999999.00";

/// A request whose signature is good.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// The `webhook-id`.
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

/// How a party reads and writes.
#[derive(Clone, Copy)]
pub(crate) struct Tongue {
    pub(crate) media_type: &'static str,
    /// The kind and data of a request, where it is one.
    pub(crate) read: fn(&[u8]) -> Option<(String, Value)>,
    /// An answer.
    pub(crate) write: fn(&Value) -> String,
    /// What it says where that answer comes later.
    pub(crate) later: fn(&Value) -> String,
}

impl Tongue {
    /// The contract's events.
    pub(crate) const JSON: Self = Self {
        media_type: "application/json",
        read: |body| {
            #[derive(Deserialize)]
            struct Event {
                r#type: String,
                data: Value,
            }
            let event: Event = serde_json::from_slice(body).ok()?;
            Some((event.r#type, event.data))
        },
        write: Value::to_string,
        later: |_| "{}".to_owned(),
    };
}

/// What a party says to a request.
pub(crate) struct Answer {
    /// The body of a 200.
    pub(crate) body: Value,
    /// What it tells at the callback besides, and when.
    pub(crate) receipt: Option<(Duration, Value)>,
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self { body, receipt: None }
    }
}

/// What a party remembers, and what it does when asked. No I/O: time comes in.
pub(crate) trait Books: Send + Sync + 'static {
    /// Counts a request, before anything is done about it.
    fn note(&mut self, request: &Delivery);

    /// Does as asked, or repeats the first answer to the same request.
    ///
    /// # Errors
    /// The status that tells a caller what was wrong with the request.
    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode>;
}

/// A running party; clones are the same party.
pub(crate) struct Party<B>(Arc<Running<B>>);

struct Running<B> {
    identity: watch::Sender<Identity>,
    tongue: Tongue,
    endpoint: String,
    books: watch::Sender<B>,
    manner: watch::Sender<Manner>,
    bad_signatures: AtomicUsize,
    surroundings: Surroundings,
}

/// Who a party is to the gateway.
#[derive(Clone)]
pub(crate) struct Identity {
    /// Checks what the gateway sends.
    pub(crate) secret: Secret,
    /// Signs what the party sends back.
    pub(crate) callback_secret: Secret,
    /// Where it sends that: `/v1/webhooks/banks/ABC`.
    pub(crate) reply_path: String,
}

impl<B> Clone for Party<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: Books> Party<B> {
    /// Opens the door on a free port.
    ///
    /// # Errors
    /// The system's, if no port can be opened.
    pub(crate) async fn open(identity: Identity, books: B, surroundings: &Surroundings) -> io::Result<Self> {
        Self::open_speaking(Tongue::JSON, identity, books, surroundings).await
    }

    /// Opens the door of a party that speaks otherwise than the contract's webhooks.
    ///
    /// # Errors
    /// The system's, if no port can be opened.
    pub(crate) async fn open_speaking(
        tongue: Tongue,
        identity: Identity,
        books: B,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        Self::open_door(tongue, watch::Sender::new(identity), watch::Sender::new(books), surroundings).await
    }

    /// The same party behind another door, with a manner of its own.
    ///
    /// # Errors
    /// The system's, if no port can be opened.
    pub(crate) async fn open_another_door(&self) -> io::Result<Self> {
        let (identity, books) = (self.0.identity.clone(), self.0.books.clone());
        Self::open_door(self.0.tongue, identity, books, &self.0.surroundings).await
    }

    async fn open_door(
        tongue: Tongue,
        identity: watch::Sender<Identity>,
        books: watch::Sender<B>,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let (listener, endpoint) = surroundings.listen().await?;
        let party = Self(Arc::new(Running {
            identity,
            tongue,
            endpoint,
            books,
            manner: watch::Sender::new(Manner::AnswerInResponse),
            bad_signatures: AtomicUsize::new(0),
            surroundings: surroundings.clone(),
        }));
        let router = Router::new().route("/", post(receive::<B>)).with_state(party.clone());
        surroundings.serve(listener, router);
        Ok(party)
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    pub(crate) fn secret(&self) -> String {
        self.0.identity.borrow().secret.reveal()
    }

    pub(crate) fn callback_secret(&self) -> String {
        self.0.identity.borrow().callback_secret.reveal()
    }

    /// Changes the secrets it checks and signs with.
    pub(crate) fn change_secrets(&self, change: impl FnOnce(&mut Identity)) {
        self.0.identity.send_modify(change);
    }

    pub(crate) fn set_manner(&self, manner: Manner) {
        self.0.manner.send_replace(manner);
    }

    pub(crate) fn bad_signatures(&self) -> usize {
        self.0.bad_signatures.load(Ordering::Relaxed)
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.surroundings.clock.now()
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&B) -> R) -> R {
        look(&self.0.books.borrow())
    }

    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut B) -> R) -> R {
        let mut result = None;
        self.0.books.send_modify(|books| result = Some(act(books)));
        #[expect(clippy::unwrap_used, reason = "send_modify calls its closure exactly once")]
        result.unwrap()
    }

    /// Waits until `look` finds what it looks for; the caller brings the patience.
    pub(crate) async fn wait_for<R>(&self, mut look: impl FnMut(&B) -> Option<R>) -> R {
        let mut books = self.0.books.subscribe();
        loop {
            if let Some(found) = look(&books.borrow_and_update()) {
                return found;
            }
            // the sender lives as long as `self`: this never fails
            let _ = books.changed().await;
        }
    }

    /// Tells the gateway something, whatever was asked.
    pub(crate) fn call_back(&self, id: String, body: Value, after: Duration) {
        let identity = self.0.identity.borrow().clone();
        self.0.surroundings.call_back(Callback {
            path: identity.reply_path,
            id,
            secret: identity.callback_secret,
            media_type: self.0.tongue.media_type,
            body: (self.0.tongue.write)(&body),
            after,
        });
    }

    async fn answer(&self, request: &Delivery) -> Result<String, StatusCode> {
        let manner = *self.0.manner.borrow();
        self.change(|books| books.note(request));
        if manner == Manner::Silent {
            self.0.surroundings.hang().await;
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let now = self.now();
        let answer = self.change(|books| books.carry_out(request, now))?;
        if let Some((after, receipt)) = answer.receipt {
            self.call_back(format!("{}.receipt", request.id), receipt, after);
        }
        match manner {
            Manner::AnswerInResponse => Ok((self.0.tongue.write)(&answer.body)),
            Manner::AnswerLater { after } => {
                let meanwhile = (self.0.tongue.later)(&answer.body);
                self.call_back(format!("{}.{}", request.id, request.kind), answer.body, after);
                Ok(meanwhile)
            }
            Manner::LosesAnswer => Err(StatusCode::INTERNAL_SERVER_ERROR),
            Manner::Slow { by } => {
                tokio::time::sleep(by).await;
                Ok((self.0.tongue.write)(&answer.body))
            }
            Manner::AnswersTwice => {
                let again = answer.body.clone();
                self.call_back(format!("{}.{}.again", request.id, request.kind), again, Duration::ZERO);
                Ok((self.0.tongue.write)(&answer.body))
            }
            Manner::NamesAnotherOrder => {
                let mut body = answer.body;
                body["data"]["order_id"] = json!(ANOTHER_ORDER);
                Ok((self.0.tongue.write)(&body))
            }
            Manner::Exaggerates => {
                let mut body = answer.body;
                if !body["data"]["held"].is_null() {
                    body["data"]["held"] = json!({ "amount": EXAGGERATED_YUAN, "currency": "CNY" });
                }
                Ok((self.0.tongue.write)(&body))
            }
            Manner::Down | Manner::Silent => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

async fn receive<B: Books>(State(party): State<Party<B>>, headers: HeaderMap, body: Bytes) -> Response {
    if *party.0.manner.borrow() == Manner::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let secret = party.0.identity.borrow().secret.clone();
    if secret.verify(&headers, &body, party.now()).is_err() {
        party.0.bad_signatures.fetch_add(1, Ordering::Relaxed);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let tongue = party.0.tongue;
    let Some(request) = read_delivery(tongue, &headers, &body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match party.answer(&request).await {
        Ok(body) => ([(CONTENT_TYPE, tongue.media_type)], body).into_response(),
        Err(status) => status.into_response(),
    }
}

fn read_delivery(tongue: Tongue, headers: &HeaderMap, body: &[u8]) -> Option<Delivery> {
    let id = headers.get("webhook-id")?.to_str().ok()?.to_owned();
    let (kind, data) = (tongue.read)(body)?;
    Some(Delivery { id, kind, data })
}
