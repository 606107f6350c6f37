//! The auditor finds what the engine has lost.

use chrono::TimeDelta;
use domain::contact;
use domain::id::IncidentId;
use interception::audit_plans::{self, GRACE, Missed, Why};
use reqwest::StatusCode;
use serde_json::Value;
use store::{contacts, incidents};
use tests::{Town, reports};

use super::{FRAUDSTER, RELATIVE, STATION, VICTIM};

fn id_of(opened: &Value) -> IncidentId {
    opened["incident"]["id"].as_str().unwrap().parse().unwrap()
}

async fn warned(town: &Town) -> IncidentId {
    let alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_sms(RELATIVE);
    id_of(&opened)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_time_was_forgotten_is_found_and_done() {
    let town = Town::start().await;
    let incident = warned(&town).await;
    let mut tx = town.centre.store.begin().await.unwrap();
    incidents::wake_at(&mut tx, incident, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(town.audit().await, [], "nothing is due yet");

    town.advance(TimeDelta::minutes(15) + GRACE).await;
    let missed = town.audit().await;
    let steps: Vec<&Why> = missed.iter().map(|missed| &missed.why).collect();
    let of = |step: &str| Why::NotStarted(step.to_owned());
    assert!(steps.contains(&&of("visit")), "{steps:?}");
    town.settle().await;
    town.expect_patrol(STATION).await;
    town.expect_block(FRAUDSTER);
    assert_eq!(town.audit().await, [], "the auditor had it done");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_nothing_can_end_is_found() {
    let town = Town::start().await;
    let incident = warned(&town).await;
    let mut tx = town.centre.store.begin().await.unwrap();
    let filter = contacts::Filter { incident: Some(incident), ..contacts::Filter::default() };
    for queued in contacts::list(&mut tx, &filter, town.now(), 10).await.unwrap() {
        let lost = contact::Contact { state: contact::State::Cancelled, ..queued.contact };
        contacts::save(&mut tx, &lost, town.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    town.sleep_through(GRACE);
    let missed = town.audit().await;
    assert_eq!(missed.len(), 2, "{missed:?}");
    for step in ["call_subject", "call_relatives_at_once"] {
        let lost = Missed { incident_id: incident, why: Why::Abandoned(step.to_owned()) };
        assert!(missed.contains(&lost), "{missed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_nobody_grades_is_found() {
    let town = Town::start().await;
    let alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    assert_eq!(town.audit().await, [], "the engine has its time");
    town.sleep_through(GRACE + TimeDelta::seconds(1));
    let missed = town.audit().await;
    assert_eq!(missed.len(), 1);
    assert_eq!((missed[0].incident_id, &missed[0].why), (id_of(&opened), &Why::Ungraded));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heart_is_heard_until_it_stops() {
    let town = Town::start().await;
    assert_eq!(audit_plans::since_last_beat(&town.centre).await.unwrap(), None);
    audit_plans::beat(&town.centre).await.unwrap();
    town.sleep_through(TimeDelta::seconds(7));
    assert_eq!(audit_plans::since_last_beat(&town.centre).await.unwrap(), Some(TimeDelta::seconds(7)));
}
