//! `/v1/approvals`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::VICTIM;

/// Asks for the subject's own line to be cut.
async fn asked(town: &Town, by: &Client) -> Value {
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let path = format!("/v1/incidents/{}/call-blocks", opened["incident"]["id"].as_str().unwrap());
    let block = by.post(&path, json!({ "number": VICTIM, "reason": "正在被远程操控" })).await;
    let block = block.expect(StatusCode::ACCEPTED);
    assert_eq!((&block["status"], &block["line"]), (&json!("awaiting_approval"), &json!("subject")));
    let approval = town.auditor().list("/v1/approvals?status=waiting").await.remove(0);
    assert_eq!(approval["measure_id"], block["id"]);
    approval
}

fn path(approval: &Value, act: &str) -> String {
    format!("/v1/approvals/{}/{act}", approval["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_their_own_and_a_second_person_cuts_the_line_for_minutes() {
    let town = Town::start().await;
    let approval = asked(&town, &town.supervisor()).await;
    assert!(approval["lapses_at"].is_string() && approval["says"].is_string());
    let bad = town.second_supervisor().post(&path(&approval, "reject"), json!({ "reason": 1 })).await;
    assert_eq!(bad.pointers(), ["/reason"]);
    let own = town.supervisor().post(&path(&approval, "approve"), json!({})).await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    assert_eq!(own.body["code"], "approval_not_decidable");
    let approved = town.second_supervisor().post(&path(&approval, "approve"), json!({})).await;
    assert_eq!(approved.expect(StatusCode::OK)["status"], "approved");
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(VICTIM);
    let again = town.second_supervisor().post(&path(&approval, "reject"), json!({})).await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    town.advance(TimeDelta::minutes(31)).await;
    let block = town.dispatcher().list("/v1/call-blocks").await.remove(0);
    assert_eq!(block["status"], "lifted", "it ends by itself");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_or_left_to_itself_never_happens() {
    for rejected in [true, false] {
        let town = Town::start().await;
        let approval = asked(&town, &town.dispatcher()).await;
        if rejected {
            let why = json!({ "reason": "已联系上本人" });
            let answer = town.supervisor().post(&path(&approval, "reject"), why).await.expect(StatusCode::OK);
            assert_eq!(
                (&answer["status"], &answer["decision_reason"]),
                (&json!("rejected"), &json!("已联系上本人"))
            );
            assert_eq!(
                (&answer["asked_by"], &answer["decided_by"]),
                (&json!("dispatcher-1"), &json!("supervisor-1"))
            );
        }
        town.advance(TimeDelta::hours(2)).await;
        town.expect_sms(VICTIM);
        let block = town.dispatcher().list("/v1/call-blocks").await.remove(0);
        assert_eq!(block["status"], "cancelled");
        town.end().await;
    }
}
