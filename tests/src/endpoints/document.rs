//! The OpenAPI document is held against the running server.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tests::Town;

use super::NOTHING;
use super::routes::all;

const CALLBACKS: [&str; 4] = [
    "/v1/webhooks/auto-calls/{provider}",
    "/v1/webhooks/banks/{bank_code}",
    "/v1/webhooks/carriers/{carrier}",
    "/v1/webhooks/sms/{provider}",
];

async fn document(town: &Town) -> Value {
    town.stranger().get("/openapi.json").await.expect(StatusCode::OK)
}

fn references(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_describes_every_route_and_no_other() {
    let town = Town::start().await;
    let document = document(&town).await;
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, acts)| {
            acts.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    let callbacks = CALLBACKS.iter().map(|path| format!("post {path}"));
    let served = all(town.now())
        .into_iter()
        .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.pattern));
    assert_eq!(described, served.chain(callbacks).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_leads_somewhere() {
    let town = Town::start().await;
    let document = document(&town).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_a_token_says_so_and_what_does_not_says_that() {
    let town = Town::start().await;
    let document = document(&town).await;
    assert_eq!(document["security"], serde_json::json!([{ "token": [] }]));
    for (path, acts) in document["paths"].as_object().unwrap() {
        for (method, act) in acts.as_object().unwrap() {
            let open = act.get("security").is_some();
            assert_eq!(open, CALLBACKS.contains(&path.as_str()), "{method} {path}");
            assert!(act["responses"].get("401").is_some(), "{method} {path}");
            assert!(act["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_described_is_refused() {
    let town = Town::start().await;
    for (path, acts) in document(&town).await["paths"].as_object().unwrap() {
        let real = ["{id}", "{bank_code}", "{carrier}", "{provider}"]
            .iter()
            .fold(path.clone(), |path, variable| path.replace(variable, NOTHING));
        for method in [Method::PUT, Method::DELETE, Method::GET, Method::POST, Method::PATCH] {
            if acts.get(method.as_str().to_lowercase()).is_none() {
                let answer = town.dispatcher().send(town.dispatcher().request(method.clone(), &real)).await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                assert!(answer.headers.contains_key("allow"), "{method} {path}");
            }
        }
    }
}
