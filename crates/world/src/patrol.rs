//! A simulated patrol of one station: signs for dispatches, drives there, and reports what it found.

use domain::dispatch::Status;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::api::Api;
use crate::casebook::Casebook;
use crate::people;

/// How often somebody is at home.
const SEEN_SHARE: f64 = 0.93;
/// How often whoever is seen will not pay.
const CONVINCED_SHARE: f64 = 0.9;

/// The officers of one station on duty.
pub struct Patrol {
    api: Api,
    casebook: Casebook,
    rng: StdRng,
    officers: [String; 2],
}

impl Patrol {
    /// A patrol with luck and names of its own, for the incidents of the book; `api` carries the token of one of the
    /// station's officers.
    #[must_use]
    pub fn new(api: Api, casebook: Casebook, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let first = people::name(&mut rng);
        // two different officers go
        let mut second = people::name(&mut rng);
        while second == first {
            second = people::name(&mut rng);
        }
        let officers = [first, second];
        Self { api, casebook, rng, officers }
    }

    /// Moves every order of the station one stage on. Answers how many moved.
    ///
    /// # Errors
    /// If the gateway does not answer; the round can be made again.
    pub async fn work_once(&mut self) -> Result<usize, reqwest::Error> {
        let mut moved = 0;
        for dispatch in self.api.list("/v1/dispatches?limit=200").await? {
            let stage = dispatch["status"].as_str().and_then(|status| status.parse().ok());
            let next =
                stage.filter(|_| self.casebook.holds(&dispatch)).and_then(|stage| self.next_act(stage));
            let (Some(id), Some((act, body))) = (dispatch["id"].as_str(), next) else { continue };
            let reply = self.api.post(&format!("/v1/dispatches/{id}/{act}"), &body).await?;
            moved += usize::from(reply.status.is_success());
        }
        Ok(moved)
    }

    /// What the patrol does with an order at this stage, and what it says.
    fn next_act(&mut self, stage: Status) -> Option<(&'static str, Value)> {
        match stage {
            Status::Created => Some(("accept", json!({}))),
            Status::Accepted => Some(("depart", json!({}))),
            Status::Departed => Some(("arrive", json!({}))),
            Status::Arrived => Some(("feedback", self.feedback())),
            Status::Completed | Status::Returned | Status::Reassigned | Status::Cancelled => None,
        }
    }

    fn feedback(&mut self) -> Value {
        let seen = self.rng.random_bool(SEEN_SHARE);
        let convinced = seen && self.rng.random_bool(CONVINCED_SHARE);
        let (measures, protection, note) = match (seen, convinced) {
            (true, true) => {
                (json!(["app_removed", "bank_limit"]), "anti_fraud_app", "已见面劝阻，卸载涉诈应用")
            }
            (true, false) => (json!(["bank_limit"]), "bank_limit", "已见面，机主仍有疑虑，已通知家属陪同"),
            (false, _) => (json!([]), "", "家中无人，已留联系方式"),
        };
        let mut feedback = json!({
            "seen": seen, "convinced": seen.then_some(convinced), "loss_so_far": null, "measures": measures,
            "officers": self.officers, "note": note,
        });
        if seen {
            feedback["look_ups"] = self.look_ups();
            feedback["questions"] = questions();
            feedback["protection"] = protection.into();
            feedback["place"] = "机主家中".into();
            let signed: String = (0..32).map(|_| format!("{:02x}", self.rng.random::<u8>())).collect();
            feedback["evidence"] = json!([{ "kind": "signature", "sha256": signed }]);
        }
        feedback
    }

    /// What the four look-ups showed.
    fn look_ups(&mut self) -> Value {
        let mut look_up =
            |share| json!({ "checked": true, "found": self.rng.random_bool(share), "note": null });
        json!({
            "calls_and_sms": look_up(0.9), "chats": look_up(0.6), "scam_apps": look_up(0.4),
            "large_transfers": look_up(0.1),
        })
    }
}

/// What the three questions brought.
fn questions() -> Value {
    let answered = |answer: &str| json!({ "asked": true, "answer": answer });
    json!({
        "why_transfer": answered("对方称可退款"), "unknown_account": answered("对方提供的陌生账户"),
        "how_contacted": answered("陌生电话"),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Gateway;

    #[tokio::test]
    async fn an_order_moves_one_stage_a_round() {
        let gateway = Gateway::start().await;
        let book = Casebook::default();
        book.note(&json!({"incident": {"id": "i1"}}));
        let mut patrol = Patrol::new(gateway.api(), book, 1);
        for (stage, act) in
            [("created", "accept"), ("accepted", "depart"), ("departed", "arrive"), ("arrived", "feedback")]
        {
            let ours = json!({"id": "d1", "incident_id": "i1", "status": stage});
            let others = json!({"id": "d2", "incident_id": "i2", "status": stage});
            let page = json!({"items": [ours, others], "next": null});
            gateway.answers("/v1/dispatches?limit=200", StatusCode::OK, page);
            assert_eq!(patrol.work_once().await.unwrap(), 1, "{stage}");
            let path = format!("/v1/dispatches/d1/{act}");
            assert_eq!(gateway.paths().iter().filter(|asked| **asked == path).count(), 1);
        }
        assert!(!gateway.paths().iter().any(|path| path.contains("d2")), "others' orders are left to them");
    }
}
