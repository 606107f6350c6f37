//! Machines that see a person being defrauded.

use reqwest::StatusCode;
use tests::{Town, reports};

use super::{FRAUDSTER, RELATIVE, VICTIM};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_alert_twice_warns_once() {
    let town = Town::start().await;
    let alert = reports::low_alert("CMCC-1", VICTIM, town.now());
    let first = town.source().post("/v1/alerts", alert.clone()).await.expect(StatusCode::CREATED);
    let second = town.source().post("/v1/alerts", alert.clone()).await.expect(StatusCode::OK);
    assert_eq!(second["alert"]["id"], first["alert"]["id"]);
    assert_eq!(second["incident"]["id"], first["incident"]["id"]);
    assert_eq!(second["disposition"], "duplicate");

    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    let third = town.source().post("/v1/alerts", alert).await.expect(StatusCode::OK);
    assert_eq!(third["disposition"], "duplicate");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_alerts_about_one_subject_are_one_incident_and_the_higher_plan_repeats_nothing() {
    let town = Town::start().await;
    let low = reports::low_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", low).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["tier"], &incident["plan"]["name"]), (&"low".into(), &"low".into()));
    assert!(incident["contacts"].as_array().unwrap().is_empty(), "a low alert needs no call");

    let high = reports::high_alert("CMCC-2", VICTIM, town.now());
    let joined = town.source().post("/v1/alerts", high).await.expect(StatusCode::CREATED);
    assert_eq!(joined["disposition"], "joined");
    assert_eq!(joined["incident"]["id"], opened["incident"]["id"]);
    town.settle().await;
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["tier"], &incident["plan"]["name"]), (&"high".into(), &"high".into()));
    assert_eq!(incident["alerts"].as_array().unwrap().len(), 2);
    assert_eq!(incident["contacts"][0]["phone"], VICTIM);
    town.expect_sms(RELATIVE);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_after_a_false_alarm_opens_another_incident() {
    let town = Town::start().await;
    let alert = reports::low_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let closing = serde_json::json!({ "outcome": "not_fraud", "note": "核实为正常来电" });
    let _ = town.dispatcher().post(&close, closing).await.expect(StatusCode::OK);

    let alert = reports::medium_alert("CMCC-2", VICTIM, town.now());
    let again = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    assert_eq!(again["disposition"], "opened");
    assert_ne!(again["incident"]["id"], opened["incident"]["id"]);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
