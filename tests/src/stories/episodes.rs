//! One person, many alerts: what comes after closing belongs to the same story, and nobody is pestered.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::VICTIM;

/// A medium alert came in, and the desk closed its incident as prevented.
async fn prevented(town: &Town) -> Value {
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&close, json!({ "outcome": "prevented" })).await.expect(StatusCode::OK);
    opened
}

async fn alerted_again(town: &Town) -> Value {
    let alert = reports::medium_alert("CMCC-2", VICTIM, town.now());
    let again = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    again
}

fn happened(incident: &Value, happening: &str) -> bool {
    incident["timeline"].as_array().unwrap().iter().any(|line| line["happening"] == happening)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_alert_soon_after_closing_reopens_the_incident_and_repeats_no_text() {
    let town = Town::start().await;
    let opened = prevented(&town).await;
    town.advance(TimeDelta::hours(1)).await;
    let again = alerted_again(&town).await;
    assert_eq!(again["incident"]["id"], opened["incident"]["id"]);
    assert_eq!(again["disposition"], "joined");

    let incident = town.incident(&opened).await;
    assert_eq!((&incident["status"], &incident["tier"]), (&"open".into(), &"medium".into()));
    assert!(happened(&incident, "incident.reopened"));
    assert!(happened(&incident, "message.withheld"), "the same text within a day");
    assert_eq!(town.dispatcher().list("/v1/contacts?status=pending").await.len(), 1, "they are called again");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_after_the_time_of_attention_is_a_new_incident() {
    let town = Town::start().await;
    let opened = prevented(&town).await;
    town.advance(TimeDelta::hours(73)).await;
    let again = alerted_again(&town).await;
    assert_ne!(again["incident"]["id"], opened["incident"]["id"]);
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_incident_goes_on_with_is_not_taken_up_again() {
    let town = Town::start().await;
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&close, json!({ "outcome": "duplicate" })).await.expect(StatusCode::OK);
    assert_ne!(alerted_again(&town).await["incident"]["id"], opened["incident"]["id"]);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subject_is_called_after_one_day_and_after_three_and_a_doubt_reopens_the_incident() {
    let town = Town::start().await;
    let opened = prevented(&town).await;
    assert!(
        town.dispatcher().list("/v1/contacts?status=pending").await.is_empty(),
        "closing cancels everything"
    );
    let follow_up = async |outcome: &str| {
        let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
        assert_eq!(queue.len(), 1, "{queue:#?}");
        let path = format!("/v1/contacts/{}/outcome", queue[0]["id"].as_str().unwrap());
        let _ = town.dispatcher().post(&path, json!({ "outcome": outcome })).await.expect(StatusCode::OK);
        town.settle().await;
    };
    town.advance(TimeDelta::hours(24)).await;
    follow_up("reached_convinced").await;
    assert_eq!(town.incident(&opened).await["status"], "closed");
    town.advance(TimeDelta::hours(48)).await;
    follow_up("reached_doubtful").await;
    assert_eq!(town.incident(&opened).await["status"], "open");
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_after_all_calls_into_the_same_incident() {
    let town = Town::start().await;
    let opened = prevented(&town).await;
    town.advance(TimeDelta::hours(2)).await;
    let call = json!({ "caller_phone": VICTIM });
    let taken = town.dispatcher().post("/v1/calls", call).await.expect(StatusCode::CREATED);
    assert_eq!(taken["incident"]["id"], opened["incident"]["id"]);
    town.settle().await;
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["status"], &incident["plan"]["name"]), (&"open".into(), &"victim".into()));
    town.expect_sms(VICTIM);
    town.expect_patrol(taken["dispatch"]["station"]["id"].as_str().unwrap()).await;
    town.end().await;
}
