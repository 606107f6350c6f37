//! `/v1/fund-returns/calculate`.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::Town;

const PATH: &str = "/v1/fund-returns/calculate";

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_sum_is_divided_to_the_fen_and_nothing_is_stored() {
    let town = Town::start().await;
    let at = |minutes| town.now() - TimeDelta::minutes(minutes);
    let case = json!({
        "deposits": [
            { "victim": "甲", "amount": yuan("100.00"), "at": at(50) },
            { "victim": "乙", "amount": yuan("100.00"), "at": at(40) },
            { "victim": "丙", "amount": yuan("100.00"), "at": at(30) },
            { "victim": "甲", "amount": yuan("7.00"), "at": at(10) },
        ],
        "outflows": [{ "amount": yuan("200.00"), "at": at(20) }],
        "frozen": yuan("107.00"),
    });
    let divided = town.auditor().post(PATH, case).await.expect(StatusCode::OK);
    let shares: Vec<(&str, &str)> = divided["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| (share["victim"].as_str().unwrap(), share["returned"]["amount"].as_str().unwrap()))
        .collect();
    assert_eq!(shares, [("甲", "40.34"), ("乙", "33.33"), ("丙", "33.33")]);
    let methods: Vec<&str> =
        divided["parts"].as_array().unwrap().iter().map(|part| part["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["pro_rata", "pro_rata", "pro_rata", "by_time"]);
    assert!(divided["remainder_rule"].as_str().unwrap().contains("largest remainders"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_cannot_be_true_is_refused_at_its_place() {
    let town = Town::start().await;
    let deposit = json!({ "victim": "甲", "amount": yuan("1.00"), "at": town.now() });
    let outflow = json!({ "amount": yuan("2.00"), "at": town.now() });
    for (case, pointer) in [
        (json!({ "deposits": [], "frozen": yuan("1.00") }), "/deposits"),
        (json!({ "deposits": [deposit], "frozen": yuan("2.00") }), "/frozen"),
        (
            json!({ "deposits": [deposit], "outflows": [outflow], "frozen": yuan("1.00") }),
            "/outflows/0/amount",
        ),
        (json!({ "deposits": [{ "victim": "甲" }], "frozen": yuan("1.00") }), "/deposits/0/amount"),
    ] {
        let refused = town.dispatcher().post(PATH, case).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.pointers()[0], pointer);
    }
}
