//! Banks side by side: one that is dead, and the others.

use std::sync::Arc;
use std::time::Duration;

use channels::Caller;
use channels::Endpoint;
use channels::webhook::{Secret, Secrets};
use chrono::TimeDelta;
use domain::account::{AccountNumber, BankCode};
use domain::circuit::{IN_THE_AIR_MAX, OPENS_AFTER};
use domain::measure_kind::MeasureKind;
use interception::SecondRoute;
use interception::carry_out_measures::lease_tries;
use interception::workers::{self, Notices, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use world::Manner;
use world::bank::Bank;
use world::signature;

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

/// A town where ABC has a second way, taken after three seconds of silence.
async fn with_a_second_way() -> (Town, Bank) {
    let town = Town::start().await;
    let second = town.bank("ABC").open_second_way().await.unwrap();
    let secret = Secret::parse(&second.secret()).unwrap();
    let endpoint = Endpoint::parse(second.endpoint(), vec![secret]).unwrap();
    let route =
        SecondRoute { adapter: second.adapter(), endpoint: Some(endpoint), after: TimeDelta::seconds(3) };
    let abc = BankCode::parse("ABC").unwrap();
    let town =
        town.restarted(|centre| centre.outside.banks.get_mut(&abc).unwrap().second = Some(route)).await;
    (town, second)
}

async fn ordered(town: &Town) -> String {
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    taken["stop_payments"][0]["id"].as_str().unwrap().to_owned()
}

async fn read(town: &Town, order: &str) -> Value {
    town.dispatcher().get(&format!("/v1/stop-payments/{order}")).await.expect(StatusCode::OK)
}

/// By which way the order was told, and asked about, in turn.
fn told(order: &Value) -> Vec<(&str, &str)> {
    let text = |value: &'_ Value| -> &'static str {
        match value.as_str().unwrap() {
            "first" => "first",
            "second" => "second",
            "submit" => "submit",
            "inquire" => "inquire",
            other => panic!("{other}"),
        }
    };
    let attempts = order["attempts"].as_array().unwrap();
    attempts.iter().map(|attempt| (text(&attempt["route"]), text(&attempt["request"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_set_silence_the_same_order_goes_by_the_second_way() {
    let (town, _second) = with_a_second_way().await;
    let mule = town.open_mule(MULE, "200000.00");
    town.bank("ABC").set_manner(Manner::Silent);
    let order = ordered(&town).await;
    town.settle().await;
    town.advance(TimeDelta::seconds(2)).await;
    let silent = read(&town, &order).await;
    assert_eq!(silent["status"], "submitted");
    assert_eq!(told(&silent), [("first", "submit"), ("first", "inquire")]);

    town.advance(TimeDelta::seconds(1)).await;
    let stopped = read(&town, &order).await;
    assert_eq!(stopped["status"], "active");
    assert!(told(&stopped).contains(&("second", "submit")), "{stopped:#}");
    town.expect_hold(&mule);
    assert_eq!(town.bank("ABC").times_executed(&order), 1);
    let banks = town.dispatcher().list("/v1/banks").await;
    let abc = banks.iter().find(|bank| bank["code"] == "ABC").unwrap();
    assert_eq!(abc["second"], json!({ "adapter": "webhook", "after_secs": 3, "circuit": "closed" }));
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_did_it_and_lost_its_answer_does_it_once_by_whichever_way() {
    let (town, second) = with_a_second_way().await;
    let mule = town.open_mule(MULE, "200000.00");
    town.bank("ABC").set_manner(Manner::LosesAnswer);
    second.set_manner(Manner::Down);
    let order = ordered(&town).await;
    town.settle().await;
    town.advance(TimeDelta::seconds(3)).await;
    assert_eq!(read(&town, &order).await["status"], "submitted");
    second.set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(1)).await;
    let stopped = read(&town, &order).await;
    assert_eq!(stopped["status"], "active");
    let by_second = told(&stopped).iter().filter(|(route, _)| *route == "second").count();
    assert_eq!(by_second, 2, "the second way has a schedule of its own");
    assert_eq!(town.bank("ABC").times_executed(&order), 1);
    // the first way's answer comes after all
    town.bank("ABC").repeat_result(&order);
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(read(&town, &order).await["attempts"], stopped["attempts"], "nothing is told any more");
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_answers_in_time_is_not_told_by_its_second_way() {
    let (town, _second) = with_a_second_way().await;
    let mule = town.open_mule(MULE, "200000.00");
    let order = ordered(&town).await;
    town.settle().await;
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(told(&read(&town, &order).await), [("first", "submit")]);
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_on_the_second_way_is_followed_by_another() {
    let (town, _second) = with_a_second_way().await;
    let mule = town.open_mule(MULE, "200000.00");
    town.bank("ABC").set_manner(Manner::Down);
    let order = ordered(&town).await;
    town.sleep_through(TimeDelta::seconds(3));
    drop(lease_tries(&town.centre, MeasureKind::StopPayment, Uuid::now_v7(), 1).await.unwrap());
    assert_eq!(told(&read(&town, &order).await).len(), 2, "both ways were about to be taken");
    town.advance(TimeDelta::seconds(20)).await;
    assert_eq!(read(&town, &order).await["status"], "active");
    town.expect_hold(&mule);
    assert_eq!(town.bank("ABC").times_executed(&order), 1);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_changed_in_four_steps_with_orders_in_flight_and_nothing_is_lost() {
    let town = Town::start().await;
    let abc = town.bank("ABC").clone();
    abc.know_every_account();
    let party = &town.centre.outside.banks[&BankCode::parse("ABC").unwrap()].party;
    let (ours, theirs) = (party.endpoint.clone().unwrap(), &party.callback_secrets);
    let (new, old_theirs) = (signature::Secret::from_key([7; 32]), abc.callback_secret());
    let both = |old: &str| Secrets::parse(&format!("{old}\n{}", new.reveal())).unwrap();
    let only_new = || Secrets::parse(&new.reveal()).unwrap();
    abc.set_manner(Manner::AnswerLater { after: Duration::ZERO });
    let dispatcher = town.dispatcher();
    let (old_ours, mut accounts) = (abc.secret(), accounts(5).into_iter());
    let mut stopped = vec![];
    let mut order_one = async |phone: &str| {
        let account = accounts.next().unwrap();
        let taken = called(&town, phone, "ABC", std::slice::from_ref(&account)).await;
        stopped.push(account);
        format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap())
    };
    let answered = async |path: String| {
        town.until(|| async {
            let order = dispatcher.get(&path).await.expect(StatusCode::OK);
            (order["status"] == "active").then_some(())
        })
        .await;
    };
    let in_flight = order_one("13847200101").await;
    town.settle().await;
    // 1. both are in use here: orders are signed twice, and either is believed
    ours.secrets().change(both(&old_ours));
    theirs.change(both(&old_theirs));
    answered(in_flight).await;
    let in_flight = order_one("13847200102").await;
    town.settle().await;
    // 2. the bank checks with the new one
    abc.check_with(new.clone());
    answered(in_flight).await;
    let in_flight = order_one("13847200103").await;
    town.settle().await;
    // 3. and signs with it
    abc.sign_with(new.clone());
    answered(in_flight).await;
    // 4. the old one is gone here too
    ours.secrets().change(only_new());
    theirs.change(only_new());
    let last = order_one("13847200104").await;
    town.settle().await;
    answered(last).await;
    assert_eq!(abc.bad_signatures(), 0, "every order was believed at once");
    // whoever still signs with the old one is not heard; the status inquiry brings the answer all the same
    abc.sign_with(signature::Secret::parse(&old_theirs).unwrap());
    let unheard = order_one("13847200105").await;
    town.settle().await;
    assert_eq!(dispatcher.get(&unheard).await.expect(StatusCode::OK)["status"], "submitted");
    abc.set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(1)).await;
    answered(unheard).await;
    for account in &stopped {
        town.expect_hold(&AccountNumber::parse(account).unwrap());
    }
}
