//! A simulated dispatcher at the 110 desk: rings the people of the queue and closes what is finished.

use std::collections::BTreeSet;

use domain::contact_outcome::ContactOutcome;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::api::Api;
use crate::casebook::Casebook;
use crate::people::weighted;

/// How a hundred calls of dissuasion end.
const OUTCOMES: [(ContactOutcome, u32); 8] = [
    (ContactOutcome::ReachedConvinced, 64),
    (ContactOutcome::ReachedDoubtful, 7),
    (ContactOutcome::ReachedRefused, 2),
    (ContactOutcome::NoAnswer, 14),
    (ContactOutcome::Busy, 5),
    (ContactOutcome::Off, 4),
    (ContactOutcome::Forwarded, 2),
    (ContactOutcome::WrongNumber, 2),
];
/// How many people one dispatcher rings before looking at the queue again.
const AT_ONCE: usize = 5;

/// One dispatcher; several may share the queue, and never ring the same person.
pub struct Dispatcher {
    api: Api,
    casebook: Casebook,
    rng: StdRng,
    /// Incidents whose subject was convinced, by voice or in person, and that are still open.
    finished: BTreeSet<String>,
    /// Incidents closed, or not to be closed by a dispatcher.
    left: BTreeSet<String>,
}

impl Dispatcher {
    /// A dispatcher with luck of their own, who looks after the incidents of the book.
    #[must_use]
    pub fn new(api: Api, casebook: Casebook, seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        Self { api, casebook, rng, finished: BTreeSet::new(), left: BTreeSet::new() }
    }

    /// Rings the most urgent few and closes what is finished. Answers how many were rung.
    ///
    /// # Errors
    /// If the gateway does not answer; the round can be made again.
    pub async fn work_once(&mut self) -> Result<usize, reqwest::Error> {
        let mut rung = 0;
        for contact in self.api.list("/v1/contacts?status=pending&limit=200").await? {
            if rung == AT_ONCE {
                break;
            }
            if !self.casebook.holds(&contact) {
                continue;
            }
            rung += usize::from(self.ring(&contact).await?);
        }
        self.hear_from_patrols().await?;
        self.close_finished().await?;
        Ok(rung)
    }

    /// Whether this dispatcher got the contact and rang.
    async fn ring(&mut self, contact: &Value) -> Result<bool, reqwest::Error> {
        let (Some(id), Some(incident_id)) = (contact["id"].as_str(), contact["incident_id"].as_str()) else {
            return Ok(false);
        };
        let claim = self.api.post(&format!("/v1/contacts/{id}/claim"), &json!({})).await?;
        if !claim.status.is_success() {
            return Ok(false);
        }
        let outcome = weighted(&mut self.rng, &OUTCOMES, |(_, weight)| *weight).0;
        let body = json!({"outcome": outcome, "note": note(outcome)});
        let told = self.api.post(&format!("/v1/contacts/{id}/outcome"), &body).await?;
        let is_subject = contact["role"].as_str() != Some("relative");
        if told.status.is_success() && is_subject && outcome == ContactOutcome::ReachedConvinced {
            self.finished.insert(incident_id.to_owned());
        }
        Ok(true)
    }

    /// Notes whom the patrols have seen and convinced.
    async fn hear_from_patrols(&mut self) -> Result<(), reqwest::Error> {
        let completed = self.api.list("/v1/dispatches?status=completed&limit=50").await?;
        for dispatch in completed {
            let convinced =
                dispatch["feedback"]["convinced"] == json!(true) && self.casebook.holds(&dispatch);
            if let (true, Some(incident_id)) = (convinced, dispatch["incident_id"].as_str())
                && !self.left.contains(incident_id)
            {
                self.finished.insert(incident_id.to_owned());
            }
        }
        Ok(())
    }

    /// Closes what can be closed. Where money was paid the case goes on: it is left to the investigators.
    async fn close_finished(&mut self) -> Result<(), reqwest::Error> {
        while let Some(incident_id) = self.finished.first().cloned() {
            let path = format!("/v1/incidents/{incident_id}");
            let incident = self.api.get(&path).await?.body;
            let has_paid = incident["stop_payments"].as_array().is_some_and(|orders| !orders.is_empty());
            if !has_paid {
                let body = json!({"outcome": "prevented", "prevented": null, "note": "机主表示不会转账"});
                self.api.post(&format!("{path}/close"), &body).await?;
            }
            self.finished.remove(&incident_id);
            self.left.insert(incident_id);
        }
        Ok(())
    }
}

/// What a dispatcher writes after hanging up.
fn note(outcome: ContactOutcome) -> &'static str {
    match outcome {
        ContactOutcome::ReachedConvinced => "已接通，机主表示不会转账，已挂断对方电话",
        ContactOutcome::ReachedDoubtful => "已接通，机主半信半疑，需继续劝阻",
        ContactOutcome::ReachedRefused => "已接通，机主拒绝配合",
        ContactOutcome::NoAnswer => "无人接听",
        ContactOutcome::Busy => "持续占线，可能正与对方通话",
        ContactOutcome::Off => "关机",
        ContactOutcome::Forwarded => "呼叫转移至陌生号码",
        ContactOutcome::WrongNumber => "号码非本人使用",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Gateway;

    fn casebook() -> Casebook {
        let book = Casebook::default();
        book.note(&json!({"incident": {"id": "i1"}}));
        book
    }

    #[tokio::test]
    async fn what_somebody_else_reported_is_left_to_them() {
        let contact = json!({"id": "c1", "incident_id": "i2", "role": "subject"});
        let gateway = Gateway::start().await;
        gateway.answers("/v1/contacts", StatusCode::OK, json!({"items": [contact], "next": null}));
        assert_eq!(Dispatcher::new(gateway.api(), casebook(), 1).work_once().await.unwrap(), 0);
        assert!(!gateway.paths().contains(&"/v1/contacts/c1/claim".to_owned()));
    }

    #[tokio::test]
    async fn a_dispatcher_claims_before_ringing_and_closes_whom_it_convinced() {
        let contact = json!({"id": "c1", "incident_id": "i1", "role": "subject"});
        let gateway = Gateway::start().await;
        gateway.answers("/v1/contacts", StatusCode::OK, json!({"items": [contact], "next": null}));
        let mut dispatcher = Dispatcher::new(gateway.api(), casebook(), 1);
        while !gateway.paths().contains(&"/v1/incidents/i1/close".to_owned()) {
            assert_eq!(dispatcher.work_once().await.unwrap(), 1);
        }
        let acts: Vec<_> = gateway.paths();
        assert_eq!(acts[..3], ["/v1/contacts", "/v1/contacts/c1/claim", "/v1/contacts/c1/outcome"]);
    }

    #[tokio::test]
    async fn a_contact_claimed_by_another_is_left_alone() {
        let contact = json!({"id": "c1", "incident_id": "i1", "role": "subject"});
        let gateway = Gateway::start().await;
        gateway.answers("/v1/contacts", StatusCode::OK, json!({"items": [contact], "next": null}));
        gateway.answers("/v1/contacts/c1/claim", StatusCode::CONFLICT, json!({}));
        let rung = Dispatcher::new(gateway.api(), casebook(), 1).work_once().await.unwrap();
        assert_eq!(rung, 0);
        assert!(!gateway.paths().contains(&"/v1/contacts/c1/outcome".to_owned()));
    }
}
