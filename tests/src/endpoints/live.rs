//! `/v1/events` and `/v1/stats`.

use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tests::{Client, Town, reports};

use super::{MULE, STATION, VICTIM};

async fn stream(client: &Client, last: Option<&str>) -> Response {
    let request = client.request(Method::GET, "/v1/events");
    let request = match last {
        Some(id) => request.header("last-event-id", id),
        None => request,
    };
    request.send().await.unwrap()
}

/// Reads on until `count` events have come: the id and what happened of each.
async fn read(stream: &mut Response, count: usize) -> Vec<(String, String)> {
    let mut text = String::new();
    loop {
        let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let events: Vec<(String, String)> = whole
            .split("\n\n")
            .filter_map(|event| {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                Some((field("id: ")?.to_owned(), field("event: ")?.to_owned()))
            })
            .collect();
        if events.len() >= count {
            return events;
        }
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
}

async fn call(town: &Town, phone: &str) {
    let report = json!({ "caller_phone": phone, "division_code": "150203" });
    let _ = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_resumed_behind_the_last_event_without_loss() {
    let town = Town::start().await;
    let mut live = stream(&town.dispatcher(), None).await;
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    call(&town, VICTIM).await;
    let seen = read(&mut live, 3).await;
    assert_eq!(seen[0].1, "incident.opened");
    drop(live);
    call(&town, "13847200002").await;
    let mut resumed = stream(&town.dispatcher(), Some(&seen[0].0)).await;
    let rest = read(&mut resumed, 5).await;
    assert_eq!(rest[..2], seen[1..3], "nothing between is lost");
    let bad = town.dispatcher().request(Method::GET, "/v1/events").header("last-event-id", "yesterday");
    assert_eq!(town.dispatcher().send(bad).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_hears_only_of_their_own_station() {
    let town = Town::start().await;
    let mut own = stream(&town.officer(STATION), None).await;
    let mut other = stream(&town.officer("150202001"), None).await;
    call(&town, VICTIM).await;
    assert!(!read(&mut own, 1).await.is_empty());
    let heard = tokio::time::timeout(std::time::Duration::from_millis(300), other.chunk()).await;
    assert!(heard.is_err(), "nothing of another station's comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_count_what_happened_in_the_span() {
    let town = Town::start().await;
    let begun = town.now();
    town.open_mule(MULE, "200000.00");
    let report = reports::call(VICTIM, MULE, "128000.00", begun);
    let _ = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    let alert = reports::low_alert("r-1", "13847200002", begun);
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.advance(TimeDelta::seconds(1)).await;

    let stats = town.auditor().get("/v1/stats").await.expect(StatusCode::OK);
    let counted = |figures: &Value, expected: &[(&str, Value)]| {
        for (member, value) in expected {
            assert_eq!(&figures[member], value, "{member}");
        }
    };
    counted(
        &stats,
        &[
            ("alerts_received", json!(1)),
            ("sms_sent", json!(2)),
            ("calls_blocked", json!(1)),
            ("stop_payments_submitted", json!(1)),
            ("stop_payments_succeeded", json!(1)),
            ("amount_stopped", json!({ "amount": "128000.00", "currency": "CNY" })),
            ("dispatches", json!(1)),
            ("seen_in_person", json!(0)),
            ("cheated_after_alert", json!(0)),
        ],
    );
    counted(&stats["by_tier"]["low"], &[("alerts_received", json!(1)), ("sms_sent", json!(1))]);
    counted(&stats["by_station"][STATION], &[("dispatches", json!(1))]);
    counted(
        &stats["by_scam_type"]["impersonating_customer_service"],
        &[("stop_payments_submitted", json!(1))],
    );
    counted(&stats["by_source"]["110"], &[("stop_payments_submitted", json!(1))]);
    counted(&stats["by_source"]["CMCC"], &[("alerts_received", json!(1))]);
    assert!(stats["waits"]["report_to_submitted"]["p50_secs"].is_number());
    assert_eq!(stats["waits"]["dispatch_to_seen"], Value::Null);

    let before = format!("/v1/stats?from={}&to={}", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    counted(&town.auditor().get(&before).await.expect(StatusCode::OK), &[("alerts_received", json!(0))]);
    let backwards = format!("/v1/stats?from={}&to={}", "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z");
    assert_eq!(town.auditor().get(&backwards).await.pointers(), ["/from"]);
}
