//! An SMS centre: it takes texts over HTTP, puts them on phones that remember, and sends receipts.

use std::collections::{HashMap, HashSet};
use std::io;
use std::time::Duration;

use axum::http::StatusCode;
use domain::clock::Instant;
use domain::message::Receipt;
use domain::person::PhoneNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::party::{Answer, Books, Delivery, Identity, Manner, Party};
use crate::signature::Secret;
use crate::surroundings::Surroundings;
use crate::wire;

/// A running SMS centre; clones are the same one.
#[derive(Clone)]
pub struct SmsCentre {
    id: &'static str,
    party: Party<Phones>,
}

/// How the centre treats whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsManner {
    /// Takes a text, delivers it, and sends the receipt after a while.
    SendsReceipts {
        /// How long the receipt takes.
        after: Duration,
    },
    /// Takes a text and delivers it; nobody hears of it.
    NoReceipts,
    /// Answers 503 and keeps nothing.
    Down,
    /// Takes a text and delivers it, then answers 500: the caller cannot know.
    LosesAnswer,
}

/// A text the centre took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// The sender's id: the same text again is the same id.
    pub message_id: String,
    /// Whose phone.
    pub to: PhoneNumber,
    /// What it says.
    pub text: String,
    /// Whether it is shown at once and not stored.
    pub flash: bool,
    /// Whether the phone has it.
    pub receipt: Receipt,
    /// When the centre took it.
    pub at: Instant,
}

impl SmsCentre {
    pub(crate) async fn start(
        id: &'static str,
        secret: Secret,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let identity = Identity {
            callback_secret: secret.clone(),
            secret,
            reply_path: format!("/v1/webhooks/sms/{id}"),
        };
        let party = Party::open(identity, Phones::default(), surroundings).await?;
        Ok(Self { id, party })
    }

    /// `main`
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Where texts go.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.party.endpoint()
    }

    /// The secret of both directions: a provider has one.
    #[must_use]
    pub fn secret(&self) -> String {
        self.party.secret()
    }

    /// How it answers from now on.
    pub fn set_manner(&self, manner: SmsManner) {
        let (door, receipts_after) = match manner {
            SmsManner::SendsReceipts { after } => (Manner::AnswerInResponse, Some(after)),
            SmsManner::NoReceipts => (Manner::AnswerInResponse, None),
            SmsManner::Down => (Manner::Down, None),
            SmsManner::LosesAnswer => (Manner::LosesAnswer, Some(Duration::ZERO)),
        };
        self.party.change(|phones| phones.receipts_after = receipts_after);
        self.party.set_manner(door);
    }

    /// From now on nothing reaches this phone.
    pub fn switch_off(&self, phone: PhoneNumber) {
        self.party.change(|phones| phones.switched_off.insert(phone));
    }

    /// The texts on a phone, in the order of arrival.
    #[must_use]
    pub fn inbox(&self, phone: &PhoneNumber) -> Vec<String> {
        let arrived = |sms: &&Sms| sms.to == *phone && sms.receipt == Receipt::Delivered;
        self.party.read(|phones| {
            let texts = phones.taken.iter().filter(arrived);
            texts.map(|sms| sms.text.clone()).collect()
        })
    }

    /// Every text it took, in that order.
    #[must_use]
    pub fn taken(&self) -> Vec<Sms> {
        self.party.read(|phones| phones.taken.clone())
    }

    /// How many well-signed requests to send this message came in.
    #[must_use]
    pub fn requests_seen(&self, message_id: &str) -> usize {
        self.party.read(|phones| phones.requests.get(message_id).copied().unwrap_or_default())
    }

    /// How many requests were turned away with 401.
    #[must_use]
    pub fn bad_signatures(&self) -> usize {
        self.party.bad_signatures()
    }

    /// Waits for a text that `wanted` accepts.
    pub async fn wait_for_sms(&self, mut wanted: impl FnMut(&Sms) -> bool) -> Sms {
        self.party.wait_for(|phones| phones.taken.iter().find(|sms| wanted(sms)).cloned()).await
    }
}

struct Phones {
    taken: Vec<Sms>,
    requests: HashMap<String, usize>,
    switched_off: HashSet<PhoneNumber>,
    receipts_after: Option<Duration>,
}

impl Default for Phones {
    fn default() -> Self {
        Self {
            taken: Vec::new(),
            requests: HashMap::new(),
            switched_off: HashSet::new(),
            receipts_after: Some(Duration::ZERO),
        }
    }
}

/// The data of `sms.submit`.
#[derive(Deserialize)]
struct Submit {
    message_id: String,
    to: PhoneNumber,
    text: String,
    #[serde(default)]
    flash: bool,
}

impl Books for Phones {
    fn note(&mut self, request: &Delivery) {
        if let Some(message_id) = request.data["message_id"].as_str() {
            *self.requests.entry(message_id.to_owned()).or_default() += 1;
        }
    }

    fn carry_out(&mut self, request: &Delivery, now: Instant) -> Result<Answer, StatusCode> {
        if request.kind != "sms.submit" {
            return Err(StatusCode::UNPROCESSABLE_ENTITY);
        }
        let submit = Submit::deserialize(&request.data).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        let body = json!({"provider_ref": format!("smsc-{}", submit.message_id)});
        let known = self.taken.iter().any(|sms| sms.message_id == submit.message_id);
        if known {
            return Ok(body.into());
        }
        let sms = self.take(submit, now);
        let receipt = self.receipts_after.map(|after| (after, receipt(&sms)));
        self.taken.push(sms);
        Ok(Answer { body, receipt })
    }
}

impl Phones {
    fn take(&self, submit: Submit, now: Instant) -> Sms {
        let receipt =
            if self.switched_off.contains(&submit.to) { Receipt::Failed } else { Receipt::Delivered };
        Sms {
            message_id: submit.message_id,
            to: submit.to,
            text: submit.text,
            flash: submit.flash,
            receipt,
            at: now,
        }
    }
}

/// `sms.receipt`, with the words of a carrier's status report.
fn receipt(sms: &Sms) -> Value {
    let code = match sms.receipt {
        Receipt::Delivered => "DELIVRD",
        Receipt::Failed => "UNDELIV",
    };
    let data = json!({
        "message_id": sms.message_id,
        "status": sms.receipt,
        "at": wire::moment(sms.at),
        "code": code,
    });
    wire::event("sms.receipt", sms.at, data)
}

#[cfg(test)]
mod tests {
    use domain::clock::Clock;

    use super::*;
    use crate::testing::Gateway;

    fn submit(gateway: &Gateway, message_id: &str, to: &str, text: &str) -> Value {
        let data = json!({"message_id": message_id, "to": to, "text": text, "flash": false});
        wire::event("sms.submit", gateway.clock.now(), data)
    }

    #[tokio::test]
    async fn a_phone_has_its_texts_in_order_and_each_once() {
        let gateway = Gateway::start().await;
        let centre = gateway.world.sms_centre();
        for (id, text) in [("m1", "一"), ("m2", "二"), ("m1", "一")] {
            let body = submit(&gateway, id, "13847200001", text);
            let (status, answer) = gateway.send(centre.endpoint(), &centre.secret(), id, &body).await;
            assert_eq!(status, StatusCode::OK);
            assert!(answer["provider_ref"].is_string());
        }
        let phone = PhoneNumber::parse("13847200001").unwrap();
        assert_eq!(centre.inbox(&phone), ["一", "二"]);
        assert_eq!(centre.requests_seen("m1"), 2);
    }

    #[tokio::test]
    async fn a_phone_that_is_off_has_nothing_and_the_receipt_says_so() {
        let gateway = Gateway::start().await;
        let centre = gateway.world.sms_centre();
        let phone = PhoneNumber::parse("13847200001").unwrap();
        centre.switch_off(phone.clone());
        let body = submit(&gateway, "m1", "13847200001", "一");
        gateway.send(centre.endpoint(), &centre.secret(), "m1", &body).await;
        let told = gateway.next_callback().await;
        assert_eq!(told.path, "/v1/webhooks/sms/main");
        let secret = Secret::parse(&centre.secret()).unwrap();
        assert_eq!(secret.verify(&told.headers, &told.body, gateway.clock.now()), Ok(()));
        let told: Value = serde_json::from_slice(&told.body).unwrap();
        assert_eq!(told["data"]["status"], "failed");
        assert!(centre.inbox(&phone).is_empty());
    }
}
