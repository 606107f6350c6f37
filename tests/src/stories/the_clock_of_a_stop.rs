//! Forty-eight hours: who is told before they end, and what happens when they do.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{MULE, STATION, VICTIM};

/// A call whose order the bank has carried out, and everything that comes with it expected.
async fn stopped(town: &Town) -> Value {
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    taken
}

/// How long before the end somebody was told, in minutes, oldest first.
async fn told(town: &Town, taken: &Value) -> Vec<i64> {
    let incident = town.incident(taken).await;
    let lines = incident["timeline"].as_array().unwrap().iter();
    let alarms = lines.filter(|line| line["data"]["kind"] == "expiring");
    alarms.map(|line| line["data"]["minutes_before"].as_i64().unwrap()).collect()
}

fn path(taken: &Value, act: &str) -> String {
    format!("/v1/stop-payments/{}{act}", taken["stop_payments"][0]["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_told_four_times_before_the_money_is_let_go_and_then_the_bank_is() {
    let town = Town::start().await;
    let taken = stopped(&town).await;
    let order = taken["stop_payments"][0]["id"].as_str().unwrap().to_owned();
    let asked = town.bank("ABC").requests_seen(&order);
    for (hours, alarms) in [(23, vec![]), (1, vec![1440]), (18, vec![1440, 360]), (4, vec![1440, 360, 120])] {
        town.advance(TimeDelta::hours(hours)).await;
        town.settle().await;
        assert_eq!(told(&town, &taken).await, alarms);
    }
    town.advance(TimeDelta::minutes(90)).await;
    assert_eq!(told(&town, &taken).await, [1440, 360, 120, 30]);
    assert_eq!(town.bank("ABC").requests_seen(&order), asked, "nothing has ended yet");
    town.advance(TimeDelta::minutes(31)).await;
    town.settle().await;
    let expired = town.auditor().get(&path(&taken, "")).await.expect(StatusCode::OK);
    assert_eq!((&expired["status"], &expired["next_alarm_at"]), (&json!("expired"), &Value::Null));
    assert_eq!(
        town.bank("ABC").requests_seen(&order),
        asked + 1,
        "the holder's bank is told of the end once"
    );
    assert_eq!(expired["attempts"][1]["request"], "expire");
    assert_eq!(told(&town, &taken).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_stop_is_told_of_anew_and_what_was_slept_through_is_told_once() {
    let town = Town::start().await;
    let taken = stopped(&town).await;
    town.sleep_through(TimeDelta::hours(47));
    town.settle().await;
    assert_eq!(told(&town, &taken).await, [120], "the latest of what was slept through");
    let _ = town.dispatcher().post(&path(&taken, "/renew"), json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    let renewed = town.auditor().get(&path(&taken, "")).await.expect(StatusCode::OK);
    assert_eq!(renewed["round"], 2);
    town.advance(TimeDelta::hours(24)).await;
    assert_eq!(told(&town, &taken).await, [120, 1440]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_stops_once_has_no_second_round() {
    let town = Town::with(|centre| centre.rounds.max = 1).await;
    let taken = stopped(&town).await;
    let refused = town.dispatcher().post(&path(&taken, "/renew"), json!({})).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::CONFLICT, &json!("stop_payment_wrong_state"))
    );
    assert_eq!(
        refused.body["detail"],
        "there is no further round: the account was stopped 1 and extended 0 times so far; only the freeze of a filed \
         case holds it longer"
    );
    let read = town.auditor().get(&path(&taken, "")).await.expect(StatusCode::OK);
    assert_eq!(
        (&read["renewable"], &read["not_renewable_because"]),
        (&json!(false), &refused.body["detail"])
    );
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_held_nothing_was_a_stop_and_there_is_no_third() {
    let town = Town::start().await;
    town.open_mule(MULE, "0.00");
    let call = async |phone: &str| {
        let report = reports::call(phone, MULE, "128000.00", town.now());
        let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
        town.settle().await;
        taken
    };
    let empty = call(VICTIM).await;
    let first = town.auditor().get(&path(&empty, "")).await.expect(StatusCode::OK);
    assert_eq!(first["status"], "empty");
    town.advance(TimeDelta::hours(49)).await;
    town.open_mule(MULE, "200000.00");
    let taken = call("13847200002").await;
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    let second = town.auditor().get(&path(&taken, "")).await.expect(StatusCode::OK);
    assert_eq!((&second["status"], &second["renewable"]), (&json!("active"), &json!(false)));
    let asked = town.bank("ABC").requests_seen(order);
    let refused = town.dispatcher().post(&path(&taken, "/renew"), json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body["detail"].as_str().unwrap().contains("stopped 2"), "{}", refused.body);
    town.settle().await;
    assert_eq!(town.bank("ABC").requests_seen(order), asked, "the bank need not be asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_in_the_air_when_the_time_runs_out_still_counts_when_the_bank_did_it() {
    let town = Town::start().await;
    let taken = stopped(&town).await;
    town.sleep_through(TimeDelta::minutes(47 * 60 + 50));
    town.bank("ABC").set_manner(world::Manner::LosesAnswer);
    let _ = town.dispatcher().post(&path(&taken, "/renew"), json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    town.bank("ABC").set_manner(world::Manner::AnswerInResponse);
    town.sleep_through(TimeDelta::minutes(11));
    town.settle().await;
    let renewed = town.auditor().get(&path(&taken, "")).await.expect(StatusCode::OK);
    assert_eq!((&renewed["status"], &renewed["round"]), (&json!("active"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_at_a_machine_is_first_cancelled_by_the_victim_and_stopped_all_the_same() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["transfers"][0]["channel"] = json!("ATM");
    report["transfers"][0]["payee"]["number"] = json!(MULE);
    report["reporter"]["id_number"] = json!("150203199003071221");
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let first = &taken["notices"][0];
    assert_eq!(first["pointer"], "/transfers/0/channel");
    let says = first["detail"].as_str().unwrap();
    assert!(
        says.contains("cancel it at their own bank (中国工商银行 95599)")
            && says.contains("2026-03-02 22:13"),
        "{says}"
    );
    assert!(taken["notices"].as_array().unwrap().len() >= 2, "and the identity number is read back after it");
    assert!(taken["stop_payments"][0]["revocable_until"].is_string());
    let incident = town.incident(&taken).await;
    let happenings: Vec<&str> = incident["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["happening"].as_str().unwrap())
        .collect();
    let place = |happening: &str| happenings.iter().position(|other| *other == happening).unwrap();
    assert!(place("stop_payment.cancellation_advised") < place("stop_payment.ordered"));
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
