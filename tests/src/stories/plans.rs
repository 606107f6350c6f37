//! Step by step by plan: nobody falls through.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::plan::Plan;
use interception::assess_incidents::assess_incidents;
use reqwest::StatusCode;
use serde_json::{Value, json};
use store::{incidents, plans};
use tests::{Town, reports};

use super::{FRAUDSTER, RELATIVE, STATION, VICTIM};

/// Opens an urgent incident about the victim, whose first warnings have left.
async fn warned(town: &Town) -> Value {
    let alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_sms(RELATIVE);
    town.expect_block(FRAUDSTER);
    opened
}

/// The dispatcher dials this phone, which must wait in the queue.
async fn dial(town: &Town, phone: &str, outcome: &str) {
    let dispatcher = town.dispatcher();
    let queue = dispatcher.list("/v1/contacts?status=pending").await;
    let contact = queue.iter().find(|contact| contact["phone"] == phone);
    let contact = contact.unwrap_or_else(|| panic!("{queue:#?}"))["id"].as_str().unwrap();
    let claim = format!("/v1/contacts/{contact}/claim");
    let _ = dispatcher.post(&claim, json!({})).await.expect(StatusCode::OK);
    let report = format!("/v1/contacts/{contact}/outcome");
    let _ = dispatcher.post(&report, json!({ "outcome": outcome })).await.expect(StatusCode::OK);
    town.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_so_relatives_so_a_patrol_at_the_door() {
    let town = Town::start().await;
    let opened = warned(&town).await;
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    let phones: Vec<&Value> = queue.iter().map(|contact| &contact["phone"]).collect();
    assert_eq!(phones, [VICTIM, RELATIVE], "it is urgent: both are dialled at once");
    for _ in 0..2 {
        dial(&town, VICTIM, "no_answer").await;
        dial(&town, RELATIVE, "no_answer").await;
        town.advance(TimeDelta::minutes(5)).await;
    }
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let closing = json!({ "outcome": "unreachable" });
    let refused = town.dispatcher().post(&close, closing).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "nobody has seen or heard the subject yet");

    dial(&town, VICTIM, "no_answer").await;
    assert!(town.dispatcher().list("/v1/contacts?status=pending").await.is_empty(), "the tries are used up");
    town.expect_patrol(STATION).await;

    let officer = town.officer(STATION);
    let dispatch = officer.list("/v1/dispatches?status=created").await.remove(0);
    let path = |act| format!("/v1/dispatches/{}/{act}", dispatch["id"].as_str().unwrap());
    for act in ["accept", "depart", "arrive"] {
        let _ = officer.post(&path(act), json!({})).await.expect(StatusCode::OK);
    }
    let feedback = json!({ "seen": true, "convinced": true, "measures": ["app_removed"], "officers": ["警员甲", "警员乙"] });
    let fed_back = officer.post(&path("feedback"), feedback).await.expect(StatusCode::OK);
    assert_eq!(fed_back["status"], "completed");

    let closing = json!({ "outcome": "prevented", "prevented": { "amount": "50000.00", "currency": "CNY" } });
    let closed = town.dispatcher().post(&close, closing).await.expect(StatusCode::OK);
    assert_eq!(closed["status"], "closed");
    town.advance(TimeDelta::days(1)).await;
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_convinced_subject_needs_nobody_else() {
    let town = Town::start().await;
    warned(&town).await;
    dial(&town, VICTIM, "reached_convinced").await;
    dial(&town, RELATIVE, "reached_convinced").await;
    town.advance(TimeDelta::days(1)).await;
    assert!(town.dispatcher().list("/v1/contacts?status=pending").await.is_empty());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_line_makes_the_incident_urgent() {
    let town = Town::start().await;
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    assert_eq!(town.incident(&opened).await["tier"], "medium");
    dial(&town, VICTIM, "busy").await;
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["tier"], &incident["urgent"]), (&"high".into(), &true.into()));
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_edited_midway_is_for_new_incidents_alone() {
    let town = Town::start().await;
    let opened = warned(&town).await;
    let plan = town.incident(&opened).await["plan"].clone();
    let town = town
        .restarted(|centre| {
            let text =
                "name = \"high\"\ntitle = \"直接派警\"\n[[step]]\nid = \"visit\"\nact = \"dispatch\"\ndue = \"1h\"\nrest = [\"seen\", \"not_seen\"]\n";
            centre.plans.high = Arc::new(Plan::parse("high.toml", text, &centre.templates).unwrap());
        })
        .await;
    town.settle().await;
    assert_eq!(town.incident(&opened).await["plan"], plan, "an incident keeps the plan it was born with");
    dial(&town, VICTIM, "reached_convinced").await;

    let other = "13847200002";
    let alert = reports::high_alert("CMCC-2", other, town.now());
    let newer = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let incident = town.incident(&newer).await;
    assert_ne!(incident["plan"]["hash"], plan["hash"]);
    assert_eq!(incident["steps"].as_array().unwrap().len(), 1);
    town.expect_patrol(STATION).await;
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_cancels_all_that_is_pending() {
    let town = Town::start().await;
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    let close = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&close, json!({ "outcome": "not_fraud" })).await.expect(StatusCode::OK);
    assert!(town.dispatcher().list("/v1/contacts?status=pending").await.is_empty());
    let again = town.dispatcher().post(&close, json!({ "outcome": "not_fraud" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    town.advance(TimeDelta::days(3)).await;
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_has_gone_holds_up_no_step_of_an_old_plan() {
    let town = Town::start().await;
    let mut alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    // not urgent: relatives are texted when the subject is not reached, and by then the text is gone
    alert["signals"]["in_call"] = json!(false);
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    let town = town
        .restarted(|centre| {
            let text = include_str!("../../../config/templates.toml").replace("inform_relative", "tell_relative");
            centre.templates = domain::template::Templates::parse("templates.toml", &text).unwrap();
            // the shipped plan is another version now: the old one is read from where it is kept
            let high = "name = \"high\"\ntitle = \"新\"\n[[step]]\nid = \"visit\"\nact = \"dispatch\"\ndue = \"1h\"\nrest = [\"seen\", \"not_seen\"]\n";
            centre.plans.high = Arc::new(Plan::parse("high.toml", high, &centre.templates).unwrap());
        })
        .await;
    town.advance(TimeDelta::minutes(10)).await;
    let queue = town.dispatcher().list("/v1/contacts?status=pending").await;
    assert!(queue.iter().any(|contact| contact["phone"] == RELATIVE), "{queue:#?}");
    let texts = town.dispatcher().list("/v1/messages").await;
    assert_eq!(texts.len(), 1, "the one that had left before: {texts:#?}");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_whose_plan_cannot_be_read_holds_up_no_other() {
    let town = Town::start().await;
    let opened = warned(&town).await;
    let other = "13847200002";
    let mut alert = reports::high_alert("CMCC-2", other, town.now());
    alert["suspect"] = json!({});
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(other);

    let mut tx = town.centre.store.begin().await.unwrap();
    plans::keep(&mut tx, "spoilt", "high", "no plan at all", town.now()).await.unwrap();
    let id = opened["incident"]["id"].as_str().unwrap().parse().unwrap();
    let mut incident = incidents::lock(&mut tx, id).await.unwrap().unwrap();
    incident.plan.as_mut().unwrap().hash = "spoilt".to_owned();
    incidents::save(&mut tx, &mut incident).await.unwrap();
    tx.commit().await.unwrap();

    town.advance(TimeDelta::minutes(15)).await;
    town.expect_patrol(STATION).await;
    let more = reports::high_alert("CMCC-3", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", more).await.expect(StatusCode::CREATED);
    let third = reports::low_alert("CMCC-4", "13847200003", town.now());
    let _ = town.source().post("/v1/alerts", third).await.expect(StatusCode::CREATED);
    assert_eq!(assess_incidents(&town.centre).await.unwrap(), 1, "the other one is graded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_off_brings_a_patrol_while_the_desk_goes_on_dialling() {
    let town = Town::start().await;
    let opened = warned(&town).await;
    dial(&town, VICTIM, "off").await;
    town.settle().await;
    town.expect_patrol(STATION).await;
    town.advance(TimeDelta::minutes(5)).await;
    dial(&town, VICTIM, "forwarded").await;
    let incident = town.incident(&opened).await;
    assert_eq!(incident["dispatches"].as_array().unwrap().len(), 1, "one patrol is enough");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_may_raise_an_incident_onto_the_higher_plan_and_repeats_nothing() {
    let text = "name = \"medium\"\ntitle = \"升级\"\n\
        [[step]]\nid = \"tell\"\nact = \"sms\"\nwhom = \"subject\"\ntemplate = \"warn_subject_medium\"\n\
        [[step]]\nid = \"lift\"\nact = \"raise\"\nto = \"urgent\"\nafter = \"500ms\"\n";
    let town = Town::with(|centre| {
        centre.plans.medium = Arc::new(Plan::parse("medium.toml", text, &centre.templates).unwrap());
    })
    .await;
    let alert = reports::medium_alert("CMCC-1", VICTIM, town.now());
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    assert_eq!(town.incident(&opened).await["tier"], "medium");
    town.advance(TimeDelta::milliseconds(500)).await;
    let incident = town.incident(&opened).await;
    assert_eq!((&incident["tier"], &incident["urgent"]), (&"high".into(), &true.into()));
    assert_eq!(incident["plan"]["name"], "high");
    town.expect_sms(VICTIM);
    dial(&town, VICTIM, "reached_convinced").await;
    town.end().await;
}
