//! For the tests: a party that listens on this machine, answers as it is told and remembers what it was sent;
//! and an order to tell it.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta};
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::clock::Instant;
use domain::money::Fen;
use domain::person::PersonName;
use domain::stop_payment::StopOrder;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::stop_payment::{Ask, RequestedBy, StopRequest};
use crate::webhook::{self, Headers, Secret};
use crate::{Caller, Endpoint};

pub(crate) const ORDER_ID: &str = "0195518b-f1a0-7000-8000-000000000001";
const SECRET: &str = "whsec_bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=";

/// 2026-03-01T22:13:05+08:00
pub(crate) fn now() -> Instant {
    DateTime::from_timestamp(1_772_374_385, 0).unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller::new(Duration::from_secs(5)).unwrap()
}

pub(crate) fn endpoint(listener: &TcpListener) -> Endpoint {
    let url = format!("http://{}/orders?key=of-the-provider", listener.local_addr().unwrap());
    Endpoint::parse(&url, vec![Secret::parse(SECRET).unwrap()]).unwrap()
}

pub(crate) async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A running party.
pub(crate) struct Outside {
    pub(crate) endpoint: Endpoint,
    received: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

/// Starts a party that gives every request the same answer.
pub(crate) async fn answering(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> Outside {
    let listener = listen().await;
    let endpoint = endpoint(&listener);
    let (sent, received) = mpsc::unbounded_channel();
    let handler = async move |headers: HeaderMap, body: Bytes| -> Response {
        sent.send((headers, body)).unwrap();
        answer.into_response()
    };
    let router = Router::new().route("/orders", axum::routing::post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Outside { endpoint, received }
}

impl Outside {
    /// The next request's message id and body, its signature checked.
    pub(crate) async fn received(&mut self) -> (String, Value) {
        let (headers, body) = self.received.recv().await.unwrap();
        let signed = Headers::read(|name| headers.get(name)?.to_str().ok()).unwrap();
        webhook::verify(&[Secret::parse(SECRET).unwrap()], signed, &body, now()).unwrap();
        assert_eq!(headers["content-type"], "application/json");
        (signed.id.to_owned(), serde_json::from_slice(&body).unwrap())
    }

    /// Whether every request has been looked at.
    pub(crate) fn received_nothing_more(&self) -> bool {
        self.received.is_empty()
    }
}

fn order() -> StopOrder {
    StopOrder {
        order_id: ORDER_ID.parse().unwrap(),
        incident_id: "0195518b-f1a0-7000-8000-000000000002".parse().unwrap(),
        round: 1,
        hop: 0,
        kind: AccountKind::BankCard,
        number: AccountNumber::parse("6228482601815908309").unwrap(),
        holder: PersonName::parse("李某").ok(),
        bank_code: BankCode::parse("ABC").unwrap(),
        amount: Fen::parse("128000.00").unwrap(),
        claim: None,
        transferred_at: now() - TimeDelta::seconds(485),
        payer: Some(Account {
            kind: AccountKind::BankCard,
            number: None,
            holder: Some(PersonName::parse("王芳").unwrap()),
            bank_code: Some(BankCode::parse("ICBC").unwrap()),
        }),
    }
}

/// A request about one order.
pub(crate) fn asking(ask: Ask) -> StopRequest {
    StopRequest {
        message_id: ORDER_ID.to_owned(),
        asked_at: now(),
        ask,
        order: order(),
        requested_by: RequestedBy {
            operator: "赵警官".to_owned(), organisation: "150200000000".to_owned()
        },
    }
}
