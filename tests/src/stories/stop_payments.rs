//! The race for the money.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;
use tests::{Town, reports};
use world::Manner;

use super::{MULE, STATION, VICTIM};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_stopped_in_time() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    assert_eq!(taken["stop_payments"][0]["status"], "submitted");
    assert_eq!(taken["incident"]["urgent"], true);
    assert_eq!(taken["dispatch"]["station"]["id"], STATION);

    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    let incident = town.incident(&taken).await;
    let order = &incident["stop_payments"][0];
    assert_eq!(order["status"], "active");
    assert_eq!(order["held"], json!({ "amount": "128000.00", "currency": "CNY" }));
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_down_and_then_answers() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    town.bank("ABC").set_manner(Manner::Down);
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap().to_owned();
    town.settle().await;
    town.expect_patrol(STATION).await;
    town.advance(TimeDelta::seconds(1)).await;
    town.advance(TimeDelta::seconds(2)).await;
    let path = format!("/v1/stop-payments/{order}");
    let waiting = town.dispatcher().get(&path).await.expect(StatusCode::OK);
    assert_eq!(waiting["status"], "submitted", "silence is never an answer");
    assert_eq!(waiting["attempts"].as_array().unwrap().len(), 3);

    town.bank("ABC").set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(4)).await;
    town.expect_hold(&mule);
    assert_eq!(town.bank("ABC").times_executed(&order), 1);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_answers_later_is_asked_and_not_told_twice() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "1000.00");
    town.bank("ABC").set_manner(Manner::AnswerLater { after: Duration::ZERO });
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let path = format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap());
    town.settle().await;
    let dispatcher = town.dispatcher();
    let order = town
        .until(|| async {
            let order = dispatcher.get(&path).await.expect(StatusCode::OK);
            (order["status"] != "submitted").then_some(order)
        })
        .await;
    assert_eq!(order["status"], "partial");
    assert_eq!(order["held"]["amount"], "1000.00");
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
