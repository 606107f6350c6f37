//! The schemas are held against the readers and the answers they describe.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::clock::Instant;
use interception::look_up;
use serde_json::{Value, json};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::*;
use crate::openapi::Frame;
use crate::page::Page;
use crate::reading::{Read, read};

#[derive(OpenApi)]
#[openapi(components(schemas(
    alert::Kept,
    alert::Notice,
    alert::Receipt,
    approval::Approval,
    call::Patch,
    call::Report,
    call::TakenCall,
    call_block::CallBlock,
    call_block::Request,
    contact::Contact,
    contact::Report,
    dispatch::Dispatch,
    dispatch::Feedback,
    dispatch::Request,
    dispatch::Return,
    incident::AssessmentBody,
    incident::ClosingBody,
    incident::IncidentDetail,
    incident::NoteBody,
    message::Message,
    Page<message::Message>,
    stats::Stats,
    stop_payment::Extension,
    stop_payment::Freeze,
    stop_payment::Release,
    stop_payment::StopPaymentDetail,
    timeline::Entry,
    transfer::Transfer,
)))]
struct Everything;

fn now() -> Instant {
    "2026-03-01T14:20:00Z".parse().unwrap()
}

fn document() -> Value {
    let mut document = Frame::openapi();
    document.merge(Everything::openapi());
    serde_json::to_value(document).unwrap()
}

fn references(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 40, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn a_field_is_required_in_the_document_exactly_where_the_reader_requires_it() {
    fn check<T: Read + ToSchema>() {
        let schema = serde_json::to_value(T::schema()).unwrap();
        let required: BTreeSet<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|name| format!("/{}", name.as_str().unwrap()))
            .collect();
        let missed = match read::<T>(&json!({}), now()) {
            Ok(_) => BTreeSet::new(),
            Err(faults) => faults.into_iter().map(|fault| fault.pointer).collect(),
        };
        assert_eq!(required, missed, "{}", T::name());
    }
    check::<alert::Notice>();
    check::<alert::Signals>();
    check::<call::Report>();
    check::<call_block::Request>();
    check::<contact::Report>();
    check::<dispatch::Feedback>();
    check::<dispatch::Request>();
    check::<incident::AssessmentBody>();
    check::<incident::ClosingBody>();
    check::<money::Money>();
    check::<person::Location>();
    check::<person::Subject>();
    check::<stop_payment::Extension>();
    check::<stop_payment::Freeze>();
    check::<stop_payment::Release>();
    check::<transfer::Account>();
    check::<transfer::Transfer>();
}

#[test]
fn the_document_lists_the_words_bounds_and_nulls_of_the_contract() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let word = |name: &str| schemas[name]["enum"].as_array().unwrap().len();
    assert_eq!((word("ScamType"), word("StopPaymentStatus"), word("Currency")), (13, 12, 1));
    assert_eq!(schemas["TransferList"]["maxItems"], 50);
    assert_eq!(schemas["TransferList"]["items"]["$ref"], "#/components/schemas/Transfer");
    assert_eq!(schemas["TextUpTo2000"]["maxLength"], 2_000);
    assert!(schemas["Time"]["pattern"].is_string());
    let nullable = schemas["CallReport"]["properties"]["reporter"]["oneOf"].as_array().unwrap();
    assert!(nullable.contains(&json!({"type": "null"})));
}

/// Names that stand in the schema of an answer and in the answer, which has every member, null or not.
fn told<T: PartialSchema>(answer: &impl serde::Serialize) {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let names = |json: &Value| json.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&schema["properties"]), names(&serde_json::to_value(answer).unwrap()));
}

#[test]
fn an_answer_has_the_members_its_schema_lists() {
    let contact = domain::contact::Contact {
        id: domain::id::MeasureId::new(now()),
        incident_id: domain::id::IncidentId::new(now()),
        step: None,
        role: domain::contact::Role::Subject,
        name: None,
        phone: domain::person::PhoneNumber::parse("13847200001").unwrap(),
        attempts: 0,
        max_attempts: 3,
        spacing: TimeDelta::minutes(10),
        pick_up: Some(TimeDelta::minutes(2)),
        due_at: now(),
        created_at: now(),
        three_way_with: None,
        state: domain::contact::State::Claimed { by: domain::id::OperatorId::new(now()), until: now() },
    };
    let answer = contact::Contact::at(&contact, None, true, now());
    told::<contact::Contact>(&answer);
    let answer = serde_json::to_value(answer).unwrap();
    // the claim has run out this moment
    assert_eq!((&answer["status"], &answer["claimed_until"]), (&json!("pending"), &Value::Null));
    assert_eq!(answer["phone"], "13847200001");
    assert_eq!(answer["created_at"], "2026-03-01T14:20:00Z");
}

#[test]
fn an_order_tells_its_hold_its_end_and_what_it_lacks() {
    let transfer = json!({"payee": {"kind": "bank_card", "number": "6228482601815908309", "bank_code": "ABC", "holder": "李某"},
        "amount": {"amount": "128000.00", "currency": "CNY"}, "transferred_at": "2026-03-01T22:05:00+08:00"});
    let mut order = domain::stop_payment::StopPayment {
        id: domain::id::MeasureId::new(now()),
        incident_id: domain::id::IncidentId::new(now()),
        origin: None,
        parent_id: None,
        corrects_id: None,
        hop: 0,
        round: 1,
        transfer: read::<transfer::Transfer>(&transfer, now()).unwrap().into(),
        claim: None,
        created_at: now(),
        submitted_at: Some(now()),
        returned: domain::money::Fen::ZERO,
        state: domain::stop_payment::State::Active(domain::stop_payment::Hold {
            balance: Some(domain::money::Fen::ZERO),
            held: domain::money::Fen::new(12_800_000).unwrap(),
            stopped_at: now(),
        }),
    };
    let recorded = look_up::Recorded { balance: Some(domain::money::Fen::ZERO), ..order.clone().into() };
    let held = stop_payment::StopPayment::of(&recorded, false, |_| None);
    told::<stop_payment::StopPayment>(&held);
    let held = serde_json::to_value(held).unwrap();
    assert_eq!(held["held"], json!({"amount": "128000.00", "currency": "CNY"}));
    assert_eq!(
        (&held["balance"]["amount"], &held["expires_at"]),
        (&json!("0.00"), &json!("2026-03-03T14:20:00Z"))
    );
    assert_eq!(held["missing"], json!([]));

    order.state = domain::stop_payment::State::Draft;
    order.transfer.amount = None;
    let draft = serde_json::to_value(stop_payment::StopPayment::of(&order.into(), true, |_| None)).unwrap();
    assert_eq!(draft["missing"], json!(["amount", "bank_code"]));
    assert_eq!((&held["drill"], &draft["drill"]), (&json!(false), &json!(true)), "a drill is told apart");
}
