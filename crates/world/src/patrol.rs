//! A simulated patrol of one station: signs for dispatches, drives there, and reports what it found.

use domain::dispatch::Status;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::api::Api;
use crate::people;

/// How often somebody is at home.
const SEEN_SHARE: f64 = 0.93;
/// How often whoever is seen will not pay.
const CONVINCED_SHARE: f64 = 0.9;
/// The stages of a dispatch, last first: each order moves one stage a round.
const STAGES: [Status; 4] = [Status::Arrived, Status::Departed, Status::Accepted, Status::Created];

/// The officers of one station on duty.
pub struct Patrol {
    api: Api,
    rng: StdRng,
    officers: [String; 2],
}

impl Patrol {
    /// A patrol with luck and names of its own; `api` carries the token of one of the station's officers.
    #[must_use]
    pub fn new(api: Api, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let officers = [people::name(&mut rng), people::name(&mut rng)];
        Self { api, rng, officers }
    }

    /// Moves every order of the station one stage on. Answers how many moved.
    ///
    /// # Errors
    /// If the gateway does not answer; the round can be made again.
    pub async fn work_once(&mut self) -> Result<usize, reqwest::Error> {
        let mut moved = 0;
        for stage in STAGES {
            let path = format!("/v1/dispatches?status={stage}&limit=50");
            for dispatch in self.api.list(&path).await? {
                let (Some(id), Some((act, body))) = (dispatch["id"].as_str(), self.next_act(stage)) else {
                    continue;
                };
                let reply = self.api.post(&format!("/v1/dispatches/{id}/{act}"), &body).await?;
                moved += usize::from(reply.status.is_success());
            }
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
            Status::Completed | Status::Returned | Status::Cancelled => None,
        }
    }

    fn feedback(&mut self) -> Value {
        let seen = self.rng.random_bool(SEEN_SHARE);
        let convinced = seen && self.rng.random_bool(CONVINCED_SHARE);
        let (measures, note) = match (seen, convinced) {
            (true, true) => (json!(["app_removed", "bank_limit"]), "已见面劝阻，卸载涉诈应用"),
            (true, false) => (json!(["bank_limit"]), "已见面，机主仍有疑虑，已通知家属陪同"),
            (false, _) => (json!([]), "家中无人，已留联系方式"),
        };
        json!({
            "seen": seen, "convinced": seen.then_some(convinced), "loss_so_far": null, "measures": measures,
            "officers": self.officers, "note": note,
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Gateway;

    #[tokio::test]
    async fn an_order_moves_one_stage_a_round() {
        let gateway = Gateway::start().await;
        let item = json!({"items": [{"id": "d1"}], "next": null});
        for (stage, act) in
            [("created", "accept"), ("accepted", "depart"), ("departed", "arrive"), ("arrived", "feedback")]
        {
            gateway.answers(&format!("/v1/dispatches?status={stage}&limit=50"), StatusCode::OK, item.clone());
            let mut patrol = Patrol::new(gateway.api(), 1);
            assert_eq!(patrol.work_once().await.unwrap(), 1, "{stage}");
            let path = format!("/v1/dispatches/d1/{act}");
            assert_eq!(gateway.paths().iter().filter(|asked| **asked == path).count(), 1);
            gateway.answers(&format!("/v1/dispatches?status={stage}&limit=50"), StatusCode::OK, json!({}));
        }
    }
}
