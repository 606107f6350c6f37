//! `/v1/contacts`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;
use tests::{Town, reports};

use super::VICTIM;

async fn alarmed(town: &Town) {
    let other = "13847200002";
    for alert in
        [reports::medium_alert("r-1", other, town.now()), reports::high_alert("r-2", VICTIM, town.now())]
    {
        let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    }
    town.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_urgent_is_first_in_the_queue() {
    let town = Town::start().await;
    alarmed(&town).await;
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    assert_eq!(queue.len(), 3, "the subject, their relative, and the other subject: {queue:#?}");
    assert_eq!((&queue[0]["phone"], &queue[0]["urgent"]), (&json!(VICTIM), &json!(true)));
    assert!(queue[0]["due_at"].is_string());
    let first = town.dispatcher().get("/v1/contacts?limit=2").await.expect(StatusCode::OK);
    let rest = format!("/v1/contacts?limit=1&after={}", first["next"].as_str().unwrap());
    assert_eq!(town.dispatcher().list(&rest).await[0]["phone"], "13847200002");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_dispatchers_never_dial_the_same_person() {
    let town = Town::start().await;
    alarmed(&town).await;
    let contact = town.dispatcher().list("/v1/contacts").await.remove(0);
    let path = |act: &str| format!("/v1/contacts/{}/{act}", contact["id"].as_str().unwrap());
    let claimed =
        town.dispatcher().send(town.dispatcher().request(reqwest::Method::POST, &path("claim"))).await;
    assert_eq!(claimed.expect(StatusCode::OK)["status"], "claimed");
    let refused = town.second_dispatcher().post(&path("claim"), json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let report = json!({ "outcome": "no_answer", "note": "响铃三次" });
    assert_eq!(
        town.second_dispatcher().post(&path("outcome"), report.clone()).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(town.dispatcher().list("/v1/contacts?mine=true").await.len(), 1);
    assert_eq!(town.second_dispatcher().list("/v1/contacts?mine=true").await.len(), 0);

    town.sleep_through(TimeDelta::minutes(6));
    let taken_over = town.second_dispatcher().post(&path("claim"), json!({})).await;
    assert_eq!(taken_over.status, StatusCode::OK, "silence gives it back");
    let reported = town.second_dispatcher().post_once("o-1", &path("outcome"), report.clone()).await;
    assert_eq!(reported.clone().expect(StatusCode::OK)["attempts"], 1);
    let replayed = town.second_dispatcher().post_once("o-1", &path("outcome"), report).await;
    assert_eq!(replayed.body, reported.body, "one call is never counted twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_is_over_is_not_reported_again() {
    let town = Town::start().await;
    alarmed(&town).await;
    let contact = town.dispatcher().list("/v1/contacts").await.remove(0);
    let report = format!("/v1/contacts/{}/outcome", contact["id"].as_str().unwrap());
    let done =
        town.dispatcher().post(&report, json!({ "outcome": "wrong_number" })).await.expect(StatusCode::OK);
    assert_eq!((&done["status"], &done["verdict"]), (&json!("done"), &json!("unreachable")));
    let again = town.dispatcher().post(&report, json!({ "outcome": "busy" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let nonsense = json!({ "outcome": "asleep", "note": 7, "three_way_with": "" });
    let nonsense = town.dispatcher().post(&report, nonsense).await;
    assert_eq!(nonsense.pointers(), ["/note", "/outcome", "/three_way_with"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_three_way_call_is_noted_on_the_contact_and_in_the_timeline() {
    let town = Town::start().await;
    alarmed(&town).await;
    let contact = town.dispatcher().list("/v1/contacts").await.remove(0);
    let report = format!("/v1/contacts/{}/outcome", contact["id"].as_str().unwrap());
    let body = json!({ "outcome": "reached_doubtful", "three_way_with": "96110" });
    let done = town.dispatcher().post(&report, body).await.expect(StatusCode::OK);
    assert_eq!(done["three_way_with"], "96110");
    let incident = format!("/v1/incidents/{}", contact["incident_id"].as_str().unwrap());
    let incident = town.auditor().get(&incident).await.expect(StatusCode::OK);
    let told = incident["timeline"].as_array().unwrap().iter();
    assert_eq!(told.filter(|line| line["data"]["three_way_with"] == "96110").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_claims_in_time_is_overdue_in_the_list_and_told_once() {
    let town = Town::start().await;
    alarmed(&town).await;
    let overdue =
        async |yes: bool| town.dispatcher().list(&format!("/v1/contacts?overdue={yes}")).await.len();
    assert_eq!((overdue(true).await, overdue(false).await), (0, 3));
    town.advance(TimeDelta::minutes(2)).await;
    assert_eq!((overdue(true).await, overdue(false).await), (2, 1), "the medium one has half an hour");
    let contact = town.dispatcher().list("/v1/contacts?overdue=true").await.remove(0);
    assert_eq!(contact["overdue"], true);
    town.advance(TimeDelta::minutes(1)).await;
    let incident = format!("/v1/incidents/{}", contact["incident_id"].as_str().unwrap());
    let incident = town.auditor().get(&incident).await.expect(StatusCode::OK);
    let told = incident["timeline"].as_array().unwrap().iter();
    let mut late: Vec<&str> = told
        .filter(|line| line["happening"] == "step.not_picked_up")
        .filter_map(|line| line["data"]["step"].as_str())
        .collect();
    late.sort_unstable();
    assert_eq!(late, ["call_relatives_at_once", "call_subject"]);

    let claim = format!("/v1/contacts/{}/claim", contact["id"].as_str().unwrap());
    assert_eq!(town.dispatcher().post(&claim, json!({})).await.expect(StatusCode::OK)["overdue"], false);
    assert_eq!(overdue(true).await, 1);
}
