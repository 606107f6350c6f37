//! `/v1/alerts`.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Town, reports};

use super::VICTIM;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_kept_in_the_raw_record() {
    let town = Town::start().await;
    let mut alert = reports::low_alert("r-1", VICTIM, town.now());
    alert["vendor_extension"] = json!({ "深度": [1, 2, { "x": null }] });
    let opened = town.source().post("/v1/alerts", alert.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(opened["disposition"], "opened");
    assert_eq!(town.incident(&opened).await["alerts"][0]["raw"], alert);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_fields_are_enough() {
    let town = Town::start().await;
    let alert = json!({ "source_ref": "r-1", "observed_at": town.now(), "kind": "sms", "subject": { "phone": VICTIM } });
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    let answer = town.source().post("/v1/alerts", json!({})).await;
    assert_eq!(answer.pointers(), ["/kind", "/observed_at", "/source_ref", "/subject"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_of_a_batch_fails_alone() {
    let town = Town::start().await;
    let good = |source_ref: &str, phone: &str| reports::low_alert(source_ref, phone, town.now());
    let batch = json!([
        good("b-1", VICTIM), { "source_ref": "b-2" }, good("b-1", VICTIM), good("b-3", "13847200002"), 7
    ]);
    let answer = town.source().post("/v1/alerts/batch", batch.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{:#}", answer.body);
    let statuses: Vec<&Value> =
        answer.body.as_array().unwrap().iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, [&json!(201), &json!(422), &json!(200), &json!(201), &json!(422)]);
    assert_eq!(answer.body[1]["errors"].as_array().unwrap().len(), 3);
    assert_eq!(answer.body[2]["disposition"], "duplicate");
    assert_eq!(answer.body[2]["alert"], answer.body[0]["alert"]);
    let again = town.source().post("/v1/alerts/batch", batch).await;
    assert_eq!(again.body[0]["status"], 200, "sent again it changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_lines_is_answered_line_by_line() {
    let town = Town::start().await;
    let alert = |source_ref: &str| reports::low_alert(source_ref, VICTIM, town.now()).to_string();
    let mut body = format!("{}\n{{\"broken\n{}\n", alert("l-1"), alert("l-2")).into_bytes();
    body.extend([0xff, 0xfe, b'\n']);
    let send = || {
        let request = town.source().request(Method::POST, "/v1/alerts/batch");
        request
            .header(CONTENT_TYPE, "application/x-ndjson")
            .header("idempotency-key", "b-1")
            .body(body.clone())
            .send()
    };
    for replayed in [None, Some("true")] {
        let response = send().await.unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/x-ndjson");
        assert_eq!(
            response.headers().get("idempotent-replayed").map(|value| value.to_str().unwrap()),
            replayed
        );
        let text = response.text().await.unwrap();
        let statuses: Vec<Value> =
            text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["status"].clone()).collect();
        assert_eq!(statuses, [json!(201), json!(400), json!(201), json!(400)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_holds_one_to_a_thousand() {
    let town = Town::start().await;
    let many = |count: usize| {
        let alerts = (0..count).map(|number| reports::low_alert(&format!("m-{number}"), VICTIM, town.now()));
        Value::Array(alerts.collect())
    };
    for (count, expected) in [
        (0, StatusCode::UNPROCESSABLE_ENTITY),
        (1000, StatusCode::OK),
        (1001, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = town.source().post("/v1/alerts/batch", many(count)).await;
        assert_eq!(answer.status, expected, "{count}");
    }
}
