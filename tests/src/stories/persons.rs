//! One person over several phones, and what became of whoever was warned.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{FRAUDSTER, MULE, RELATIVE, STATION, VICTIM};

const SECOND: &str = "13847200002";
const THIRD: &str = "13847200003";
const ID_NUMBER: &str = "150203199003071220";

fn with_id(mut alert: Value) -> Value {
    alert["subject"]["id_number"] = json!(ID_NUMBER);
    alert
}

async fn alerted(town: &Town, alert: Value) -> Value {
    let answer = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    answer
}

async fn close(town: &Town, answer: &Value, outcome: &str) {
    let path = format!("/v1/incidents/{}/close", answer["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&path, json!({ "outcome": outcome })).await.expect(StatusCode::OK);
}

fn phones(incident: &Value) -> Vec<&str> {
    incident["phones"].as_array().unwrap().iter().map(|line| line["phone"].as_str().unwrap()).collect()
}

fn happened(incident: &Value, happening: &str) -> usize {
    let told = incident["timeline"].as_array().unwrap().iter();
    told.filter(|line| line["happening"] == happening).count()
}

async fn dial(town: &Town, phone: &str, outcome: &str) {
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    let contact = queue.iter().find(|contact| contact["phone"] == phone);
    let contact = contact.unwrap_or_else(|| panic!("{queue:#?}"))["id"].as_str().unwrap();
    let report = format!("/v1/contacts/{contact}/outcome");
    let _ = town.dispatcher().post(&report, json!({ "outcome": outcome })).await.expect(StatusCode::OK);
    town.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_number_joins_the_incident_from_another_phone_which_is_warned_and_dialled_too() {
    let town = Town::start().await;
    let opened = alerted(&town, with_id(reports::medium_alert("CMCC-1", VICTIM, town.now()))).await;
    town.expect_sms(VICTIM);
    town.advance(TimeDelta::minutes(1)).await;
    let joined = alerted(&town, with_id(reports::medium_alert("CMCC-2", SECOND, town.now()))).await;
    assert_eq!(joined["incident"]["id"], opened["incident"]["id"]);
    assert_eq!(joined["disposition"], "joined");
    town.expect_sms(SECOND);

    let incident = town.incident(&opened).await;
    assert_eq!(phones(&incident), [SECOND, VICTIM], "the one that was named last is first");
    assert_eq!(incident["subject"]["phone"], VICTIM);
    assert_eq!(happened(&incident, "incident.line_learnt"), 1);

    // the new line alone finds the incident now, and so does asking for it
    let again = alerted(&town, reports::medium_alert("CMCC-3", SECOND, town.now())).await;
    assert_eq!(again["incident"]["id"], opened["incident"]["id"]);
    for query in [SECOND, VICTIM, ID_NUMBER] {
        let found = town.auditor().list(&format!("/v1/incidents?q={query}")).await;
        assert_eq!(found.len(), 1, "{query}");
    }
    dial(&town, VICTIM, "wrong_number").await;
    dial(&town, SECOND, "reached_convinced").await;
    let incident = town.incident(&opened).await;
    let call = incident["steps"].as_array().unwrap().iter().find(|step| step["step"] == "call_subject");
    assert_eq!(call.unwrap()["outcome"], "convinced");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_alerts_with_one_identity_number_in_one_batch_are_one_incident() {
    let town = Town::start().await;
    let batch = json!([
        with_id(reports::low_alert("CMCC-1", VICTIM, town.now())),
        reports::low_alert("CMCC-2", THIRD, town.now()),
        with_id(reports::low_alert("CMCC-3", SECOND, town.now())),
    ]);
    let answer = town.source().post("/v1/alerts/batch", batch).await.expect(StatusCode::OK);
    let results = answer.as_array().unwrap();
    assert_eq!(results[0]["incident"]["id"], results[2]["incident"]["id"]);
    assert_ne!(results[0]["incident"]["id"], results[1]["incident"]["id"]);
    assert_eq!(
        (&results[0]["disposition"], &results[2]["disposition"]),
        (&json!("opened"), &json!("joined"))
    );
    town.settle().await;
    for phone in [VICTIM, SECOND, THIRD] {
        town.expect_sms(phone);
    }
    town.expect_block(FRAUDSTER);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_alerts_of_one_person_from_many_phones_at_once_are_one_incident() {
    let town = Town::start().await;
    let phones: Vec<String> = (10..18).map(|number| format!("138472000{number}")).collect();
    let mut posts = tokio::task::JoinSet::new();
    for phone in &phones {
        let alert = with_id(reports::low_alert(&format!("CMCC-{phone}"), phone, town.now()));
        let source = town.source();
        posts.spawn(async move { source.post("/v1/alerts", alert).await.expect(StatusCode::CREATED) });
    }
    let answers = posts.join_all().await;
    let opened = answers.iter().filter(|answer| answer["disposition"] == "opened").count();
    assert_eq!(opened, 1);
    assert!(answers.iter().all(|answer| answer["incident"]["id"] == answers[0]["incident"]["id"]));
    town.settle().await;
    let incident = town.incident(&answers[0]).await;
    assert_eq!(incident["alerts"].as_array().unwrap().len(), 8, "no alert is lost");
    assert_eq!(incident["phones"].as_array().unwrap().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_incidents_that_turn_out_to_be_one_person_go_on_as_the_graver_one() {
    let town = Town::start().await;
    let low = alerted(&town, with_id(reports::low_alert("CMCC-1", SECOND, town.now()))).await;
    town.expect_sms(SECOND);
    town.expect_block(FRAUDSTER);
    let medium = alerted(&town, reports::medium_alert("CMCC-2", VICTIM, town.now())).await;
    town.expect_sms(VICTIM);
    assert_ne!(low["incident"]["id"], medium["incident"]["id"]);

    let both = alerted(&town, with_id(reports::medium_alert("CMCC-3", VICTIM, town.now()))).await;
    assert_eq!(both["incident"]["id"], medium["incident"]["id"]);
    let (kept, closed) = (town.incident(&medium).await, town.incident(&low).await);
    assert_eq!((&closed["status"], &closed["closing"]["outcome"]), (&json!("closed"), &json!("duplicate")));
    assert_eq!(closed["alerts"].as_array().unwrap().len(), 1, "its evidence stays with it");
    assert_eq!(closed["related"], json!([{ "incident_id": kept["id"], "relation": "duplicate_of" }]));
    assert_eq!(kept["related"], json!([{ "incident_id": closed["id"], "relation": "duplicate" }]));
    let mut lines = phones(&kept);
    lines.sort_unstable();
    assert_eq!(lines, [VICTIM, SECOND]);
    // the second phone had the text of a lower danger; now it gets the graver one
    town.expect_sms(SECOND);
    let next = alerted(&town, reports::low_alert("CMCC-4", SECOND, town.now())).await;
    assert_eq!(next["incident"]["id"], medium["incident"]["id"]);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_patrol_is_called_back_because_two_files_are_one() {
    let town = Town::start().await;
    let call = json!({ "caller_phone": SECOND, "reporter": { "id_number": ID_NUMBER } });
    let taken = town.dispatcher().post("/v1/calls", call).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(SECOND);
    town.expect_patrol(STATION).await;
    let other = json!({ "caller_phone": VICTIM });
    let other = town.dispatcher().post("/v1/calls", other).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_patrol(STATION).await;

    let _ = alerted(&town, with_id(reports::medium_alert("CMCC-1", VICTIM, town.now()))).await;
    let (one, two) = (town.incident(&taken).await, town.incident(&other).await);
    assert_eq!((&one["status"], &two["status"]), (&json!("open"), &json!("open")));
    assert_eq!(one["related"], json!([{ "incident_id": two["id"], "relation": "same_person" }]));
    assert_eq!(two["related"], json!([{ "incident_id": one["id"], "relation": "same_person" }]));
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_number_reopens_the_incident_in_the_time_of_attention() {
    let town = Town::start().await;
    let opened = alerted(&town, with_id(reports::medium_alert("CMCC-1", VICTIM, town.now()))).await;
    town.expect_sms(VICTIM);
    close(&town, &opened, "prevented").await;
    town.advance(TimeDelta::hours(30)).await;
    let again = alerted(&town, with_id(reports::medium_alert("CMCC-2", SECOND, town.now()))).await;
    assert_eq!(again["incident"]["id"], opened["incident"]["id"]);
    assert_eq!(town.incident(&opened).await["status"], "open");
    // both lines: a day has passed since the first one was warned
    town.expect_sms(SECOND);
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_after_an_alert_is_linked_to_it_and_counted() {
    let town = Town::start().await;
    town.open_mule(MULE, "200000.00");
    let warned = alerted(&town, with_id(reports::low_alert("CMCC-1", SECOND, town.now()))).await;
    town.expect_sms(SECOND);
    town.expect_block(FRAUDSTER);
    close(&town, &warned, "prevented").await;
    town.advance(TimeDelta::days(40)).await;

    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["reporter"]["id_number"] = json!(ID_NUMBER);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    assert_ne!(taken["incident"]["id"], warned["incident"]["id"]);
    town.settle().await;
    let incident = town.incident(&taken).await;
    assert_eq!(incident["cheated_after_alert"], true);
    assert_eq!(incident["earlier_incident_ids"], json!([warned["incident"]["id"]]));
    assert_eq!(happened(&incident, "incident.cheated_after_alert"), 1);
    let earlier = town.incident(&warned).await;
    assert_eq!(earlier["related"], json!([{ "incident_id": incident["id"], "relation": "later" }]));
    assert_eq!(earlier["cheated_after_alert"], false);

    town.advance(TimeDelta::seconds(1)).await;
    let stats = town.auditor().get("/v1/stats").await.expect(StatusCode::OK);
    let counted = |group: &Value| group["cheated_after_alert"].clone();
    assert_eq!(counted(&stats), 1);
    assert_eq!(counted(&stats["by_tier"]["high"]), 1);
    assert_eq!(counted(&stats["by_station"][STATION]), 1);
    assert_eq!(counted(&stats["by_source"]["110"]), 1);
    assert_eq!(counted(&stats["by_scam_type"]["impersonating_customer_service"]), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_while_they_are_being_warned_is_counted_once_and_whoever_was_never_warned_is_not() {
    let town = Town::start().await;
    town.open_mule(MULE, "200000.00");
    let warned = alerted(&town, reports::medium_alert("CMCC-1", VICTIM, town.now())).await;
    let report = reports::call(VICTIM, MULE, "1000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(taken["incident"]["id"], warned["incident"]["id"]);
    let _ = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    close(&town, &warned, "became_victim").await;
    let incident = town.incident(&warned).await;
    assert_eq!(incident["cheated_after_alert"], true);
    assert_eq!(incident["earlier_incident_ids"], json!([]), "the alert is this incident's own");

    let unwarned = reports::call(SECOND, MULE, "1000.00", town.now());
    let unwarned = town.dispatcher().post("/v1/calls", unwarned).await.expect(StatusCode::CREATED);
    assert_eq!(town.incident(&unwarned).await["cheated_after_alert"], false);
    town.advance(TimeDelta::seconds(1)).await;
    let stats = town.auditor().get("/v1/stats").await.expect(StatusCode::OK);
    assert_eq!(stats["cheated_after_alert"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn relatives_are_called_in_order_when_one_is_no_help() {
    let town = Town::start().await;
    let mut alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    alert["relatives"] = json!([
        { "name": "王强", "relation": "child", "phone": RELATIVE },
        { "name": "李梅", "relation": "sibling", "phone": "13847200008" },
    ]);
    let opened = alerted(&town, alert).await;
    town.expect_sms(VICTIM);
    for outcome in ["no_answer", "no_answer", "no_answer"] {
        dial(&town, VICTIM, outcome).await;
        town.advance(TimeDelta::minutes(30)).await;
    }
    dial(&town, RELATIVE, "wrong_number").await;
    dial(&town, "13847200008", "reached_refused").await;
    town.expect_patrol(STATION).await;
    let incident = town.incident(&opened).await;
    let relatives =
        incident["steps"].as_array().unwrap().iter().find(|step| step["step"] == "call_relatives");
    assert_eq!(relatives.unwrap()["outcome"], "refused");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_more_than_four_times_a_day_unless_it_is_urgent() {
    let town = Town::start().await;
    for number in 1..=4 {
        let opened =
            alerted(&town, reports::medium_alert(&format!("CMCC-{number}"), VICTIM, town.now())).await;
        dial(&town, VICTIM, "reached_convinced").await;
        close(&town, &opened, "not_fraud").await;
        town.advance(TimeDelta::hours(1)).await;
    }
    let fifth = alerted(&town, reports::medium_alert("CMCC-5", VICTIM, town.now())).await;
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    let due: chrono::DateTime<chrono::Utc> = queue[0]["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(due, town.now() + TimeDelta::hours(20), "the first of the four is then a day old");

    close(&town, &fifth, "not_fraud").await;
    let _ = alerted(&town, reports::high_alert("CMCC-6", VICTIM, town.now())).await;
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    let due: chrono::DateTime<chrono::Utc> = queue[0]["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((queue[0]["phone"].as_str(), due), (Some(VICTIM), town.now()), "urgent is urgent");
}
