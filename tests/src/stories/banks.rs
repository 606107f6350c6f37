//! Banks side by side: one that is dead, and the others.

use std::sync::Arc;
use std::time::Duration;

use channels::Caller;
use chrono::TimeDelta;
use domain::account::AccountNumber;
use domain::circuit::{IN_THE_AIR_MAX, OPENS_AFTER};
use domain::measure_kind::MeasureKind;
use interception::workers::{self, Notices, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use tokio_util::sync::CancellationToken;
use world::Manner;

use super::{MULE, STATION, VICTIM};

/// A call whose transfers all went to accounts at one bank that keeps every account there is.
async fn called(town: &Town, phone: &str, bank: &str, accounts: &[String]) -> Value {
    town.bank(bank).know_every_account();
    let mut report = reports::call(phone, MULE, "1.00", town.now());
    let transfers: Vec<Value> =
        accounts.iter().map(|account| reports::transfer_to(bank, account, "100.00", town.now())).collect();
    report["transfers"] = json!(transfers);
    town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED)
}

fn accounts(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("62000000{number:08}")).collect()
}

async fn circuit(town: &Town, code: &str) -> Value {
    let banks = town.dispatcher().list("/v1/banks").await;
    banks.into_iter().find(|bank| bank["code"] == code).unwrap()["circuit"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_bank_with_two_hundred_orders_does_not_slow_another() {
    // nobody's patience ends in this story: what is in the air at the dead bank stays there
    let patient = Duration::from_secs(120);
    let town = Town::with(|centre| centre.bank_caller = Caller::new(patient).unwrap()).await;
    town.bank("ICBC").set_manner(Manner::Silent);
    let mut dead = vec![];
    for (number, share) in accounts(200).chunks(20).enumerate() {
        let taken = called(&town, &format!("138472001{number:02}"), "ICBC", share).await;
        let orders = taken["stop_payments"].as_array().unwrap();
        dead.extend(orders.iter().map(|order| order["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(dead.len(), 200);
    let (notices, stop) = (Arc::new(Notices::default()), CancellationToken::new());
    let banks = Role::Carrier(MeasureKind::StopPayment);
    tokio::spawn(workers::work(Arc::clone(&town.centre), banks, notices, stop.clone()));
    let asked = || dead.iter().filter(|order| town.bank("ICBC").requests_seen(order) > 0).count();
    let full = usize::try_from(IN_THE_AIR_MAX).unwrap();
    let icbc = town.bank("ICBC").clone();
    icbc.wait_for_any_request(full).await;

    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    town.bank("ABC").wait_for_order(|known| known.order_id == order).await;
    assert_eq!(town.bank("ABC").balance(&mule).map(|left| left.to_string()).as_deref(), Some("200000.00"));
    assert_eq!(town.bank("ABC").holds().len(), 1);
    assert_eq!(asked(), full, "and the dead bank still has its own share in the air and no more");
    stop.cancel();
    town.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_bank_is_only_probed_and_hears_everything_once_it_is_back() {
    let town = Town::start().await;
    let count = usize::try_from(OPENS_AFTER).unwrap() + 2;
    let (icbc, accounts) = (town.bank("ICBC").clone(), accounts(count));
    icbc.set_manner(Manner::Down);
    let taken = called(&town, VICTIM, "ICBC", &accounts).await;
    assert_eq!(circuit(&town, "ICBC").await, "closed");
    town.settle().await;
    town.expect_patrol(STATION).await;
    assert_eq!(circuit(&town, "ICBC").await, "open");
    let tries = async || {
        let mut tries = 0;
        for order in taken["stop_payments"].as_array().unwrap() {
            let path = format!("/v1/stop-payments/{}", order["id"].as_str().unwrap());
            let order = town.dispatcher().get(&path).await.expect(StatusCode::OK);
            assert_eq!(order["status"], "submitted", "silence is never an answer");
            tries += order["attempts"].as_array().unwrap().len();
        }
        tries
    };
    assert_eq!(tries().await, count, "each was tried at once");
    town.advance(TimeDelta::seconds(1)).await;
    assert_eq!(tries().await, count + 1, "all are due, and one goes to see whether somebody is there");
    town.advance(TimeDelta::seconds(1)).await;
    assert_eq!(tries().await, count + 2);

    icbc.set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(1)).await;
    assert_eq!(circuit(&town, "ICBC").await, "closed");
    // the one that was probed last is due now
    town.advance(TimeDelta::seconds(1)).await;
    for account in &accounts {
        town.expect_hold(&AccountNumber::parse(account).unwrap());
    }
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_alone_at_a_dead_bank_keeps_its_schedule_for_an_hour() {
    let town = Town::start().await;
    town.bank("ICBC").set_manner(Manner::Down);
    let taken = called(&town, VICTIM, "ICBC", &accounts(1)).await;
    let path = format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap());
    town.settle().await;
    let waits = [1, 2, 4, 8, 15].into_iter().chain(std::iter::repeat_n(30, 20));
    for (tried, wait) in waits.enumerate() {
        let order = town.dispatcher().get(&path).await.expect(StatusCode::OK);
        assert_eq!(order["attempts"].as_array().unwrap().len(), tried + 1);
        town.advance(TimeDelta::seconds(wait)).await;
    }
    assert_eq!(circuit(&town, "ICBC").await, "open");
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
}
