//! `/v1/dispatches` and `/v1/messages`.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::{MULE, STATION, VICTIM};

async fn dispatched(town: &Town) -> Value {
    let mut report = reports::call(VICTIM, MULE, "1.00", town.now());
    report["transfers"] = json!([]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    taken["dispatch"].clone()
}

async fn status(officer: &Client, dispatch: &Value, act: &str, body: Value) -> StatusCode {
    officer.post(&format!("/v1/dispatches/{}/{act}", dispatch["id"].as_str().unwrap()), body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_and_handles_only_what_is_their_stations() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let (own, other) = (town.officer(STATION), town.officer("150202001"));
    assert_eq!(own.list("/v1/dispatches").await.len(), 1);
    assert_eq!(other.list("/v1/dispatches").await.len(), 0);
    assert_eq!(other.list(&format!("/v1/dispatches?station={STATION}")).await.len(), 0);
    for (act, body) in
        [("accept", json!({})), ("feedback", json!({ "seen": true })), ("return", json!({ "reason": "x" }))]
    {
        assert_eq!(status(&other, &dispatch, act, body).await, StatusCode::NOT_FOUND, "{act}");
    }
    assert_eq!(status(&own, &dispatch, "accept", json!({})).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stages_come_in_their_order() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let officer = town.officer(STATION);
    for (act, expected) in [
        ("depart", StatusCode::CONFLICT),
        ("accept", StatusCode::OK),
        ("accept", StatusCode::CONFLICT),
        ("depart", StatusCode::OK),
        ("arrive", StatusCode::OK),
        ("depart", StatusCode::CONFLICT),
    ] {
        assert_eq!(status(&officer, &dispatch, act, json!({})).await, expected, "{act}");
    }
    let bad = json!({ "seen": "yes", "loss_so_far": { "amount": "-1", "currency": "USD" }, "officers": [1] });
    let path = format!("/v1/dispatches/{}/feedback", dispatch["id"].as_str().unwrap());
    let answer = officer.post(&path, bad).await;
    assert_eq!(answer.pointers(), ["/loss_so_far/amount", "/loss_so_far/currency", "/officers/0", "/seen"]);
    let feedback = json!({ "seen": true, "convinced": true, "loss_so_far": { "amount": "300.00", "currency": "CNY" },
        "measures": ["app_removed", "bank_limit"], "officers": ["警员甲", "警员乙"], "note": "已卸载" });
    let fed_back = officer.post(&path, feedback.clone()).await.expect(StatusCode::OK);
    assert_eq!(fed_back["status"], "completed");
    assert_eq!(fed_back["feedback"], feedback);
    assert_eq!(
        status(&officer, &dispatch, "return", json!({ "reason": "晚了" })).await,
        StatusCode::CONFLICT
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_orders_a_patrol_by_hand_from_a_station_that_exists() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let path = format!("/v1/incidents/{}/dispatches", dispatch["incident_id"].as_str().unwrap());
    let ordered =
        town.dispatcher().post(&path, json!({ "station_id": "150204001", "reason": "受害人在单位" })).await;
    assert_eq!(ordered.expect(StatusCode::CREATED)["station"]["id"], "150204001");
    let unknown =
        town.dispatcher().post(&path, json!({ "station_id": "999", "reason": "受害人在单位" })).await;
    assert_eq!(unknown.pointers(), ["/station_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_listed_with_what_they_say_and_where_they_stand() {
    let town = Town::start().await;
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let path =
        format!("/v1/messages?incident={}&status=submitted", opened["incident"]["id"].as_str().unwrap());
    let messages = town.dispatcher().list(&path).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["phone"], VICTIM);
    assert!(messages[0]["provider_ref"].is_string());
    assert!(!messages[0]["text"].as_str().unwrap().contains("http"), "no link in a text");
    assert!(town.dispatcher().list("/v1/messages?status=queued").await.is_empty());
}
