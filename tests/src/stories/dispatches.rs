//! Somebody goes to the door.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Answer, Client, Town, reports};

use super::{MULE, STATION, VICTIM};

/// A victim calls; the mule's account is already empty, so only somebody at the door is left to tell of.
async fn dispatched(town: &Town) -> Value {
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["transfers"] = json!([]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_patrol(STATION).await;
    taken["dispatch"].clone()
}

async fn act(officer: &Client, dispatch: &Value, act: &str, body: Value) -> Answer {
    officer.post(&format!("/v1/dispatches/{}/{act}", dispatch["id"].as_str().unwrap()), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_station_gives_a_dispatch_back_and_the_right_one_has_it() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let officer = town.officer(STATION);
    let answer = act(&officer, &dispatch, "return", json!({ "reason": "受害人现住青山区" })).await;
    let _ = answer.expect(StatusCode::OK);
    town.settle().await;

    let every = town.auditor().list("/v1/dispatches").await;
    let successor = every.iter().find(|other| other["previous_id"] == dispatch["id"]).unwrap();
    let right = successor["station"]["id"].as_str().unwrap();
    assert_ne!(right, STATION);
    town.expect_patrol(right).await;
    assert_eq!(every.iter().find(|other| other["id"] == dispatch["id"]).unwrap()["status"], "returned");

    let seen = act(&officer, successor, "accept", json!({})).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "it is not this station's any more");
    let accepted = act(&town.officer(right), successor, "accept", json!({})).await.expect(StatusCode::OK);
    assert_eq!(accepted["status"], "accepted");
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_so_the_county_and_then_the_command_centre_must_see_to_it() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let desk = async || town.auditor().list("/v1/dispatches").await.remove(0)["desk"].clone();
    assert_eq!(desk().await, "station");
    town.advance(TimeDelta::minutes(10)).await;
    assert_eq!(desk().await, "county");
    town.advance(TimeDelta::minutes(10)).await;
    assert_eq!(desk().await, "command_centre");
    town.advance(TimeDelta::hours(1)).await;
    let incident = json!({ "incident": { "id": dispatch["incident_id"] } });
    let timeline = town.incident(&incident).await["timeline"].clone();
    let climbs: Vec<&Value> = timeline
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["data"])
        .filter(|data| data["from"].is_string())
        .collect();
    let steps: Vec<_> = climbs.iter().map(|data| (&data["from"], &data["desk"])).collect();
    assert_eq!(steps, [(&json!("station"), &json!("county")), (&json!("county"), &json!("command_centre")),]);
    assert_eq!(climbs[0]["phone"], "17000000004", "the leader on duty is to be rung");
    let accepted = act(&town.officer(STATION), &dispatch, "accept", json!({})).await.expect(StatusCode::OK);
    assert_eq!(accepted["status"], "accepted", "late is better than never");
    let desks: Vec<&Value> = accepted["desks"].as_array().unwrap().iter().map(|desk| &desk["desk"]).collect();
    assert_eq!(desks, ["station", "county", "command_centre"]);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stations_own_system_is_told_of_its_dispatches_and_of_their_end() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let notices = town.world.station_system().notices();
    assert_eq!(notices.len(), 1, "the station of this area has a system of its own");
    let close = format!("/v1/incidents/{}/close", dispatch["incident_id"].as_str().unwrap());
    let _ = town.dispatcher().post(&close, json!({ "outcome": "duplicate" })).await.expect(StatusCode::OK);
    town.settle().await;
    assert_eq!(town.world.station_system().notices().len(), 2);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}
