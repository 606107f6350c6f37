//! `/v1/bank-directory`.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Answer, Town};

const PATH: &str = "/v1/bank-directory";
const SHIPPED: &str = include_str!("../../../config/banks/directory.toml");

async fn put(town: &Town, media_type: &str, body: impl Into<String>) -> Answer {
    let request = town.admin().request(Method::PUT, PATH).header(CONTENT_TYPE, media_type).body(body.into());
    town.admin().send(request).await
}

async fn version(town: &Town) -> Value {
    town.dispatcher().get(PATH).await.expect(StatusCode::OK)["version"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_what_is_known_of_each_bank() {
    let town = Town::start().await;
    let directory = town.dispatcher().get(PATH).await.expect(StatusCode::OK);
    assert_eq!((&directory["loaded_by"], &directory["loaded_at"]), (&Value::Null, &Value::Null));
    let bank = |code: &str| {
        let banks = directory["banks"].as_array().unwrap();
        banks.iter().find(|bank| bank["code"] == code).cloned().unwrap()
    };
    let abc = bank("ABC");
    assert_eq!((&abc["cnaps"], &abc["phone"]), (&json!("103100000026"), &json!("95599")));
    assert_eq!((&abc["kind"], &abc["reachable"]), (&json!("bank"), &json!(true)));
    assert!(abc["issuers"].as_array().unwrap().contains(&json!({ "prefix": "622848", "lengths": [19] })));
    assert_eq!(bank("CMB")["reachable"], false, "known, and without an endpoint");
    assert_eq!(bank("TENPAY")["kind"], "payment_institution");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_replaces_it_whole_and_a_bad_one_changes_nothing() {
    let town = Town::start().await;
    let shipped = version(&town).await;
    let changed = format!("{SHIPPED}\n# changed\n");
    let loaded = put(&town, "application/toml", changed.clone()).await.expect(StatusCode::OK);
    assert_ne!(loaded["version"], shipped);
    assert_eq!(loaded["loaded_by"], "admin");
    assert_eq!(version(&town).await, loaded["version"]);
    let again = put(&town, "text/plain; charset=utf-8", changed).await.expect(StatusCode::OK);
    assert_eq!(again, loaded, "the same again is no new version");

    let wrong = SHIPPED.replace("102100099996", "102100099995").replace("\"95599\"", "\"nobody\"");
    let refused = put(&town, "application/toml", wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors: Vec<&str> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["detail"].as_str().unwrap())
        .collect();
    let line_of = |text: &str| 1 + SHIPPED.lines().position(|line| line.contains(text)).unwrap();
    assert!(
        errors[0].starts_with(&format!("line {}: the last digit", line_of("102100099996"))),
        "{errors:?}"
    );
    assert!(errors[1].starts_with(&format!("line {}: ", line_of("\"95599\""))), "{errors:?}");
    assert_eq!(version(&town).await, loaded["version"], "the old one stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_that_kind_is_refused() {
    let town = Town::start().await;
    let before = version(&town).await;
    for (media_type, body, status) in [
        ("application/json", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/toml", "", StatusCode::BAD_REQUEST),
        ("application/toml", "a\0b", StatusCode::BAD_REQUEST),
        ("application/toml", "[[bank]", StatusCode::UNPROCESSABLE_ENTITY),
        ("application/toml", "[[bank]]\ncode = \"ABC\"", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(put(&town, media_type, body).await.status, status, "{media_type} {body:?}");
    }
    let huge = "#".repeat(2 << 20);
    assert_eq!(put(&town, "application/toml", huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(version(&town).await, before);
}
