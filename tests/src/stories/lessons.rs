//! What closed incidents teach what reads texts, and the new beside the old before anybody takes it into use.

use chrono::TimeDelta;
use interception::gather_lessons::gather_lessons;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use text_reading::class::Class;
use text_reading::corpus::{self, Fillers};
use text_reading::lexicon::Lexicon;
use text_reading::measure::measure;
use text_reading::train::learn;

/// A message that somebody passed on, about a phone of its own.
async fn told(town: &Town, number: u32, text: &str) -> Value {
    let phone = format!("138472001{number:02}");
    let mut alert = reports::low_alert(&format!("CMCC-T{number}"), &phone, town.now());
    alert.as_object_mut().unwrap().remove("suspect");
    alert["text"] = json!(text);
    let opened = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(&phone);
    opened
}

async fn close(town: &Town, opened: &Value, outcome: &str) {
    let path = format!("/v1/incidents/{}/close", opened["incident"]["id"].as_str().unwrap());
    let _ = town.dispatcher().post(&path, json!({ "outcome": outcome })).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_incidents_teach_the_reader_which_is_measured_beside_the_one_in_use() {
    let town = Town::start().await;
    let before = town.now();
    let texts = ["冬泳队明早六点北门集合", "合唱团周三排练改到二楼", "门口的灯修好了"];
    for (number, text) in (1..).zip(texts) {
        let opened = told(&town, number, text).await;
        close(&town, &opened, "not_fraud").await;
    }
    let nameless = told(&town, 11, "老地方见，带上东西").await;
    close(&town, &nameless, "prevented").await;
    let _open = told(&town, 12, "还没有人看过这一条").await;

    let lessons = gather_lessons(&town.centre.store, before).await.unwrap();
    let mut taught: Vec<&str> = lessons.examples.iter().map(|example| example.text.as_str()).collect();
    taught.sort_unstable();
    let mut expected = texts.to_vec();
    expected.sort_unstable();
    assert_eq!(taught, expected, "what is open teaches nothing");
    assert!(lessons.examples.iter().all(|example| example.class == Class::HONEST));
    assert_eq!(lessons.unnamed, 1, "fraud of a kind that nobody named");
    let after = town.now() + TimeDelta::seconds(1);
    assert_eq!(gather_lessons(&town.centre.store, after).await.unwrap().examples, []);

    // a course so crooked that only the incidents can put it right
    let lexicon = Lexicon::parse("[work]\n刷单 佣金").unwrap();
    let crooked = "@brushing_rebate sms\n冬泳队刷单集合\n合唱团佣金排练\n@none sms\n晚上吃饭\n晚上回家吃饭";
    let corpus = corpus::read("hand.txt", crooked, &Fillers::default()).unwrap();
    let old = learn(&lexicon, &corpus);
    let both: Vec<_> = corpus.iter().chain(&lessons.examples).cloned().collect();
    let new = learn(&lexicon, &both);
    let (old, new) = (measure(&old, &lessons.examples), measure(&new, &lessons.examples));
    assert!(new.cleared > old.cleared, "old {old}\nnew {new}");
    town.end().await;
}
