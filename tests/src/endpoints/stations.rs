//! `/v1/stations` and their rosters.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::Town;

use super::{STATION, VICTIM};

const ROSTER: &str = "/v1/stations/150203001/roster";

async fn leader(town: &Town, query: &str) -> Value {
    let roster = town.auditor().get(&format!("{ROSTER}{query}")).await.expect(StatusCode::OK);
    roster["duty"]["officers"][0]["name"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn stations_are_listed_with_their_duty_phones() {
    let town = Town::start().await;
    let stations = town.officer(STATION).list("/v1/stations").await;
    let own = stations.iter().find(|station| station["id"] == STATION).unwrap();
    assert_eq!((&own["division_code"], &own["phone"]), (&json!("150203"), &json!("04725550001")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_says_who_is_on_duty_at_a_moment() {
    let town = Town::start().await;
    assert_eq!(leader(&town, "").await, "夜班二组长", "22:13 on 1 March");
    assert_eq!(leader(&town, "?at=2026-03-02T12:00:00%2B08:00").await, "白班班长");
    let nobody = town.auditor().get("/v1/stations/150205001/roster").await.expect(StatusCode::OK);
    assert_eq!(nobody["duty"], json!({ "shift": null, "officers": [], "phone": "04725550012" }));
    let bad = town.auditor().get(&format!("{ROSTER}?at=noon")).await;
    assert_eq!(bad.pointers(), ["/at"]);
    assert_eq!(
        town.officer("150204001").get(ROSTER).await.status,
        StatusCode::NOT_FOUND,
        "not theirs to see"
    );
    assert_eq!(town.officer(STATION).get(ROSTER).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_names_whoever_stands_in_and_so_does_the_stations_own_system() {
    let town = Town::start().await;
    let path = format!("{ROSTER}/overrides");
    let now = town.now();
    let order = |from: TimeDelta, to: TimeDelta| {
        json!({
            "from": now + from, "to": now + to, "reason": "病假",
            "officers": [{ "name": "替班警员", "phone": "17000000009" }, { "name": "替班辅警" }],
        })
    };
    let (hour, month) = (TimeDelta::hours(1), TimeDelta::days(40));
    for (from, to) in [(hour, hour), (hour, -hour), (-hour * 2, -hour), (hour, month)] {
        assert_eq!(town.dispatcher().post(&path, order(from, to)).await.pointers(), ["/to"], "{from} {to}");
    }
    let nobody = json!({ "from": now, "to": now + hour, "officers": [], "reason": "病假" });
    assert_eq!(town.dispatcher().post(&path, nobody).await.pointers(), ["/officers"]);
    let bad = json!({ "from": 1, "officers": [{ "phone": "x" }] });
    let bad = town.dispatcher().post(&path, bad).await;
    assert_eq!(bad.pointers(), ["/from", "/officers/0/name", "/officers/0/phone", "/reason", "/to"]);
    let others = town.officer("150204001").post(&path, order(-hour, hour)).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "an officer arranges their own station's");

    let arranged = town.officer(STATION).post(&path, order(-hour, hour)).await.expect(StatusCode::CREATED);
    assert_eq!(leader(&town, "").await, "替班警员");
    let roster = town.auditor().get(ROSTER).await.expect(StatusCode::OK);
    assert_eq!(roster["overrides"], json!([arranged]));

    let report = json!({ "caller_phone": VICTIM, "location": { "lat": 40.6571, "lon": 109.8403 } });
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    assert_eq!(taken["dispatch"]["station"]["id"], STATION);
    assert_eq!(taken["dispatch"]["duty"]["phone"], "17000000009");
    town.settle().await;
    let told = town.world.station_system().notices().remove(0).data;
    assert_eq!(told["duty"], taken["dispatch"]["duty"]);
    assert!(told["subject"]["location_gcj02"]["lat"].is_number());

    town.advance(hour).await;
    assert_eq!(leader(&town, "").await, "夜班二组长", "their time is over");
    let kept = town.auditor().list("/v1/dispatches").await.remove(0);
    assert_eq!(kept["duty"], taken["dispatch"]["duty"], "who was on duty then does not change");
}
