use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::call_block::CarrierResult;
use domain::person::PhoneNumber;
use serde_json::json;

use super::*;
use crate::call_block::Ask;
use crate::outside::{answering, caller, now};

const BLOCK_ID: &str = "0195518b-f1a0-7000-8000-000000000003";

fn asking(ask: Ask) -> BlockRequest {
    BlockRequest {
        message_id: BLOCK_ID.to_owned(),
        asked_at: now(),
        ask,
        block_id: BLOCK_ID.parse().unwrap(),
        number: PhoneNumber::parse("+85261234567").unwrap(),
        until: now() + TimeDelta::days(30),
    }
}

#[tokio::test]
async fn a_block_and_its_end_are_written_as_the_contract_says() {
    for (ask, kind) in [(Ask::Block, "call_block.requested"), (Ask::Lift, "call_block.lift_requested")] {
        let mut carrier = answering(StatusCode::ACCEPTED).await;
        let told = request(&caller(), &carrier.endpoint, &asking(ask), now()).await;
        assert_eq!(told, Told::Accepted);
        let (message_id, body) = carrier.received().await;
        assert_eq!(message_id, BLOCK_ID);
        let data =
            json!({"block_id": BLOCK_ID, "number": "+85261234567", "until": "2026-03-31T22:13:05+08:00"});
        let expected = json!({"type": kind, "timestamp": "2026-03-01T22:13:05+08:00", "data": data});
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn an_answer_counts_when_it_is_about_this_block() {
    let answer = |block_id: &str| {
        let data = json!({"block_id": block_id, "result": "already_blocked", "remark": "自2月起"});
        axum::Json(json!({"type": "call_block.result", "data": data}))
    };
    let carrier = answering(answer(BLOCK_ID)).await;
    let told = request(&caller(), &carrier.endpoint, &asking(Ask::Block), now()).await;
    let expected =
        BlockAnswer { result: CarrierResult::AlreadyBlocked, remark: Some("自2月起".to_owned()) };
    assert_eq!(told, Told::Answered(expected));

    let confused = answering(answer("0195518b-f1a0-7000-8000-00000000000f")).await;
    let told = request(&caller(), &confused.endpoint, &asking(Ask::Block), now()).await;
    assert!(matches!(told, Told::Unreadable { .. }), "{told:?}");
}

#[test]
fn a_result_that_is_no_word_of_the_contract_is_named() {
    let body = json!({"type": "call_block.result", "data": {"block_id": BLOCK_ID, "result": "ok"}});
    let Err(Malformed::Fields(fields)) = read_result(body.to_string().as_bytes()) else {
        panic!("ok is no result");
    };
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].pointer, "/data/result");
    assert_eq!(fields[0].detail, "expected one of: blocked, already_blocked, lifted, refused");
}
