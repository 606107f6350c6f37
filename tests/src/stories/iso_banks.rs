//! A bank that speaks ISO 20022 is raced for like any other.

use std::time::Duration;

use chrono::TimeDelta;
use domain::account::AccountNumber;
use domain::money::Fen;
use domain::person::PersonName;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use world::Manner;
use world::bank::BankAccount;

use super::{MULE, STATION, VICTIM};

const ACCOUNT: &str = "6221882601815908309";

fn open(town: &Town, yuan: &str) -> AccountNumber {
    let number = AccountNumber::parse(ACCOUNT).unwrap();
    town.bank("PSBC").open_account(BankAccount {
        number: number.clone(),
        holder: PersonName::parse("李某").unwrap(),
        balance: Fen::parse_or_zero(yuan).unwrap(),
        whitelisted: false,
        received: vec![],
        onward: vec![],
    });
    number
}

/// The path of the order of a call about 128,000 yuan that went to an account at PSBC.
async fn ordered(town: &Town) -> String {
    let mut report = reports::call(VICTIM, MULE, "1.00", town.now());
    report["transfers"] = json!([reports::transfer_to("PSBC", ACCOUNT, "128000.00", town.now())]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap())
}

async fn read(town: &Town, path: &str) -> Value {
    town.dispatcher().get(path).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_a_bank_of_another_tongue_is_stopped_in_time() {
    let town = Town::start().await;
    let account = open(&town, "200000.00");
    let path = ordered(&town).await;
    town.settle().await;
    let order = read(&town, &path).await;
    assert_eq!((&order["status"], &order["result_code"]), (&json!("active"), &json!("0000")));
    assert_eq!(order["held"]["amount"], "128000.00");
    assert_eq!(town.bank("PSBC").bad_signatures(), 0);
    town.expect_hold(&account);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_there_is_stopped_and_what_is_gone_is_told() {
    for (left, status, code) in [("1000.00", "partial", "1200"), ("0.00", "empty", "1200")] {
        let town = Town::start().await;
        open(&town, left);
        let path = ordered(&town).await;
        town.settle().await;
        let order = read(&town, &path).await;
        assert_eq!((&order["status"], &order["result_code"]), (&json!(status), &json!(code)));
        let held = if status == "partial" { json!(left) } else { Value::Null };
        assert_eq!(order["held"]["amount"], held);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_that_is_pending_is_asked_about_and_heard_once() {
    let town = Town::start().await;
    let account = open(&town, "200000.00");
    town.bank("PSBC").set_manner(Manner::AnswerLater { after: Duration::from_millis(300) });
    let path = ordered(&town).await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    town.settle().await;
    let pending = read(&town, &path).await;
    assert_eq!(pending["status"], "submitted", "pending is no answer");
    assert_eq!(pending["attempts"][0]["result"], "accepted");
    let dispatcher = town.dispatcher();
    town.until(|| async {
        let order = dispatcher.get(&path).await.expect(StatusCode::OK);
        (order["status"] == "active").then_some(())
    })
    .await;
    let answered = read(&town, &path).await;
    town.bank("PSBC").repeat_result(&id);
    let again = town
        .until(|| async {
            let order = dispatcher.get(&path).await.expect(StatusCode::OK);
            (order["answers"] != answered["answers"]).then_some(order)
        })
        .await;
    let (first, second) = (&answered["answers"][0], &again["answers"][1]);
    assert_eq!((&first["effect"], &second["effect"]), (&json!("moved"), &json!("repeated")));
    for said in ["result_code", "balance", "held", "stopped_at", "remark", "times"] {
        assert_eq!(first[said], second[said], "{said}");
    }
    town.advance(TimeDelta::minutes(1)).await;
    let mut standing = read(&town, &path).await;
    let answers = standing["answers"].as_array_mut().unwrap();
    answers.pop();
    assert_eq!(standing, answered, "a second answer is kept and changes nothing");
    assert_eq!(town.bank("PSBC").times_executed(&id), 1);
    town.expect_hold(&account);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_silence_the_bank_is_asked_in_its_own_tongue() {
    let town = Town::start().await;
    let account = open(&town, "200000.00");
    town.bank("PSBC").set_manner(Manner::LosesAnswer);
    let path = ordered(&town).await;
    town.settle().await;
    assert_eq!(read(&town, &path).await["status"], "submitted");
    town.bank("PSBC").set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(1)).await;
    let order = read(&town, &path).await;
    assert_eq!(order["status"], "active");
    let asked: Vec<&Value> =
        order["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["request"]).collect();
    assert_eq!(asked, ["submit", "inquire"]);
    town.expect_hold(&account);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_tongue_has_no_words_for_is_refused_with_the_number_to_phone() {
    let town = Town::start().await;
    let account = open(&town, "200000.00");
    let path = ordered(&town).await;
    town.settle().await;
    for (act, body) in [
        ("renew", json!({})),
        ("release", json!({ "reason": "误报" })),
        ("freeze", json!({ "case_number": "A1", "document": "D1" })),
    ] {
        let refused = town.dispatcher().post(&format!("{path}/{act}"), body).await;
        let refused = refused.expect(StatusCode::CONFLICT);
        assert_eq!(refused["code"], "bank_must_be_phoned", "{act}");
        assert!(refused["detail"].as_str().unwrap().contains("95599"), "{refused}");
    }
    assert_eq!(read(&town, &path).await["status"], "active", "the stop stands");
    town.expect_hold(&account);
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_too_long_for_its_tongue_goes_to_a_person_at_once() {
    let town = Town::start().await;
    let long = "6".repeat(40);
    let mut report = reports::call(VICTIM, MULE, "1.00", town.now());
    report["transfers"] = json!([reports::transfer_to("PSBC", &long, "128000.00", town.now())]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    let path = format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap());
    let order = read(&town, &path).await;
    assert_eq!((&order["status"], &order["bank_phone"]), (&json!("failed"), &json!("95599")));
    assert_eq!(order["attempts"][0]["result"], "refused");
    let incident = town.incident(&taken).await;
    let why = incident["timeline"].as_array().unwrap().iter().find_map(|line| line["data"]["why"].as_str());
    assert!(why.unwrap().contains("phone the bank"), "{why:?}");
}
