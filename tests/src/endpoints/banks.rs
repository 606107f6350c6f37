//! `/v1/banks`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use world::Manner;

use super::{MULE, VICTIM};

async fn abc(town: &Town) -> Value {
    let banks = town.admin().list("/v1/banks").await;
    banks.into_iter().find(|bank| bank["code"] == "ABC").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banks_are_listed_by_code_with_their_numbers() {
    let town = Town::start().await;
    let banks = town.dispatcher().list("/v1/banks").await;
    let codes: Vec<&Value> = banks.iter().map(|bank| &bank["code"]).collect();
    assert!(codes.is_sorted_by_key(|code| code.as_str().unwrap()), "{codes:?}");
    let abc = abc(&town).await;
    assert_eq!((&abc["name"], &abc["phone"]), (&json!("中国农业银行"), &json!("95599")));
    assert_eq!((&abc["reachable"], &abc["circuit"]), (&json!(true), &json!("closed")));
    assert_eq!((&abc["open_orders"], &abc["answer"]), (&json!(0), &Value::Null));
    assert_eq!(town.officer(super::STATION).get("/v1/banks").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_shows_what_waits_for_it_and_how_fast_it_answered_in_the_last_hour() {
    let town = Town::start().await;
    town.bank("ABC").set_manner(Manner::Down);
    town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "1.00", town.now());
    let _ = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    let waiting = abc(&town).await;
    assert_eq!((&waiting["open_orders"], &waiting["last_answer_at"]), (&json!(1), &Value::Null));
    town.bank("ABC").set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(4)).await;
    let answered = abc(&town).await;
    assert_eq!(answered["open_orders"], 0);
    assert_eq!(answered["answer"], json!({ "p50_secs": 4.0, "p90_secs": 4.0 }));
    assert!(answered["last_answer_at"].is_string());
    town.advance(TimeDelta::hours(2)).await;
    assert_eq!(abc(&town).await["answer"], Value::Null, "two hours ago is not lately");
}
