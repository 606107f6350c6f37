//! `/v1/lists`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::VICTIM;

/// The rules that fire for an alert with the suspect's number +85261234567.
async fn rules(town: &Town) -> Vec<Value> {
    let alert = reports::low_alert("r-1", VICTIM, town.now());
    let said = town.dispatcher().post("/v1/grading/explain", alert).await.expect(StatusCode::OK);
    said["reasons"].as_array().unwrap().iter().map(|reason| reason["rule"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_is_graded_by_until_it_expires_or_is_taken_off() {
    let town = Town::start().await;
    let supervisor = town.supervisor();
    assert!(!rules(&town).await.contains(&json!("suspect_listed")));
    let entry = json!({ "list": "suspect", "kind": "number", "value": "+852 6123 4567", "source": "省反诈中心",
        "confidence": 80, "expires_at": town.now() + TimeDelta::hours(1), "note": "串并案" });
    let listed = supervisor.post("/v1/lists", entry.clone()).await.expect(StatusCode::CREATED);
    assert_eq!((&listed["value"], &listed["added_by"]), (&json!("+85261234567"), &json!("supervisor-1")));
    assert!(rules(&town).await.contains(&json!("suspect_listed")));
    let again = supervisor.post("/v1/lists", entry).await.expect(StatusCode::CREATED);
    assert_eq!(again["id"], listed["id"], "one entry a source");
    town.advance(TimeDelta::hours(2)).await;
    assert!(!rules(&town).await.contains(&json!("suspect_listed")), "it has expired");

    let forever = json!({ "list": "protected", "kind": "number", "value": "+85261234567" });
    let forever = supervisor.post("/v1/lists", forever).await.expect(StatusCode::CREATED);
    assert_eq!((&forever["confidence"], &forever["expires_at"]), (&json!(100), &Value::Null));
    assert!(rules(&town).await.contains(&json!("suspect_protected")));
    assert_eq!(town.auditor().list("/v1/lists?list=protected&kind=number").await.len(), 1);
    let path = format!("/v1/lists/{}", forever["id"].as_str().unwrap());
    let removed = supervisor.send(supervisor.request(reqwest::Method::DELETE, &path)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let again = supervisor.send(supervisor.request(reqwest::Method::DELETE, &path)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(!rules(&town).await.contains(&json!("suspect_protected")));
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_listed_as_protected_is_blocked_neither_by_a_plan_nor_by_hand() {
    let town = Town::start().await;
    let protected = json!({ "list": "protected", "kind": "number", "value": "+85261234567" });
    let _ = town.supervisor().post("/v1/lists", protected).await.expect(StatusCode::CREATED);
    let alert = reports::high_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_sms("13847200009");
    assert!(town.dispatcher().list("/v1/call-blocks").await.is_empty());
    let path = format!("/v1/incidents/{}/call-blocks", opened["incident"]["id"].as_str().unwrap());
    let asked = json!({ "number": "+852 6123 4567", "reason": "诈骗" });
    let refused = town.dispatcher().post(&path, asked).await;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused["errors"][0]["pointer"], "/number");
    town.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_listed_is_refused_by_field() {
    let town = Town::start().await;
    for (entry, pointer) in [
        (json!({ "list": "grey", "kind": "number", "value": "13847200001" }), "/list"),
        (json!({ "list": "suspect", "kind": "number", "value": "abc" }), "/value"),
        (json!({ "list": "suspect", "kind": "account", "value": "12" }), "/value"),
        (
            json!({ "list": "suspect", "kind": "url", "value": "http://x.test", "confidence": 0 }),
            "/confidence",
        ),
    ] {
        let refused =
            town.supervisor().post("/v1/lists", entry).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    town.end().await;
}
