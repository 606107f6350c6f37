//! `/v1/stop-payments`.

use chrono::TimeDelta;
use domain::account::AccountNumber;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{MULE, STATION, VICTIM};

/// A call whose one order the bank has answered.
async fn answered(town: &Town) -> (Value, AccountNumber) {
    let mule = town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    (read(town, &taken["stop_payments"][0]).await, mule)
}

fn path(order: &Value, act: &str) -> String {
    format!("/v1/stop-payments/{}{act}", order["id"].as_str().unwrap())
}

async fn read(town: &Town, order: &Value) -> Value {
    town.auditor().get(&path(order, "")).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_shows_what_is_held_until_when_and_every_try() {
    let town = Town::start().await;
    let (order, _) = answered(&town).await;
    assert_eq!(order["status"], "active");
    for (member, yuan) in [("claimed", "128000.00"), ("balance", "200000.00"), ("held", "128000.00")] {
        assert_eq!(order[member], json!({ "amount": yuan, "currency": "CNY" }), "{member}");
    }
    let time =
        |member: &str| order[member].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(time("expires_at") - time("stopped_at"), TimeDelta::hours(48));
    assert_eq!(
        (&order["hop"], &order["round"], &order["result_code"]),
        (&json!(0), &json!(1), &json!("0000"))
    );
    assert_eq!((&order["parent"], &order["children"]), (&Value::Null, &json!([])));
    assert_eq!(order["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(order["bank_phone"], "95599");
    assert_eq!(town.dispatcher().list("/v1/stop-payments?status=active").await.len(), 1);
    assert_eq!(town.dispatcher().list("/v1/stop-payments?status=draft").await.len(), 0);
    let of_incident = format!("/v1/stop-payments?incident={}", order["incident_id"].as_str().unwrap());
    assert_eq!(town.dispatcher().list(&of_incident).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_renewed_once_and_expires_by_itself() {
    let town = Town::start().await;
    let (order, mule) = answered(&town).await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    town.advance(TimeDelta::hours(40)).await;
    let _ = town.dispatcher().post(&path(&order, "/renew"), json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    let renewed = read(&town, &order).await;
    assert_eq!((&renewed["round"], &renewed["status"]), (&json!(2), &json!("active")));
    assert!(renewed["expires_at"].as_str() > order["expires_at"].as_str());
    let third = town.dispatcher().post(&path(&order, "/renew"), json!({})).await;
    assert_eq!(third.status, StatusCode::CONFLICT, "there is no third round");
    town.advance(TimeDelta::hours(49)).await;
    assert_eq!(read(&town, &order).await["status"], "expired");
    let late = town.dispatcher().post(&path(&order, "/release"), json!({ "reason": "核实无误" })).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_takes_two() {
    let town = Town::start().await;
    let (order, _) = answered(&town).await;
    let release = json!({ "reason": "转账系家庭往来" });
    let approval = town.dispatcher().post(&path(&order, "/release"), release.clone()).await;
    let approval = approval.expect(StatusCode::ACCEPTED);
    assert_eq!(read(&town, &order).await["status"], "active");
    assert_eq!(town.dispatcher().post(&path(&order, "/release"), release).await.status, StatusCode::CONFLICT);
    let approve = format!("/v1/approvals/{}/approve", approval["id"].as_str().unwrap());
    let _ = town.supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
    town.settle().await;
    let released = read(&town, &order).await;
    assert_eq!(
        (&released["status"], &released["release_reason"]),
        (&json!("released"), &json!("转账系家庭往来"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filed_case_turns_a_stop_into_a_freeze() {
    let town = Town::start().await;
    let (order, _) = answered(&town).await;
    let nothing = town.dispatcher().post(&path(&order, "/freeze"), json!({})).await;
    assert_eq!(nothing.pointers(), ["/case_number", "/document"]);
    let freeze = json!({ "case_number": "A1502032026030001", "document": "冻结〔2026〕1号" });
    let _ = town.dispatcher().post(&path(&order, "/freeze"), freeze.clone()).await.expect(StatusCode::OK);
    town.settle().await;
    let frozen = read(&town, &order).await;
    assert_eq!(frozen["status"], "frozen");
    for member in ["case_number", "document"] {
        assert_eq!(frozen["freeze"][member], freeze[member]);
    }
    let time = |member: &str| {
        frozen["freeze"][member].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    assert!(time("ends_at") > time("frozen_at") + TimeDelta::days(180), "no term is six months");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mismatch_is_corrected_by_an_order_that_names_the_old_one() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "200000.00");
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["transfers"][0]["payee"]["holder"] = json!("李谋");
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    let old = read(&town, &taken["stop_payments"][0]).await;
    assert_eq!(old["status"], "mismatch");
    let correction = json!({ "payee": { "kind": "bank_card", "holder": "李某" } });
    let corrected = town.dispatcher().post(&path(&old, "/correct"), correction.clone()).await;
    let corrected = corrected.expect(StatusCode::CREATED);
    assert_eq!((&corrected["status"], &corrected["corrects_id"]), (&json!("submitted"), &old["id"]));
    assert_eq!(corrected["transfer"]["payee"]["number"], MULE, "what was not corrected stays");
    town.settle().await;
    town.expect_hold(&mule);
    town.expect_patrol(STATION).await;
    assert_eq!(read(&town, &corrected).await["status"], "active");
    assert_eq!(read(&town, &old).await["corrected_by_id"], corrected["id"]);
    let again = town.dispatcher().post(&path(&old, "/correct"), correction).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_mismatch_is_corrected_and_only_a_stop_is_renewed() {
    let town = Town::start().await;
    let (order, _) = answered(&town).await;
    let correction = json!({ "reference": "1" });
    assert_eq!(
        town.dispatcher().post(&path(&order, "/correct"), correction).await.status,
        StatusCode::CONFLICT
    );
    let incident = order["incident_id"].as_str().unwrap();
    let by_hand = format!("/v1/incidents/{incident}/stop-payments");
    let draft =
        town.dispatcher().post(&by_hand, json!({ "channel": "atm" })).await.expect(StatusCode::CREATED);
    assert_eq!(draft["status"], "draft");
    for (act, body) in [
        ("/renew", json!({})),
        ("/release", json!({ "reason": "x" })),
        ("/freeze", json!({ "case_number": "A1", "document": "D1" })),
        ("/freeze/extend", json!({ "document": "D1" })),
    ] {
        let answer = town.dispatcher().post(&path(&draft, act), body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{act}");
        assert_eq!(answer.body["code"], "stop_payment_wrong_state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_transactions_becomes_the_next_hops_orders() {
    let town = Town::start().await;
    town.open_mule(MULE, "8000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    let order = read(&town, &taken["stop_payments"][0]).await;
    let line = |direction: &str, number: &str, yuan: &str, minutes: i64| {
        json!({ "direction": direction, "amount": { "amount": yuan, "currency": "CNY" },
            "counterparty": { "kind": "bank_card", "number": number, "holder": "李某", "bank_code": "CCB" },
            "at": town.now() + TimeDelta::minutes(minutes), "reference": format!("T{minutes}") })
    };
    let list = json!({ "transactions": [
        line("out", "6217000010001234560", "70000.00", -5), line("in", "6222020200112233440", "128000.00", -10),
        line("out", "6217000010009999996", "50000.00", -8), line("out", "6217000010007777775", "900.00", -30),
    ] });
    let post = async || town.dispatcher().post(&path(&order, "/transactions"), list.clone()).await;
    let followed = post().await.expect(StatusCode::OK);
    let made: Vec<(&str, &str)> = followed["transfers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|moved| (moved["followed"].as_str().unwrap(), moved["claimed"]["amount"].as_str().unwrap()))
        .collect();
    assert_eq!(made, [("ordered", "50000.00"), ("ordered", "70000.00")], "what left before is another's");
    let next = followed["stop_payments"].as_array().unwrap();
    assert_eq!(next.len(), 2);
    assert!(next.iter().all(|next| next["parent_id"] == order["id"] && next["hop"] == 1));
    assert_eq!(post().await.expect(StatusCode::OK)["transfers"], json!([]), "the same list again");

    let bad = json!({ "transactions": [{ "direction": "sideways", "amount": { "amount": "0.00", "currency": "CNY" } }] });
    let refused = town.dispatcher().post(&path(&order, "/transactions"), bad).await;
    assert_eq!(
        refused.pointers(),
        [
            "/transactions/0/amount/amount",
            "/transactions/0/at",
            "/transactions/0/counterparty",
            "/transactions/0/direction"
        ]
    );
    let by_hand = format!("/v1/incidents/{}/stop-payments", order["incident_id"].as_str().unwrap());
    let draft = town.dispatcher().post(&by_hand, json!({})).await.expect(StatusCode::CREATED);
    let early = town.dispatcher().post(&path(&draft, "/transactions"), json!({ "transactions": [] })).await;
    assert_eq!(
        (early.status, &early.body["code"]),
        (StatusCode::CONFLICT, &json!("stop_payment_wrong_state"))
    );
}
