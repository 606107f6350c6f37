//! From the stop to the freeze: `/v1/incidents/{id}/filing`, the papers, and where the money is.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{MULE, VICTIM};

/// An order that the bank has carried out.
async fn stopped(town: &Town) -> Value {
    let _ = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    read(town, &taken["stop_payments"][0]).await
}

fn path(order: &Value, act: &str) -> String {
    format!("/v1/stop-payments/{}{act}", order["id"].as_str().unwrap())
}

fn filing(order: &Value) -> String {
    format!("/v1/incidents/{}/filing", order["incident_id"].as_str().unwrap())
}

async fn read(town: &Town, order: &Value) -> Value {
    town.auditor().get(&path(order, "")).await.expect(StatusCode::OK)
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn debts(papers: &Value) -> Vec<&str> {
    papers.as_array().unwrap().iter().map(|line| line["status"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_countdown_runs_from_the_stop_over_the_filed_case_to_the_freeze_and_the_return() {
    let town = Town::start().await;
    let order = stopped(&town).await;
    let desk = town.auditor().get(&filing(&order)).await.expect(StatusCode::OK);
    assert_eq!((&desk["status"], &desk["due_at"]), (&json!("not_filed"), &order["expires_at"]));
    assert_eq!(debts(&desk["paperwork"][0]["papers"]), ["owed"; 4]);

    let filed = json!({ "status": "filed", "case_number": "A1", "approved_by": "县局负责人" });
    let filed = town.dispatcher().post(&filing(&order), filed).await.expect(StatusCode::OK);
    assert_eq!((&filed["status"], &filed["case_number"]), (&json!("filed"), &json!("A1")));
    let other = json!({ "case_number": "A2", "document": "D1" });
    let refused = town.dispatcher().post(&path(&order, "/freeze"), other).await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::CONFLICT, &json!("filed_otherwise")));

    let freeze = json!({ "case_number": "A1", "document": "D1", "approved_by": "县局负责人", "term_months": 6,
        "amount": yuan("128000.00"), "scope": "账户内涉案资金", "includes_yield": true });
    let _ = town.dispatcher().post(&path(&order, "/freeze"), freeze.clone()).await.expect(StatusCode::OK);
    town.settle().await;
    let frozen = read(&town, &order).await;
    assert_eq!(frozen["status"], "frozen");
    for (member, written) in freeze.as_object().unwrap() {
        assert_eq!(frozen["freeze"][member], *written, "{member}");
    }
    assert_eq!(frozen["sums"]["frozen"], yuan("128000.00"));
    let desk = town.auditor().get(&filing(&order)).await.expect(StatusCode::OK);
    assert_eq!(debts(&desk["paperwork"][0]["papers"]), ["owed", "owed", "done", "done"]);

    let back = json!({ "amount": yuan("100000.00"), "reference": "返还1" });
    let given = town.dispatcher().post(&path(&order, "/returns"), back.clone()).await.expect(StatusCode::OK);
    assert_eq!(
        (&given["sums"]["frozen"], &given["sums"]["returned"], &given["sums"]["caught"]),
        (&yuan("28000.00"), &yuan("100000.00"), &yuan("128000.00"))
    );
    let too_much = town.dispatcher().post(&path(&order, "/returns"), back).await;
    assert_eq!(too_much.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_frozen_without_a_case_or_beyond_what_is_held() {
    let town = Town::start().await;
    let order = stopped(&town).await;
    let more =
        json!({ "case_number": "A1", "document": "D1", "amount": yuan("128000.01"), "term_months": 7 });
    assert_eq!(town.dispatcher().post(&path(&order, "/freeze"), more).await.pointers(), ["/term_months"]);
    let more =
        json!({ "case_number": "A1", "document": "D1", "amount": yuan("128000.01"), "term_months": 12 });
    assert_eq!(town.dispatcher().post(&path(&order, "/freeze"), more).await.pointers(), ["/amount"]);
    for (body, pointer) in [
        (json!({ "status": "filed" }), "/case_number"),
        (json!({ "status": "refused" }), "/reason"),
        (json!({ "status": "not_filed" }), "/status"),
    ] {
        assert_eq!(town.dispatcher().post(&filing(&order), body).await.pointers(), [pointer]);
    }
    let refused = json!({ "status": "refused", "reason": "不属于犯罪" });
    let _ = town.dispatcher().post(&filing(&order), refused.clone()).await.expect(StatusCode::OK);
    let freeze = json!({ "case_number": "A1", "document": "D1" });
    let answer = town.dispatcher().post(&path(&order, "/freeze"), freeze).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::CONFLICT, &json!("filing_refused")));
    let filed = json!({ "status": "filed", "case_number": "A1" });
    let _ = town.dispatcher().post(&filing(&order), filed).await.expect(StatusCode::OK);
    let back = town.dispatcher().post(&filing(&order), refused).await;
    assert_eq!((back.status, &back.body["code"]), (StatusCode::CONFLICT, &json!("filed_already")));
    let early = json!({ "amount": yuan("1.00"), "reference": "1" });
    let early = town.dispatcher().post(&path(&order, "/returns"), early).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "a stop returns nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_that_are_owed_are_asked_after_once() {
    let town = Town::start().await;
    let order = stopped(&town).await;
    let form = json!({ "paper": "stop_form", "reference": "止付〔2026〕1号" });
    let list = town.dispatcher().post(&path(&order, "/paperwork"), form.clone()).await.expect(StatusCode::OK);
    assert_eq!(debts(&list["items"]), ["done", "owed", "owed", "owed"]);
    assert_eq!(list["items"][0]["done_by"], "dispatcher-1");
    let again = town.dispatcher().post(&path(&order, "/paperwork"), form).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("paper_delivered")));
    town.advance(TimeDelta::hours(25)).await;
    town.advance(TimeDelta::hours(1)).await;
    let incident = format!("/v1/incidents/{}", order["incident_id"].as_str().unwrap());
    let incident = town.auditor().get(&incident).await.expect(StatusCode::OK);
    let lines = incident["timeline"].as_array().unwrap().iter();
    let overdue: Vec<&Value> = lines.filter(|line| line["data"]["kind"] == "papers_overdue").collect();
    assert_eq!(overdue.len(), 1);
    assert_eq!(overdue[0]["data"]["papers"], json!(["acceptance_registration"]));
}
