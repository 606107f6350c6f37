//! Bodies that nobody should send: a clear answer for each, never a 5xx.

use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::routes::{Route, all};
use super::{MULE, STATION, VICTIM};

fn client(town: &Town, route: &Route) -> Client {
    match route.roles[0] {
        "source" => town.source(),
        "station_officer" => town.officer(STATION),
        "supervisor" => town.supervisor(),
        _ => town.dispatcher(),
    }
}

async fn refused(request: RequestBuilder, expected: StatusCode, route: &Route) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), expected, "{} {}", route.method, route.pattern);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let problem: Value = response.json().await.unwrap();
    for member in ["type", "title", "status", "detail", "code", "request_id"] {
        assert!(problem.get(member).is_some(), "{member} of {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_a_400_what_is_no_object_a_422_and_what_is_not_sent_as_json_a_415() {
    let town = Town::start().await;
    for route in all(town.now()).iter().filter(|route| route.body.is_some()) {
        let post = || client(&town, route).request(route.method.clone(), &route.path());
        let json = || post().header(CONTENT_TYPE, "application/json");
        refused(json().body(r#"{"caller_phone": "#), StatusCode::BAD_REQUEST, route).await;
        refused(json().body(vec![b'"', 0xff, 0xfe, b'"']), StatusCode::BAD_REQUEST, route).await;
        refused(json().body(""), StatusCode::BAD_REQUEST, route).await;
        refused(
            post().header(CONTENT_TYPE, "text/plain").body("{}"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            route,
        )
        .await;
        let other = if route.pattern.ends_with("batch") { "{}" } else { "[]" };
        refused(json().body(other), StatusCode::UNPROCESSABLE_ENTITY, route).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_megabytes_are_a_413() {
    let town = Town::start().await;
    let huge = json!({ "note": "很".repeat(7 << 20) }).to_string();
    for route in all(town.now()).iter().filter(|route| route.body.is_some()) {
        let post = client(&town, route).request(route.method.clone(), &route.path());
        let request = post.header(CONTENT_TYPE, "application/json").body(huge.clone());
        refused(request, StatusCode::PAYLOAD_TOO_LARGE, route).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_call_is_named_at_once() {
    let town = Town::start().await;
    let mut report = reports::call("12", MULE, "-5.00", town.now());
    report["received_at"] = json!("2026-02-30T22:13:05+08:00");
    report["location"] = json!({ "lat": 95.0, "lon": "east" });
    report["division_code"] = json!(150_203);
    report["scam_type"] = json!("unheard_of");
    report["transfers"][0]["payee"]["kind"] = json!("shoe_box");
    report["reporter"]["id_number"] = json!("1");
    let answer = town.dispatcher().post("/v1/calls", report).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        answer.pointers(),
        [
            "/caller_phone",
            "/division_code",
            "/location/lat",
            "/location/lon",
            "/received_at",
            "/reporter/id_number",
            "/scam_type",
            "/transfers/0/amount/amount",
            "/transfers/0/payee/kind",
        ]
    );
    assert!(!answer.body.to_string().contains("shoe_box"), "what was sent is never repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stands_in_a_field_the_answer_is_never_a_5xx() {
    let town = Town::start().await;
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(9_223_372_036_854_775_807_i64),
        json!(""),
        json!("\u{0}"),
        json!("' OR 1=1; --"),
        json!("٣"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "": { "/~": [] } }),
        json!("9".repeat(5000)),
        json!("2026-13-45T99:99:99Z"),
    ];
    for route in all(town.now()).iter().filter(|route| route.body.is_some()) {
        let client = client(&town, route);
        let Some(Value::Object(good)) = &route.body else { continue };
        for (member, value) in good.keys().flat_map(|member| strange.iter().map(move |value| (member, value)))
        {
            let mut body = good.clone();
            body.insert(member.clone(), value.clone());
            let request = client.request(route.method.clone(), &route.path()).json(&body);
            let status = request.send().await.unwrap().status();
            assert!(!status.is_server_error(), "{status} {} {member}: {value}", route.pattern);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_parameters_are_named_like_bad_fields() {
    let town = Town::start().await;
    let answer = town.dispatcher().get("/v1/incidents?tier=huge&urgent=maybe&limit=0&after=x").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.pointers(), ["/after", "/limit", "/tier", "/urgent"]);
    let found = town.dispatcher().list(&format!("/v1/incidents?q={VICTIM}&unknown=1")).await;
    assert!(found.is_empty(), "an unknown parameter is passed over");
    for key in ["", "x".repeat(300).as_str()] {
        let answer = town.dispatcher().post_once(key, "/v1/calls", json!({ "caller_phone": VICTIM })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "an Idempotency-Key of {} characters", key.len());
    }
}
