//! What banks answer in every order: late, twice, contradictory, about an account that is held already.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::webhooks::{from_bank, result, submitted};
use super::{MULE, VICTIM};

async fn read(town: &Town, order: &str) -> Value {
    town.auditor().get(&format!("/v1/stop-payments/{order}")).await.expect(StatusCode::OK)
}

/// The alarms about an order, oldest first.
async fn alarms(town: &Town, order: &str) -> Vec<Value> {
    let incident = read(town, order).await["incident_id"].as_str().unwrap().to_owned();
    let incident = town.auditor().get(&format!("/v1/incidents/{incident}")).await.expect(StatusCode::OK);
    let lines = incident["timeline"].as_array().unwrap().iter();
    let about = lines.filter(|line| line["happening"] == "stop_payment.alarm");
    about.map(|line| line["data"].clone()).filter(|data| data["stop_payment_id"] == order).collect()
}

fn effects(order: &Value) -> Vec<&str> {
    order["answers"].as_array().unwrap().iter().map(|answer| answer["effect"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_explicit_answer_stands_and_what_contradicts_it_is_kept_shown_and_told_once() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let held = result(&order, "0000", town.now());
    for (id, body, changed) in [
        ("w-1", held.clone(), true),
        ("w-2", held.clone(), false),
        ("w-3", result(&order, "0302", town.now()), false),
        ("w-4", result(&order, "0302", town.now()), false),
    ] {
        let answer = from_bank(&town, id, &body).await.expect(StatusCode::OK);
        assert_eq!(answer["changed"], changed, "{id}");
    }
    let shown = read(&town, &order).await;
    assert_eq!((&shown["status"], &shown["result_code"]), (&json!("active"), &json!("0000")));
    assert_eq!(shown["result_says"]["class"], "success");
    assert_eq!(effects(&shown), ["moved", "repeated", "contradicts"]);
    assert_eq!(shown["answers"][2]["times"], 2);
    let alarms = alarms(&town, &order).await;
    assert_eq!(alarms.len(), 1);
    assert_eq!((&alarms[0]["kind"], &alarms[0]["result_code"]), (&json!("contradiction"), &json!("0302")));
    assert_eq!(alarms[0]["phone"], "95599", "whom to ask");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_lists_is_never_guessed_at() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    for id in ["w-1", "w-2"] {
        let answer = from_bank(&town, id, &result(&order, "4242", town.now())).await.expect(StatusCode::OK);
        assert_eq!(answer["changed"], false);
    }
    let shown = read(&town, &order).await;
    assert_eq!(
        (&shown["status"], &shown["result_code"], &shown["result_says"]),
        (&json!("submitted"), &json!("4242"), &Value::Null)
    );
    let kinds: Vec<Value> = alarms(&town, &order).await.iter().map(|alarm| alarm["kind"].clone()).collect();
    assert_eq!(kinds, ["not_understood"]);
    let _ = from_bank(&town, "w-3", &result(&order, "0000", town.now())).await.expect(StatusCode::OK);
    assert_eq!(read(&town, &order).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_tries_end_the_desk_is_told_to_phone_and_a_late_answer_still_counts() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    town.advance(TimeDelta::hours(2)).await;
    assert_eq!(read(&town, &order).await["status"], "failed");
    let alarms = alarms(&town, &order).await;
    assert_eq!((&alarms[0]["kind"], &alarms[0]["phone"]), (&json!("no_answer"), &json!("95599")));
    let late = result(&order, "0000", town.now());
    assert_eq!(from_bank(&town, "w-1", &late).await.expect(StatusCode::OK)["changed"], true);
    assert_eq!(read(&town, &order).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_the_end_changes_nothing() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let (began, held) = (town.now(), result(&order, "0000", town.now()));
    let _ = from_bank(&town, "w-1", &held).await.expect(StatusCode::OK);
    town.advance(TimeDelta::hours(49)).await;
    for (id, body, effect) in [
        ("w-2", held, "repeated"),
        ("w-3", result(&order, "1800", began), "repeated"),
        ("w-4", result(&order, "0000", town.now()), "contradicts"),
    ] {
        assert_eq!(from_bank(&town, id, &body).await.expect(StatusCode::OK)["changed"], false, "{id}");
        let shown = read(&town, &order).await;
        assert_eq!((&shown["status"], effects(&shown).last()), (&json!("expired"), Some(&effect)), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_hold_serves_several_claims_and_is_shown_both_ways() {
    let town = Town::start().await;
    let _ = town.open_mule(MULE, "200000.00");
    let take = async |phone: &str| {
        let report = reports::call(phone, MULE, "1000.00", town.now());
        let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
        town.settle().await;
        taken["stop_payments"][0]["id"].as_str().unwrap().to_owned()
    };
    let holder = take(VICTIM).await;
    let claim = take("13847200002").await;
    let (holds, waits) = (read(&town, &holder).await, read(&town, &claim).await);
    assert_eq!((&holds["status"], &waits["status"]), (&json!("active"), &json!("held_by_other")));
    assert_eq!(waits["held_by"]["stop_payment_id"], holder);
    assert_eq!(waits["held_by"]["incident_id"], holds["incident_id"]);
    assert_eq!(holds["also_claimed_by"][0]["stop_payment_id"], claim);
    assert_eq!(waits["result_says"]["class"], "held_by_other");
    assert_eq!(alarms(&town, &claim).await, Vec::<Value>::new(), "the holder is one of ours");

    let release = format!("/v1/stop-payments/{holder}/release");
    let approval = town.dispatcher().post(&release, json!({ "reason": "核实无误" })).await;
    let approval = approval.expect(StatusCode::ACCEPTED)["id"].as_str().unwrap().to_owned();
    let approve = format!("/v1/approvals/{approval}/approve");
    let _ = town.supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    let (holds, waited) = (read(&town, &holder).await, read(&town, &claim).await);
    assert_eq!((&holds["status"], &waited["status"]), (&json!("released"), &json!("held_by_other")));
    let took_over = read(&town, waited["corrected_by_id"].as_str().unwrap()).await;
    assert_eq!((&took_over["status"], &took_over["corrects_id"]), (&json!("active"), &json!(claim)));
    assert_eq!(took_over["shared_with_ids"], json!([holder]), "what was replaced claims nothing any more");
    assert_eq!(alarms(&town, &claim).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_holder_is_told_to_the_desk() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let _ = from_bank(&town, "w-1", &result(&order, "1303", town.now())).await.expect(StatusCode::OK);
    let shown = read(&town, &order).await;
    assert_eq!((&shown["status"], &shown["held_by"]), (&json!("held_by_other"), &Value::Null));
    assert!(shown["result_says"]["next"].as_str().unwrap().contains("轮候冻结"));
    assert_eq!(alarms(&town, &order).await[0]["kind"], "held_elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_disputed_is_told_to_the_desk() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let mut held = result(&order, "0000", town.now());
    held["data"]["held"]["amount"] = json!("130000.00");
    let _ = from_bank(&town, "w-1", &held).await.expect(StatusCode::OK);
    let shown = read(&town, &order).await;
    assert_eq!((&shown["status"], &shown["over_held"]["amount"]), (&json!("active"), &json!("2000.00")));
    let alarms = alarms(&town, &order).await;
    assert_eq!((&alarms[0]["kind"], &alarms[0]["over_held"]), (&json!("over_held"), &json!("2000.00")));
}
