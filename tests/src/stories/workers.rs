//! Processes that die at the worst moment.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::measure_kind::MeasureKind;
use interception::carry_out_measures::{lease_tries, make_try};
use reqwest::StatusCode;
use tests::{Town, reports};
use uuid::Uuid;
use world::Manner;

use super::{MULE, STATION, VICTIM};

/// Takes a call and lets a worker die after it told the bank and before it heard the answer.
async fn killed_between_attempt_and_answer(town: &Town) -> String {
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap().to_owned();
    town.bank("ABC").set_manner(Manner::Slow { by: std::time::Duration::from_secs(60) });
    let tries = lease_tries(&town.centre, MeasureKind::StopPayment, Uuid::now_v7(), 1).await.unwrap();
    let centre = Arc::clone(&town.centre);
    let worker = tokio::spawn(async move { make_try(&centre, &tries[0]).await });
    town.bank("ABC").wait_for_order(|known| known.order_id == order).await;
    worker.abort();
    let killed = worker.await;
    assert!(killed.is_err_and(|end| end.is_cancelled()), "it died before it heard the answer");
    town.bank("ABC").set_manner(Manner::AnswerInResponse);
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_attempt_and_answer_leaves_an_order_that_is_executed_once() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let order = killed_between_attempt_and_answer(&town).await;
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    let path = format!("/v1/stop-payments/{order}");
    let waiting = town.dispatcher().get(&path).await.expect(StatusCode::OK);
    assert_eq!(waiting["status"], "submitted", "whose lease it is may still be alive");

    town.advance(TimeDelta::seconds(20)).await;
    let heard = town.dispatcher().get(&path).await.expect(StatusCode::OK);
    assert_eq!(heard["status"], "active");
    let asked: Vec<&str> = heard["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tried| tried["request"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["submit", "inquire"], "it is asked about before it would be sent again");
    assert_eq!(town.bank("ABC").times_executed(&order), 1);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_before_it_spoke_leaves_an_order_that_is_still_sent() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    drop(lease_tries(&town.centre, MeasureKind::StopPayment, Uuid::now_v7(), 1).await.unwrap());
    town.advance(TimeDelta::seconds(20)).await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    assert_eq!(town.bank("ABC").times_executed(order), 1);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_worker_changes_nothing_that_another_has_finished() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    let late = lease_tries(&town.centre, MeasureKind::StopPayment, Uuid::now_v7(), 1).await.unwrap();
    town.advance(TimeDelta::seconds(20)).await;
    make_try(&town.centre, &late[0]).await.unwrap();
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    assert_eq!(town.bank("ABC").times_executed(order), 1);
    let path = format!("/v1/stop-payments/{order}");
    assert_eq!(town.dispatcher().get(&path).await.expect(StatusCode::OK)["status"], "active");
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
