//! `/v1/incidents`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{STATION, VICTIM};

async fn opened(town: &Town, alert: Value) -> String {
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    opened["incident"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_newest_first_a_page_at_a_time() {
    let town = Town::start().await;
    for number in 1..=5 {
        let phone = format!("1384720000{number}");
        town.sleep_through(TimeDelta::seconds(1));
        opened(&town, reports::low_alert(&format!("r-{number}"), &phone, town.now())).await;
    }
    let mut path = "/v1/incidents?limit=2&status=open&tier=low".to_owned();
    let mut phones = vec![];
    loop {
        let page = town.dispatcher().get(&path).await.expect(StatusCode::OK);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        phones.extend(items.iter().map(|item| item["subject"]["phone"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/incidents?limit=2&status=open&tier=low&after={next}");
    }
    let expected: Vec<String> = (1..=5).rev().map(|number| format!("1384720000{number}")).collect();
    assert_eq!(phones, expected);
    assert_eq!(town.dispatcher().list("/v1/incidents?tier=high").await.len(), 0);
    assert_eq!(town.dispatcher().list("/v1/incidents?q=138-4720-0003").await.len(), 1);
    assert_eq!(town.dispatcher().list("/v1/incidents?q=r-4").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_sees_its_own_and_nothing_of_the_others() {
    let town = Town::start().await;
    let id = opened(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    let (own, other) = (town.officer(STATION), town.officer("150202001"));
    assert_eq!(own.list("/v1/incidents").await.len(), 1);
    assert_eq!(other.list("/v1/incidents").await.len(), 0);
    assert_eq!(other.list(&format!("/v1/incidents?station={STATION}")).await.len(), 0);
    let path = format!("/v1/incidents/{id}");
    assert_eq!(own.get(&path).await.status, StatusCode::OK);
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_stands_in_the_timeline() {
    let town = Town::start().await;
    let id = opened(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    let note = json!({ "note": "家属来电，正在赶来" });
    let entry = town.dispatcher().post(&format!("/v1/incidents/{id}/notes"), note).await;
    let entry = entry.expect(StatusCode::CREATED);
    assert_eq!(entry["actor"], "dispatcher-1");
    let incident = town.dispatcher().get(&format!("/v1/incidents/{id}")).await.expect(StatusCode::OK);
    let timeline = incident["timeline"].as_array().unwrap();
    assert!(timeline.contains(&entry), "{timeline:#?}");
    assert_eq!(timeline[0]["happening"], "incident.opened");
    for part in [
        "relatives",
        "calls",
        "alerts",
        "assessments",
        "steps",
        "contacts",
        "messages",
        "call_blocks",
        "dispatches",
        "stop_payments",
        "approvals",
    ] {
        assert!(incident[part].is_array(), "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_raises_and_a_second_one_confirms_lowering() {
    let town = Town::start().await;
    let id = opened(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    let path = format!("/v1/incidents/{id}/assessments");
    let grade =
        |tier: &str, urgent: bool| json!({ "tier": tier, "urgent": urgent, "reason": "本人来电称正在转账" });
    let raised = town.dispatcher().post(&path, grade("high", true)).await.expect(StatusCode::CREATED);
    assert_eq!((&raised["tier"], &raised["urgent"]), (&json!("high"), &json!(true)));
    assert_eq!(raised["plan"]["name"], "high");
    let approval = town.dispatcher().post(&path, grade("low", false)).await.expect(StatusCode::ACCEPTED);
    assert_eq!((&approval["kind"], &approval["status"]), (&json!("lower_tier"), &json!("waiting")));
    let impossible = town.dispatcher().post(&path, grade("low", true)).await;
    assert_eq!(impossible.pointers(), ["/urgent"]);

    let read = async || town.dispatcher().get(&format!("/v1/incidents/{id}")).await.expect(StatusCode::OK);
    assert_eq!(read().await["tier"], "high", "until somebody confirms");
    let approve = format!("/v1/approvals/{}/approve", approval["id"].as_str().unwrap());
    let _ = town.supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
    assert_eq!(read().await["tier"], "low");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_high_incident_is_not_closed_before_somebody_saw_or_heard_the_subject() {
    let town = Town::start().await;
    let id = opened(&town, reports::high_alert("r-1", VICTIM, town.now())).await;
    let path = format!("/v1/incidents/{id}/close");
    let closing = json!({ "outcome": "prevented", "prevented": { "amount": "50000.00", "currency": "CNY" } });
    let refused = town.dispatcher().post(&path, closing.clone()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.body["code"], "subject_not_contacted");
    let contact = town.dispatcher().list("/v1/contacts").await.remove(0);
    let report = format!("/v1/contacts/{}/outcome", contact["id"].as_str().unwrap());
    let reached = json!({ "outcome": "reached_convinced" });
    let _ = town.dispatcher().post(&report, reached).await.expect(StatusCode::OK);
    let closed = town.dispatcher().post(&path, closing.clone()).await.expect(StatusCode::OK);
    assert_eq!(closed["status"], "closed");
    assert_eq!(closed["closing"]["prevented"]["amount"], "50000.00");
    assert_eq!(town.dispatcher().post(&path, closing).await.status, StatusCode::CONFLICT);

    for (part, body) in [
        ("dispatches", json!({ "reason": "复查" })),
        ("call-blocks", json!({ "number": "+85261234567", "reason": "诈骗" })),
        ("stop-payments", json!({})),
        ("assessments", json!({ "tier": "high", "reason": "复查" })),
    ] {
        let answer = town.dispatcher().post(&format!("/v1/incidents/{id}/{part}"), body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "nothing is begun for a closed incident: {part}");
    }
    let note = json!({ "note": "回访正常" });
    let noted = town.dispatcher().post(&format!("/v1/incidents/{id}/notes"), note).await;
    assert_eq!(noted.status, StatusCode::CREATED, "but it may be noted");
}
