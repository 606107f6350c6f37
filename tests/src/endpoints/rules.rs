//! `/v1/plans` and `/v1/grading`.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::VICTIM;

#[tokio::test(flavor = "multi_thread")]
async fn plans_and_rules_are_shown_as_they_were_written() {
    let town = Town::start().await;
    let plans = town.admin().list("/v1/plans").await;
    let names: Vec<&Value> = plans.iter().map(|plan| &plan["name"]).collect();
    assert_eq!(names, ["high", "medium", "low", "victim"]);
    assert!(plans[0]["text"].as_str().unwrap().contains("[[step]]"));
    let grading = town.auditor().get("/v1/grading").await.expect(StatusCode::OK);
    assert!(grading["text"].as_str().unwrap().contains("[[rule]]"));
    assert_eq!(grading["rules_version"].as_str().unwrap().len(), 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grading_is_explained_and_nothing_is_stored() {
    let town = Town::start().await;
    let mut alert = reports::high_alert("r-1", VICTIM, town.now());
    alert["text"] = json!("这里是公安局，请把钱转到安全账户");
    let said = town.dispatcher().post("/v1/grading/explain", alert.clone()).await.expect(StatusCode::OK);
    assert_eq!((&said["tier"], &said["urgent"]), (&json!("high"), &json!(true)));
    let sum: i64 =
        said["reasons"].as_array().unwrap().iter().map(|reason| reason["weight"].as_i64().unwrap()).sum();
    assert_eq!(said["score"], sum, "the score is what the reasons add up to");
    assert_eq!(said["text"]["fraud"], true);
    assert!(said["text"]["words"].as_array().unwrap().contains(&json!("安全账户")));
    alert.as_object_mut().unwrap().remove("text");
    let said = town.dispatcher().post("/v1/grading/explain", alert).await.expect(StatusCode::OK);
    assert_eq!(said["text"], Value::Null);
    assert!(town.dispatcher().list("/v1/incidents").await.is_empty());
}
