//! A provider of automatic calls: it dials each call once, remembers whom it reached and how, and answers as it is told.

use std::collections::HashMap;
use std::io;

use axum::http::StatusCode;
use domain::auto_call::Outcome;
use domain::clock::Instant;
use domain::person::PhoneNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::party::{Answer, Books, Delivery, Identity, Manner, Party};
use crate::signature::Secret;
use crate::surroundings::Surroundings;
use crate::wire;

/// A running provider; clones are the same provider.
#[derive(Clone)]
pub struct AutoCaller {
    id: &'static str,
    party: Party<Lines>,
}

/// A call it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeCall {
    /// Lanjie's id.
    pub contact_id: String,
    /// Whom it dialled.
    pub to: PhoneNumber,
    /// What it spoke.
    pub script: String,
    /// How it went.
    pub outcome: Outcome,
}

impl AutoCaller {
    pub(crate) async fn start(
        id: &'static str,
        secret: Secret,
        callback_secret: Secret,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let identity =
            Identity { secret, callback_secret, reply_path: format!("/v1/webhooks/auto-calls/{id}") };
        Ok(Self { id, party: Party::open(identity, Lines::default(), surroundings).await? })
    }

    /// `main`
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Where calls are ordered.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.party.endpoint()
    }

    /// The secret that signs orders.
    #[must_use]
    pub fn secret(&self) -> String {
        self.party.secret()
    }

    /// The secret that signs the provider's callbacks.
    #[must_use]
    pub fn callback_secret(&self) -> String {
        self.party.callback_secret()
    }

    /// How it answers from now on.
    pub fn set_manner(&self, manner: Manner) {
        self.party.set_manner(manner);
    }

    /// How whoever has this phone takes a call from now on; everybody else listens to the end.
    pub fn set_outcome(&self, phone: &PhoneNumber, outcome: Outcome) {
        self.party.change(|lines| lines.people.insert(phone.clone(), outcome));
    }

    /// Every call it made, in that order.
    #[must_use]
    pub fn made(&self) -> Vec<MadeCall> {
        self.party.read(|lines| lines.made.clone())
    }

    /// How many well-signed requests about this call came in, answered or not.
    #[must_use]
    pub fn requests_seen(&self, contact_id: &str) -> usize {
        self.party.read(|lines| lines.requests.get(contact_id).copied().unwrap_or_default())
    }
}

#[derive(Default)]
struct Lines {
    people: HashMap<PhoneNumber, Outcome>,
    made: Vec<MadeCall>,
    requests: HashMap<String, usize>,
}

/// The data of both requests.
#[derive(Deserialize)]
struct Order {
    contact_id: String,
    to: PhoneNumber,
    script: String,
}

impl Books for Lines {
    fn note(&mut self, request: &Delivery) {
        if let Some(contact_id) = request.data["contact_id"].as_str() {
            *self.requests.entry(contact_id.to_owned()).or_default() += 1;
        }
    }

    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode> {
        let order = Order::deserialize(&request.data).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        let known = self.made.iter().find(|made| made.contact_id == order.contact_id).cloned();
        let made = match (request.kind.as_str(), known) {
            (_, Some(made)) => made,
            ("auto_call.requested", None) => self.dial(order),
            ("auto_call.status_requested", None) => return Err(StatusCode::NOT_FOUND),
            _ => return Err(StatusCode::UNPROCESSABLE_ENTITY),
        };
        Ok(result(&made, now).into())
    }
}

impl Lines {
    fn dial(&mut self, order: Order) -> MadeCall {
        let outcome = self.people.get(&order.to).copied().unwrap_or(Outcome::Listened);
        let Order { contact_id, to, script } = order;
        let made = MadeCall { contact_id, to, script, outcome };
        self.made.push(made.clone());
        made
    }
}

fn result(made: &MadeCall, now: Instant) -> Value {
    let (seconds, keys) = match made.outcome {
        Outcome::Listened => (38, None),
        Outcome::HungUp => (4, None),
        Outcome::WantedAPerson => (21, Some("0")),
        Outcome::NoAnswer | Outcome::Busy | Outcome::Off | Outcome::Forwarded => (0, None),
    };
    let data =
        json!({ "contact_id": made.contact_id, "outcome": made.outcome, "seconds": seconds, "keys": keys });
    wire::event("auto_call.result", now, data)
}

#[cfg(test)]
mod tests {
    use domain::clock::Clock;

    use super::*;
    use crate::testing::Gateway;

    async fn ask(gateway: &Gateway, kind: &str, message_id: &str, contact_id: &str) -> (StatusCode, Value) {
        let provider = gateway.world.auto_caller();
        let data = json!({ "contact_id": contact_id, "to": "13847200001", "script": "请勿转账",
            "language": "zh-CN", "max_seconds": 60 });
        let body = wire::event(kind, gateway.clock.now(), data);
        let (status, answer) = gateway.send(provider.endpoint(), &provider.secret(), message_id, &body).await;
        (status, answer["data"]["outcome"].clone())
    }

    #[tokio::test]
    async fn a_call_is_made_once_however_often_it_is_ordered_or_asked_about() {
        let gateway = Gateway::start().await;
        let provider = gateway.world.auto_caller();
        assert_eq!(ask(&gateway, "auto_call.status_requested", "w0", "c1").await.0, StatusCode::NOT_FOUND);
        provider.set_outcome(&PhoneNumber::parse("13847200001").unwrap(), Outcome::Busy);
        for (kind, message_id) in [
            ("auto_call.requested", "w1"),
            ("auto_call.requested", "w2"),
            ("auto_call.status_requested", "w3"),
        ] {
            assert_eq!(ask(&gateway, kind, message_id, "c1").await, (StatusCode::OK, json!("busy")));
        }
        assert_eq!(provider.made().len(), 1);
        assert_eq!(provider.requests_seen("c1"), 4);
    }
}
