//! The money has moved on: it is followed from account to account, and every yuan is counted once.

use channels::webhook::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, sign};
use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::money::Fen;
use domain::person::PersonName;
use domain::pursuit::Limits;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Answer, Town, reports};
use world::Manner;
use world::bank::{BankAccount, Onward, Received};

use super::{MULE, STATION, VICTIM};

const SECOND_VICTIM: &str = "13847200002";
/// Accounts of mules, by bank.
const AT_CCB: &str = "6217000010001234560";
const AT_ICBC: &str = "6222020602001234566";
const AT_BOC: &str = "6216610100001234567";
const AT_ABC: &str = "6228480010012345671";
const LAST: &str = "6217000010009999996";

fn fen(yuan: &str) -> Fen {
    Fen::parse_or_zero(yuan).unwrap()
}

/// An account of 李某 that has `yuan` in it before it passes money on, each sum so many minutes from now.
fn mule(town: &Town, bank: &str, number: &str, yuan: &str, onward: &[(&str, &str, &str, i64)]) {
    let onward = onward.iter().map(|(to_bank, to, amount, minutes)| Onward {
        to: account(to_bank, to),
        amount: fen(amount),
        at: town.now() + TimeDelta::minutes(*minutes),
        reference: format!("{number}-{minutes}"),
    });
    town.bank(bank).open_account(BankAccount {
        number: AccountNumber::parse(number).unwrap(),
        holder: PersonName::parse("李某").unwrap(),
        balance: fen(yuan),
        whitelisted: false,
        received: vec![],
        onward: onward.collect(),
    });
}

fn account(bank: &str, number: &str) -> Account {
    Account {
        kind: AccountKind::BankCard,
        number: AccountNumber::parse(number).ok(),
        holder: PersonName::parse("李某").ok(),
        bank_code: BankCode::parse(bank).ok(),
    }
}

/// A victim calls about a transfer to [`MULE`], and everything that can be heard is heard.
async fn call(town: &Town, phone: &str, yuan: &str) -> Value {
    let report = reports::call(phone, MULE, yuan, town.now());
    let taken = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;
    taken
}

async fn money(town: &Town, taken: &Value) -> Value {
    let path = format!("/v1/incidents/{}/money", taken["incident"]["id"].as_str().unwrap());
    town.auditor().get(&path).await.expect(StatusCode::OK)
}

/// `[claimed, held, escaped, unknown]`, in yuan.
fn figures(of: &Value) -> [&str; 4] {
    ["claimed", "held", "escaped", "unknown"].map(|member| of[member]["amount"].as_str().unwrap())
}

/// The account of the graph that ends so.
fn node<'a>(money: &'a Value, number: &str) -> &'a Value {
    let tail = &number[number.len() - 4..];
    let accounts = money["accounts"].as_array().unwrap();
    accounts.iter().find(|account| account["number"].as_str().unwrap().ends_with(tail)).unwrap()
}

async fn orders(town: &Town, taken: &Value) -> Vec<Value> {
    let path = format!("/v1/stop-payments?incident={}", taken["incident"]["id"].as_str().unwrap());
    town.auditor().list(&path).await
}

async fn end(town: Town, holds: &[&str]) {
    for held in holds {
        town.expect_hold(&AccountNumber::parse(held).unwrap());
    }
    town.expect_patrol(STATION).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hops_that_split_and_meet_again_are_chased_at_once_and_counted_once() {
    let town = Town::start().await;
    mule(
        &town,
        "ABC",
        MULE,
        "100000.00",
        &[("CCB", AT_CCB, "50000.00", -20), ("ICBC", AT_ICBC, "45000.00", -19)],
    );
    mule(&town, "CCB", AT_CCB, "50000.00", &[("BOC", AT_BOC, "50000.00", -15)]);
    mule(&town, "ICBC", AT_ICBC, "45000.00", &[("BOC", AT_BOC, "40000.00", -14)]);
    mule(&town, "BOC", AT_BOC, "90000.00", &[("ABC", AT_ABC, "80000.00", -10)]);
    mule(&town, "ABC", AT_ABC, "80000.00", &[("CCB", LAST, "50000.00", -5)]);
    mule(&town, "CCB", LAST, "70000.00", &[]);
    let taken = call(&town, VICTIM, "100000.00").await;

    let orders = orders(&town, &taken).await;
    assert_eq!(orders.len(), 6, "each account has its order, the one that two lead to has one");
    let hop = |number: &str| {
        let of = |order: &&Value| order["transfer"]["payee"]["number"] == number;
        orders.iter().find(of).map(|order| order["hop"].as_u64().unwrap())
    };
    let hops = [MULE, AT_CCB, AT_ICBC, AT_BOC, AT_ABC, LAST].map(hop);
    assert_eq!(hops, [0, 1, 1, 2, 3, 4].map(Some));

    let money = money(&town, &taken).await;
    assert_eq!(figures(&money["totals"]), ["100000.00", "100000.00", "0.00", "0.00"]);
    for (number, expected) in [
        (MULE, ["100000.00", "5000.00", "0.00", "0.00"]),
        (AT_CCB, ["50000.00", "0.00", "0.00", "0.00"]),
        (AT_ICBC, ["45000.00", "5000.00", "0.00", "0.00"]),
        (AT_BOC, ["90000.00", "10000.00", "0.00", "0.00"]),
        (AT_ABC, ["80000.00", "30000.00", "0.00", "0.00"]),
        (LAST, ["50000.00", "50000.00", "0.00", "0.00"]),
    ] {
        assert_eq!(figures(node(&money, number)), expected, "{number}");
    }
    assert_eq!(money["transfers"].as_array().unwrap().len(), 6);
    assert_eq!(town.incident(&taken).await["money"], money["totals"]);
    end(town, &[MULE, AT_CCB, AT_ICBC, AT_BOC, AT_ABC, LAST]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_goes_in_a_circle_is_chased_round_once() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "60000.00", &[("CCB", AT_CCB, "60000.00", -9)]);
    mule(&town, "CCB", AT_CCB, "60000.00", &[("ABC", MULE, "60000.00", -5)]);
    let taken = call(&town, VICTIM, "60000.00").await;
    assert_eq!(orders(&town, &taken).await.len(), 2);
    let money = money(&town, &taken).await;
    assert_eq!(figures(&money["totals"]), ["60000.00", "0.00", "60000.00", "0.00"]);
    let back = &money["transfers"][1];
    assert_eq!((&back["comes_back"], &back["followed"]), (&json!(true), &json!("known_account")));
    end(town, &[MULE, AT_CCB]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_larger_transfer_no_more_is_held_than_this_victim_lost() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "300000.00", &[("CCB", AT_CCB, "280000.00", -9)]);
    mule(&town, "CCB", AT_CCB, "280000.00", &[]);
    // the bank finds the transfer by the amount that was moved
    town.bank("CCB").open_account(BankAccount {
        number: AccountNumber::parse(AT_CCB).unwrap(),
        holder: PersonName::parse("李某").unwrap(),
        balance: fen("280000.00"),
        whitelisted: false,
        received: vec![Received { amount: fen("280000.00"), at: town.now() - TimeDelta::minutes(9) }],
        onward: vec![],
    });
    let taken = call(&town, VICTIM, "100000.00").await;
    let next = orders(&town, &taken).await.into_iter().find(|order| order["hop"] == 1).unwrap();
    assert_eq!(next["transfer"]["amount"]["amount"], "280000.00");
    assert_eq!(
        (&next["claimed"]["amount"], &next["held"]["amount"]),
        (&json!("80000.00"), &json!("80000.00"))
    );
    assert_eq!(next["status"], "active", "everything claimed is held");
    let money = money(&town, &taken).await;
    assert_eq!(figures(&money["totals"]), ["100000.00", "100000.00", "0.00", "0.00"]);
    end(town, &[MULE, AT_CCB]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_followed_as_far_as_is_set_and_small_sums_are_let_go() {
    let limits = Limits { max_hops: 1, floor: fen("1000.00"), ..Limits::default() };
    let town = Town::with(|centre| centre.pursuit = limits).await;
    mule(&town, "ABC", MULE, "50000.00", &[("CCB", AT_CCB, "49000.00", -9), ("BOC", AT_BOC, "999.99", -8)]);
    mule(&town, "CCB", AT_CCB, "49000.00", &[("ICBC", AT_ICBC, "40000.00", -5)]);
    let taken = call(&town, VICTIM, "50000.00").await;
    assert_eq!(orders(&town, &taken).await.len(), 2);
    let money = money(&town, &taken).await;
    assert_eq!(node(&money, AT_BOC)["not_ordered"], "below_floor");
    assert_eq!(node(&money, AT_ICBC)["not_ordered"], "hop_limit");
    assert_eq!(node(&money, AT_ICBC)["hop"], 2);
    assert_eq!(figures(&money["totals"]), ["50000.00", "9000.01", "40999.99", "0.00"]);
    end(town, &[MULE, AT_CCB]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_victims_of_one_mule_share_one_hold() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "90000.00", &[]);
    let one = call(&town, VICTIM, "100000.00").await;
    let other = call(&town, SECOND_VICTIM, "50000.00").await;
    let second = &orders(&town, &other).await[0];
    assert_eq!(second["status"], "held_by_other", "the second order goes out all the same");

    let (of_one, of_other) = (money(&town, &one).await, money(&town, &other).await);
    assert_eq!(figures(&of_one["totals"])[1], "60000.00");
    assert_eq!(figures(&of_other["totals"])[1], "30000.00");
    let shared = &node(&of_other, MULE)["shared"];
    assert_eq!((&shared["count"], &shared["held"]["amount"]), (&json!(1), &json!("90000.00")));
    assert_eq!(shared["stop_payment_ids"], json!([one["stop_payments"][0]["id"]]));
    let path = format!("/v1/incidents/{}/money", other["incident"]["id"].as_str().unwrap());
    let at_station = town.officer(STATION).get(&path).await.expect(StatusCode::OK);
    let shared = &node(&at_station, MULE)["shared"];
    assert_eq!((&shared["count"], &shared["stop_payment_ids"]), (&json!(1), &json!([])));

    let path = format!("/v1/stop-payments/{}", second["id"].as_str().unwrap());
    let read = town.auditor().get(&path).await.expect(StatusCode::OK);
    assert_eq!(read["shared_with_ids"], json!([one["stop_payments"][0]["id"]]));
    town.sleep_through(TimeDelta::minutes(1));
    let stats = town.auditor().get("/v1/stats").await.expect(StatusCode::OK);
    assert_eq!(stats["amount_stopped"]["amount"], "90000.00", "one hold is counted once");
}

/// What ABC tells at its callback about an order that lost `yuan` to [`AT_CCB`].
async fn told_later(town: &Town, order: &str, id: &str, yuan: &str) -> Value {
    let at = town.now();
    let body = json!({ "type": "stop_payment.result", "timestamp": at, "data": {
        "order_id": order, "result_code": "1200", "onward": [{
            "account": { "kind": "bank_card", "number": AT_CCB, "holder": "李某", "bank_code": "CCB" },
            "amount": { "amount": yuan, "currency": "CNY" }, "transferred_at": at, "reference": "S-1" }] } });
    signed(town, id, &body).await.expect(StatusCode::OK)
}

/// ABC says this at its callback.
async fn signed(town: &Town, id: &str, body: &Value) -> Answer {
    let (at, body) = (town.now(), body.to_string());
    let secrets = [Secret::parse(&town.bank("ABC").callback_secret()).unwrap()];
    let request = town
        .stranger()
        .request(Method::POST, "/v1/webhooks/banks/ABC")
        .header("content-type", "application/json")
        .header(ID_HEADER, id)
        .header(TIMESTAMP_HEADER, at.timestamp().to_string())
        .header(SIGNATURE_HEADER, sign(&secrets, id, at, body.as_bytes()))
        .body(body);
    town.stranger().send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_finds_out_later_is_followed_and_what_it_says_twice_once() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "10000.00", &[]);
    mule(&town, "CCB", AT_CCB, "30000.00", &[]);
    let taken = call(&town, VICTIM, "40000.00").await;
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    assert_eq!(orders(&town, &taken).await.len(), 1);
    assert_eq!(told_later(&town, order, "late-1", "30000.00").await["changed"], true);
    assert_eq!(told_later(&town, order, "late-1", "30000.00").await["changed"], false);
    assert_eq!(told_later(&town, order, "late-2", "30000.00").await["changed"], false, "the same serial");
    town.settle().await;
    assert_eq!(orders(&town, &taken).await.len(), 2);
    let money = money(&town, &taken).await;
    assert_eq!(figures(&money["totals"]), ["40000.00", "40000.00", "0.00", "0.00"]);
    end(town, &[MULE, AT_CCB]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_to_the_victim_is_no_fraudsters_account() {
    let town = Town::start().await;
    let victims_own = "6222020200112233440";
    mule(&town, "ABC", MULE, "50000.00", &[("ICBC", victims_own, "2000.00", -9)]);
    let taken = call(&town, VICTIM, "50000.00").await;
    assert_eq!(orders(&town, &taken).await.len(), 1, "nobody stops the victim's own account");
    let money = money(&town, &taken).await;
    assert_eq!(money["totals"]["returned"]["amount"], "2000.00");
    assert_eq!(figures(&money["totals"]), ["50000.00", "48000.00", "0.00", "0.00"]);
    end(town, &[MULE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_silent_about_the_next_hop_leaves_its_money_unknown() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "50000.00", &[("CCB", AT_CCB, "20000.00", -9)]);
    town.bank("CCB").set_manner(Manner::Down);
    let taken = call(&town, VICTIM, "50000.00").await;
    let money = money(&town, &taken).await;
    assert_eq!(figures(&money["totals"]), ["50000.00", "30000.00", "0.00", "20000.00"]);
}

/// The one order of a call, as it stands.
async fn order_of(town: &Town, taken: &Value) -> Value {
    let path = format!("/v1/stop-payments/{}", taken["stop_payments"][0]["id"].as_str().unwrap());
    town.auditor().get(&path).await.expect(StatusCode::OK)
}

/// What the desk was told about an order, by kind of alarm.
async fn alarms(town: &Town, taken: &Value, kind: &str) -> Vec<Value> {
    let incident = town.incident(taken).await;
    let lines = incident["timeline"].as_array().unwrap().iter().map(|line| line["data"].clone());
    lines.filter(|data| data["kind"] == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_claims_the_first_takes_the_account_over_when_the_hold_ends_and_there_is_no_third() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "90000.00", &[]);
    let one = call(&town, VICTIM, "100000.00").await;
    town.sleep_through(TimeDelta::minutes(1));
    let two = call(&town, SECOND_VICTIM, "50000.00").await;
    town.sleep_through(TimeDelta::minutes(1));
    let three = call(&town, "13847200003", "20000.00").await;
    town.advance(TimeDelta::hours(49)).await;
    town.settle().await;
    assert_eq!(order_of(&town, &one).await["status"], "expired");
    let (second, third) = (order_of(&town, &two).await, order_of(&town, &three).await);
    assert_eq!((&second["status"], &third["status"]), (&json!("held_by_other"), &json!("held_by_other")));
    let next = second["corrected_by_id"].as_str().unwrap();
    assert_eq!(third["corrected_by_id"], Value::Null, "one at a time");
    assert_eq!(third["held_by"]["stop_payment_id"], next);
    let took_over = town.auditor().get(&format!("/v1/stop-payments/{next}")).await.expect(StatusCode::OK);
    assert_eq!((&took_over["status"], &took_over["held"]["amount"]), (&json!("active"), &json!("50000.00")));
    let shares = [money(&town, &two).await, money(&town, &three).await];
    let held: Vec<&str> = shares.iter().map(|money| figures(&money["totals"])[1]).collect();
    // the claim of the order that is over shares no more
    assert_eq!(held, ["35714.29", "14285.71"]);

    town.advance(TimeDelta::hours(49)).await;
    town.settle().await;
    let third = order_of(&town, &three).await;
    assert_eq!(third["corrected_by_id"], Value::Null, "the account was stopped twice");
    let told = alarms(&town, &three, "holder_let_go").await;
    assert_eq!(told.len(), 1);
    assert!(told[0]["why"].as_str().unwrap().contains("stopped 2"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_holder_was_right_is_not_stopped_again_by_itself() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "90000.00", &[]);
    let one = call(&town, VICTIM, "100000.00").await;
    let two = call(&town, SECOND_VICTIM, "50000.00").await;
    let appeals = format!("/v1/stop-payments/{}/appeals", one["stop_payments"][0]["id"].as_str().unwrap());
    let appeal = json!({ "appellant": { "name": "李某", "phone": "13847200005" }, "reason": "系货款" });
    let appeal = town.dispatcher().post(&appeals, appeal).await.expect(StatusCode::CREATED);
    let decide = format!("/v1/appeals/{}/decide", appeal["id"].as_str().unwrap());
    let grant = json!({ "grant": true, "reason": "合同属实" });
    let _ = town.supervisor().post(&decide, grant).await.expect(StatusCode::OK);
    town.settle().await;
    assert_eq!(order_of(&town, &one).await["status"], "released");
    let waits = order_of(&town, &two).await;
    assert_eq!((&waits["status"], &waits["corrected_by_id"]), (&json!("held_by_other"), &Value::Null));
    let told = alarms(&town, &two, "holder_let_go").await;
    assert!(told[0]["why"].as_str().unwrap().contains("appeal"), "{told:?}");
    assert!(town.bank("ABC").holds().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_learnt_late_raises_the_claim_where_more_is_there() {
    let town = Town::start().await;
    let split = [("CCB", AT_CCB, "60000.00", -20), ("ICBC", AT_ICBC, "40000.00", -19)];
    mule(&town, "ABC", MULE, "100000.00", &split);
    mule(&town, "CCB", AT_CCB, "60000.00", &[("BOC", AT_BOC, "60000.00", -15)]);
    mule(&town, "ICBC", AT_ICBC, "40000.00", &[("BOC", AT_BOC, "40000.00", -14)]);
    mule(&town, "BOC", AT_BOC, "95000.00", &[]);
    town.bank("ICBC").set_manner(Manner::Down);
    let taken = call(&town, VICTIM, "100000.00").await;
    let there = async || {
        let mut at_boc = orders(&town, &taken).await;
        at_boc.retain(|order| order["transfer"]["payee"]["number"] == AT_BOC);
        at_boc.sort_by_key(|order| order["created_at"].to_string());
        at_boc
    };
    let before = there().await;
    assert_eq!(before.len(), 1);
    assert_eq!(before[0]["held"]["amount"], "60000.00", "no more was known to be the victim's");
    town.bank("ICBC").set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::minutes(5)).await;
    town.settle().await;
    let [first, further] = &there().await[..] else { panic!("one further order") };
    assert_eq!(first["id"], before[0]["id"]);
    assert_eq!(further["transfer"]["amount"]["amount"], "40000.00", "the bank finds the transfer by it");
    assert_eq!(further["claimed"]["amount"], "35000.00", "no more than is there beyond the first");
    let path = format!("/v1/stop-payments/{}", further["id"].as_str().unwrap());
    let read = town.auditor().get(&path).await.expect(StatusCode::OK);
    assert_eq!((&read["status"], &read["hop"]), (&json!("held_by_other"), &json!(2)));
    assert_eq!(read["held_by"]["stop_payment_id"], first["id"], "the whole account is stopped already");
    town.advance(TimeDelta::minutes(5)).await;
    town.settle().await;
    assert_eq!(there().await.len(), 2, "what was asked for is not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_transactions_in_an_answer_is_followed_like_onward_transfers() {
    let town = Town::start().await;
    mule(&town, "ABC", MULE, "10000.00", &[]);
    mule(&town, "CCB", AT_CCB, "30000.00", &[]);
    let taken = call(&town, VICTIM, "40000.00").await;
    let order = taken["stop_payments"][0]["id"].as_str().unwrap();
    let at = town.now();
    let line = |direction: &str, number: &str, yuan: &str, minutes: i64| {
        json!({ "direction": direction, "amount": { "amount": yuan, "currency": "CNY" },
            "counterparty": { "kind": "bank_card", "number": number, "holder": "李某", "bank_code": "CCB" },
            "at": at + TimeDelta::minutes(minutes), "reference": format!("T{minutes}") })
    };
    let onward = json!([{ "account": { "kind": "bank_card", "number": AT_CCB, "holder": "李某", "bank_code": "CCB" },
        "amount": { "amount": "30000.00", "currency": "CNY" }, "transferred_at": at, "reference": "T0" }]);
    let list =
        json!([line("in", "6222020200112233440", "40000.00", -10), line("out", AT_CCB, "30000.00", 0)]);
    let answer = json!({ "type": "stop_payment.result", "timestamp": at, "data": {
        "order_id": order, "result_code": "1200", "onward": onward, "transactions": list } });
    let heard = signed(&town, "late-1", &answer).await.expect(StatusCode::OK);
    assert_eq!(heard["changed"], true);
    town.settle().await;
    assert_eq!(orders(&town, &taken).await.len(), 2, "a transfer that is told in both ways is one");
    let bad = json!({ "type": "stop_payment.result", "timestamp": at, "data": {
        "order_id": order, "result_code": "1200", "transactions": [{ "direction": "sideways" }] } });
    let refused = signed(&town, "late-2", &bad).await;
    assert_eq!(
        refused.pointers(),
        [
            "/data/transactions/0/amount",
            "/data/transactions/0/at",
            "/data/transactions/0/counterparty/kind",
            "/data/transactions/0/direction"
        ]
    );
    end(town, &[MULE, AT_CCB]).await;
}
