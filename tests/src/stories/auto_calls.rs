//! A machine calls first, and whoever asks for a person gets one.

use chrono::TimeDelta;
use domain::auto_call::Outcome;
use domain::person::PhoneNumber;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use world::Manner;

use super::{FRAUDSTER, VICTIM};

/// A town at a quarter past ten in the morning.
async fn morning() -> Town {
    let town = Town::start().await;
    town.advance(TimeDelta::hours(12)).await;
    town
}

fn takes_it(town: &Town, outcome: Outcome) {
    town.world.auto_caller().set_outcome(&PhoneNumber::parse(VICTIM).unwrap(), outcome);
}

async fn low(town: &Town) -> Value {
    let alert = reports::low_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    opened
}

/// A medium alert about somebody of forty.
async fn medium(town: &Town) -> Value {
    let mut alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    alert["subject"]["age"] = json!(40);
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    opened
}

async fn queue(town: &Town) -> Vec<Value> {
    town.dispatcher().list("/v1/contacts?status=pending").await
}

fn outcome(incident: &Value, step: &str) -> Value {
    let steps = incident["steps"].as_array().unwrap().iter();
    steps.clone().find(|run| run["step"] == step).unwrap()["outcome"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_danger_is_told_by_text_and_by_a_machine_and_no_dispatcher_is_troubled() {
    let town = morning().await;
    let opened = low(&town).await;
    town.expect_auto_call(VICTIM);
    let incident = town.incident(&opened).await;
    assert_eq!(outcome(&incident, "auto_call"), "heard");
    let call = &incident["auto_calls"][0];
    assert_eq!(
        (&call["status"], &call["outcome"], &call["seconds"]),
        (&json!("done"), &json!("listened"), &json!(38))
    );
    assert!(call["script"].as_str().unwrap().contains("请按零"));
    assert!(queue(&town).await.is_empty());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_a_person_gets_one_at_once() {
    let town = morning().await;
    takes_it(&town, Outcome::WantedAPerson);
    let opened = low(&town).await;
    town.expect_auto_call(VICTIM);
    let waiting = queue(&town).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["phone"], VICTIM);
    assert_eq!(town.incident(&opened).await["auto_calls"][0]["keys"], "0");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_machine_calls_at_night() {
    let town = Town::start().await;
    let opened = low(&town).await;
    assert!(town.incident(&opened).await["auto_calls"].as_array().unwrap().is_empty());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_busy_for_a_machine_makes_the_incident_urgent_too() {
    let town = morning().await;
    takes_it(&town, Outcome::Busy);
    let opened = medium(&town).await;
    town.expect_auto_call(VICTIM);
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["tier"], &incident["urgent"]), (&json!("high"), &json!(true)));
    assert_eq!(queue(&town).await[0]["phone"], VICTIM, "a person calls now");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_machine_that_was_heard_the_desk_calls_within_the_hour_and_at_once_where_it_was_not() {
    let town = morning().await;
    let _ = medium(&town).await;
    town.expect_auto_call(VICTIM);
    assert!(queue(&town).await.is_empty());
    town.advance(TimeDelta::hours(1)).await;
    assert_eq!(queue(&town).await.len(), 1);
    town.end().await;

    let town = morning().await;
    takes_it(&town, Outcome::HungUp);
    let _ = medium(&town).await;
    town.expect_auto_call(VICTIM);
    assert_eq!(queue(&town).await.len(), 1);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_asked_for_and_nobody_is_called_twice() {
    let town = morning().await;
    town.world.auto_caller().set_manner(Manner::LosesAnswer);
    let opened = low(&town).await;
    town.expect_auto_call(VICTIM);
    assert_eq!(
        town.incident(&opened).await["auto_calls"][0]["outcome"],
        Value::Null,
        "unknown is not failure"
    );
    town.world.auto_caller().set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::seconds(5)).await;
    assert_eq!(town.incident(&opened).await["auto_calls"][0]["outcome"], "listened");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_leaves_the_call_to_the_desk() {
    let town = morning().await;
    town.world.auto_caller().set_manner(Manner::Down);
    let opened = medium(&town).await;
    assert!(queue(&town).await.is_empty());
    town.advance(TimeDelta::seconds(5)).await;
    town.advance(TimeDelta::seconds(60)).await;
    town.advance(TimeDelta::seconds(300)).await;
    let incident = town.incident(&opened).await;
    assert_eq!(outcome(&incident, "auto_call"), "failed");
    assert_eq!(incident["auto_calls"][0]["status"], "failed");
    assert_eq!(queue(&town).await.len(), 1);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_the_step_fails_in_sight_and_the_plan_goes_on() {
    let town = Town::with(|centre| centre.outside.auto_calls.clear()).await;
    town.advance(TimeDelta::hours(12)).await;
    let opened = medium(&town).await;
    let incident = town.incident(&opened).await;
    assert_eq!(outcome(&incident, "auto_call"), "failed");
    let told = incident["timeline"].as_array().unwrap().iter();
    let why: Vec<&Value> = told
        .filter(|line| line["happening"] == "auto_call.withheld")
        .map(|line| &line["data"]["why"])
        .collect();
    assert_eq!(why, ["no provider of automatic calls is configured"]);
    assert_eq!(queue(&town).await.len(), 1);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_calls_off_what_the_provider_has_not_heard_of() {
    let town = morning().await;
    town.world.auto_caller().set_manner(Manner::Down);
    let opened = low(&town).await;
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&close, json!({ "outcome": "not_fraud" })).await.expect(StatusCode::OK);
    town.world.auto_caller().set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::minutes(10)).await;
    assert_eq!(town.incident(&opened).await["auto_calls"][0]["status"], "cancelled");
    town.end().await;
}
