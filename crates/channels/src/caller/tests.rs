use axum::Router;
use axum::http::header;
use axum::routing::post;
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::*;
use crate::outside::{answering, caller, endpoint, listen, now};
use crate::webhook::Secret;

async fn told(endpoint: &Endpoint) -> Told<Vec<u8>> {
    caller().post(endpoint, "message-1", &json!({}), now()).await
}

async fn told_by(answer: impl axum::response::IntoResponse + Clone + Send + Sync + 'static) -> Told<Vec<u8>> {
    let outside = answering(answer).await;
    told(&outside.endpoint).await
}

#[tokio::test]
async fn a_success_brings_its_body() {
    assert_eq!(told_by("{}").await, Told::Answered(b"{}".to_vec()));
    assert_eq!(told_by(StatusCode::ACCEPTED).await, Told::Answered(vec![]));
}

#[tokio::test]
async fn a_client_error_is_a_no() {
    for status in [400, 401, 404, 410, 422] {
        let answer = told_by(StatusCode::from_u16(status).unwrap()).await;
        assert!(matches!(answer, Told::Refused { status: told, .. } if told == status), "{answer:?}");
    }
}

#[tokio::test]
async fn a_party_that_is_busy_or_away_was_not_reached() {
    for status in [408, 425, 429, 503] {
        let answer = told_by(StatusCode::from_u16(status).unwrap()).await;
        assert!(matches!(answer, Told::NotDelivered { retry_after: None, .. }), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn a_signed_order_goes_nowhere_but_to_its_address() {
    let redirect = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/orders")]);
    let mut outside = answering(redirect).await;
    let answer = told(&outside.endpoint).await;
    assert!(matches!(answer, Told::NotDelivered { .. }), "{answer:?}");
    outside.received().await;
    assert!(outside.received_nothing_more());
}

#[tokio::test]
async fn a_server_error_says_nothing_about_the_order() {
    for status in [500, 502, 504] {
        let answer = told_by(StatusCode::from_u16(status).unwrap()).await;
        assert!(matches!(answer, Told::Unknown { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn a_party_may_ask_us_to_wait_but_not_for_good() {
    for (text, expected) in [
        ("7", Some(TimeDelta::seconds(7))),
        ("4294967295", Some(RETRY_AFTER_MAX)),
        ("Sun, 01 Mar 2026 14:13:25 GMT", Some(TimeDelta::seconds(20))),
        ("Sun, 01 Mar 2020 00:00:00 GMT", Some(TimeDelta::zero())),
        ("soon", None),
        ("-1", None),
    ] {
        let busy = (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, text)]);
        let Told::NotDelivered { retry_after, .. } = told_by(busy).await else {
            panic!("{text}");
        };
        assert_eq!(retry_after, expected, "{text}");
    }
}

#[tokio::test]
async fn a_closed_door_was_not_reached() {
    let listener = listen().await;
    let endpoint = endpoint(&listener);
    drop(listener);
    let Told::NotDelivered { detail, .. } = told(&endpoint).await else {
        panic!("nobody listens");
    };
    assert!(detail.contains("refused") && !detail.contains("key"), "{detail}");
}

#[tokio::test]
async fn a_name_nobody_has_was_not_reached() {
    let secrets = vec![Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()];
    let endpoint = Endpoint::parse("https://bank.invalid/", secrets).unwrap();
    assert!(matches!(told(&endpoint).await, Told::NotDelivered { .. }));
}

#[tokio::test]
async fn a_party_that_speaks_no_tls_was_not_reached() {
    let listener = listen().await;
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let secrets = endpoint(&listener).secrets;
    tokio::spawn(async move { axum::serve(listener, Router::new()).await });
    let answer = told(&Endpoint::parse(&url, secrets).unwrap()).await;
    assert!(matches!(answer, Told::NotDelivered { .. }), "{answer:?}");
}

#[tokio::test]
async fn silence_is_unknown() {
    let listener = listen().await;
    let endpoint = endpoint(&listener);
    let silent = Router::new().route("/orders", post(async || std::future::pending::<()>().await));
    tokio::spawn(async move { axum::serve(listener, silent).await });
    let hasty = Caller::new(Duration::from_millis(100)).unwrap();
    let answer = hasty.post(&endpoint, "message-1", &json!({}), now()).await;
    assert!(matches!(answer, Told::Unknown { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_is_unknown() {
    let listener = listen().await;
    let endpoint = endpoint(&listener);
    let breaking = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_u8().await.unwrap();
    });
    let answer = told(&endpoint).await;
    assert!(matches!(answer, Told::Unknown { .. }), "{answer:?}");
    breaking.await.unwrap();
}

#[tokio::test]
async fn an_endless_answer_is_not_read() {
    let within = vec![b' '; ANSWER_MAX_BYTES];
    assert_eq!(told_by(within.clone()).await, Told::Answered(within));
    let beyond = told_by(vec![b' '; ANSWER_MAX_BYTES + 1]).await;
    assert!(matches!(beyond, Told::Unreadable { .. }), "{beyond:?}");
}

#[test]
fn an_endpoint_is_a_web_address_without_credentials_and_with_a_secret() {
    let secrets = vec![Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()];
    for url in ["", "bank.example/orders", "ftp://bank.example", "https://user:pass@bank.example"] {
        assert_eq!(Endpoint::parse(url, secrets.clone()), Err(NotEndpoint::Address), "{url}");
    }
    let url = "https://bank.example/orders?key=secret";
    assert_eq!(Endpoint::parse(url, Secrets::default()), Err(NotEndpoint::NoSecret));
    let endpoint = Endpoint::parse(url, secrets).unwrap();
    assert_eq!(format!("{endpoint:?}"), "Endpoint(https://bank.example)");
}
