//! `/v1/dispatches` and `/v1/messages`.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::{MULE, STATION, VICTIM};

async fn dispatched(town: &Town) -> Value {
    let mut report = reports::call(VICTIM, MULE, "1.00", town.now());
    report["transfers"] = json!([]);
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    taken["dispatch"].clone()
}

fn two_officers(seen: bool) -> Value {
    json!({ "seen": seen, "officers": ["警员甲", "警员乙"] })
}

async fn status(officer: &Client, dispatch: &Value, act: &str, body: Value) -> StatusCode {
    officer.post(&format!("/v1/dispatches/{}/{act}", dispatch["id"].as_str().unwrap()), body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_and_handles_only_what_is_their_stations() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let (own, other) = (town.officer(STATION), town.officer("150202001"));
    assert_eq!(own.list("/v1/dispatches").await.len(), 1);
    assert_eq!(other.list("/v1/dispatches").await.len(), 0);
    assert_eq!(other.list(&format!("/v1/dispatches?station={STATION}")).await.len(), 0);
    for (act, body) in
        [("accept", json!({})), ("feedback", two_officers(true)), ("return", json!({ "reason": "x" }))]
    {
        assert_eq!(status(&other, &dispatch, act, body).await, StatusCode::NOT_FOUND, "{act}");
    }
    assert_eq!(status(&own, &dispatch, "accept", json!({})).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stages_come_in_their_order() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let officer = town.officer(STATION);
    for (act, expected) in [
        ("depart", StatusCode::CONFLICT),
        ("accept", StatusCode::OK),
        ("accept", StatusCode::CONFLICT),
        ("depart", StatusCode::OK),
        ("arrive", StatusCode::OK),
        ("depart", StatusCode::CONFLICT),
    ] {
        assert_eq!(status(&officer, &dispatch, act, json!({})).await, expected, "{act}");
    }
    let bad = json!({ "seen": "yes", "loss_so_far": { "amount": "-1", "currency": "USD" }, "officers": [1] });
    let path = format!("/v1/dispatches/{}/feedback", dispatch["id"].as_str().unwrap());
    let answer = officer.post(&path, bad).await;
    assert_eq!(answer.pointers(), ["/loss_so_far/amount", "/loss_so_far/currency", "/officers/0", "/seen"]);
    for officers in [json!(null), json!([]), json!(["警员甲"]), json!(["警员甲", " 警员甲 "])] {
        let alone = json!({ "seen": false, "officers": officers });
        assert_eq!(officer.post(&path, alone).await.pointers(), ["/officers"], "officers go in pairs");
    }
    let feedback = json!({ "seen": true, "convinced": true, "loss_so_far": { "amount": "300.00", "currency": "CNY" },
        "measures": ["app_removed", "bank_limit"], "officers": ["警员甲", "警员乙"], "note": "已卸载" });
    let fed_back = officer.post(&path, feedback.clone()).await.expect(StatusCode::OK);
    assert_eq!(fed_back["status"], "completed");
    assert_eq!(fed_back["feedback"], feedback);
    assert_eq!(
        status(&officer, &dispatch, "return", json!({ "reason": "晚了" })).await,
        StatusCode::CONFLICT
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_tells_of_four_look_ups_three_questions_and_one_protection() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let officer = town.officer(STATION);
    assert_eq!(status(&officer, &dispatch, "accept", json!({})).await, StatusCode::OK);
    let path = format!("/v1/dispatches/{}/feedback", dispatch["id"].as_str().unwrap());
    let feedback = json!({
        "seen": true, "convinced": true, "loss_so_far": { "amount": "300.00", "currency": "CNY" },
        "measures": ["app_removed", "a_word_of_their_own"], "officers": ["警员甲", "警员乙"], "note": "已卸载",
        "look_ups": {
            "calls_and_sms": { "checked": true, "found": true, "note": "境外来电" },
            "chats": { "checked": true, "found": false, "note": null },
            "scam_apps": { "checked": true, "found": true, "note": null },
            "large_transfers": { "checked": false, "found": null, "note": null },
        },
        "questions": {
            "why_transfer": { "asked": true, "answer": "退款" },
            "unknown_account": { "asked": true, "answer": "是" },
            "how_contacted": { "asked": false, "answer": null },
        },
        "protection": "anti_fraud_app", "place": "家中",
        "arrived_at": "2026-03-01T14:00:00Z", "left_at": "2026-03-01T14:10:00Z", "next_visit_on": "2026-03-04",
        "evidence": [{ "kind": "signature", "sha256": "ab".repeat(32) }],
    });
    for (pointer, wrong) in [
        ("/look_ups/large_transfers/found", json!(true)),
        ("/questions/how_contacted/answer", json!("电话")),
        ("/left_at", json!("2026-03-01T13:59:59Z")),
        ("/next_visit_on", json!("2026-02-28")),
        ("/next_visit_on", json!("2026-02-30")),
        ("/evidence/0/sha256", json!("ab")),
        ("/evidence/0/kind", json!("rumour")),
        ("/look_ups/chats/checked", json!(null)),
        ("/arrived_at", json!("2026-03-02T14:00:00Z")),
    ] {
        let mut bad = feedback.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert_eq!(officer.post(&path, bad).await.pointers(), [pointer]);
    }
    let fed_back = officer.post(&path, feedback.clone()).await.expect(StatusCode::OK);
    let read =
        town.auditor().get(&format!("/v1/incidents/{}", dispatch["incident_id"].as_str().unwrap())).await;
    let read = read.expect(StatusCode::OK);
    assert_eq!(read["loss_so_far"]["amount"], "300.00", "that money is still to be stopped");
    assert!(read["timeline"].as_array().unwrap().iter().any(|line| line["happening"] == "subject.paid"));
    assert_eq!(fed_back["feedback"], feedback);
    assert_eq!(read["dispatches"][0]["feedback"], feedback);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_writes_down_what_a_station_has_phoned_in() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    for (client, act, body) in [
        (town.dispatcher(), "accept", json!({})),
        (town.supervisor(), "depart", json!({})),
        (town.dispatcher(), "arrive", json!({})),
        (town.dispatcher(), "feedback", two_officers(false)),
    ] {
        assert_eq!(status(&client, &dispatch, act, body).await, StatusCode::OK, "{act}");
    }
    let incident = format!("/v1/incidents/{}", dispatch["incident_id"].as_str().unwrap());
    let timeline = town.auditor().get(&incident).await.expect(StatusCode::OK)["timeline"].clone();
    let changed = timeline.as_array().unwrap().iter().filter(|line| line["happening"] == "dispatch.changed");
    assert!(changed.clone().count() == 4 && changed.clone().all(|line| line["data"]["by_desk"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_nobody_signs_for_is_given_to_another_station_and_nothing_is_lost() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let path = format!("/v1/dispatches/{}/reassign", dispatch["id"].as_str().unwrap());
    let to = |station: &str| json!({ "station_id": station, "reason": "该所无人签收" });
    for station in ["999", STATION] {
        assert_eq!(town.dispatcher().post(&path, to(station)).await.pointers(), ["/station_id"], "{station}");
    }
    assert_eq!(town.dispatcher().post(&path, json!({})).await.pointers(), ["/reason", "/station_id"]);
    town.advance(chrono::TimeDelta::minutes(10)).await;
    let of_desk = async |desk: &str| {
        let found = town.dispatcher().list(&format!("/v1/dispatches?desk={desk}&status=created")).await;
        found.iter().map(|dispatch| dispatch["id"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(of_desk("county").await, [dispatch["id"].clone()]);
    assert!(of_desk("station").await.is_empty() && of_desk("command_centre").await.is_empty());

    let successor = town.supervisor().post(&path, to("150204001")).await.expect(StatusCode::CREATED);
    assert_eq!((&successor["previous_id"], &successor["desk"]), (&dispatch["id"], &json!("station")));
    assert_eq!(successor["station"]["id"], "150204001");
    assert!(of_desk("county").await.is_empty());
    let first = town.dispatcher().list("/v1/dispatches?status=reassigned").await.remove(0);
    let desks: Vec<&Value> = first["desks"].as_array().unwrap().iter().map(|desk| &desk["desk"]).collect();
    assert_eq!(desks, ["station", "county"]);
    assert_eq!(status(&town.officer(STATION), &first, "accept", json!({})).await, StatusCode::CONFLICT);
    assert_eq!(status(&town.officer("150204001"), &successor, "accept", json!({})).await, StatusCode::OK);
    assert_eq!(town.supervisor().post(&path, to("150204002")).await.status, StatusCode::CONFLICT);
    town.settle().await;
    let kinds: Vec<String> =
        town.world.station_system().notices().iter().map(|notice| notice.kind.clone()).collect();
    assert_eq!(kinds, ["dispatch.created", "dispatch.cancelled"], "the first station need not go");
    let bad = town.dispatcher().get("/v1/dispatches?desk=moon").await;
    assert_eq!(bad.pointers(), ["/desk"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_in_the_datum_of_chinese_maps_finds_the_station_where_it_really_lies() {
    let town = Town::start().await;
    let report = json!({ "caller_phone": VICTIM, "location": { "lat": 40.658_248, "lon": 109.846_004, "datum": "gcj02" } });
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let near = |location: &Value| {
        let off = |name: &str, expected: f64| (location[name].as_f64().unwrap() - expected).abs();
        assert!(off("lat", 40.6571) < 1e-5 && off("lon", 109.8403) < 1e-5, "{location}");
    };
    near(&taken["incident"]["subject"]["location"]);
    near(&taken["call"]["location"]);
    assert_eq!(taken["call"]["location"]["datum"], "wgs84", "what is kept is WGS-84 and says so");
    // the kept report is read again with every patch: it must not move a second time
    let path = format!("/v1/calls/{}", taken["call"]["id"].as_str().unwrap());
    let patched =
        town.dispatcher().patch(&path, json!({ "narrative": "自称客服" })).await.expect(StatusCode::OK);
    near(&patched["incident"]["subject"]["location"]);
    let bad = json!({ "caller_phone": VICTIM, "location": { "lat": 91, "lon": 0, "datum": "bd09" } });
    let answer = town.dispatcher().post("/v1/calls", bad).await;
    assert_eq!(answer.pointers(), ["/location/datum", "/location/lat"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_orders_a_patrol_by_hand_from_a_station_that_exists() {
    let town = Town::start().await;
    let dispatch = dispatched(&town).await;
    let path = format!("/v1/incidents/{}/dispatches", dispatch["incident_id"].as_str().unwrap());
    let ordered =
        town.dispatcher().post(&path, json!({ "station_id": "150204001", "reason": "受害人在单位" })).await;
    assert_eq!(ordered.expect(StatusCode::CREATED)["station"]["id"], "150204001");
    let unknown =
        town.dispatcher().post(&path, json!({ "station_id": "999", "reason": "受害人在单位" })).await;
    assert_eq!(unknown.pointers(), ["/station_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_listed_with_what_they_say_and_where_they_stand() {
    let town = Town::start().await;
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let path =
        format!("/v1/messages?incident={}&status=submitted", opened["incident"]["id"].as_str().unwrap());
    let messages = town.dispatcher().list(&path).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["phone"], VICTIM);
    assert!(messages[0]["provider_ref"].is_string());
    assert!(!messages[0]["text"].as_str().unwrap().contains("http"), "no link in a text");
    assert!(town.dispatcher().list("/v1/messages?status=queued").await.is_empty());
}
