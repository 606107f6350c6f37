use domain::message::Receipt;
use domain::person::PhoneNumber;
use serde_json::json;

use super::*;
use crate::outside::{answering, caller, now};

const MESSAGE_ID: &str = "0195518b-f1a0-7000-8000-000000000004";

fn text() -> Text {
    Text {
        message_id: MESSAGE_ID.parse().unwrap(),
        to: PhoneNumber::parse("13847200001").unwrap(),
        text: "请立即挂断".to_owned(),
        flash: false,
    }
}

#[tokio::test]
async fn a_text_is_written_as_the_contract_says_and_answered_with_a_reference() {
    let mut provider = answering(r#"{"provider_ref":"SM-1"}"#).await;
    let told = submit(&caller(), &provider.endpoint, &text(), now()).await;
    assert_eq!(told, Told::Answered("SM-1".to_owned()));
    let (message_id, body) = provider.received().await;
    assert_eq!(message_id, MESSAGE_ID);
    let data = json!({"message_id": MESSAGE_ID, "to": "13847200001", "text": "请立即挂断", "flash": false});
    assert_eq!(body, json!({"type": "sms.submit", "data": data}));
}

#[tokio::test]
async fn a_reference_must_be_a_text_with_something_in_it() {
    for body in [r#"{"provider_ref":""}"#, r#"{"provider_ref":7}"#, "sent"] {
        let provider = answering(body).await;
        let Told::Unreadable { detail } = submit(&caller(), &provider.endpoint, &text(), now()).await else {
            panic!("{body}");
        };
        assert!(!detail.is_empty(), "{body}");
    }
    let provider = answering("{}").await;
    assert_eq!(submit(&caller(), &provider.endpoint, &text(), now()).await, Told::Accepted);
}

#[test]
fn a_receipt_is_read() {
    let body = json!({"type": "sms.receipt", "data": {
        "message_id": MESSAGE_ID, "status": "failed", "at": "2026-03-01T22:13:05+08:00", "code": "UNDELIV"}});
    let delivery = read_receipt(body.to_string().as_bytes()).unwrap();
    assert_eq!(delivery.message_id, text().message_id);
    assert_eq!(delivery.receipt, Receipt::Failed);
    assert_eq!(delivery.at, Some(now()));
    assert_eq!(delivery.code.as_deref(), Some("UNDELIV"));
}

#[test]
fn a_receipt_without_a_known_status_is_refused_by_name() {
    let body = json!({"type": "sms.sent", "data": {"message_id": MESSAGE_ID, "status": "sent", "at": 5}});
    let Err(Malformed::Fields(fields)) = read_receipt(body.to_string().as_bytes()) else {
        panic!("three fields are wrong");
    };
    let pointers: Vec<String> = fields.into_iter().map(|field| field.pointer).collect();
    assert_eq!(pointers, ["/type", "/data/status", "/data/at"]);
}
