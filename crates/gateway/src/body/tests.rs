use axum::http::{HeaderValue, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::alert::Alert;
use domain::clock::{HandClock, Instant};
use domain::id::{AlertId, IncidentId};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::layers::surround;
use crate::page::{After, LimitText};
use crate::parameters::{IdempotencyKey, Path, Query};
use crate::reading::request;
use crate::testing::{self, Answer, send};
use crate::wire::spelled::{Flag, Tier};
use crate::wire::text::Text;
use crate::wire::{alert, call, call_block, contact, dispatch, incident, stop_payment, transfer};

const NOW: &str = "2026-03-01T14:20:00Z";

/// A secret in every sense: no answer may hold it.
const VALUE: &str = "13800001111x";

type Cursor = Text<After<IncidentId>>;

request! {
    struct Filter {
        tier: Option<Tier>,
        urgent: Option<Flag>,
        limit: Option<LimitText>,
        after: Option<Cursor>,
    }
}

fn app() -> Router {
    async fn takes<T>(_: Body<T>) {}
    let clock: Arc<dyn Clock> = Arc::new(HandClock::new(NOW.parse().unwrap()));
    let routes = Router::new()
        .route("/calls", post(takes::<call::Report>))
        .route("/patch", post(takes::<call::Patch>))
        .route("/alerts", post(takes::<alert::Notice>))
        .route("/transfers", post(takes::<transfer::Transfer>))
        .route("/notes", post(takes::<incident::NoteBody>))
        .route("/assessments", post(takes::<incident::AssessmentBody>))
        .route("/close", post(takes::<incident::ClosingBody>))
        .route("/outcome", post(takes::<contact::Report>))
        .route("/release", post(takes::<stop_payment::Release>))
        .route("/freeze", post(takes::<stop_payment::Freeze>))
        .route("/extend", post(takes::<stop_payment::Extension>))
        .route("/dispatches", post(takes::<dispatch::Request>))
        .route("/return", post(takes::<dispatch::Return>))
        .route("/feedback", post(takes::<dispatch::Feedback>))
        .route("/blocks", post(takes::<call_block::Request>))
        .route("/batch", post(batch))
        .route(
            "/incidents",
            get(async |Query(Filter { tier, urgent, limit, after })| {
                let given = [tier.is_some(), urgent.is_some(), limit.is_some(), after.is_some()];
                Json(given)
            }),
        )
        .route("/incidents/{id}", get(async |Path(id): Path<IncidentId>| id.to_string()))
        .with_state(clock);
    surround(routes)
}

/// The code of each line.
async fn batch(batch: Batch<alert::Notice>) -> Json<Vec<&'static str>> {
    Json(batch.lines.iter().map(|line| line.as_ref().map_or_else(|problem| problem.code, |_| "ok")).collect())
}

async fn sent(path: &str, body: impl Into<axum::body::Body>) -> Answer {
    send(app(), testing::post(path, "application/json", body)).await
}

/// A 422 with exactly these pointers, which repeats nothing of the input.
async fn refused(path: &str, body: serde_json::Value, pointers: &[&str]) {
    let answer = sent(path, body.to_string()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.text());
    assert_eq!(answer.pointers(), pointers, "{body}");
    assert!(!answer.text().contains(VALUE), "{}", answer.text());
}

fn full_call() -> serde_json::Value {
    json!({
        "call_ref": "110-20260301-221305-07", "received_at": "2026-03-01T22:13:05+08:00",
        "caller_phone": "13847200001",
        "reporter": {"name": "王芳", "id_number": "150203199003071220", "phone": "13847200001", "address": "昆都仑区"},
        "scam_type": "impersonating_customer_service", "narrative": "自称快递客服理赔",
        "location": {"lat": 40.6571, "lon": 109.8403}, "division_code": "150203",
        "relatives": [{"name": "王强", "relation": "spouse", "phone": "13847200009"}],
        "transfers": [full_transfer()],
    })
}

fn full_transfer() -> serde_json::Value {
    json!({
        "payer": {"kind": "bank_card", "number": "6222 0200 0000 0000 000", "bank_code": "ICBC", "holder": "王芳"},
        "payee": {"kind": "bank_card", "number": "6228482601815908309", "bank_code": "abc", "holder": "李某"},
        "amount": {"amount": "128000.00", "currency": "CNY"},
        "transferred_at": "2026-03-01T22:05:00+08:00", "channel": "mobile_bank", "reference": "2026030122050001",
    })
}

fn full_alert() -> serde_json::Value {
    json!({
        "source_ref": "CMCC-NM-8812", "observed_at": "2026-03-01T14:02:11+08:00", "kind": "call",
        "subject": {"phone": "13847200001", "name": "王芳", "id_number": null, "address": "昆都仑区",
                    "division_code": "150203", "age": 67, "location": {"lat": 40.65, "lon": 109.84}},
        "relatives": [{"name": "王小", "relation": "child", "phone": "13847200008"}],
        "suspect": {"phone": "+85261234567", "url": null, "app": null, "account": null},
        "source_level": "high", "scam_type": null, "text": "您好，这里是客服",
        "signals": {"call_seconds": 1260, "calls_24h": 4, "screen_sharing": true, "in_call": true,
                    "amount_at_risk": {"amount": "50000.00", "currency": "CNY"}},
    })
}

#[tokio::test]
async fn the_examples_of_the_contract_are_read() {
    for (path, body) in [
        ("/calls", full_call()),
        ("/calls", json!({"caller_phone": "13847200001"})),
        (
            "/calls",
            json!({"caller_phone": "13847200001", "reporter": null, "transfers": null, "new": {"a": []}}),
        ),
        ("/alerts", full_alert()),
        (
            "/feedback",
            json!({"seen": true, "convinced": true, "loss_so_far": null,
            "measures": ["app_removed", "bank_limit"], "officers": ["015001", "015002"], "note": "已劝阻"}),
        ),
        (
            "/close",
            json!({"outcome": "prevented", "prevented": {"amount": "1.00", "currency": "CNY"}, "note": "ok"}),
        ),
        ("/blocks", json!({"number": "+85261234567", "until": null, "reason": "诈骗电话"})),
    ] {
        let answer = sent(path, body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    refused("/calls", json!({}), &["/caller_phone"]).await;
    // a container in the place of a text hides nothing that follows it
    let wrong = json!({
        "call_ref": {"no": VALUE}, "received_at": "2026-02-30T10:00:00+08:00", "caller_phone": VALUE,
        "reporter": {"name": [], "id_number": VALUE, "phone": 138, "address": ""},
        "scam_type": VALUE, "narrative": true, "location": {"lat": 91, "lon": VALUE}, "division_code": 150_203,
        "relatives": [{"relation": "aunt", "phone": "13847200009"}, 7, {}],
        "transfers": [
            {"payee": {"number": "6228 4826"}, "amount": {"amount": 1, "currency": "USD"}, "transferred_at": "today"},
            {"payer": {"kind": VALUE, "number": "!", "bank_code": "", "holder": {}}, "payee": [],
             "amount": "1.00", "channel": 1, "reference": "x".repeat(129)},
        ],
    });
    refused(
        "/calls",
        wrong,
        &[
            "/call_ref",
            "/caller_phone",
            "/division_code",
            "/location/lat",
            "/location/lon",
            "/narrative",
            "/received_at",
            "/relatives/0/relation",
            "/relatives/1",
            "/relatives/2/phone",
            "/reporter/address",
            "/reporter/id_number",
            "/reporter/name",
            "/reporter/phone",
            "/scam_type",
            "/transfers/0/amount/amount",
            "/transfers/0/amount/currency",
            "/transfers/0/payee/kind",
            "/transfers/0/transferred_at",
            "/transfers/1/amount",
            "/transfers/1/channel",
            "/transfers/1/payee",
            "/transfers/1/payer/bank_code",
            "/transfers/1/payer/holder",
            "/transfers/1/payer/kind",
            "/transfers/1/payer/number",
            "/transfers/1/reference",
        ],
    )
    .await;
    refused("/alerts", json!({"subject": {}}), &["/kind", "/observed_at", "/source_ref", "/subject/phone"])
        .await;
    refused("/alerts", json!({
        "source_ref": "", "observed_at": 1, "kind": "mail", "source_level": "urgent", "text": {}, "scam_type": 1,
        "subject": {"phone": VALUE, "age": 300, "location": {"lat": 1}},
        "suspect": {"phone": 1, "url": "", "app": false, "account": "é"},
        "signals": {"call_seconds": -1, "calls_24h": 1.5, "screen_sharing": "yes", "in_call": 1, "amount_at_risk": 5},
    }), &[
        "/kind", "/observed_at", "/scam_type", "/signals/amount_at_risk", "/signals/call_seconds",
        "/signals/calls_24h", "/signals/in_call", "/signals/screen_sharing", "/source_level", "/source_ref",
        "/subject/age", "/subject/location/lon", "/subject/phone", "/suspect/account", "/suspect/app",
        "/suspect/phone", "/suspect/url", "/text",
    ])
    .await;
}

#[tokio::test]
async fn a_wrong_type_is_named_in_every_field_of_every_body() {
    let bodies = [
        ("/calls", full_call()),
        ("/alerts", full_alert()),
        ("/transfers", full_transfer()),
        ("/notes", json!({"note": "n"})),
        ("/assessments", json!({"tier": "high", "urgent": true, "reason": "r"})),
        (
            "/close",
            json!({"outcome": "prevented", "prevented": {"amount": "1.00", "currency": "CNY"}, "note": "n"}),
        ),
        ("/outcome", json!({"outcome": "busy", "note": "n"})),
        ("/release", json!({"reason": "r", "document": "d", "approved_by": "a"})),
        ("/freeze", json!({"case_number": "c", "document": "d"})),
        ("/extend", json!({"document": "d", "approved_by": "a", "term_months": 6})),
        ("/dispatches", json!({"station_id": "150203001", "reason": "r"})),
        ("/return", json!({"reason": "r"})),
        (
            "/feedback",
            json!({"seen": true, "convinced": false, "loss_so_far": {"amount": "1.00", "currency": "CNY"},
            "measures": ["a"], "officers": ["b", "c"], "note": "n", "protection": "p", "place": "p",
            "look_ups": {
                "calls_and_sms": {"checked": true, "found": true, "note": "n"},
                "chats": {"checked": true, "found": false}, "scam_apps": {"checked": false},
                "large_transfers": {"checked": true, "found": null}},
            "questions": {"why_transfer": {"asked": true, "answer": "a"}, "unknown_account": {"asked": true},
                "how_contacted": {"asked": false}},
            "arrived_at": "2026-03-01T10:00:00+08:00", "left_at": "2026-03-01T10:10:00+08:00",
            "next_visit_on": "2026-03-04", "evidence": [{"kind": "photo", "sha256": "0".repeat(64)}]}),
        ),
        ("/blocks", json!({"number": "13847200001", "until": "2026-03-02T00:00:00Z", "reason": "r"})),
    ];
    for (path, body) in bodies {
        assert_eq!(sent(path, body.to_string()).await.status, StatusCode::OK, "{body}");
        for pointer in pointers_of(&body, "") {
            let mut wrong = body.clone();
            let place = wrong.pointer_mut(&pointer).unwrap();
            // no field is both an object with such a member and happy
            *place = if place.is_object() || place.is_array() { json!(VALUE) } else { json!({"x": [VALUE]}) };
            refused(path, wrong, &[&pointer]).await;
        }
        refused(path, json!([body]), &[""]).await;
    }
}

fn pointers_of(json: &serde_json::Value, above: &str) -> Vec<String> {
    let members: Vec<(String, &serde_json::Value)> = match json {
        serde_json::Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), member)).collect()
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
        }
        _ => vec![],
    };
    members
        .into_iter()
        .flat_map(|(name, member)| {
            let pointer = format!("{above}/{name}");
            let below = pointers_of(member, &pointer);
            std::iter::once(pointer).chain(below)
        })
        .collect()
}

#[tokio::test]
async fn an_amount_is_a_decimal_text_of_yuan_above_zero() {
    let amount = |amount| json!({"amount": {"amount": amount, "currency": "CNY"}});
    for wrong in [
        json!("-1.00"),
        json!("1.5"),
        json!("1"),
        json!(""),
        json!(128_000.00),
        json!("0.00"),
        json!("1e5"),
        json!("NaN"),
        json!("100000000000.01"),
        json!("99999999999999999999999999.00"),
        json!("１.００"),
        json!(null),
    ] {
        refused("/transfers", amount(wrong), &["/amount/amount"]).await;
    }
    refused("/transfers", json!({"amount": {"amount": "1.00", "currency": "USD"}}), &["/amount/currency"])
        .await;
    refused("/transfers", json!({"amount": {}}), &["/amount/amount", "/amount/currency"]).await;
}

#[tokio::test]
async fn a_time_exists_has_an_offset_and_is_not_ahead() {
    let call = |at| json!({"caller_phone": "13847200001", "received_at": at});
    for wrong in [
        "2026-02-30T10:00:00+08:00",
        "2026-03-01T25:00:00Z",
        "2026-03-01T10:00:00",
        "2026-03-01",
        "1772344800",
        "",
        "1999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "+262142-01-01T00:00:00Z",
        "2026-03-01T14:25:01Z",
    ] {
        refused("/calls", call(wrong), &["/received_at"]).await;
    }
    for right in ["2026-03-01T14:25:00Z", "2026-03-01T22:20:00+08:00", "2000-01-01T00:00:00Z"] {
        assert_eq!(sent("/calls", call(right).to_string()).await.status, StatusCode::OK, "{right}");
    }
    // a source whose clock is fast is heard all the same
    let mut alert = full_alert();
    alert["observed_at"] = json!("2026-03-01T18:00:00Z");
    assert_eq!(sent("/alerts", alert.to_string()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_list_or_text_beyond_its_bound_is_refused_as_one() {
    let call = |name: &str, value| json!({"caller_phone": "13847200001", name: value});
    refused("/calls", call("transfers", json!(vec![json!({"amount": 1}); 51])), &["/transfers"]).await;
    refused("/calls", call("relatives", json!(vec![json!({}); 11])), &["/relatives"]).await;
    refused("/calls", call("narrative", json!("长".repeat(20_001))), &["/narrative"]).await;
    refused("/notes", json!({"note": "x".repeat(2_001)}), &["/note"]).await;
}

#[tokio::test]
async fn a_nul_is_named_wherever_it_stands_because_the_document_is_kept_whole() {
    let mut alert = full_alert();
    alert["text"] = json!("a\0b");
    alert["of_the_source"] = json!({"a/b~c": ["x", "\0"]});
    refused("/alerts", alert, &["/of_the_source/a~1b~0c/1", "/text"]).await;
    refused("/notes", json!({"note": "n", "in\0name": 1}), &[""]).await;
    refused("/patch", json!({"narrative": "\0"}), &["/narrative"]).await;
    let name = "x".repeat(400_000);
    let many = sent("/patch", json!({name: vec!["\0"; 60_000]}).to_string()).await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(many.text().len() < BODY_MAX_BYTES);
}

#[tokio::test]
async fn what_cannot_be_parsed_is_a_400_without_a_quotation() {
    let deep = "[".repeat(100_000);
    let deep_object = r#"{"a":"#.repeat(10_000);
    let texts: [&[u8]; 10] = [
        b"",
        b"{",
        b"{\"caller_phone\":\"13800001111x",
        b"{\"caller_phone\":\"\xff\xfe13800001111x\"}",
        b"\xff",
        deep.as_bytes(),
        deep_object.as_bytes(),
        br#"{"location":{"lat":1e400}}"#,
        br#"{"caller_phone":"\ud800"}"#,
        br#"{"caller_phone":"13847200001"} 13800001111x"#,
    ];
    for text in texts {
        let answer = sent("/calls", text.to_vec()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{:?}",
            String::from_utf8_lossy(&text[..text.len().min(60)])
        );
        assert_eq!(answer.json()["code"], "unreadable");
        assert!(!answer.text().contains("1380"), "{}", answer.text());
    }
    for top in ["null", "[]", "\"13800001111x\"", "7", "true"] {
        refused("/calls", serde_json::from_str(top).unwrap(), &[""]).await;
    }
}

#[tokio::test]
async fn of_a_member_given_twice_the_last_counts() {
    let answer = sent("/calls", r#"{"caller_phone":"13847200001","caller_phone":5}"#).await;
    assert_eq!(answer.pointers(), ["/caller_phone"]);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_413_after_it_was_taken_off_the_line() {
    let answer = sent("/calls", vec![b' '; 20 << 20]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let within = format!(r#"{{"caller_phone":"13847200001"}}{}"#, " ".repeat(1 << 19));
    assert_eq!(sent("/calls", within).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let body = r#"{"caller_phone":"13847200001"}"#;
    for (media_type, status) in [
        ("application/json", StatusCode::OK),
        ("Application/JSON; Charset=\"UTF-8\"", StatusCode::OK),
        ("application/merge-patch+json", StatusCode::OK),
        ("application/json; charset=gbk", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-ndjson", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let answer = send(app(), testing::post("/calls", media_type, body)).await;
        assert_eq!(answer.status, status, "{media_type}");
    }
    let mut request = testing::post("/calls", "", body);
    request.headers_mut().remove(CONTENT_TYPE);
    assert_eq!(send(app(), request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_bad_line_of_a_batch_fails_alone() {
    let good = full_alert();
    let array = json!([good, {"kind": "call"}, 7, good]).to_string();
    assert_eq!(sent("/batch", array).await.json(), json!(["ok", "invalid", "invalid", "ok"]));

    let lines = [good.to_string().as_bytes(), b"\r", b"{", b"\"\xff\"", b"{}", good.to_string().as_bytes()]
        .join(&b'\n');
    let answer = send(app(), testing::post("/batch", "application/x-ndjson", lines)).await;
    assert_eq!(answer.json(), json!(["ok", "unreadable", "unreadable", "invalid", "ok"]));

    for wrong in [json!([]), json!({}), json!(vec![0; 1_001])] {
        refused("/batch", wrong, &[""]).await;
    }
}

#[tokio::test]
async fn a_query_is_read_like_a_body() {
    let get = async |path: &str| send(app(), testing::get(path)).await;
    let given = get("/incidents?tier=high&urgent=&limit=20&surprise=1").await;
    assert_eq!(given.json(), json!([true, false, true, false]));
    let wrong = get("/incidents?tier=13800001111x&urgent=maybe&limit=0&after=13800001111x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.pointers(), ["/after", "/limit", "/tier", "/urgent"]);
    assert!(!wrong.text().contains(VALUE));
    for id in ["7", "%00", "13800001111x", "%ff"] {
        assert_eq!(get(&format!("/incidents/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
    }
    let id = IncidentId::new(NOW.parse().unwrap());
    assert_eq!(get(&format!("/incidents/{id}")).await.text(), id.to_string());
}

#[test]
fn an_alert_keeps_what_it_was_sent_with() {
    let raw = full_alert();
    let now: Instant = NOW.parse().unwrap();
    let notice: alert::Notice = read(&raw, now).unwrap();
    let arrival = alert::Arrival {
        id: AlertId::new(now),
        source: "CMCC".to_owned(),
        received_at: now,
        raw: raw.clone(),
    };
    let alert: Alert = notice.into_domain(arrival);
    assert_eq!(alert.observed_at, "2026-03-01T06:02:11Z".parse::<Instant>().unwrap());
    assert_eq!(alert.subject.phone.reveal(), "13847200001");
    assert_eq!(alert.signals.amount_at_risk.unwrap().fen(), 5_000_000);
    assert_eq!(alert.raw, raw);
}

#[test]
fn a_call_read_again_is_the_same_call() {
    let now: Instant = NOW.parse().unwrap();
    let raw = json!({"caller_phone": "+86 138-4720-0001", "narrative": null, "desk": {"seat": 4}});
    let first = read::<call::Report>(&raw, now).unwrap();
    let kept = first.kept(raw, now);
    assert_eq!(kept, json!({"caller_phone": "13847200001", "received_at": NOW, "desk": {"seat": 4}}));

    let later = now + chrono::TimeDelta::hours(1);
    let again = read::<call::Report>(&kept, later).unwrap();
    assert_eq!(again.into_domain(later), first.into_domain(now));

    let full = read::<call::Report>(&full_call(), now).unwrap();
    assert_eq!(read::<call::Report>(&full.kept(full_call(), now), later).unwrap(), full);
}

#[test]
fn a_patch_completes_what_was_kept() {
    let now: Instant = NOW.parse().unwrap();
    let kept = json!({"caller_phone": "13847200001", "received_at": NOW, "transfers": [{"channel": "atm"}]});
    let patch: call::Patch =
        read(&json!({"transfers": [full_transfer()], "received_at": null}), now).unwrap();
    let report: call::Report = read(&call::merge_patch(kept, patch.0), now).unwrap();
    let report = report.into_domain(now);
    assert_eq!(report.transfers[0].amount.unwrap().fen(), 12_800_000);
    assert_eq!(report.transfers[0].payee.as_ref().unwrap().bank_code.as_ref().unwrap().as_str(), "ABC");
}

#[tokio::test]
async fn an_idempotency_key_is_short_and_plain() {
    let app = surround(Router::new().route("/", get(async |IdempotencyKey(key)| key.unwrap_or_default())));
    for (key, status) in [("k-1", 200), (" ", 400), ("ключ", 400), (&"k".repeat(256), 400)] {
        let mut request = testing::get("/");
        request.headers_mut().insert("idempotency-key", HeaderValue::from_bytes(key.as_bytes()).unwrap());
        assert_eq!(send(app.clone(), request).await.status, status, "{key}");
    }
    assert_eq!(send(app, testing::get("/")).await.text(), "");
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let names = prop::sample::select(vec![
        "caller_phone",
        "transfers",
        "amount",
        "currency",
        "payee",
        "kind",
        "number",
        "location",
        "lat",
        "reporter",
        "relatives",
        "phone",
        "subject",
        "signals",
        "observed_at",
        "source_ref",
        "received_at",
        "raw",
        "a/b",
        "",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        prop::sample::select(vec!["13847200001", "call", "bank_card", "1.00", "CNY", NOW, "\0"])
            .prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::Array),
            prop::collection::vec((names.clone(), inner), 0..8).prop_map(|members| {
                serde_json::Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    })
}

fn status_of(path: &str, body: Vec<u8>) -> StatusCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(sent(path, body)).status
}

proptest! {
    #[test]
    fn no_json_whatever_is_our_fault(json in any_json()) {
        for path in ["/calls", "/alerts", "/transfers", "/feedback", "/batch"] {
            let status = status_of(path, json.to_string().into_bytes());
            prop_assert!(status.is_success() || status.is_client_error(), "{path} {status} {json}");
        }
    }

    #[test]
    fn no_bytes_whatever_are_our_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(status_of("/calls", bytes).is_client_error());
    }

    /// Refused or accepted, and if accepted then fit to be kept: no NUL is left.
    #[test]
    fn what_is_accepted_holds_no_nul(json in any_json()) {
        if read::<call::Patch>(&json, NOW.parse().unwrap()).is_ok() {
            prop_assert!(!json.to_string().contains("\\u0000"));
        }
    }
}
