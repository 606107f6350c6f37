//! Incidents, alerts and timelines.

use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::id::AlertId;
use domain::incident::{Closing, Location, Outcome, PinnedPlan, Relation as IncidentRelation};
use domain::person::{Address, PersonName, Relation, Relative, ResidentId};
use domain::same_person::Mark;
use domain::scam_type::ScamType;
use domain::station::DivisionCode;
use domain::tier::{Grade, Tier};
use domain::timeline::{Entry, Happening};
use serde_json::json;

use super::*;
use crate::timeline::Place;
use crate::{Error, alerts, plans, timeline};

#[tokio::test]
async fn an_incident_keeps_all_that_is_known_open_or_closed() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let id = opened(&mut tx).await;
    let mut known = incidents::lock(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(known, Incident { id, ..incident() });
    plans::keep(&mut tx, "hash", "high", "text", now()).await.unwrap();
    known.subject = Subject {
        phone: phone(),
        name: Some(PersonName::parse("王芳").unwrap()),
        id_number: Some(ResidentId::parse("150203199003071220").unwrap()),
        address: Some(Address::parse("昆都仑区").unwrap()),
        division_code: Some(DivisionCode::parse("150203").unwrap()),
        location: Some(Location { lat: 40.6571, lon: 109.8403 }),
        age: Some(67),
    };
    known.grade = Some(Grade { urgent: true, tier: Tier::High });
    known.scam_type = Some(ScamType::Sextortion);
    known.plan = Some(PinnedPlan { name: "high".to_owned(), hash: "hash".to_owned(), begun_at: now() });
    incidents::save(&mut tx, &mut known).await.unwrap();
    assert_eq!(incidents::get(&mut tx, id).await.unwrap(), Some(known.clone()));
    for outcome in Outcome::ALL {
        let note = Some("已劝阻".to_owned());
        let closing =
            Closing { outcome: *outcome, prevented: Some(fen(5_000_000)), note, closed_at: later() };
        known.state = State::Closed(closing);
        incidents::save(&mut tx, &mut known).await.unwrap();
        assert_eq!(incidents::get(&mut tx, id).await.unwrap(), Some(known.clone()));
    }
    let mut stale = Incident { version: 1, ..known };
    let refused = incidents::save(&mut tx, &mut stale).await;
    assert!(matches!(refused, Err(Error::Stale { table: "incident", .. })), "{refused:?}");
}

#[tokio::test]
async fn a_person_has_one_open_incident() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let first = opened(&mut tx).await;
    assert!(incidents::open(&mut tx, &[incident()]).await.unwrap().is_empty());
    let mut known = incidents::lock(&mut tx, first).await.unwrap().unwrap();
    known.state =
        State::Closed(Closing { outcome: Outcome::NotFraud, prevented: None, note: None, closed_at: now() });
    incidents::save(&mut tx, &mut known).await.unwrap();
    assert_eq!(incidents::open(&mut tx, &[incident()]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_mark_is_held_by_one_open_incident_and_found_in_closed_ones() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let first = opened(&mut tx).await;
    let other_phone = PhoneNumber::parse("13847200002").unwrap();
    let other =
        Incident { subject: Subject { phone: other_phone.clone(), ..incident().subject }, ..incident() };
    let second = incidents::open(&mut tx, &[other]).await.unwrap()[0];
    let number = Mark::IdNumber(ResidentId::parse("150203199003071220").unwrap());
    let wanted = |id| [(id, Mark::Phone(phone())), (id, number.clone())];
    let claimed = incidents::claim_marks(&mut tx, &wanted(first), false, now()).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(incidents::claim_marks(&mut tx, &wanted(second), false, now()).await.unwrap().is_empty());
    assert_eq!(incidents::holder_of(&mut tx, &number, false).await.unwrap(), Some(first));
    let found = incidents::lock_open_of(&mut tx, std::slice::from_ref(&number), false).await.unwrap();
    assert_eq!(found.iter().map(|incident| incident.id).collect::<Vec<_>>(), [first]);

    let further = (first, Mark::Phone(other_phone.clone()));
    incidents::claim_marks(&mut tx, std::slice::from_ref(&further), false, now()).await.unwrap();
    incidents::see_marks(&mut tx, &[further], later()).await.unwrap();
    let lines = incidents::lines_of(&mut tx, first).await.unwrap();
    assert_eq!(lines.iter().map(|line| &line.phone).collect::<Vec<_>>(), [&other_phone, &phone()]);
    assert_eq!((lines[0].first_seen_at, lines[0].seen_at), (now(), later()));

    let mut known = incidents::lock(&mut tx, first).await.unwrap().unwrap();
    known.state =
        State::Closed(Closing { outcome: Outcome::Prevented, prevented: None, note: None, closed_at: now() });
    incidents::save(&mut tx, &mut known).await.unwrap();
    incidents::hold_marks(&mut tx, first, false).await.unwrap();
    let closed =
        incidents::lock_closed_of(&mut tx, std::slice::from_ref(&number), now(), false).await.unwrap();
    assert_eq!(closed, [known]);
    assert_eq!(incidents::claim_marks(&mut tx, &wanted(second), false, now()).await.unwrap().len(), 2);
    incidents::hold_marks(&mut tx, first, true).await.unwrap();
    assert_eq!(
        incidents::holder_of(&mut tx, &number, false).await.unwrap(),
        Some(second),
        "nothing is taken away"
    );
    incidents::drop_marks(&mut tx, &[second], Some(&number)).await.unwrap();
    assert_eq!(incidents::holder_of(&mut tx, &number, false).await.unwrap(), None);
}

#[tokio::test]
async fn links_of_every_kind_go_in_once_and_a_payment_after_an_alert_is_known_once() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let id = opened(&mut tx).await;
    let phone = PhoneNumber::parse("13847200002").unwrap();
    let other = Incident { subject: Subject { phone, ..incident().subject }, ..incident() };
    let other = incidents::open(&mut tx, &[other]).await.unwrap()[0];
    for relation in IncidentRelation::ALL {
        assert!(incidents::link(&mut tx, id, other, *relation, now()).await.unwrap());
        assert!(!incidents::link(&mut tx, id, other, *relation, now()).await.unwrap());
    }
    let links = incidents::links_of(&mut tx, id).await.unwrap();
    assert_eq!(links.len(), IncidentRelation::ALL.len());
    assert!(links.iter().all(|link| link.other == other));
    assert!(!incidents::is_cheated(&mut tx, id).await.unwrap());
    assert!(incidents::mark_cheated(&mut tx, id, now()).await.unwrap());
    assert!(!incidents::mark_cheated(&mut tx, id, later()).await.unwrap());
    assert!(incidents::is_cheated(&mut tx, id).await.unwrap());
}

#[tokio::test]
async fn relatives_keep_their_place() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let id = opened(&mut tx).await;
    let relative =
        |phone: &str, relation| Relative { name: None, relation, phone: PhoneNumber::parse(phone).unwrap() };
    let (son, wife) = (relative("13847200009", Some(Relation::Child)), relative("13847200008", None));
    incidents::add_relatives(&mut tx, id, &[son.clone(), wife.clone()]).await.unwrap();
    let known_better = Relative { relation: Some(Relation::Spouse), ..wife };
    incidents::add_relatives(&mut tx, id, &[known_better.clone(), son.clone()]).await.unwrap();
    assert_eq!(incidents::relatives(&mut tx, id).await.unwrap(), [son, known_better]);
}

#[tokio::test]
async fn an_alert_is_kept_once_with_its_body_as_it_came() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let raw = json!({ "vendor": { "深": [1, null] } });
    let alert = |source: &str| Alert {
        id: AlertId::new(now()),
        source: source.to_owned(),
        source_ref: "r-1".to_owned(),
        observed_at: now(),
        received_at: later(),
        kind: AlertKind::Funds,
        subject: super::incident().subject,
        relatives: vec![],
        suspect: Suspect { phone: Some(phone()), ..Suspect::default() },
        source_level: Some(Tier::High),
        scam_type: Some(ScamType::Romance),
        text: Some("你好".to_owned()),
        signals: Signals { call_seconds: Some(1260), amount_at_risk: Some(fen(1)), ..Signals::default() },
        raw: raw.clone(),
    };
    let batch = [(alert("CMCC"), incident), (alert("CMCC"), incident), (alert("CUCC"), incident)];
    let written = alerts::insert(&mut tx, &batch).await.unwrap();
    assert_eq!(written.len(), 2, "a reference is unique within its source");
    let kept = alerts::of_incidents(&mut tx, &[incident]).await.unwrap();
    assert_eq!(kept[0].signals, batch[0].0.signals);
    assert_eq!((kept[0].kind, kept[0].source_level), (AlertKind::Funds, Some(Tier::High)));
    assert_eq!(alerts::bodies(&mut tx, incident).await.unwrap()[&kept[0].id], raw);
}

#[tokio::test]
async fn a_reader_of_the_stream_misses_nothing_that_a_slower_writer_commits_later() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    tx.commit().await.unwrap();
    let entry = |text: &str| Entry {
        incident_id: incident,
        at: now(),
        happening: Happening::NoteAdded,
        actor: "dispatcher-1".to_owned(),
        data: json!({ "note": text }),
    };
    let mut reader = store.begin().await.unwrap();
    let start = timeline::end(&mut reader).await.unwrap();
    reader.commit().await.unwrap();
    let (mut slow, mut fast) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    timeline::append(&mut slow, &[entry("slow")]).await.unwrap();
    timeline::append(&mut fast, &[entry("fast")]).await.unwrap();
    fast.commit().await.unwrap();
    let behind = async |place: Place| {
        let mut db = store.read().await.unwrap();
        timeline::behind(&mut db, place, None, 10).await.unwrap()
    };
    assert!(behind(start).await.is_empty(), "nobody may read past a writer who is still at it");
    slow.commit().await.unwrap();
    // transactions of other tests hold up the reader too: a cluster counts them all
    let both = loop {
        let found = behind(start).await;
        if found.len() == 2 {
            break found;
        }
    };
    let notes: Vec<_> = both.iter().map(|event| event.entry.data["note"].as_str().unwrap()).collect();
    assert_eq!(notes, ["slow", "fast"]);
    assert_eq!(behind(both[0].place).await.len(), 1);
    let elsewhere = StationId::new("150202001");
    let mut db = store.read().await.unwrap();
    assert!(timeline::behind(&mut db, start, Some(&elsewhere), 10).await.unwrap().is_empty());
}
