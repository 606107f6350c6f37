use axum::http::StatusCode;
use domain::auto_call::Outcome;
use domain::person::PhoneNumber;
use serde_json::json;

use super::*;
use crate::outside::{answering, caller, now};

const CONTACT_ID: &str = "0195518b-f1a0-7000-8000-000000000004";

fn asking(ask: Ask) -> CallRequest {
    CallRequest {
        message_id: CONTACT_ID.to_owned(),
        asked_at: now(),
        ask,
        contact_id: CONTACT_ID.parse().unwrap(),
        to: PhoneNumber::parse("13847200001").unwrap(),
        script: "请勿转账".to_owned(),
    }
}

#[tokio::test]
async fn a_call_and_a_question_about_it_are_written_as_documented() {
    for (ask, kind) in [(Ask::Call, "auto_call.requested"), (Ask::Status, "auto_call.status_requested")] {
        let mut provider = answering(StatusCode::ACCEPTED).await;
        let told = request(&caller(), &provider.endpoint, &asking(ask), now()).await;
        assert_eq!(told, Told::Accepted);
        let (message_id, body) = provider.received().await;
        assert_eq!(message_id, CONTACT_ID);
        let data = json!({ "contact_id": CONTACT_ID, "to": "13847200001", "script": "请勿转账",
            "language": "zh-CN", "max_seconds": 60 });
        assert_eq!(body, json!({ "type": kind, "timestamp": "2026-03-01T22:13:05+08:00", "data": data }));
    }
}

#[tokio::test]
async fn an_answer_counts_when_it_is_about_this_call() {
    let answer = |contact_id: &str| {
        let data =
            json!({ "contact_id": contact_id, "outcome": "wanted_a_person", "seconds": 41, "keys": "0" });
        axum::Json(json!({ "type": "auto_call.result", "data": data }))
    };
    let provider = answering(answer(CONTACT_ID)).await;
    let told = request(&caller(), &provider.endpoint, &asking(Ask::Call), now()).await;
    let expected = Answer { outcome: Outcome::WantedAPerson, seconds: Some(41), keys: Some("0".to_owned()) };
    assert_eq!(told, Told::Answered(expected));

    let confused = answering(answer("0195518b-f1a0-7000-8000-00000000000f")).await;
    let told = request(&caller(), &confused.endpoint, &asking(Ask::Call), now()).await;
    assert!(matches!(told, Told::Unreadable { .. }), "{told:?}");
}

#[test]
fn every_bad_field_of_a_result_is_named() {
    let data = json!({ "contact_id": "x", "outcome": "ok", "seconds": -1, "keys": "0".repeat(40) });
    let body = json!({ "type": "auto_call.result", "data": data });
    let Err(Malformed::Fields(fields)) = read_result(body.to_string().as_bytes()) else {
        panic!("nothing of it is right");
    };
    let pointers: Vec<&str> = fields.iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/data/contact_id", "/data/outcome", "/data/seconds", "/data/keys"]);
}
