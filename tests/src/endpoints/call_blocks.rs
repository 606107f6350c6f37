//! `/v1/call-blocks`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;
use tests::{Town, reports};

use super::VICTIM;

const SUSPECT: &str = "+85269876543";

#[tokio::test(flavor = "multi_thread")]
async fn a_suspects_number_is_blocked_at_once_and_lifted_by_hand() {
    let town = Town::start().await;
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let path = format!("/v1/incidents/{}/call-blocks", opened["incident"]["id"].as_str().unwrap());
    let until = town.now() + TimeDelta::days(7);
    let order = json!({ "number": SUSPECT, "until": until, "reason": "受害人确认" });
    let block = town.dispatcher().post(&path, order).await.expect(StatusCode::CREATED);
    assert_eq!(block["status"], "requested");
    town.settle().await;
    town.expect_block(SUSPECT);
    let lift = format!("/v1/call-blocks/{}/lift", block["id"].as_str().unwrap());
    let lifting = town.dispatcher().post(&lift, json!({})).await.expect(StatusCode::OK);
    assert_eq!(lifting["status"], "lifting");
    town.settle().await;
    assert_eq!(town.dispatcher().list("/v1/call-blocks?status=lifted").await.len(), 1);
    assert_eq!(town.dispatcher().post(&lift, json!({})).await.status, StatusCode::CONFLICT);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_numbers_are_never_blocked_and_no_number_for_ever() {
    let town = Town::start().await;
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    let path = format!("/v1/incidents/{}/call-blocks", opened["incident"]["id"].as_str().unwrap());
    let now = town.now();
    for (number, until, pointer) in [
        ("110", None, "/number"),
        ("96110", None, "/number"),
        ("95599", None, "/number"),
        ("04725112110", None, "/number"),
        ("+86 472 511 2110", None, "/number"),
        (SUSPECT, Some(now - TimeDelta::hours(1)), "/until"),
        (SUSPECT, Some(now + TimeDelta::days(400)), "/until"),
        (VICTIM, Some(now + TimeDelta::hours(2)), "/until"),
    ] {
        let order = json!({ "number": number, "until": until, "reason": "受害人确认" });
        let answer = town.dispatcher().post(&path, order).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number} {until:?}");
        assert_eq!(answer.pointers(), [pointer]);
    }
}
