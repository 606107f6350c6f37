//! Rules that run away, gradings that are made again, and what other rules would have done.

use chrono::TimeDelta;
use domain::grading::Rules;
use domain::person::PhoneNumber;
use domain::tier::Tier;
use interception::judge_gradings::{backtest, quality};
use interception::replay_grading::replay_grading;
use interception::rules_in_use::RulesInUse;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};

use super::FRAUDSTER;

const SHIPPED: &str = include_str!("../../../config/grading.toml");

fn rules(text: &str) -> Rules {
    Rules::parse("grading.toml", text).unwrap()
}

/// A call that the shipped rules find of low danger.
async fn call(town: &Town, number: u32) -> Value {
    let phone = format!("138472000{number:02}");
    let mut alert = reports::low_alert(&format!("CMCC-{number}"), &phone, town.now());
    alert["kind"] = json!("call");
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(&phone);
    opened
}

fn ids(reasons: &Value) -> Vec<&str> {
    reasons.as_array().unwrap().iter().map(|reason| reason["rule"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_fires_beyond_its_bound_is_stopped_until_a_person_has_looked() {
    let text = SHIPPED
        .replace("window = 200", "window = 3")
        .replace("when = \"kind == 'call'\"\n", "when = \"kind == 'call'\"\nmax_rate = 0.5\n");
    let town = Town::with(|centre| centre.rules = RulesInUse::new(rules(&text))).await;
    let mut third = Value::Null;
    for number in 1..=3 {
        third = call(&town, number).await;
        let fired = town.incident(&third).await["assessments"][0]["reasons"].clone();
        assert!(ids(&fired).contains(&"call"), "it counts before the window is full");
    }
    let last = call(&town, 4).await;
    town.expect_block(FRAUDSTER);
    let incident = town.incident(&last).await;
    assert!(!ids(&incident["assessments"][0]["reasons"]).contains(&"call"), "it counts no more");
    let grading = town.auditor().get("/v1/grading").await.expect(StatusCode::OK);
    let stopped = &grading["stopped"][0];
    assert_eq!(
        (&stopped["rule"], &stopped["hits"], &stopped["gradings"]),
        (&json!("call"), &json!(3), &json!(3))
    );
    let third = town.incident(&third).await;
    let lines = third["timeline"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["happening"] == "rule.stopped"), "whoever watches is told");

    let id = incident["assessments"][0]["id"].as_str().unwrap().parse().unwrap();
    let replayed = replay_grading(&town.centre.store, &town.centre.rules, id).await.unwrap();
    assert!(replayed.is_same() && replayed.again.stopped == ["call"]);

    let reset = town.supervisor().post("/v1/grading/rules/call/reset", json!({ "reason": "已核实" })).await;
    let _ = reset.expect(StatusCode::OK);
    let again = town.supervisor().post("/v1/grading/rules/call/reset", json!({ "reason": "已核实" })).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let opened = call(&town, 5).await;
    let incident = town.incident(&opened).await;
    assert!(ids(&incident["assessments"][0]["reasons"]).contains(&"call"), "it counts again");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grading_comes_out_the_same_after_the_rules_have_changed() {
    let town = Town::start().await;
    let opened = call(&town, 1).await;
    town.expect_block(FRAUDSTER);
    let other = RulesInUse::new(rules(&SHIPPED.replace("medium = 35", "medium = 8")));
    let town = town.restarted(|centre| centre.rules = other).await;
    let incident = town.incident(&opened).await;
    let id = incident["assessments"][0]["id"].as_str().unwrap().parse().unwrap();
    let replayed = replay_grading(&town.centre.store, &town.centre.rules, id).await.unwrap();
    assert!(replayed.is_same(), "{replayed:?}");
    assert_eq!(replayed.again.rules_version, rules(SHIPPED).version);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_rules_are_tried_on_the_past_and_outcomes_say_how_good_the_present_ones_were() {
    let town = Town::start().await;
    let first = town.now();
    let opened = call(&town, 1).await;
    call(&town, 2).await;
    town.expect_block(FRAUDSTER);
    let path = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let closed = town.dispatcher().post(&path, json!({ "outcome": "became_victim" })).await;
    let _ = closed.expect(StatusCode::OK);
    let span = (first, town.now() + TimeDelta::seconds(1));

    let stricter = rules(&SHIPPED.replace("medium = 35", "medium = 8"));
    let found = backtest(&town.centre.store, &stricter, span, |_| {}).await.unwrap();
    assert_eq!(found.gradings, 2);
    assert_eq!(
        found
            .table
            .iter()
            .filter(|((before, after), _)| before != after)
            .map(|(_, count)| count)
            .sum::<u64>(),
        2
    );
    assert_eq!(found.by_outcome["became_victim"], (1, 0));
    assert_eq!(found.recall(Tier::Medium), (Some(0.0), Some(1.0)));

    let report = quality(&town.centre.store, &town.centre.rules, span).await.unwrap();
    assert_eq!((report.total.incidents, report.total.fraud, report.cheated_after_low), (2, 1, 1));
    assert!(report.rules.iter().any(|rule| rule.rule == "call" && rule.precision == Some(1.0)));
    let before = (first - TimeDelta::days(1), first);
    assert_eq!(quality(&town.centre.store, &town.centre.rules, before).await.unwrap().total.incidents, 0);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_the_centre_protects_is_a_reason_to_doubt_and_is_not_blocked() {
    let own = PhoneNumber::parse(FRAUDSTER).unwrap();
    let town = Town::with(|centre| centre.protected.add(own)).await;
    let opened = call(&town, 1).await;
    let incident = town.incident(&opened).await;
    assert!(ids(&incident["assessments"][0]["reasons"]).contains(&"suspect_protected"));
    let alert = reports::low_alert("CMCC-2", "13847200002", town.now());
    let told = town.auditor().post("/v1/grading/explain", alert).await.expect(StatusCode::OK);
    assert!(ids(&told["reasons"]).contains(&"suspect_protected"));
    town.end().await;
}
