//! `/v1/appeals` and `/v1/stop-payments/{id}/appeals`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::{MULE, VICTIM};

/// An order that `by` gave and the bank carried out.
async fn stopped(town: &Town, by: &Client) -> Value {
    let _ = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = by.post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    taken["stop_payments"][0].clone()
}

fn path(order: &Value) -> String {
    format!("/v1/stop-payments/{}/appeals", order["id"].as_str().unwrap())
}

fn decide(appeal: &Value) -> String {
    format!("/v1/appeals/{}/decide", appeal["id"].as_str().unwrap())
}

fn appeal() -> Value {
    json!({ "appellant": { "name": "李某", "phone": "13847200005" }, "reason": "系货款", "materials": ["合同"] })
}

async fn status(town: &Town, order: &Value) -> Value {
    let path = format!("/v1/stop-payments/{}", order["id"].as_str().unwrap());
    town.auditor().get(&path).await.expect(StatusCode::OK)["status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_appeal_releases_at_once_and_tells_the_holder_why() {
    let town = Town::start().await;
    let order = stopped(&town, &town.dispatcher()).await;
    let waiting = town.dispatcher().post(&path(&order), appeal()).await.expect(StatusCode::CREATED);
    assert_eq!((&waiting["status"], &waiting["notice"]), (&json!("open"), &Value::Null));
    assert_eq!(town.auditor().list("/v1/appeals?status=open").await.len(), 1);
    let again = town.dispatcher().post(&path(&order), appeal()).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("appeal_open")));

    let grant = json!({ "grant": true, "reason": "合同和发票属实" });
    let granted = town.supervisor().post(&decide(&waiting), grant.clone()).await.expect(StatusCode::OK);
    assert_eq!(granted["status"], "granted");
    for part in ["合同和发票属实", "即时通知银行解除", "行政复议", "尾号8309"] {
        assert!(granted["notice"].as_str().unwrap().contains(part), "{part}");
    }
    town.settle().await;
    assert_eq!(status(&town, &order).await, "released");
    let twice = town.second_supervisor().post(&decide(&waiting), grant).await;
    assert_eq!((twice.status, &twice.body["code"]), (StatusCode::CONFLICT, &json!("appeal_not_decidable")));
    let late = town.dispatcher().post(&path(&order), appeal()).await;
    assert_eq!((late.status, &late.body["code"]), (StatusCode::CONFLICT, &json!("nothing_held")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_on_what_they_registered_or_ordered() {
    let town = Town::start().await;
    let order = stopped(&town, &town.supervisor()).await;
    let waiting = town.second_supervisor().post(&path(&order), appeal()).await.expect(StatusCode::CREATED);
    for (who, why) in [(town.second_supervisor(), "registered"), (town.supervisor(), "ordered")] {
        let refused = who.post(&decide(&waiting), json!({ "grant": true, "reason": "x" })).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{why}");
        assert!(refused.body["detail"].as_str().unwrap().contains(why), "{}", refused.body);
    }
    assert_eq!(status(&town, &order).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_appeal_leaves_the_stop_and_an_overdue_one_is_told_once() {
    let town = Town::start().await;
    let order = stopped(&town, &town.dispatcher()).await;
    let waiting = town.dispatcher().post(&path(&order), appeal()).await.expect(StatusCode::CREATED);
    let reject = json!({ "grant": false, "reason": "材料不符" });
    let rejected = town.supervisor().post(&decide(&waiting), reject).await.expect(StatusCode::OK);
    assert_eq!(rejected["status"], "rejected");
    town.settle().await;
    assert_eq!(status(&town, &order).await, "active");

    let _ = town.dispatcher().post(&path(&order), appeal()).await.expect(StatusCode::CREATED);
    town.advance(TimeDelta::days(3)).await;
    town.advance(TimeDelta::days(1)).await;
    let incident = format!("/v1/incidents/{}", order["incident_id"].as_str().unwrap());
    let incident = town.auditor().get(&incident).await.expect(StatusCode::OK);
    let lines = incident["timeline"].as_array().unwrap().iter();
    let overdue = lines.filter(|line| line["data"]["kind"] == "appeal_overdue");
    assert_eq!(overdue.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_names_every_bad_field() {
    let town = Town::start().await;
    let order = stopped(&town, &town.dispatcher()).await;
    let refused = town
        .dispatcher()
        .post(&path(&order), json!({ "appellant": { "phone": "1" }, "materials": [1] }))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.pointers(), ["/appellant/name", "/appellant/phone", "/materials/0", "/reason"]);
}
