//! `/v1/grading`: how the rules are changed.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{SHIPPED_RULES, VICTIM};

/// The shipped rules, under which a call alone is of medium danger.
fn stricter() -> String {
    SHIPPED_RULES.replace("medium = 35", "medium = 8")
}

async fn sent(town: &Town, text: &str) -> String {
    let kept = town.supervisor().post("/v1/grading/versions", json!({ "text": text })).await;
    kept.body["rules_version"].as_str().unwrap().to_owned()
}

async fn publish(town: &Town, hash: &str) {
    let path = format!("/v1/grading/versions/{hash}/publish");
    let asked = town.supervisor().post(&path, json!({ "reason": "漏报过多" })).await;
    let asked = asked.expect(StatusCode::ACCEPTED);
    assert_eq!((&asked["kind"], &asked["incident_id"]), (&json!("publish_rules"), &Value::Null));
    assert_eq!(asked["rules_version"], hash);
    let approve = format!("/v1/approvals/{}/approve", asked["id"].as_str().unwrap());
    let own = town.supervisor().post(&approve, json!({})).await;
    assert_eq!((own.status, &own.body["code"]), (StatusCode::CONFLICT, &json!("approval_not_decidable")));
    let _ = town.second_supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
}

async fn explained(town: &Town) -> Value {
    let mut alert = reports::low_alert("r-9", VICTIM, town.now());
    alert["kind"] = json!("call");
    town.dispatcher().post("/v1/grading/explain", alert).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_kept_once_and_a_faulty_one_is_refused_with_every_line() {
    let town = Town::start().await;
    let supervisor = town.supervisor();
    let first = supervisor.post("/v1/grading/versions", json!({ "text": stricter() })).await;
    let first = first.expect(StatusCode::CREATED);
    let again = supervisor.post("/v1/grading/versions", json!({ "text": stricter() })).await;
    assert_eq!(again.expect(StatusCode::OK)["rules_version"], first["rules_version"]);
    let path = format!("/v1/grading/versions/{}", first["rules_version"].as_str().unwrap());
    assert_eq!(town.auditor().get(&path).await.expect(StatusCode::OK)["text"], stricter());

    let faulty = SHIPPED_RULES.replace("age >= 60", "agee >= 60").replace("high = 65", "high = 9999");
    let refused = supervisor.post("/v1/grading/versions", json!({ "text": faulty })).await;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let detail = refused["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("line ") && detail.contains("did you mean \"age\"?"), "{detail}");
    assert_eq!(refused["errors"][0]["pointer"], "/text");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_persons_publish_and_one_returns_to_the_former_rules_at_once() {
    let town = Town::start().await;
    let shipped = town.auditor().get("/v1/grading").await.expect(StatusCode::OK);
    assert_eq!((&shipped["published"], &shipped["pending_error"]), (&json!(false), &Value::Null));
    assert_eq!(explained(&town).await["tier"], "low");
    let early = town.supervisor().post("/v1/grading/rollback", json!({ "reason": "误报" })).await;
    assert_eq!((early.status, &early.body["code"]), (StatusCode::CONFLICT, &json!("nothing_published")));

    let hash = sent(&town, &stricter()).await;
    publish(&town, &hash).await;
    assert_eq!(
        (&explained(&town).await["tier"], &explained(&town).await["rules_version"]),
        (&json!("medium"), &json!(hash))
    );
    let again = format!("/v1/grading/versions/{hash}/publish");
    let again = town.supervisor().post(&again, json!({ "reason": "再发布" })).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("already_live")));

    let back = town.supervisor().post("/v1/grading/rollback", json!({ "reason": "误报" })).await;
    assert_eq!(back.expect(StatusCode::OK)["rules_version"], shipped["rules_version"]);
    assert_eq!(explained(&town).await["tier"], "low");
    let now = town.auditor().get("/v1/grading").await.expect(StatusCode::OK);
    let acts: Vec<&Value> = now["publications"].as_array().unwrap().iter().map(|row| &row["act"]).collect();
    assert_eq!(acts, ["rolled_back", "published"]);
    assert_eq!(now["publications"][1]["approved_by"], "supervisor-2");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_on_trial_change_nothing_and_both_answers_are_kept_and_counted() {
    let town = Town::start().await;
    let hash = sent(&town, &stricter()).await;
    let trial = town.supervisor().post("/v1/grading/shadow", json!({ "hash": hash })).await;
    assert_eq!(trial.expect(StatusCode::OK)["hash"], hash);
    let mut alert = reports::low_alert("r-1", VICTIM, town.now());
    alert["kind"] = json!("call");
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block("+85261234567");
    let incident = town.dispatcher().list("/v1/incidents").await.remove(0);
    assert_eq!(incident["tier"], "low");
    let shadow = town.auditor().get("/v1/grading/shadow").await.expect(StatusCode::OK);
    assert_eq!((&shadow["gradings"], &shadow["different"]), (&json!(1), &json!(1)));
    assert_eq!(shadow["table"][0]["shadow_tier"], "medium");
    let misnamed = town.supervisor().post("/v1/grading/shadow", json!({ "rules_version": hash })).await;
    assert_eq!(
        (misnamed.status, misnamed.body["errors"][0]["pointer"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("/hash"))
    );
    let _ =
        town.supervisor().post("/v1/grading/shadow", json!({ "hash": null })).await.expect(StatusCode::OK);
    let ended = town.auditor().get("/v1/grading/shadow").await.expect(StatusCode::OK);
    assert_eq!((&ended["shadow_version"], &ended["gradings"]), (&Value::Null, &json!(0)));
    let unknown = town.supervisor().post("/v1/grading/shadow", json!({ "hash": "ab" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quality_is_reported_for_a_span_and_a_senseless_span_is_refused() {
    let town = Town::start().await;
    let report = town.auditor().get("/v1/grading/quality").await.expect(StatusCode::OK);
    assert_eq!((&report["total"]["incidents"], &report["tiers"]), (&json!(0), &json!([])));
    assert!(report["never_fired"].as_array().unwrap().contains(&json!("elderly")));
    let refused = town.auditor().get("/v1/grading/quality?from=2020-01-01T00:00:00Z").await;
    assert_eq!(refused.expect(StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["pointer"], "/from");
    town.end().await;
}
