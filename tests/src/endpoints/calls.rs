//! `/v1/calls`.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{MULE, STATION, VICTIM};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_number_is_enough_to_begin_with() {
    let town = Town::start().await;
    let report = json!({ "caller_phone": VICTIM });
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    assert_eq!(taken["call"]["caller_phone"], VICTIM);
    assert_eq!(taken["incident"]["status"], "open");
    assert_eq!(taken["stop_payments"], json!([]));
    assert_eq!(taken["dispatch"]["station"]["id"], STATION, "the duty station where nothing else is known");
    assert_eq!(taken["notices"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_lacks_facts_waits_as_a_draft_until_they_are_known() {
    let town = Town::start().await;
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let complete = report["transfers"][0].clone();
    report["transfers"][0] = json!({ "payee": { "kind": "bank_card", "number": MULE } });
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let draft = &taken["stop_payments"][0];
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["missing"], json!(["holder", "amount", "time"]), "the bank is found from the card");

    let path = format!("/v1/calls/{}", taken["call"]["id"].as_str().unwrap());
    let patch = json!({ "transfers": [complete] }).to_string();
    let request = town.dispatcher().request(Method::PATCH, &path);
    let request = request.header(CONTENT_TYPE, "application/merge-patch+json").body(patch);
    let completed = town.dispatcher().send(request).await.expect(StatusCode::OK);
    assert_eq!(completed["stop_payments"][0]["id"], draft["id"], "the same order");
    assert_eq!(completed["stop_payments"][0]["status"], "submitted");
    assert_eq!(completed["call"]["narrative"], taken["call"]["narrative"], "what was not patched stays");

    let bad =
        town.dispatcher().patch(&path, json!({ "caller_phone": null, "location": { "lat": 200 } })).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bad.pointers(), ["/caller_phone", "/location/lat"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrative_suggests_a_kind_of_fraud_and_a_person_names_it() {
    let town = Town::start().await;
    let narrative = "对方自称公安局民警，说我涉嫌洗钱，让我把钱转到安全账户";
    let call = json!({ "caller_phone": "13847200001", "narrative": narrative });
    let taken = town.dispatcher().post("/v1/calls", call).await.expect(StatusCode::CREATED);
    let text = &taken["text"];
    assert_eq!((&text["fraud"], &text["scam_type"]), (&json!(true), &json!("impersonating_authorities")));
    assert!(text["words"].as_array().unwrap().contains(&json!("安全账户")), "{text}");
    assert_eq!(taken["call"]["scam_type"], Value::Null, "nobody has named it yet");
    assert_eq!(taken["incident"]["scam_type"], Value::Null);

    let path = format!("/v1/calls/{}", taken["call"]["id"].as_str().unwrap());
    let named =
        town.dispatcher().patch(&path, json!({ "scam_type": "romance" })).await.expect(StatusCode::OK);
    assert_eq!((&named["incident"]["scam_type"], &named["text"]), (&json!("romance"), text));
    let told = town.dispatcher().patch(&path, json!({ "narrative": null })).await.expect(StatusCode::OK);
    assert_eq!(told["text"], Value::Null);
    town.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_check_digits_are_read_back_and_never_refused() {
    let town = Town::start().await;
    let mut report = reports::call(VICTIM, "6228482601815908300", "10.00", town.now());
    report["reporter"]["id_number"] = json!("150203199003071229");
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    assert_eq!(taken["stop_payments"][0]["status"], "submitted");
    let pointers: Vec<&str> = taken["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| notice["pointer"].as_str().unwrap())
        .collect();
    assert!(pointers.contains(&"/transfers/0/payee/number"), "{pointers:?}");
    assert!(pointers.contains(&"/reporter/id_number"), "{pointers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_the_same_body_is_answered_the_same_and_with_another_refused() {
    let town = Town::start().await;
    let report = reports::call(VICTIM, MULE, "128000.00", town.now());
    let first = town.dispatcher().post_once("k-1", "/v1/calls", report.clone()).await;
    let second = town.dispatcher().post_once("k-1", "/v1/calls", report.clone()).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.body, second.body);
    assert!(first.headers.get("idempotent-replayed").is_none());
    assert_eq!(second.headers["idempotent-replayed"], "true");

    let other = reports::call(VICTIM, MULE, "1.00", town.now());
    let refused = town.dispatcher().post_once("k-1", "/v1/calls", other).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.body["code"], "idempotency_key_reused");
    let another = town.second_dispatcher().post_once("k-1", "/v1/calls", report).await;
    assert!(another.headers.get("idempotent-replayed").is_none(), "another dispatcher's keys are their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_unique_by_its_reference() {
    let town = Town::start().await;
    let mut report = reports::call(VICTIM, MULE, "128000.00", town.now());
    report["call_ref"] = json!("110-20260301-221305-07");
    let first = town.dispatcher().post("/v1/calls", report.clone()).await.expect(StatusCode::CREATED);
    let again = town.dispatcher().post("/v1/calls", report).await;
    assert!(matches!(again.status, StatusCode::OK | StatusCode::CONFLICT), "{}", again.status);
    let orders = town.dispatcher().list("/v1/stop-payments").await;
    let of_call: Vec<&Value> =
        orders.iter().filter(|order| order["call_id"] == first["call"]["id"]).collect();
    assert_eq!((orders.len(), of_call.len()), (1, 1), "nothing is ordered twice");
}
