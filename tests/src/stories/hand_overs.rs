//! An incident that is another jurisdiction's: urgent measures first, paperwork after.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{MULE, STATION, VICTIM};

/// A victim who has paid calls; the money is stopped and somebody is ordered out. Answers the incident's path.
async fn called(town: &Town) -> String {
    let mule = town.open_mule(MULE, "128000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_sms(VICTIM);
    town.expect_patrol(STATION).await;
    format!("/v1/incidents/{}", taken["incident"]["id"].as_str().unwrap())
}

async fn read(town: &Town, path: &str) -> Value {
    town.auditor().get(path).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_city_has_a_day_while_everything_goes_on_and_then_takes_it() {
    let town = Town::start().await;
    let incident = called(&town).await;
    let to = json!({ "division_code": "110101", "reason": "受害人常住北京" });
    let begun =
        town.dispatcher().post(&format!("{incident}/hand-over"), to).await.expect(StatusCode::CREATED);
    assert_eq!(
        (&begun["hand_over"]["status"], &begun["incident"]["status"]),
        (&json!("pending"), &json!("open"))
    );
    let read_now = read(&town, &incident).await;
    assert_eq!(read_now["dispatches"][0]["status"], "created", "nobody is called back");
    assert_eq!(read_now["stop_payments"][0]["status"], "active");

    town.advance(TimeDelta::hours(25)).await;
    let late = read(&town, &incident).await["hand_overs"][0].clone();
    assert!(late["overdue_at"].is_string(), "somebody must phone them: {late}");
    town.advance(TimeDelta::hours(1)).await;
    assert_eq!(read(&town, &incident).await["hand_overs"][0], late, "that is said once");

    let answer = json!({ "reference": "京公（2026）1号" });
    let confirmed = town.dispatcher().post(&format!("{incident}/hand-over/confirm"), answer).await;
    let confirmed = confirmed.expect(StatusCode::OK);
    assert_eq!(confirmed["hand_over"]["status"], "confirmed");
    assert_eq!(confirmed["incident"]["closing"]["outcome"], "handed_over");
    let timeline = read(&town, &incident).await["timeline"].clone();
    let steps: Vec<&str> = timeline
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["happening"].as_str().filter(|name| name.starts_with("hand_over.")))
        .collect();
    assert_eq!(steps, ["hand_over.begun", "hand_over.changed", "hand_over.changed"]);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn within_our_own_map_the_right_station_has_it_at_once_and_keeps_it() {
    let town = Town::start().await;
    let incident = called(&town).await;
    let to = json!({ "division_code": "150204", "reason": "受害人现住青山区" });
    let moved = town.dispatcher().post(&format!("{incident}/hand-over"), to.clone()).await;
    let moved = moved.expect(StatusCode::CREATED);
    assert_eq!(moved["hand_over"]["status"], "moved");
    let station = moved["hand_over"]["station"]["id"].as_str().unwrap();
    assert!(station.starts_with("150204"), "{station}");
    assert_eq!(moved["incident"]["station"]["id"], station);
    town.settle().await;
    town.expect_patrol(station).await;
    let dispatches = read(&town, &incident).await["dispatches"].clone();
    let of_status =
        |status| dispatches.as_array().unwrap().iter().find(|dispatch| dispatch["status"] == status).unwrap();
    assert_eq!(of_status("created")["previous_id"], of_status("reassigned")["id"], "nothing is lost");

    let by_hand =
        town.dispatcher().post(&format!("{incident}/dispatches"), json!({ "reason": "再访" })).await;
    assert_eq!(by_hand.expect(StatusCode::CREATED)["station"]["id"], station, "whatever the map says");
    town.expect_patrol(station).await;
    let again = town.dispatcher().post(&format!("{incident}/hand-over"), to).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("hand_over_pointless")));
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_whom_nobody_has_seen_or_heard_stays_ours_however_it_is_confirmed() {
    let town = Town::start().await;
    let alert = reports::high_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block("+85261234567");
    let incident = format!("/v1/incidents/{}", opened["incident"]["id"].as_str().unwrap());
    let to = json!({ "organisation": "呼和浩特市公安局", "reason": "人在呼和浩特" });
    let _ = town.supervisor().post(&format!("{incident}/hand-over"), to).await.expect(StatusCode::CREATED);
    let confirmed = town.supervisor().post(&format!("{incident}/hand-over/confirm"), json!({})).await;
    let confirmed = confirmed.expect(StatusCode::OK);
    assert_eq!(confirmed["hand_over"]["status"], "confirmed");
    assert_eq!(confirmed["incident"]["status"], "open");
    let twice = town.supervisor().post(&format!("{incident}/hand-over/confirm"), json!({})).await;
    assert_eq!((twice.status, &twice.body["code"]), (StatusCode::CONFLICT, &json!("no_hand_over_pending")));
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_otherwise_takes_the_hand_over_back() {
    let town = Town::start().await;
    let incident = called(&town).await;
    let to = json!({ "organisation": "呼和浩特市公安局", "reason": "人在呼和浩特" });
    let _ = town.dispatcher().post(&format!("{incident}/hand-over"), to).await.expect(StatusCode::CREATED);
    let close = json!({ "outcome": "became_victim" });
    let _ = town.dispatcher().post(&format!("{incident}/close"), close).await.expect(StatusCode::OK);
    assert_eq!(read(&town, &incident).await["hand_overs"][0]["status"], "withdrawn");
    town.advance(TimeDelta::hours(30)).await;
    assert_eq!(read(&town, &incident).await["hand_overs"][0]["overdue_at"], Value::Null);
}
