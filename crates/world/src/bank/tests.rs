use std::time::Duration;

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::account::{Account, AccountKind};
use domain::clock::Clock;
use serde_json::{Value, json};

use super::*;
use crate::testing::Gateway;
use crate::wire;

const MULE: &str = "6228482601815908309";
const NEXT_MULE: &str = "6217001234567890126";

fn yuan(amount: i64) -> Fen {
    Fen::new(amount * 100).unwrap()
}

fn number(text: &str) -> AccountNumber {
    AccountNumber::parse(text).unwrap()
}

async fn bank_with_a_mule(balance: Fen) -> (Gateway, Bank) {
    let gateway = Gateway::start().await;
    let bank = gateway.world.bank(&BankCode::parse("abc").unwrap()).unwrap().clone();
    bank.open_account(mule(balance));
    (gateway, bank)
}

fn mule(balance: Fen) -> BankAccount {
    BankAccount {
        number: number(MULE),
        holder: PersonName::parse("李某").unwrap(),
        balance,
        whitelisted: false,
        received: vec![],
        onward: vec![],
    }
}

fn order(gateway: &Gateway, order_id: &str, holder: Option<&str>, claimed: Fen) -> Value {
    let now = gateway.clock.now();
    let data = json!({
        "order_id": order_id, "round": 1, "hop": 0,
        "account": {"kind": "bank_card", "number": MULE, "holder": holder, "bank_code": "ABC"},
        "amount": wire::money(claimed), "transferred_at": wire::moment(now),
    });
    wire::event("stop_payment.requested", now, data)
}

fn about(gateway: &Gateway, kind: &str, order_id: &str) -> Value {
    let data = json!({"order_id": order_id, "case_number": "A1502"});
    wire::event(&format!("stop_payment.{kind}_requested"), gateway.clock.now(), data)
}

async fn ask(gateway: &Gateway, bank: &Bank, id: &str, body: &Value) -> (StatusCode, Value) {
    let (status, answer) = gateway.send(bank.endpoint(), &bank.secret(), id, body).await;
    (status, answer["data"].clone())
}

async fn code_of(gateway: &Gateway, bank: &Bank, id: &str, body: &Value) -> String {
    let (_, data) = ask(gateway, bank, id, body).await;
    data["result_code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_order_is_carried_out_once_however_often_it_is_sent() {
    let (gateway, bank) = bank_with_a_mule(yuan(200)).await;
    let body = order(&gateway, "o1", Some("李某"), yuan(150));
    let (_, first) = ask(&gateway, &bank, "w1", &body).await;
    let (_, again) = ask(&gateway, &bank, "w1", &body).await;
    let (_, under_another_id) = ask(&gateway, &bank, "w2", &body).await;

    assert_eq!(first["result_code"], "0000");
    assert_eq!(first["held"]["amount"], "150.00");
    assert_eq!((&again, &under_another_id), (&first, &first));
    assert_eq!((bank.times_executed("o1"), bank.requests_seen("o1")), (1, 3));
    let another = order(&gateway, "o2", Some("李某"), yuan(150));
    assert_eq!(code_of(&gateway, &bank, "w3", &another).await, "1301");
    assert_eq!(bank.holds().len(), 1);
}

#[tokio::test]
async fn what_is_held_is_the_smaller_of_balance_and_claim_and_the_rest_is_named_onward() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    let now = gateway.clock.now();
    let step = |amount, at, reference: &str| Onward {
        to: Account {
            kind: AccountKind::BankCard,
            number: Some(number(NEXT_MULE)),
            holder: PersonName::parse("赵某").ok(),
            bank_code: BankCode::parse("CCB").ok(),
        },
        amount,
        at,
        reference: reference.to_owned(),
    };
    bank.open_account(BankAccount {
        onward: vec![step(yuan(60), now, "gone"), step(yuan(40), now + TimeDelta::minutes(5), "not yet")],
        ..mule(yuan(100))
    });
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    let (_, data) = ask(&gateway, &bank, "w1", &body).await;

    assert_eq!(data["result_code"], "1200");
    assert_eq!(data["balance"]["amount"], "40.00");
    assert_eq!(data["held"]["amount"], "40.00");
    assert_eq!(data["onward"].as_array().unwrap().len(), 1);
    assert_eq!(data["onward"][0]["reference"], "gone");
    assert_eq!(data["onward"][0]["account"]["bank_code"], "CCB");
    gateway.clock.advance(TimeDelta::hours(1));
    assert_eq!(bank.balance(&number(MULE)), Some(yuan(40)), "nothing leaves a stopped account");
}

#[tokio::test]
async fn a_stop_needs_all_four_facts_to_agree() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    let received = Received { amount: yuan(100), at: gateway.clock.now() };
    bank.open_account(BankAccount { received: vec![received], ..mule(yuan(100)) });
    let wrong_name = order(&gateway, "o1", Some("王某"), yuan(100));
    assert_eq!(code_of(&gateway, &bank, "w1", &wrong_name).await, "0301");
    let wrong_amount = order(&gateway, "o2", Some("李某"), yuan(99));
    assert_eq!(code_of(&gateway, &bank, "w2", &wrong_amount).await, "0301");
    let no_name = order(&gateway, "o3", None, yuan(100));
    assert_eq!(code_of(&gateway, &bank, "w3", &no_name).await, "0500");
    assert!(bank.holds().is_empty(), "a mismatch must not stop");
    let corrected = order(&gateway, "o1", Some("李某"), yuan(100));
    assert_eq!(code_of(&gateway, &bank, "w1", &corrected).await, "0000");
}

#[tokio::test]
async fn a_white_listed_or_unknown_account_is_never_stopped() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    bank.open_account(BankAccount { whitelisted: true, ..mule(yuan(100)) });
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    assert_eq!(code_of(&gateway, &bank, "w1", &body).await, "0302");
    let elsewhere = gateway.world.bank(&BankCode::parse("BOC").unwrap()).unwrap();
    assert_eq!(code_of(&gateway, elsewhere, "w1", &body).await, "0300");
}

#[tokio::test]
async fn a_stop_lasts_48_hours_and_is_renewed_once() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    ask(&gateway, &bank, "w1", &body).await;
    gateway.clock.advance(TimeDelta::hours(47));
    let renewal = about(&gateway, "renewal", "o1");
    assert_eq!(code_of(&gateway, &bank, "w2", &renewal).await, "0000");
    assert_eq!(code_of(&gateway, &bank, "w2", &renewal).await, "0000", "a replay");
    assert_eq!(code_of(&gateway, &bank, "w3", &renewal).await, "1304");
    gateway.clock.advance(TimeDelta::hours(47));
    assert_eq!(bank.holds().len(), 1);
    gateway.clock.advance(TimeDelta::hours(1));
    assert!(bank.holds().is_empty());
    assert_eq!(code_of(&gateway, &bank, "w4", &about(&gateway, "renewal", "o1")).await, "1800");
    assert_eq!(code_of(&gateway, &bank, "w5", &about(&gateway, "release", "o1")).await, "1900");
    let third = order(&gateway, "o2", Some("李某"), yuan(100));
    assert_eq!(code_of(&gateway, &bank, "w6", &third).await, "1304");
}

#[tokio::test]
async fn stops_are_counted_by_account_and_rounds_by_order() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    ask(&gateway, &bank, "w1", &order(&gateway, "o1", Some("李某"), yuan(100))).await;
    gateway.clock.advance(TimeDelta::hours(48));
    ask(&gateway, &bank, "w2", &order(&gateway, "o2", Some("李某"), yuan(100))).await;
    let mut renewal = about(&gateway, "renewal", "o2");
    renewal["data"]["round"] = json!(2);
    assert_eq!(bank.order("o2").unwrap().hold.unwrap().round, 1);
    assert_eq!(code_of(&gateway, &bank, "w3", &renewal).await, "1304");
}

#[tokio::test]
async fn a_stop_is_released_or_frozen_on_request() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    ask(&gateway, &bank, "w1", &order(&gateway, "o1", Some("李某"), yuan(100))).await;
    assert_eq!(code_of(&gateway, &bank, "w2", &about(&gateway, "release", "o1")).await, "0000");
    assert!(bank.holds().is_empty());
    ask(&gateway, &bank, "w3", &order(&gateway, "o2", Some("李某"), yuan(100))).await;
    assert_eq!(code_of(&gateway, &bank, "w4", &about(&gateway, "freeze", "o2")).await, "0000");
    gateway.clock.advance(TimeDelta::days(30));
    assert_eq!(bank.holds().len(), 1, "a freeze does not lapse with the stop");
    let further = |kind: &str| {
        let mut request = about(&gateway, kind, "o2");
        request["data"]["document"] = json!("D2");
        request
    };
    assert_eq!(code_of(&gateway, &bank, "w6", &about(&gateway, "freeze_release", "o2")).await, "0600");
    assert_eq!(code_of(&gateway, &bank, "w7", &further("freeze_extension")).await, "0000");
    assert_eq!(code_of(&gateway, &bank, "w8", &further("freeze_release")).await, "0000");
    assert!(bank.holds().is_empty());
    assert_eq!(code_of(&gateway, &bank, "w9", &further("freeze_extension")).await, "1800");
    let (status, _) = ask(&gateway, &bank, "w5", &about(&gateway, "status", "never sent")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_lost_answer_is_found_by_asking() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    bank.set_manner(Manner::LosesAnswer);
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    let (status, _) = ask(&gateway, &bank, "w1", &body).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    bank.set_manner(Manner::AnswerInResponse);
    assert_eq!(code_of(&gateway, &bank, "w2", &about(&gateway, "status", "o1")).await, "0000");
    assert_eq!(bank.times_executed("o1"), 1);
}

#[tokio::test]
async fn a_bank_that_is_down_keeps_nothing_and_a_bad_signature_is_turned_away() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    bank.set_manner(Manner::Down);
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    let (status, _) = ask(&gateway, &bank, "w1", &body).await;
    assert_eq!((status, bank.requests_seen("o1")), (StatusCode::SERVICE_UNAVAILABLE, 0));
    bank.set_manner(Manner::AnswerInResponse);
    let (status, _) = gateway.send(bank.endpoint(), &bank.callback_secret(), "w1", &body).await;
    assert_eq!((status, bank.bad_signatures()), (StatusCode::UNAUTHORIZED, 1));
    assert!(bank.orders().is_empty());
}

#[tokio::test]
async fn a_silent_bank_keeps_the_order_and_stops_nothing() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    bank.set_manner(Manner::Silent);
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    tokio::select! {
        _ = ask(&gateway, &bank, "w1", &body) => panic!("a silent bank answered"),
        () = bank.wait_for_requests("o1", 1) => {}
    }
    assert!(bank.holds().is_empty());
}

#[tokio::test]
async fn a_result_told_later_is_signed_with_the_banks_own_secret() {
    let (gateway, bank) = bank_with_a_mule(yuan(100)).await;
    bank.set_manner(Manner::AnswerLater { after: Duration::ZERO });
    let body = order(&gateway, "o1", Some("李某"), yuan(100));
    let (status, now) = ask(&gateway, &bank, "w1", &body).await;
    assert_eq!((status, now), (StatusCode::OK, Value::Null));
    let told = gateway.next_callback().await;
    assert_eq!(told.path, "/v1/webhooks/banks/ABC");
    let secret = Secret::parse(&bank.callback_secret()).unwrap();
    assert_eq!(secret.verify(&told.headers, &told.body, gateway.clock.now()), Ok(()));
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["type"], "stop_payment.result");
    assert_eq!(told["data"]["order_id"], "o1");
}

#[tokio::test]
async fn a_bank_that_knows_every_account_stops_one_that_nobody_opened() {
    let gateway = Gateway::start().await;
    let bank = gateway.world.bank(&BankCode::parse("ABC").unwrap()).unwrap().clone();
    let body = order(&gateway, "o1", Some("李某"), yuan(150));
    assert_eq!(code_of(&gateway, &bank, "w1", &body).await, "0300");
    bank.know_every_account();
    let body = order(&gateway, "o2", Some("李某"), yuan(150));
    assert_eq!(code_of(&gateway, &bank, "w2", &body).await, "0000");
    assert_eq!(bank.holds()[0].hold.as_ref().unwrap().held, yuan(150));
    let mismatched = order(&gateway, "o3", Some("王某"), yuan(1));
    assert_ne!(code_of(&gateway, &bank, "w3", &mismatched).await, "0000", "its holder is the one first told");
}
