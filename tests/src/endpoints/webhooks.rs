//! `/v1/webhooks`: what banks, carriers and providers answer.

use channels::webhook::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, sign};
use chrono::TimeDelta;
use domain::clock::Instant;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Answer, Town, reports};
use world::Manner;

use super::{MULE, NOTHING, VICTIM};

const BANK: &str = "/v1/webhooks/banks/abc";

async fn send(town: &Town, path: &str, secret: &str, id: &str, at: Instant, body: &str) -> Answer {
    let secrets = [Secret::parse(secret).unwrap()];
    let request = town
        .stranger()
        .request(Method::POST, path)
        .header("content-type", "application/json")
        .header(ID_HEADER, id)
        .header(TIMESTAMP_HEADER, at.timestamp().to_string())
        .header(SIGNATURE_HEADER, sign(&secrets, id, at, body.as_bytes()))
        .body(body.to_owned());
    town.stranger().send(request).await
}

pub(crate) async fn from_bank(town: &Town, id: &str, body: &Value) -> Answer {
    send(town, BANK, &town.bank("ABC").callback_secret(), id, town.now(), &body.to_string()).await
}

pub(crate) fn result(order: &str, code: &str, at: Instant) -> Value {
    let money = json!({ "amount": "128000.00", "currency": "CNY" });
    let (held, stopped_at) = if code == "0000" { (Some(&money), Some(at)) } else { (None, None) };
    json!({ "type": "stop_payment.result", "timestamp": at, "data": {
        "order_id": order, "result_code": code, "balance": money, "held": held, "stopped_at": stopped_at,
        "expires_at": null, "remark": null, "onward": [] } })
}

/// An order that a bank has taken without a word.
pub(crate) async fn submitted(town: &Town) -> String {
    town.bank("ABC").set_manner(Manner::Silent);
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    taken["stop_payments"][0]["id"].as_str().unwrap().to_owned()
}

async fn status(town: &Town, order: &str) -> Value {
    let path = format!("/v1/stop-payments/{order}");
    town.auditor().get(&path).await.expect(StatusCode::OK)["status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_answers_at_its_callback_and_a_second_answer_changes_nothing() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    assert_eq!(status(&town, &order).await, "submitted", "silence is no answer");
    let held = result(&order, "0000", town.now());
    assert_eq!(from_bank(&town, "w-1", &held).await.expect(StatusCode::OK)["changed"], true);
    assert_eq!(status(&town, &order).await, "active");
    assert_eq!(
        from_bank(&town, "w-1", &held).await.expect(StatusCode::OK)["changed"],
        false,
        "the same message"
    );
    let other = result(&order, "9999", town.now());
    let answer = from_bank(&town, "w-2", &other).await.expect(StatusCode::OK);
    assert_eq!(answer["changed"], false, "a result for a finished order");
    assert_eq!(status(&town, &order).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_believed_without_a_signature_of_these_five_minutes() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let (now, body) = (town.now(), result(&order, "0000", town.now()).to_string());
    let own = town.bank("ABC").callback_secret();
    let others = town.bank("ICBC").callback_secret();
    for (secret, at, why) in [
        (&others, now, "another bank's secret"),
        (&town.bank("ABC").secret(), now, "the secret of the other direction"),
        (&own, now - TimeDelta::minutes(6), "too old"),
        (&own, now + TimeDelta::minutes(6), "from the future"),
    ] {
        let answer = send(&town, BANK, secret, "w-1", at, &body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
        assert_eq!(answer.body["code"], "bad_signature");
    }
    let unsigned = town.stranger().post(BANK, json!({})).await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&town, &order).await, "submitted");
    let nobody = send(&town, "/v1/webhooks/banks/NOBANK", &own, "w-1", now, &body).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_field_by_field_and_kept() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let mut bad = result(&order, "12", town.now());
    bad["data"]["held"] = json!({ "amount": "-3", "currency": "CNY" });
    bad["data"]["stopped_at"] = json!("yesterday");
    let answer = from_bank(&town, "w-1", &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for pointer in ["/data/result_code", "/data/stopped_at"] {
        assert!(answer.pointers().contains(&pointer), "{:?}", answer.pointers());
    }
    assert!(answer.pointers().iter().any(|pointer| pointer.starts_with("/data/held")));
    let secret = town.bank("ABC").callback_secret();
    let garbage = send(&town, BANK, &secret, "w-2", town.now(), "{\"data\":").await;
    assert_eq!(garbage.status, StatusCode::BAD_REQUEST);
    assert_eq!(status(&town, &order).await, "submitted");
    let unknown = from_bank(&town, "w-3", &result(NOTHING, "0000", town.now())).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bank_answers_for_another() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let secret = town.bank("ICBC").callback_secret();
    let body = result(&order, "0000", town.now()).to_string();
    let answer = send(&town, "/v1/webhooks/banks/ICBC", &secret, "w-1", town.now(), &body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(status(&town, &order).await, "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_money_went_is_stopped_next() {
    let town = Town::start().await;
    let order = submitted(&town).await;
    let mut gone = result(&order, "0000", town.now());
    gone["data"]["held"] = json!({ "amount": "68000.00", "currency": "CNY" });
    gone["data"]["onward"] = json!([{
        "account": { "kind": "bank_card", "number": "6217000010012345678", "holder": "赵某", "bank_code": "CCB" },
        "amount": { "amount": "60000.00", "currency": "CNY" }, "transferred_at": town.now(), "reference": "r1" }]);
    let _ = from_bank(&town, "w-1", &gone).await.expect(StatusCode::OK);
    assert_eq!(status(&town, &order).await, "partial");
    let next = town.auditor().list("/v1/stop-payments?status=submitted").await;
    assert_eq!(next.len(), 1);
    assert_eq!((&next[0]["parent_id"], &next[0]["hop"]), (&json!(order), &json!(1)));
    assert_eq!(next[0]["transfer"]["payee"]["bank_code"], "CCB");
    assert_eq!(next[0]["claimed"]["amount"], "60000.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_and_a_provider_answer_at_theirs() {
    let town = Town::start().await;
    town.world.carrier().set_manner(Manner::Silent);
    let alert = reports::low_alert("r-1", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let block = town.dispatcher().list("/v1/call-blocks").await.remove(0);
    assert_eq!(block["status"], "requested");
    let secret = town.world.carrier().callback_secret();
    let body = json!({ "type": "call_block.result", "timestamp": town.now(),
        "data": { "block_id": block["id"], "result": "already_blocked", "remark": null } });
    let carrier = "/v1/webhooks/carriers/CMCC";
    let told = send(&town, carrier, &secret, "w-1", town.now(), &body.to_string()).await;
    assert_eq!(told.expect(StatusCode::OK)["changed"], true);
    assert_eq!(town.dispatcher().list("/v1/call-blocks?status=blocked").await.len(), 1);

    let message = town.dispatcher().list("/v1/messages").await.remove(0);
    let secret = town.world.sms_centre().secret();
    let receipt = |status: &str| {
        json!({ "type": "sms.receipt", "timestamp": town.now(),
            "data": { "message_id": message["id"], "status": status, "at": town.now(), "code": "DELIVRD" } })
        .to_string()
    };
    let provider = "/v1/webhooks/sms/main";
    let told = send(&town, provider, &secret, "w-1", town.now(), &receipt("delivered")).await;
    assert_eq!(told.expect(StatusCode::OK)["changed"], true);
    let delivered = town.dispatcher().list("/v1/messages?status=delivered").await.remove(0);
    assert_eq!(delivered["receipt_code"], "DELIVRD");
    let bad = send(&town, provider, &secret, "w-2", town.now(), &receipt("eaten")).await;
    assert_eq!(bad.pointers(), ["/data/status"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_says_how_an_automatic_call_went_and_a_second_word_changes_nothing() {
    let town = Town::start().await;
    town.advance(TimeDelta::hours(12)).await;
    town.world.auto_caller().set_manner(Manner::Silent);
    let alert = reports::low_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let call = town.incident(&opened).await["auto_calls"][0].clone();
    assert_eq!(call["status"], "queued", "silence is no answer");
    let secret = town.world.auto_caller().callback_secret();
    let path = "/v1/webhooks/auto-calls/main";
    let said = async |id: &str, data: Value| {
        let body = json!({ "type": "auto_call.result", "timestamp": town.now(), "data": data });
        send(&town, path, &secret, id, town.now(), &body.to_string()).await
    };
    let wanted =
        json!({ "contact_id": call["id"], "outcome": "wanted_a_person", "seconds": 21, "keys": "0" });
    assert_eq!(said("w-1", wanted.clone()).await.expect(StatusCode::OK)["changed"], true);
    assert_eq!(said("w-1", wanted).await.expect(StatusCode::OK)["changed"], false);
    let other = json!({ "contact_id": call["id"], "outcome": "listened" });
    let _ = said("w-2", other).await.expect(StatusCode::OK);
    let incident = town.incident(&opened).await;
    assert_eq!(incident["auto_calls"][0]["outcome"], "wanted_a_person", "the first word stands");
    assert_eq!(town.dispatcher().list("/v1/contacts?status=pending").await.len(), 1);

    let nonsense = json!({ "contact_id": call["id"], "outcome": "asleep", "seconds": "long" });
    assert_eq!(said("w-3", nonsense).await.pointers(), ["/data/outcome", "/data/seconds"]);
    let unknown = json!({ "contact_id": NOTHING, "outcome": "listened" });
    assert_eq!(said("w-4", unknown).await.status, StatusCode::NOT_FOUND);
    let forged = town.bank("ABC").callback_secret();
    let answer = send(&town, path, &forged, "w-5", town.now(), "{}").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let stranger = send(&town, "/v1/webhooks/auto-calls/nobody", &secret, "w-6", town.now(), "{}").await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}
