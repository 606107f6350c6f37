//! Everything may run twice, and what fails halfway has not happened.

use chrono::TimeDelta;
use domain::measure_kind::MeasureKind;
use domain::operator::{Operator, Post};
use interception::act::Act;
use interception::assess_incidents::assess_incidents;
use interception::carry_out_measures::carry_out_measures;
use interception::close_incident::close_incident;
use interception::keep_deadlines::keep_deadlines;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use uuid::Uuid;

use super::{FRAUDSTER, MULE, RELATIVE, STATION, VICTIM};

async fn timeline(town: &Town, answer: &Value) -> usize {
    town.incident(answer).await["timeline"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn grading_and_keeping_deadlines_again_changes_nothing() {
    let town = Town::start().await;
    let alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_sms(RELATIVE);
    town.expect_block(FRAUDSTER);
    let before = timeline(&town, &opened).await;
    for _ in 0..3 {
        assert_eq!(assess_incidents(&town.centre).await.unwrap(), 0);
        assert_eq!(keep_deadlines(&town.centre).await.unwrap(), 0);
    }
    assert_eq!(timeline(&town, &opened).await, before);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_at_once_begin_a_plan_once() {
    let town = Town::start().await;
    for number in 1..=20 {
        let phone = format!("138472000{number:02}");
        let alert = reports::low_alert(&format!("CMCC-{number}"), &phone, town.now());
        let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    }
    let engine = async || {
        while assess_incidents(&town.centre).await.unwrap() + keep_deadlines(&town.centre).await.unwrap() > 0
        {
        }
    };
    tokio::join!(engine(), engine(), engine());
    town.settle().await;
    for number in 1..=20 {
        town.expect_sms(&format!("138472000{number:02}"));
    }
    // the fraudster's number is one: whoever comes second finds it blocked
    town.expect_block(FRAUDSTER);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_tell_a_bank_once() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    let work =
        async || carry_out_measures(&town.centre, MeasureKind::StopPayment, Uuid::now_v7()).await.unwrap();
    let (one, other, third) = tokio::join!(work(), work(), work());
    assert_eq!(one + other + third, 1);
    assert_eq!(town.bank("ABC").requests_seen(order), 1);
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_repeats_itself_after_the_end_changes_nothing() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.advance(TimeDelta::hours(49)).await;
    let expired = town.incident(&taken).await;
    assert_eq!(expired["stop_payments"][0]["status"], "expired");
    town.bank("ABC").repeat_result(taken["stop_payments"][0]["id"].as_str().unwrap());
    town.world.end().await;
    assert_eq!(town.incident(&taken).await["stop_payments"], expired["stop_payments"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_is_not_committed_has_not_happened() {
    let town = Town::start().await;
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let before = town.incident(&opened).await;
    let id = before["id"].as_str().unwrap().parse().unwrap();
    let operator = Operator {
        id: domain::id::OperatorId::new(town.now()),
        name: "dispatcher-1".to_owned(),
        post: Post::Dispatcher,
        created_at: town.now(),
    };
    let mut act = Act::begin(&town.centre, &operator, None).await.unwrap();
    let outcome = domain::incident::Outcome::NotFraud;
    let closed = close_incident(&mut act, id, outcome, None, None).await.unwrap();
    assert!(!closed.is_open());
    drop(act);
    assert_eq!(town.incident(&opened).await, before);
    assert_eq!(town.dispatcher().list("/v1/contacts?status=pending").await.len(), 1);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patrol_that_reports_twice_has_reported_once() {
    let town = Town::start().await;
    let taken = town.dispatcher().post("/v1/calls", json!({ "caller_phone": VICTIM })).await;
    let taken = taken.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_patrol(STATION).await;
    let path = |act: &str| format!("/v1/dispatches/{}/{act}", taken["dispatch"]["id"].as_str().unwrap());
    let officer = town.officer(STATION);
    for (key, act, body) in [
        ("k-1", "accept", json!({})),
        ("k-2", "arrive", json!({})),
        ("k-3", "feedback", json!({ "seen": true, "officers": ["警员甲", "警员乙"] })),
    ] {
        let first = officer.post_once(key, &path(act), body.clone()).await;
        let again = officer.post_once(key, &path(act), body).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{act}");
        assert_eq!(again.headers["idempotent-replayed"], "true");
    }
    let stats = town.auditor().get("/v1/stats?to=2027-01-01T00:00:00Z&from=2026-01-01T00:00:00Z").await;
    assert_eq!(stats.expect(StatusCode::OK)["seen_in_person"], 1);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
