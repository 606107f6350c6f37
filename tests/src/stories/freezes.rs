//! A freeze has a term: somebody is told before it ends, it is extended before that or not at all, and two persons lift it.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use world::Manner;

use super::{MULE, VICTIM};

/// The path of an order that its bank has frozen for so many months.
async fn frozen(town: &Town, months: u8) -> String {
    town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.sleep_through(TimeDelta::hours(1));
    let path = format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap());
    let paper =
        json!({ "case_number": "A1502032026030001", "document": "冻结〔2026〕1号", "term_months": months });
    let _ = town.dispatcher().post(&format!("{path}/freeze"), paper).await.expect(StatusCode::OK);
    town.settle().await;
    assert_eq!(read(town, &path).await["status"], "frozen");
    path
}

async fn read(town: &Town, path: &str) -> Value {
    town.auditor().get(path).await.expect(StatusCode::OK)
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// The alarms of an order's incident of a kind.
async fn alarms(town: &Town, order: &Value, kind: &str) -> Vec<Value> {
    let path = format!("/v1/incidents/{}", order["incident_id"].as_str().unwrap());
    let incident = read(town, &path).await;
    let lines = incident["timeline"].as_array().unwrap().iter();
    lines.map(|line| line["data"].clone()).filter(|data| data["kind"] == kind).collect()
}

fn further(document: &str) -> Value {
    json!({ "document": document, "approved_by": "县局负责人", "term_months": 3 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_is_extended_before_its_end_and_lapses_where_nobody_extends_it() {
    let town = Town::start().await;
    let path = frozen(&town, 1).await;
    let order = read(&town, &path).await;
    let ends_at = time(&order["freeze"]["ends_at"]);
    assert_eq!(time(&order["freeze"]["frozen_at"]), town.now());
    assert_eq!(time(&order["next_alarm_at"]), ends_at - TimeDelta::days(30));
    town.sleep_through(ends_at - TimeDelta::days(7) - town.now());
    town.settle().await;
    let told = alarms(&town, &order, "freeze_ending").await;
    assert_eq!(
        (told.len(), &told[0]["minutes_before"]),
        (1, &json!(7 * 24 * 60)),
        "the latest of what was slept through"
    );

    let extend = format!("{path}/freeze/extend");
    let bad = town.dispatcher().post(&extend, json!({ "term_months": 7 })).await;
    assert_eq!(bad.pointers(), ["/document"]);
    let bad = town.dispatcher().post(&extend, json!({ "document": "D2", "term_months": 7 })).await;
    assert_eq!(bad.pointers(), ["/term_months"]);
    let _ = town.dispatcher().post(&extend, further("续冻〔2026〕2号")).await.expect(StatusCode::OK);
    town.settle().await;
    let extended = read(&town, &path).await;
    let freeze = &extended["freeze"];
    assert_eq!((&freeze["document"], &freeze["extensions"]), (&json!("续冻〔2026〕2号"), &json!(1)));
    assert_eq!(freeze["frozen_at"], order["freeze"]["frozen_at"]);
    let later_end = time(&freeze["ends_at"]);
    assert!(later_end > ends_at + TimeDelta::days(85), "three months from the first end");

    town.sleep_through(later_end - town.now());
    town.settle().await;
    let over = read(&town, &path).await;
    assert_eq!((&over["status"], &over["next_alarm_at"]), (&json!("expired"), &Value::Null));
    assert_eq!(over["sums"]["expired"]["amount"], "128000.00");
    let asked: Vec<&Value> =
        over["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["request"]).collect();
    assert_eq!(asked, ["submit", "freeze", "extend_freeze", "expire"], "the bank is told of the end");
    assert!(town.bank("ABC").holds().is_empty());
    let late = town.dispatcher().post(&extend, further("D3")).await;
    assert_eq!((late.status, &late.body["code"]), (StatusCode::CONFLICT, &json!("stop_payment_wrong_state")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_is_lifted_by_two_persons_and_a_notice() {
    let town = Town::start().await;
    let path = frozen(&town, 6).await;
    let back = json!({ "amount": { "amount": "28000.00", "currency": "CNY" }, "reference": "R1" });
    let _ = town.dispatcher().post(&format!("{path}/returns"), back).await.expect(StatusCode::OK);
    let release = format!("{path}/release");
    let without = town.dispatcher().post(&release, json!({ "reason": "查明与案件无关" })).await;
    assert_eq!(without.pointers(), ["/document"]);
    let lifting = json!({ "reason": "查明与案件无关", "document": "解冻〔2026〕3号" });
    let asked = town.dispatcher().post(&release, lifting).await.expect(StatusCode::ACCEPTED);
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(read(&town, &path).await["status"], "frozen", "nobody has agreed yet");
    let approve = format!("/v1/approvals/{}/approve", asked["id"].as_str().unwrap());
    let _ = town.supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    let lifted = read(&town, &path).await;
    assert_eq!(lifted["status"], "released");
    assert_eq!(lifted["attempts"].as_array().unwrap().last().unwrap()["request"], "lift_freeze");
    let sums = ["caught", "released", "returned", "frozen"].map(|sum| lifted["sums"][sum]["amount"].clone());
    assert_eq!(sums, ["128000.00", "100000.00", "28000.00", "0.00"]);
    assert_eq!(lifted["freeze"]["case_number"], "A1502032026030001", "what it was stays on the record");
    assert!(town.bank("ABC").holds().is_empty());
    let money =
        read(&town, &format!("/v1/incidents/{}/money", lifted["incident_id"].as_str().unwrap())).await;
    assert_eq!(money["totals"]["returned"]["amount"], "28000.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_appeal_against_a_freeze_tells_whose_it_is_to_lift_it() {
    let town = Town::start().await;
    let path = frozen(&town, 6).await;
    let appeal = json!({ "appellant": { "name": "李某", "phone": "13847200005" }, "reason": "系货款" });
    let appeals = format!("{path}/appeals");
    let appeal = town.dispatcher().post(&appeals, appeal).await.expect(StatusCode::CREATED);
    let decide = format!("/v1/appeals/{}/decide", appeal["id"].as_str().unwrap());
    let grant = json!({ "grant": true, "reason": "合同属实" });
    let _ = town.supervisor().post(&decide, grant).await.expect(StatusCode::OK);
    town.settle().await;
    let order = read(&town, &path).await;
    assert_eq!(order["status"], "frozen", "no freeze is lifted without its notice");
    let told = alarms(&town, &order, "freeze_to_lift").await;
    assert_eq!(told.len(), 1);
    assert_eq!(time(&told[0]["due_at"]), town.now() + TimeDelta::days(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_in_the_air_when_the_term_ends_still_counts_when_the_bank_did_it() {
    let town = Town::start().await;
    let path = frozen(&town, 1).await;
    let ends_at = time(&read(&town, &path).await["freeze"]["ends_at"]);
    town.sleep_through(ends_at - TimeDelta::minutes(10) - town.now());
    town.settle().await;
    town.bank("ABC").set_manner(Manner::LosesAnswer);
    let extend = format!("{path}/freeze/extend");
    let _ = town.dispatcher().post(&extend, further("D2")).await.expect(StatusCode::OK);
    town.settle().await;
    town.bank("ABC").set_manner(Manner::AnswerInResponse);
    town.sleep_through(TimeDelta::minutes(11));
    town.settle().await;
    let extended = read(&town, &path).await;
    assert_eq!((&extended["status"], &extended["freeze"]["extensions"]), (&json!("frozen"), &json!(1)));
    assert!(time(&extended["freeze"]["ends_at"]) > ends_at);
}
