//! Drills (演练): everything is real except the outside, everything that is shown says so, and nothing is counted.

use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::call::{CallReport, Transfer};
use domain::id::AlertId;
use domain::incident::Subject;
use domain::money::Fen;
use domain::operator::{Operator, Post};
use domain::person::{PersonName, PhoneNumber};
use domain::scam_type::ScamType;
use domain::tier::Tier;
use interception::Act;
use interception::judge_gradings::{backtest, quality};
use interception::look_up;
use interception::receive_alerts::receive_alerts;
use interception::take_call::take_call;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Town, reports};

use super::{FRAUDSTER, MULE, STATION, VICTIM};

async fn operator(town: &Town, name: &str, post: Post) -> Operator {
    let mut db = town.centre.store.begin().await.unwrap();
    let id = store::operators::id_of(&mut db, name).await.unwrap().unwrap();
    Operator { id, name: name.to_owned(), post, created_at: town.now() }
}

/// A drill's victim calls: from a number and about an account that are real.
async fn drilled_call(town: &Town, number: &str) -> Value {
    let payee = Account {
        kind: AccountKind::BankCard,
        number: AccountNumber::parse(number).ok(),
        holder: PersonName::parse("李某").ok(),
        bank_code: BankCode::parse("ABC").ok(),
    };
    let transfer = Transfer {
        payer: None,
        payee: Some(payee),
        amount: Fen::parse_or_zero("100000.00").ok(),
        transferred_at: Some(town.now()),
        channel: None,
        reference: None,
    };
    let report = CallReport {
        call_ref: None,
        received_at: town.now(),
        caller_phone: PhoneNumber::parse(VICTIM).unwrap(),
        reporter: None,
        scam_type: None,
        narrative: None,
        location: None,
        division_code: None,
        relatives: vec![],
        transfers: vec![transfer],
    };
    let desk = operator(town, "dispatcher-1", Post::Dispatcher).await;
    let mut act = Act::begin(&town.centre, &desk, None).await.unwrap().as_drill();
    let taken = take_call(&mut act, report, json!({ "caller_phone": VICTIM })).await.unwrap();
    act.commit().await.unwrap();
    town.settle().await;
    json!({ "incident": { "id": taken.incident.id } })
}

/// A drill's alert, which the shipped rules grade high.
async fn drilled_alert(town: &Town) -> Value {
    let source = operator(town, "CMCC", Post::Source("CMCC".to_owned())).await;
    let mut act = Act::begin(&town.centre, &source, None).await.unwrap().as_drill();
    let alert = Alert {
        id: AlertId::new(act.now),
        source: source.name.clone(),
        source_ref: "drill-1".to_owned(),
        observed_at: act.now,
        received_at: act.now,
        kind: AlertKind::Call,
        subject: Subject {
            phone: PhoneNumber::parse(VICTIM).unwrap(),
            name: None,
            id_number: None,
            address: None,
            division_code: None,
            location: None,
            age: Some(67),
        },
        relatives: vec![],
        suspect: Suspect { phone: PhoneNumber::parse(FRAUDSTER).ok(), ..Suspect::default() },
        source_level: Some(Tier::High),
        scam_type: Some(ScamType::ImpersonatingAuthorities),
        text: Some("安全账户".to_owned()),
        signals: Signals {
            call_seconds: Some(1_260),
            calls_24h: Some(4),
            screen_sharing: Some(true),
            in_call: Some(true),
            ..Signals::default()
        },
        raw: json!({}),
    };
    let received = receive_alerts(&mut act, &source.name, vec![alert]).await.unwrap().pop().unwrap();
    act.commit().await.unwrap();
    town.settle().await;
    json!({ "incident": { "id": received.incident_id } })
}

async fn stats(town: &Town) -> Value {
    let mut stats = town.auditor().get("/v1/stats?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z").await;
    for member in ["from", "to"] {
        stats.body[member] = Value::Null;
    }
    stats.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_is_handled_as_in_earnest_and_nobody_outside_hears_of_it_nor_any_figure() {
    let town = Town::start().await;
    let mule = town.open_mule(MULE, "100000.00");
    let nothing = stats(&town).await;
    let events_begin = look_up::end_of_events(&town.centre).await.unwrap();
    let drill = drilled_call(&town, MULE).await;
    town.expect_patrol(STATION).await;

    let whole = town.incident(&drill).await;
    assert_eq!((&whole["drill"], &whole["stop_payments"][0]["status"]), (&json!(true), &json!("active")));
    assert!(!whole["messages"].as_array().unwrap().is_empty(), "the victim's plan has begun");
    for part in ["stop_payments", "messages", "dispatches", "timeline"] {
        assert!(whole[part].as_array().unwrap().iter().all(|shown| shown["drill"] == true), "{part}");
    }
    for list in ["/v1/incidents", "/v1/stop-payments", "/v1/messages", "/v1/dispatches"] {
        let shown = town.supervisor().list(list).await;
        assert!(!shown.is_empty() && shown.iter().all(|shown| shown["drill"] == true), "{list}");
    }
    let order = whole["stop_payments"][0]["id"].as_str().unwrap();
    let read = town.auditor().get(&format!("/v1/stop-payments/{order}")).await.expect(StatusCode::OK);
    assert_eq!(read["drill"], true);

    let desk = operator(&town, "dispatcher-1", Post::Dispatcher).await;
    let events = look_up::events_behind(&town.centre, &desk, events_begin, 100).await.unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event.drill), "the stream tells a drill apart");
    let form = town.auditor().request(Method::GET, read["paper_form"].as_str().unwrap());
    assert!(form.send().await.unwrap().text().await.unwrap().contains("演练　不得发送"));

    assert_eq!(stats(&town).await, nothing);
    let banks = town.auditor().list("/v1/banks").await;
    let asked = banks.iter().find(|bank| bank["code"] == "ABC").unwrap();
    assert_eq!((&asked["last_answer_at"], &asked["answer"]), (&Value::Null, &Value::Null));
    // the world's banks, carrier and SMS centre remember nothing: see the end
    assert!(town.bank("ABC").holds().is_empty());
    assert_eq!(town.bank("ABC").balance(&mule), Fen::parse_or_zero("100000.00").ok());
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_pays_in_earnest_during_a_drill_of_them_is_another_incident() {
    let town = Town::start().await;
    town.open_mule(MULE, "100000.00");
    let drill = drilled_call(&town, MULE).await;
    let report = reports::call(VICTIM, MULE, "100000.00", town.now());
    let real = town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED);
    town.settle().await;

    assert_ne!(real["incident"]["id"], drill["incident"]["id"]);
    assert_eq!(
        (&real["incident"]["drill"], &real["stop_payments"][0]["drill"]),
        (&json!(false), &json!(false))
    );
    let order = real["stop_payments"][0]["id"].as_str().unwrap();
    let read = town.auditor().get(&format!("/v1/stop-payments/{order}")).await.expect(StatusCode::OK);
    assert_eq!((&read["status"], &read["shared_with_ids"]), (&json!("active"), &json!([])));
    let figures = stats(&town).await;
    assert_eq!((&figures["stop_payments_submitted"], &figures["dispatches"]), (&json!(1), &json!(1)));
    assert_eq!(figures["amount_stopped"]["amount"], "100000.00");

    // the drill has used up none of the two stops that the account may have
    let renew = format!("/v1/stop-payments/{order}/renew");
    let renewed = town.dispatcher().post(&renew, json!({})).await.expect(StatusCode::OK);
    assert_eq!(renewed["drill"], false);
    town.settle().await;
    town.expect_hold(&AccountNumber::parse(MULE).unwrap());
    town.expect_patrol(STATION).await;
    town.expect_patrol(STATION).await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_learnt_from_gradings_is_not_learnt_from_drills() {
    let town = Town::start().await;
    let first = town.now();
    let drill = drilled_alert(&town).await;
    let whole = town.incident(&drill).await;
    assert_eq!((&whole["drill"], &whole["tier"]), (&json!(true), &json!("high")));
    let waiting = town.dispatcher().list("/v1/contacts").await;
    assert!(!waiting.is_empty() && waiting.iter().all(|contact| contact["drill"] == true));

    let id = waiting[0]["id"].as_str().unwrap();
    let claimed = town.dispatcher().post(&format!("/v1/contacts/{id}/claim"), json!({})).await;
    assert_eq!(claimed.expect(StatusCode::OK)["drill"], true);
    let outcome = json!({ "outcome": "reached_convinced" });
    let reported = town.dispatcher().post(&format!("/v1/contacts/{id}/outcome"), outcome).await;
    assert_eq!(reported.expect(StatusCode::OK)["drill"], true);
    let close = format!("/v1/incidents/{}/close", drill["incident"]["id"].as_str().unwrap());
    let closed = town.dispatcher().post(&close, json!({ "outcome": "not_fraud" })).await;
    assert_eq!(closed.expect(StatusCode::OK)["drill"], true);
    town.settle().await;

    let span = (first, town.now() + chrono::TimeDelta::seconds(1));
    let centre = &town.centre;
    let rules = centre.rules.configured().rules;
    assert_eq!(backtest(&centre.store, &rules, span, |_| {}).await.unwrap().gradings, 0);
    assert_eq!(quality(&centre.store, &centre.rules, span).await.unwrap().total.incidents, 0);
    let mut db = centre.store.read().await.unwrap();
    assert_eq!(store::assessments::hits(&mut db, &rules.version, 100).await.unwrap().1, 0);
    assert_eq!(store::lessons::closed_texts(&mut db, first, 100).await.unwrap().len(), 0);
    drop(db);
    // and in earnest the same person is as unknown as before
    let alert = reports::high_alert("CMCC-1", VICTIM, town.now());
    let explained = town.supervisor().post("/v1/grading/explain", alert).await.expect(StatusCode::OK);
    assert!(!explained.to_string().contains("false_alarm"), "{explained}");
    town.leave().await;
}
