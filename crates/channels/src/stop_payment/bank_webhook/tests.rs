use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::bank_statement::{Direction, Transaction};
use domain::id::MeasureId;
use domain::money::Fen;
use domain::person::PersonName;
use domain::stop_payment::{Freeze, FreezeTerms, Onward, ResultCode};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::outside::{ORDER_ID, answering, asking, caller, now};

async fn told(ask: Ask, answer: (StatusCode, &'static str)) -> Told<BankAnswer> {
    let bank = answering(answer).await;
    request(&caller(), &bank.endpoint, &asking(ask), now()).await
}

async fn sent(ask: Ask) -> Value {
    let mut bank = answering("{}").await;
    let told = request(&caller(), &bank.endpoint, &asking(ask), now()).await;
    assert_eq!(told, Told::Accepted);
    let (message_id, body) = bank.received().await;
    assert_eq!(message_id, ORDER_ID);
    body
}

#[test]
fn an_order_is_written_as_the_contract_says() {
    let body = serde_json::to_string_pretty(&wire::event(&asking(Ask::Stop))).unwrap();
    assert_eq!(
        body,
        r#"{
  "type": "stop_payment.requested",
  "timestamp": "2026-03-01T22:13:05+08:00",
  "data": {
    "order_id": "0195518b-f1a0-7000-8000-000000000001",
    "incident_id": "0195518b-f1a0-7000-8000-000000000002",
    "case_number": null,
    "round": 1,
    "hop": 0,
    "urgency": "urgent",
    "account": {
      "kind": "bank_card",
      "number": "6228482601815908309",
      "holder": "李某",
      "bank_code": "ABC"
    },
    "amount": {
      "amount": "128000.00",
      "currency": "CNY"
    },
    "transferred_at": "2026-03-01T22:05:00+08:00",
    "payer": {
      "kind": "bank_card",
      "number": null,
      "holder": "王芳",
      "bank_code": "ICBC"
    },
    "requested_by": {
      "operator": "赵警官",
      "organisation": "150200000000"
    },
    "reply_to": "/v1/webhooks/banks/ABC"
  }
}"#
    );
}

#[test]
fn of_a_next_hop_no_more_is_to_be_held_than_the_victim_lost() {
    let mut next_hop = asking(Ask::Stop);
    next_hop.order.claim = Fen::parse("60000.00").ok();
    next_hop.order.holder = None;
    let body = serde_json::to_value(wire::event(&next_hop)).unwrap();
    let told = |pointer| body.pointer(pointer).cloned().unwrap();
    assert_eq!(told("/data/amount/amount"), "128000.00", "the bank finds the transfer by its amount");
    assert_eq!(told("/data/hold_at_most"), json!({ "amount": "60000.00", "currency": "CNY" }));
    assert_eq!(told("/data/account/holder"), Value::Null);
}

#[tokio::test]
async fn what_is_asked_about_a_stop_names_the_same_order() {
    let release = Ask::Release { reason: "账户有误".to_owned() };
    let freeze = Ask::Freeze(Freeze {
        case_number: "A1502030000002026030001".to_owned(),
        document: "包公(刑)冻财字〔2026〕1号".to_owned(),
        terms: FreezeTerms::default(),
    });
    let further = Freeze {
        case_number: "A1".to_owned(),
        document: "D2".to_owned(),
        terms: FreezeTerms { term_months: Some(6), ..FreezeTerms::default() },
    };
    let extension = Ask::ExtendFreeze(further.clone());
    assert_eq!(sent(extension.clone()).await["data"]["terms"]["term_months"], 6);
    let lifting = Ask::LiftFreeze { notice: further, reason: "查明与案件无关".to_owned() };
    for (ask, kind, reason, case_number, document) in [
        (Ask::Status, "stop_payment.status_requested", json!(null), json!(null), json!(null)),
        (Ask::Renew, "stop_payment.renewal_requested", json!(null), json!(null), json!(null)),
        (release, "stop_payment.release_requested", json!("账户有误"), json!(null), json!(null)),
        (
            freeze,
            "stop_payment.freeze_requested",
            json!(null),
            json!("A1502030000002026030001"),
            json!("包公(刑)冻财字〔2026〕1号"),
        ),
        (extension, "stop_payment.freeze_extension_requested", json!(null), json!("A1"), json!("D2")),
        (lifting, "stop_payment.freeze_release_requested", json!("查明与案件无关"), json!("A1"), json!("D2")),
    ] {
        let body = sent(ask).await;
        assert_eq!(body["type"], kind);
        assert_eq!(body["data"]["order_id"], ORDER_ID);
        assert_eq!(body["data"]["reason"], reason);
        assert_eq!(body["data"]["case_number"], case_number);
        assert_eq!(body["data"]["document"], document);
    }
}

#[tokio::test]
async fn a_renewal_names_the_round_it_asks_for() {
    assert_eq!(sent(Ask::Stop).await["data"]["round"], 1);
    assert_eq!(sent(Ask::Renew).await["data"]["round"], 2);
}

#[tokio::test]
async fn an_answer_in_the_response_is_heard() {
    let answer = r#"{"type":"stop_payment.result","data":{"order_id":"0195518b-f1a0-7000-8000-000000000001","result_code":"1200",
        "held":{"amount":"0.00","currency":"CNY"}}}"#;
    let Told::Answered(answer) = told(Ask::Stop, (StatusCode::OK, answer)).await else {
        panic!("it was answered");
    };
    assert_eq!(answer.result_code, ResultCode::parse("1200").unwrap());
    assert_eq!(answer.held, Some(Fen::ZERO));
}

#[tokio::test]
async fn a_response_without_a_result_code_is_a_receipt_only() {
    for body in
        ["", " \n", "{}", r#"{"data":null}"#, r#"{"received":true}"#, r#"{"data":{"result_code":null}}"#]
    {
        assert_eq!(told(Ask::Stop, (StatusCode::OK, body)).await, Told::Accepted, "{body}");
    }
}

#[tokio::test]
async fn a_response_that_is_not_understood_is_never_taken_for_an_answer() {
    for body in [
        "<html>",
        "[]",
        "\"0000\"",
        r#"{"result_code":"0000"}"#,
        r#"{"data":{"order_id":"0195518b-f1a0-7000-8000-000000000001","result_code":0}}"#,
        r#"{"data":{"order_id":"0195518b-f1a0-7000-8000-00000000000f","result_code":"0000"}}"#,
    ] {
        let told = told(Ask::Stop, (StatusCode::OK, body)).await;
        assert!(matches!(told, Told::Unreadable { .. }), "{body}: {told:?}");
    }
}

#[tokio::test]
async fn a_bank_that_knows_no_such_order_never_got_it() {
    let unknown = (StatusCode::NOT_FOUND, "");
    assert_eq!(told(Ask::Status, unknown).await, Told::UnknownOrder);
    let refused = told(Ask::Stop, unknown).await;
    assert!(matches!(refused, Told::Refused { status: 404, .. }), "{refused:?}");
}

#[test]
fn a_full_result_is_read() {
    let body = json!({"type": "stop_payment.result", "timestamp": "2026-03-01T22:13:06+08:00", "data": {
        "order_id": ORDER_ID, "result_code": "0000",
        "balance": {"amount": "68000.00", "currency": "CNY"}, "held": {"amount": "68000.00", "currency": "CNY"},
        "stopped_at": "2026-03-01T22:13:05+08:00", "expires_at": "2026-03-03T22:13:05+08:00", "remark": " ",
        "onward": [{"account": {"kind": "bank_card", "number": "6217000010001234567", "holder": "张某", "bank_code": "ccb"},
                    "amount": {"amount": "60000.00", "currency": "CNY"},
                    "transferred_at": "2026-03-01T22:09:00+08:00", "reference": "2026030122090007"},
                   {"account": {"kind": "order_number"}, "amount": {"amount": "0.00", "currency": "CNY"}}],
        "transactions": [{"direction": "out", "counterparty": {"kind": "bank_card", "number": "6217000010001234567",
                    "holder": "张某", "bank_code": "CCB"}, "amount": {"amount": "60000.00", "currency": "CNY"},
                    "at": "2026-03-01T22:13:05+08:00", "reference": "T1"}],
        "a field of next year": 1}});
    let read = read_result(body.to_string().as_bytes()).unwrap();
    let onward = |kind, facts: Option<(&str, &str)>| Account {
        kind,
        number: facts.map(|(number, _)| AccountNumber::parse(number).unwrap()),
        holder: facts.map(|(_, holder)| PersonName::parse(holder).unwrap()),
        bank_code: facts.map(|_| BankCode::parse("CCB").unwrap()),
    };
    let expected = BankAnswer {
        result_code: ResultCode::parse("0000").unwrap(),
        balance: Some(Fen::parse("68000.00").unwrap()),
        held: Some(Fen::parse("68000.00").unwrap()),
        stopped_at: Some(now()),
        remark: None,
        onward: vec![
            Onward {
                account: onward(AccountKind::BankCard, Some(("6217000010001234567", "张某"))),
                amount: Some(Fen::parse("60000.00").unwrap()),
                transferred_at: Some(now() - TimeDelta::seconds(245)),
                reference: Some("2026030122090007".to_owned()),
            },
            Onward {
                account: onward(AccountKind::OrderNumber, None),
                amount: None,
                transferred_at: None,
                reference: None,
            },
        ],
        transactions: vec![Transaction {
            direction: Direction::Out,
            counterparty: onward(AccountKind::BankCard, Some(("6217000010001234567", "张某"))),
            amount: Fen::parse("60000.00").unwrap(),
            at: now(),
            reference: Some("T1".to_owned()),
        }],
    };
    assert_eq!(read.order_id, ORDER_ID.parse::<MeasureId>().unwrap());
    assert_eq!(read.answer, expected);
}

#[test]
fn every_bad_field_is_named_at_once() {
    let body = json!({"type": "stop_payment.requested", "data": {
        "order_id": "1", "result_code": "00", "balance": {"amount": "-1.00", "currency": "USD"}, "held": 5,
        "stopped_at": "2026-02-30T00:00:00+08:00", "remark": "\u{0}",
        "onward": [{"account": {"kind": "cash", "number": "?", "bank_code": ""}, "amount": {}}, 7]}});
    let Err(Malformed::Fields(fields)) = read_result(body.to_string().as_bytes()) else {
        panic!("nothing in it is right");
    };
    let pointers: Vec<&str> = fields.iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/type",
            "/data/order_id",
            "/data/result_code",
            "/data/balance/currency",
            "/data/balance/amount",
            "/data/held",
            "/data/stopped_at",
            "/data/remark",
            "/data/onward/0/account/kind",
            "/data/onward/0/account/number",
            "/data/onward/0/account/bank_code",
            "/data/onward/0/amount/currency",
            "/data/onward/0/amount/amount",
            "/data/onward/1",
            "/data/onward/1/account/kind",
        ]
    );
    assert!(!Malformed::Fields(fields).to_string().contains("-1.00"), "a body is never quoted");
}

#[test]
fn only_the_order_and_its_result_code_are_required() {
    let least = json!({"data": {"order_id": ORDER_ID, "result_code": "0302"}});
    assert!(read_result(least.to_string().as_bytes()).is_ok());
    let Err(Malformed::Fields(fields)) = read_result(b"{}") else {
        panic!("both are missing");
    };
    let named: Vec<String> =
        fields.iter().map(|field| format!("{} {}", field.pointer, field.detail)).collect();
    assert_eq!(named, ["/data/order_id is required", "/data/result_code is required"]);
}

#[test]
fn what_is_not_json_is_told_from_what_is_wrong() {
    for body in [&b""[..], b"{", b"\xff\xfe", b"{\"data\":\"\xc3\"}"] {
        assert_eq!(read_result(body), Err(Malformed::NotJson));
    }
    assert!(matches!(read_result(b"null"), Err(Malformed::Fields(_))));
    let bottomless = "[".repeat(100_000);
    assert_eq!(read_result(bottomless.as_bytes()), Err(Malformed::NotJson));
}

/// Any JSON, with a liking for the names and shapes of a result.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "-?[0-9]{0,20}\\.[0-9]{2}".prop_map(Value::from),
        "[0-9]{4}".prop_map(Value::from),
        "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:00)"
            .prop_map(Value::from),
        Just(Value::from(ORDER_ID)),
    ];
    let names = prop::sample::select(vec![
        "type",
        "data",
        "order_id",
        "result_code",
        "balance",
        "held",
        "stopped_at",
        "expires_at",
        "remark",
        "onward",
        "account",
        "amount",
        "currency",
        "kind",
        "number",
        "holder",
        "bank_code",
        "reference",
    ]);
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_reading_panic_and_every_refusal_names_a_field(data in any_json()) {
        for body in [data.clone(), json!({"data": data.clone()}), json!({"data": {
            "order_id": ORDER_ID, "result_code": "0000", "held": data.clone(), "stopped_at": data.clone(), "onward": [data],
        }})] {
            if let Err(Malformed::Fields(fields)) = read_result(body.to_string().as_bytes()) {
                prop_assert!(!fields.is_empty());
                for field in fields {
                    prop_assert!(field.pointer.is_empty() || field.pointer.starts_with('/'));
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_result(&body).is_err());
    }
}
