//! `/v1/incidents/{id}/exports` and `/v1/exports/{id}`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::VICTIM;

/// An incident's path and the approval its export waits for.
async fn asked(town: &Town) -> (String, Value) {
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let incident = format!("/v1/incidents/{}", opened["incident"]["id"].as_str().unwrap());
    let order = json!({ "reason": "检察院调取" });
    let approval =
        town.supervisor().post(&format!("{incident}/exports"), order).await.expect(StatusCode::ACCEPTED);
    (incident, approval)
}

async fn decide(town: &Town, approval: &Value, word: &str) -> Value {
    let path = format!("/v1/approvals/{}/{word}", approval["id"].as_str().unwrap());
    town.second_supervisor().post(&path, json!({ "reason": "已核实调取函" })).await.expect(StatusCode::OK)
}

fn sha256(written: Vec<u8>) -> String {
    let hash = interception::access::hash(&String::from_utf8(written).unwrap());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fetch(approval: &Value) -> String {
    format!("/v1/exports/{}", approval["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_leaves_the_house_when_two_have_agreed_and_each_fetch_is_written_down() {
    let town = Town::start().await;
    let (incident, approval) = asked(&town).await;
    assert_eq!(
        (&approval["kind"], &approval["asked_by"]),
        (&json!("export_incident"), &json!("supervisor-1"))
    );
    assert!(approval["lapses_at"].is_string() && approval["says"].as_str().unwrap().contains("whole record"));
    let twice = town.dispatcher().post(&format!("{incident}/exports"), json!({ "reason": "同上" })).await;
    assert_eq!((twice.status, &twice.body["code"]), (StatusCode::CONFLICT, &json!("approval_waiting")));
    let early = town.supervisor().get(&fetch(&approval)).await;
    assert_eq!((early.status, &early.body["code"]), (StatusCode::CONFLICT, &json!("export_not_approved")));
    let approve = format!("/v1/approvals/{}/approve", approval["id"].as_str().unwrap());
    assert_eq!(town.supervisor().post(&approve, json!({})).await.status, StatusCode::CONFLICT);
    let approved = decide(&town, &approval, "approve").await;
    assert_eq!(approved["decided_by"], "supervisor-2");
    assert_eq!(approved["decision_reason"], "已核实调取函");

    let export = town.supervisor().get(&fetch(&approval)).await.expect(StatusCode::OK);
    assert_eq!(export["export"]["reason"], "检察院调取");
    assert_eq!(export["export"]["approved_by"], "supervisor-2");
    assert_eq!(export["parts"]["incident"]["subject"]["phone"], VICTIM, "unmasked");
    let parts = export["parts"].as_object().unwrap();
    let listed: Vec<&str> =
        export["manifest"].as_array().unwrap().iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(listed, parts.keys().map(String::as_str).collect::<Vec<_>>());
    for part in export["manifest"].as_array().unwrap() {
        let written = serde_json::to_vec(&parts[part["part"].as_str().unwrap()]).unwrap();
        assert_eq!(part["bytes"], written.len());
        assert_eq!(part["sha256"], sha256(written));
    }

    // the incident goes on; what was handed out does not change
    let _ = town.dispatcher().post(&format!("{incident}/notes"), json!({ "note": "补充" })).await;
    assert_eq!(town.second_supervisor().get(&fetch(&approval)).await.expect(StatusCode::OK), export);
    for other in [town.dispatcher(), town.second_dispatcher()] {
        assert_eq!(other.get(&fetch(&approval)).await.status, StatusCode::NOT_FOUND);
    }
    let timeline = town.auditor().get(&incident).await.expect(StatusCode::OK)["timeline"].clone();
    let fetched: Vec<&Value> =
        timeline.as_array().unwrap().iter().filter(|line| line["happening"] == "export.fetched").collect();
    let to: Vec<&Value> = fetched.iter().map(|line| &line["data"]["to"]).collect();
    assert_eq!(to, [&json!("supervisor-1"), &json!("supervisor-2")]);
    assert_eq!(fetched[0]["data"]["sha256"], fetched[1]["data"]["sha256"]);
    assert_eq!(fetched[0]["data"]["reason"], "检察院调取");

    town.advance(TimeDelta::hours(24)).await;
    let late = town.supervisor().get(&fetch(&approval)).await;
    assert_eq!((late.status, &late.body["code"]), (StatusCode::GONE, &json!("gone")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_rejected_or_left_to_itself_is_never_handed_out() {
    let town = Town::start().await;
    let (incident, approval) = asked(&town).await;
    let rejected = decide(&town, &approval, "reject").await;
    assert_eq!(
        (&rejected["status"], &rejected["decision_reason"]),
        (&json!("rejected"), &json!("已核实调取函"))
    );
    assert_eq!(town.supervisor().get(&fetch(&approval)).await.body["code"], "export_not_approved");
    let close = json!({ "outcome": "prevented" });
    let _ = town.dispatcher().post(&format!("{incident}/close"), close).await.expect(StatusCode::OK);
    let order = json!({ "reason": "检察院调取" });
    let asked =
        town.dispatcher().post(&format!("{incident}/exports"), order).await.expect(StatusCode::ACCEPTED);
    town.advance(TimeDelta::hours(2)).await;
    let lapsed = town.dispatcher().get(&fetch(&asked)).await;
    assert_eq!(lapsed.body["code"], "export_not_approved", "{:#}", lapsed.body);
}
