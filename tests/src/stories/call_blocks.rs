//! Numbers are kept from calling, and people's own lines come back, whatever dies in between.

use chrono::TimeDelta;
use domain::person::PhoneNumber;
use domain::protected_numbers::ProtectedNumbers;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use world::Manner;

use super::{FRAUDSTER, VICTIM};

fn is_cut(town: &Town) -> bool {
    town.world.carrier().is_blocked(&PhoneNumber::parse(VICTIM).unwrap())
}

async fn block(town: &Town) -> Value {
    town.dispatcher().list("/v1/call-blocks").await.remove(0)
}

/// Two persons cut the subject's own line for ten minutes. Answers the incident's path.
async fn cut(town: &Town) -> String {
    let alert = reports::medium_alert("r-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let incident = format!("/v1/incidents/{}", opened["incident"]["id"].as_str().unwrap());
    let until = town.now() + TimeDelta::minutes(10);
    let order = json!({ "number": VICTIM, "until": until, "reason": "正在被远程操控" });
    let asked = town.dispatcher().post(&format!("{incident}/call-blocks"), order).await;
    let _ = asked.expect(StatusCode::ACCEPTED);
    let approval = town.auditor().list("/v1/approvals?status=waiting").await.remove(0);
    let approve = format!("/v1/approvals/{}/approve", approval["id"].as_str().unwrap());
    let _ = town.supervisor().post(&approve, json!({})).await.expect(StatusCode::OK);
    incident
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subjects_line_is_restored_after_every_process_died_and_the_carrier_was_away_for_a_day() {
    let town = Town::start().await;
    let incident = cut(&town).await;
    town.settle().await;
    town.expect_block(VICTIM);
    assert!(is_cut(&town));

    town.world.carrier().set_manner(Manner::Down);
    town.sleep_through(TimeDelta::minutes(11));
    let town = town.restarted(|_| {}).await;
    // far more tries than any schedule has
    for _ in 0..60 {
        town.advance(TimeDelta::minutes(2)).await;
    }
    town.advance(TimeDelta::hours(22)).await;
    assert_eq!(block(&town).await["status"], "lifting", "it is never given up");
    let timeline = town.auditor().get(&incident).await.expect(StatusCode::OK)["timeline"].clone();
    let alarms = timeline.as_array().unwrap().iter().filter(|line| line["data"]["tries"].is_number());
    assert!((2..6).contains(&alarms.count()), "a person is told, again and again, but not at every try");

    town.world.carrier().set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(block(&town).await["status"], "lifted");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_cut_without_our_knowing_is_restored_all_the_same() {
    let town = Town::start().await;
    town.world.carrier().set_manner(Manner::LosesAnswer);
    cut(&town).await;
    town.settle().await;
    town.expect_block(VICTIM);
    assert_eq!(block(&town).await["status"], "requested", "nobody knows");
    town.advance(TimeDelta::minutes(11)).await;
    town.world.carrier().set_manner(Manner::AnswerInResponse);
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(block(&town).await["status"], "lifted");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_never_cut_is_not_asked_to_be_restored() {
    let town = Town::start().await;
    town.world.carrier().set_manner(Manner::Down);
    cut(&town).await;
    town.settle().await;
    town.advance(TimeDelta::minutes(11)).await;
    assert_eq!(block(&town).await["status"], "cancelled");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_restores_the_subjects_own_line_and_leaves_the_fraudsters_blocked() {
    let town = Town::start().await;
    let incident = cut(&town).await;
    let order = json!({ "number": FRAUDSTER, "reason": "受害人确认" });
    let blocked = town.dispatcher().post(&format!("{incident}/call-blocks"), order).await;
    let _ = blocked.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_block(VICTIM);
    town.expect_block(FRAUDSTER);
    let closed =
        town.dispatcher().post(&format!("{incident}/close"), json!({ "outcome": "prevented" })).await;
    let _ = closed.expect(StatusCode::OK);
    town.settle().await;
    assert!(!is_cut(&town));
    let blocks = town.dispatcher().list("/v1/call-blocks").await;
    let status = |line| blocks.iter().find(|block| block["line"] == line).unwrap()["status"].clone();
    assert_eq!((status("subject"), status("suspect")), (json!("lifted"), json!("blocked")));
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_never_blocks_a_protected_number() {
    let town = Town::start().await;
    let mut alert = reports::low_alert("r-1", VICTIM, town.now());
    alert["suspect"]["phone"] = json!("04725112110");
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    assert_eq!(town.incident(&opened).await["call_blocks"], json!([]), "a fraudster may forge any number");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_put_on_the_list_after_its_block_was_ordered_is_not_blocked() {
    let town = Town::start().await;
    town.world.carrier().set_manner(Manner::Down);
    let alert = reports::low_alert("r-1", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.world.carrier().set_manner(Manner::AnswerInResponse);
    let town =
        town.restarted(|centre| centre.protected = ProtectedNumbers::parse([FRAUDSTER]).unwrap()).await;
    town.advance(TimeDelta::minutes(10)).await;
    assert_eq!(block(&town).await["status"], "refused");
    town.end().await;
}
