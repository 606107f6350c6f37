//! Warning texts, over SMPP and over HTTP: what providers do, and what they fail to do.

use std::time::Duration;

use chrono::TimeDelta;
use domain::id::MeasureId;
use domain::measure::Request;
use domain::measure_kind::MeasureKind;
use domain::message::Message;
use domain::person::PhoneNumber;
use reqwest::StatusCode;
use serde_json::{Value, json};
use store::measures::{self, NewMeasure};
use store::messages::Filter;
use tests::{Town, reports};
use world::smpp_centre::SmppManner;
use world::sms_centre::SmsManner;

use super::VICTIM;

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number).unwrap()
}

async fn alert(town: &Town, body: Value) {
    let _ = town.source().post("/v1/alerts", body).await.expect(StatusCode::CREATED);
}

/// A high alert about somebody whose relatives nobody knows: only one phone is texted.
fn without_relatives(town: &Town) -> Value {
    let mut alert = reports::high_alert("r-1", VICTIM, town.now());
    alert["relatives"] = json!([]);
    alert
}

async fn messages(town: &Town) -> Vec<Value> {
    town.dispatcher().list("/v1/messages").await
}

/// The newest message, once it has this status.
async fn until(town: &Town, status: &str) -> Value {
    let found = town.until(async || {
        messages(town).await.into_iter().next().filter(|message| message["status"] == status)
    });
    found.await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_goes_out_in_parts_and_is_delivered_when_all_of_them_are() {
    let town = Town::with_two_sms_providers().await;
    alert(&town, without_relatives(&town)).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(super::FRAUDSTER);
    let message = until(&town, "delivered").await;
    let taken = town.world.smpp_centre().taken().remove(0);
    assert_eq!(message["text"], taken.text, "the parts are the text");
    assert!(taken.flash, "somebody on a call sees it at once");
    let parts = town.world.smpp_centre().parts();
    assert_eq!(parts.iter().map(|part| (part.place, part.total)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
    assert_eq!(message["provider"], "SMPP");
    assert_eq!(message["provider_ref"], format!("{:08x}", parts[0].id), "the first part's, as it was taken");
    assert_eq!(message["receipt_code"], "DELIVRD");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_off_fails_the_text_with_the_networks_code() {
    let town = Town::with_two_sms_providers().await;
    town.world.smpp_centre().switch_off(phone(VICTIM));
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    let message = until(&town, "failed").await;
    assert_eq!(message["receipt_code"], "UNDELIV 011");
    assert!(message["submitted_at"].is_null() && message["failed_at"].is_string());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_provider_takes_over_while_the_first_is_down_and_gives_back_after() {
    let town = Town::with_two_sms_providers().await;
    let (first, second) = (town.world.smpp_centre(), town.world.sms_centre());
    first.set_manner(SmppManner::Down);
    town.until(async || (!is_bound(&town)).then_some(())).await;
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    assert_eq!(second.inbox(&phone(VICTIM)).len(), 1);
    let message = messages(&town).await.remove(0);
    assert_eq!((&message["provider"], &message["status"]), (&json!("MAIN"), &json!("submitted")));

    first.set_manner(SmppManner::SendsReceipts { after: Duration::ZERO });
    town.bound().await;
    // the newest message is told by its time
    town.advance(TimeDelta::seconds(1)).await;
    alert(&town, reports::medium_alert("r-2", "13847200002", town.now())).await;
    town.settle().await;
    town.expect_sms("13847200002");
    assert_eq!(until(&town, "delivered").await["provider"], "SMPP");
    town.end().await;
}

fn is_bound(town: &Town) -> bool {
    let providers = town.centre.outside.sms.values();
    providers.into_iter().any(|provider| match &provider.way {
        interception::SmsWay::Smpp(session) => session.is_bound(),
        interception::SmsWay::Http(_) | interception::SmsWay::Elsewhere => false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_waits_where_every_provider_is_down_and_leaves_soon_after_one_is_back() {
    let town = Town::with_two_sms_providers().await;
    let (first, second) = (town.world.smpp_centre(), town.world.sms_centre());
    first.set_manner(SmppManner::Down);
    second.set_manner(SmsManner::Down);
    town.until(async || (!is_bound(&town)).then_some(())).await;
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    for _ in 0..5 {
        town.advance(TimeDelta::seconds(2)).await;
    }
    assert_eq!(messages(&town).await.remove(0)["status"], "queued");
    first.set_manner(SmppManner::NoReceipts);
    town.bound().await;
    town.advance(TimeDelta::seconds(2)).await;
    town.expect_sms(VICTIM);
    assert_eq!(messages(&town).await.remove(0)["provider"], "SMPP");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_comes_before_the_answer_is_laid_aside_and_taken_up() {
    let town = Town::with_two_sms_providers().await;
    town.world.smpp_centre().set_manner(SmppManner::ReceiptFirst);
    alert(&town, without_relatives(&town)).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(super::FRAUDSTER);
    assert!(town.world.smpp_centre().receipts_kept() >= 2, "both parts' were kept, and only then answered");
    assert_eq!(messages(&town).await.remove(0)["status"], "delivered");
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_breaks_midway_loses_no_text() {
    let town = Town::with_two_sms_providers().await;
    let centre = town.world.smpp_centre();
    centre.set_manner(SmppManner::Silent);
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    let breaks = async {
        centre.wait_for_requests(1).await;
        centre.set_manner(SmppManner::SendsReceipts { after: Duration::ZERO });
        centre.drop_sessions();
    };
    tokio::join!(town.settle(), breaks);
    assert_eq!(messages(&town).await.remove(0)["status"], "queued", "it may have arrived: that is not known");
    town.bound().await;
    town.advance(TimeDelta::seconds(2)).await;
    let message = until(&town, "delivered").await;
    assert_eq!(message["provider"], "SMPP", "what may have arrived goes to no other provider");
    assert!(town.world.sms_centre().taken().is_empty());
    assert_eq!(centre.inbox(&phone(VICTIM)).last(), message["text"].as_str().map(str::to_owned).as_ref());
    for _ in centre.taken() {
        town.expect_sms(VICTIM);
    }
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_never_answers_gets_a_text_twice_and_no_more() {
    let town = Town::with_two_sms_providers().await;
    let centre = town.world.smpp_centre();
    centre.set_manner(SmppManner::Silent);
    alert(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    town.settle().await;
    for _ in 0..5 {
        town.advance(TimeDelta::seconds(2)).await;
    }
    assert_eq!(centre.requests_seen(), 2);
    assert_eq!(messages(&town).await.remove(0)["status"], "failed");
    town.expect_sms(VICTIM);
    town.expect_sms(VICTIM);
    town.expect_block(super::FRAUDSTER);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_text_itself_goes_to_no_other_provider() {
    let town = Town::with_two_sms_providers().await;
    town.world.smpp_centre().set_manner(SmppManner::KnowsNobody);
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    town.settle().await;
    assert_eq!(messages(&town).await.remove(0)["status"], "failed");
    assert!(town.world.sms_centre().taken().is_empty());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_has_no_room_gets_everything_in_its_own_time() {
    let town = Town::with_two_sms_providers().await;
    let centre = town.world.smpp_centre();
    centre.set_manner(SmppManner::Throttles { per_sec: 5 });
    let phones: Vec<String> = (1..=8).map(|number| format!("138472000{number:02}")).collect();
    for (number, phone) in phones.iter().enumerate() {
        alert(&town, reports::low_alert(&format!("r-{number}"), phone, town.now())).await;
    }
    town.settle().await;
    for phone in &phones {
        town.expect_sms(phone);
    }
    assert!(centre.throttled() > 0);
    town.expect_block(super::FRAUDSTER);
    town.end().await;
}

/// Orders another text to the phone that waits for one already, as a second plan would.
async fn second_text(town: &Town) {
    let mut tx = town.centre.store.begin().await.unwrap();
    let first = store::messages::list(&mut tx, &Filter::default(), 1).await.unwrap().remove(0);
    let second = Message {
        id: MeasureId::new(town.now() + TimeDelta::seconds(1)),
        step: None,
        text: "请不要再转账".to_owned(),
        ..first
    };
    let measure = NewMeasure {
        id: second.id,
        incident_id: second.incident_id,
        kind: MeasureKind::Sms,
        step: None,
        ordered_by: "lanjie",
        created_at: town.now(),
    };
    measures::insert(&mut tx, &measure).await.unwrap();
    store::messages::insert(&mut tx, &second).await.unwrap();
    measures::enqueue(&mut tx, second.id, Request::Submit, "", town.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_texts_come_in_their_order() {
    let town = Town::with_two_sms_providers().await;
    let centre = town.world.smpp_centre();
    centre.set_manner(SmppManner::Down);
    town.world.sms_centre().set_manner(SmsManner::Down);
    town.until(async || (!is_bound(&town)).then_some(())).await;
    alert(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    town.settle().await;
    second_text(&town).await;
    let mut ordered = messages(&town).await;
    ordered.reverse();
    let ordered: Vec<&str> = ordered.iter().filter_map(|message| message["text"].as_str()).collect();
    assert_eq!(ordered.len(), 2);
    centre.set_manner(SmppManner::NoReceipts);
    town.bound().await;
    for _ in 0..3 {
        town.advance(TimeDelta::seconds(2)).await;
    }
    assert_eq!(centre.inbox(&phone(VICTIM)), ordered);
    town.expect_sms(VICTIM);
    town.expect_sms(VICTIM);
    town.expect_block(super::FRAUDSTER);
    town.end().await;
}

/// How many get a text in the campaign; `LANJIE_CAMPAIGN=1300` for the figure of a real one.
fn recipients() -> usize {
    std::env::var("LANJIE_CAMPAIGN").ok().and_then(|count| count.parse().ok()).unwrap_or(130)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_leaves_whole_and_once_to_each() {
    let town = Town::for_a_campaign().await;
    let centre = town.world.smpp_centre();
    centre.set_manner(SmppManner::NoReceipts);
    let phones: Vec<String> = (0..recipients()).map(|number| format!("138{number:08}")).collect();
    for (batch, phones) in phones.chunks(1_000).enumerate() {
        let alerts: Vec<Value> = phones
            .iter()
            .map(|phone| reports::medium_alert(&format!("c-{batch}-{phone}"), phone, town.now()))
            .collect();
        let _ = town.source().post("/v1/alerts/batch", json!(alerts)).await.expect(StatusCode::OK);
    }
    town.order_everything().await;
    let begun = std::time::Instant::now();
    let whole =
        centre.wait_for(|taken| (taken.len() >= phones.len()).then(|| (taken.len(), begun.elapsed())));
    let (left, took) = town.send_texts_until(whole).await;
    let recorded = begun.elapsed();
    let parts = centre.parts().len();
    println!("{left} texts in {parts} parts left within {took:?}, all recorded after {recorded:?}");
    assert!(messages(&town).await.iter().all(|message| message["status"] == "submitted"));
    town.settle().await;
    for phone in &phones {
        town.expect_sms(phone);
    }
    town.end().await;
}
