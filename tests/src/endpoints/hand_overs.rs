//! `/v1/incidents/{id}/hand-over`.

use reqwest::StatusCode;
use serde_json::json;
use tests::{Town, reports};

use super::VICTIM;

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_to_a_district_or_an_organisation_one_of_the_two_and_to_one_at_a_time() {
    let town = Town::start().await;
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    let path = format!("/v1/incidents/{}/hand-over", opened["incident"]["id"].as_str().unwrap());
    let desk = town.dispatcher();
    for body in [
        json!({ "reason": "不在本辖区" }),
        json!({ "division_code": "110101", "organisation": "北京市公安局", "reason": "不在本辖区" }),
    ] {
        assert_eq!(desk.post(&path, body).await.pointers(), ["/division_code", "/organisation"]);
    }
    let wrong = desk.post(&path, json!({ "division_code": "11" })).await;
    assert_eq!(wrong.pointers(), ["/division_code", "/reason"]);
    let nothing_waits = desk.post(&format!("{path}/confirm"), json!({})).await;
    assert_eq!(nothing_waits.body["code"], "no_hand_over_pending");

    let to = json!({ "organisation": "北京市公安局", "reason": "不在本辖区" });
    let begun = desk.post_once("k-1", &path, to.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(begun["hand_over"]["organisation"], "北京市公安局");
    assert!(begun["hand_over"]["due_at"].is_string());
    assert_eq!(desk.post_once("k-1", &path, to.clone()).await.expect(StatusCode::CREATED), begun);
    let second = desk.post(&path, to.clone()).await;
    assert_eq!((second.status, &second.body["code"]), (StatusCode::CONFLICT, &json!("hand_over_pending")));

    let confirmed = desk.post(&format!("{path}/confirm"), json!({ "reference": "京公1号" })).await;
    assert_eq!(confirmed.expect(StatusCode::OK)["hand_over"]["reference"], "京公1号");
    let closed = desk.post(&path, to).await;
    assert_eq!((closed.status, &closed.body["code"]), (StatusCode::CONFLICT, &json!("incident_closed")));
}
