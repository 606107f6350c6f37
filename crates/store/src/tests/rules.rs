//! Versions of the grading rules, gradings and lists.

use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::grading::{History, Runaway};
use domain::id::{AlertId, AssessmentId, ListedId};
use domain::incident::{Closing, Outcome};
use domain::listed::{Kind, List, Listed};
use domain::person::ResidentId;
use domain::same_person::Mark;
use domain::tier::{Grade, Tier};
use serde_json::json;

use super::*;
use crate::assessments::{self, Assessment};
use crate::rules::{self, Publication, PublicationAct};
use crate::{alerts, listed};

const FIRST: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const SECOND: &str = "2222222222222222222222222222222222222222222222222222222222222222";

#[tokio::test]
async fn the_last_publication_of_a_place_says_what_stands_there() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    for hash in [FIRST, SECOND] {
        assert!(rules::keep(&mut tx, hash, "text", "supervisor-1", now()).await.unwrap());
    }
    assert!(!rules::keep(&mut tx, FIRST, "text", "supervisor-2", now()).await.unwrap(), "kept once");
    assert_eq!(rules::text(&mut tx, FIRST).await.unwrap().as_deref(), Some("text"));
    let nothing = rules::standing(&mut tx).await.unwrap();
    assert_eq!((nothing.live, nothing.shadow), (None, None));
    let publication = |act, hash: Option<&str>, former: Option<&str>| Publication {
        act,
        hash: hash.map(str::to_owned),
        former: former.map(str::to_owned),
        at: now(),
        asked_by: "supervisor-1".to_owned(),
        approved_by: (act == PublicationAct::Published).then(|| "supervisor-2".to_owned()),
        reason: Some("漏报".to_owned()),
    };
    let acts = [
        publication(PublicationAct::Published, Some(SECOND), Some(FIRST)),
        publication(PublicationAct::ShadowBegun, Some(FIRST), None),
        publication(PublicationAct::RolledBack, Some(FIRST), Some(SECOND)),
        publication(PublicationAct::ShadowEnded, None, Some(FIRST)),
    ];
    for (done, act) in acts.iter().enumerate() {
        rules::publish(&mut tx, act).await.unwrap();
        let expected: Vec<Publication> = acts[..=done].iter().rev().cloned().collect();
        assert_eq!(rules::publications(&mut tx, 10).await.unwrap(), expected);
    }
    let standing = rules::standing(&mut tx).await.unwrap();
    assert_eq!((standing.live.as_deref(), standing.shadow), (Some(FIRST), None));
    assert_eq!(rules::former(&mut tx).await.unwrap().as_deref(), Some(SECOND));
}

#[tokio::test]
async fn a_stopped_rule_is_stopped_once_and_counted_anew_after_its_reset() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    rules::keep(&mut tx, FIRST, "text", "lanjie", now()).await.unwrap();
    let graded = |at: Instant| Assessment {
        id: AssessmentId::new(at),
        incident_id: incident,
        created_at: at,
        grade: Grade { urgent: false, tier: Tier::Low },
        score: Some(8),
        rules_version: Some(FIRST.to_owned()),
        reasons: json!([{ "rule": "call", "value": "call", "weight": 8, "says": "通话", "says_en": "a call" }]),
        facts: json!({ "kind": "call" }),
        made_by: "lanjie".to_owned(),
        stopped: vec!["night".to_owned()],
        shadow: Some(json!({ "tier": "high", "urgent": true, "rules_version": SECOND })),
    };
    let first = graded(now());
    assessments::insert(&mut tx, &first).await.unwrap();
    let kept = assessments::get(&mut tx, first.id).await.unwrap().unwrap();
    assert_eq!((kept.stopped, kept.shadow), (first.stopped, first.shadow));
    assert_eq!(assessments::hits(&mut tx, FIRST, 10).await.unwrap(), ([("call".to_owned(), 1)].into(), 1));
    assert_eq!(assessments::hits(&mut tx, SECOND, 10).await.unwrap(), ([].into(), 0));
    let differences = assessments::differences(&mut tx, SECOND).await.unwrap();
    assert_eq!((differences.len(), differences[0].shadow, differences[0].gradings), (1, Grade::URGENT, 1));

    let runaway = Runaway { rule: "call".to_owned(), hits: 1, of: 1, max_rate: 0.5 };
    assert!(rules::stop(&mut tx, FIRST, &runaway, now()).await.unwrap());
    assert!(!rules::stop(&mut tx, FIRST, &runaway, now()).await.unwrap());
    assert_eq!(rules::stops(&mut tx, FIRST).await.unwrap()[0].rule, "call");
    let by = ("supervisor-1", "已核实");
    assert!(rules::reset(&mut tx, FIRST, "call", by, later()).await.unwrap());
    assert!(!rules::reset(&mut tx, FIRST, "call", by, later()).await.unwrap());
    assert_eq!(
        assessments::hits(&mut tx, FIRST, 10).await.unwrap(),
        ([].into(), 0),
        "what was before is past"
    );
    assessments::insert(&mut tx, &graded(later() + TimeDelta::seconds(1))).await.unwrap();
    assert_eq!(assessments::hits(&mut tx, FIRST, 10).await.unwrap().1, 1);

    let span = (now(), later() + TimeDelta::hours(1));
    let page = assessments::past(&mut tx, span, None, 1).await.unwrap();
    assert_eq!((page.len(), page[0].1.rules.as_slice()), (1, &["call".to_owned()][..]));
    let after = Some((page[0].1.incident_id, page[0].0));
    let rest = assessments::past(&mut tx, span, after, 10).await.unwrap();
    assert_eq!(rest.len(), 1, "the page goes on behind the last");
    assert!(!rest[0].1.visited && !rest[0].1.paid_later && rest[0].1.outcome.is_none());
}

/// An alert by a carrier that names nothing but the other side.
fn alert(source_ref: &str, received_at: Instant, suspect: &Suspect) -> Alert {
    Alert {
        id: AlertId::new(now()),
        source: "CMCC".to_owned(),
        source_ref: source_ref.to_owned(),
        observed_at: received_at,
        received_at,
        kind: AlertKind::Call,
        subject: super::incident().subject,
        relatives: vec![],
        suspect: suspect.clone(),
        source_level: None,
        scam_type: None,
        text: None,
        signals: Signals::default(),
        raw: json!({}),
    }
}

#[tokio::test]
async fn the_past_is_counted_in_windows_and_what_is_not_named_is_not_known() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let earlier = of_person(&mut tx, &[Mark::Phone(phone())], false).await;
    close(&mut tx, earlier, Outcome::NotFraud, now()).await;
    let suspect = Suspect {
        phone: Some(PhoneNumber::parse("+85261234567").unwrap()),
        url: Some("http://x.test".to_owned()),
        ..Suspect::default()
    };
    let ago = |time: TimeDelta| now() - time;
    let past: Vec<(Alert, IncidentId)> = [
        ("r-1", ago(TimeDelta::minutes(30))),
        ("r-2", ago(TimeDelta::hours(2))),
        ("r-3", ago(TimeDelta::days(3))),
        ("r-4", ago(TimeDelta::days(20))),
        ("r-5", ago(TimeDelta::days(40))),
    ]
    .into_iter()
    .map(|(source_ref, at)| (alert(source_ref, at, &suspect), earlier))
    .collect();
    alerts::insert(&mut tx, &past).await.unwrap();
    let entry = |kind: Kind, value: &str, expires_at| Listed {
        id: ListedId::new(now()),
        list: List::Suspect,
        kind,
        value: kind.normalised(value).unwrap(),
        source: "省反诈中心".to_owned(),
        confidence: 80,
        expires_at,
        note: None,
        added_by: "supervisor-1".to_owned(),
        created_at: now(),
    };
    listed::put(&mut tx, &entry(Kind::Number, "+85261234567", Some(later()))).await.unwrap();
    listed::put(&mut tx, &entry(Kind::Url, "http://x.test", Some(now()))).await.unwrap();
    let expected = History {
        earlier_alerts_1h: Some(1),
        earlier_alerts_24h: Some(2),
        earlier_alerts_7d: Some(3),
        earlier_alerts_30d: Some(4),
        suspect_alerts_1h: Some(1),
        suspect_alerts_24h: Some(2),
        suspect_alerts_7d: Some(3),
        suspect_alerts_30d: Some(4),
        suspect_incidents_30d: Some(1),
        url_alerts_1h: Some(1),
        url_alerts_24h: Some(2),
        url_alerts_7d: Some(3),
        url_alerts_30d: Some(4),
        prior_outcome: Some(Outcome::NotFraud),
        false_alarms_365d: Some(1),
        suspect_listed_confidence: Some(80),
        url_listed_confidence: Some(0),
        suspect_protected: Some(false),
        ..History::default()
    };
    let subject = super::incident().subject;
    let asked = alerts::history_of(&mut tx, &subject, &suspect, now()).await.unwrap();
    assert_eq!(asked, expected);

    let present = of_person(&mut tx, &[Mark::Phone(phone())], false).await;
    alerts::insert(&mut tx, &[(alert("r-6", now(), &suspect), present)]).await.unwrap();
    let histories = alerts::histories(&mut tx, &[present], now()).await.unwrap();
    assert_eq!(histories[&present], expected, "its own alerts are not its past");
    let asked = alerts::history_of(&mut tx, &subject, &suspect, now()).await.unwrap();
    assert_eq!(asked, expected, "an alert of that person would join it");
}

/// An incident of whoever is known by these; its subject's phone is the first.
async fn of_person(tx: &mut Tx, marks: &[Mark], drill: bool) -> IncidentId {
    let mut incident = Incident { drill, ..super::incident() };
    for mark in marks.iter().rev() {
        match mark {
            Mark::Phone(phone) => incident.subject.phone = phone.clone(),
            Mark::IdNumber(number) => incident.subject.id_number = Some(number.clone()),
        }
    }
    let id = incidents::open(tx, &[incident]).await.unwrap()[0];
    let wanted: Vec<(IncidentId, Mark)> = marks.iter().map(|mark| (id, mark.clone())).collect();
    assert_eq!(incidents::claim_marks(tx, &wanted, drill, now()).await.unwrap().len(), marks.len());
    id
}

async fn close(tx: &mut Tx, id: IncidentId, outcome: Outcome, closed_at: Instant) {
    let mut known = incidents::lock(tx, id).await.unwrap().unwrap();
    known.state = State::Closed(Closing { outcome, prevented: None, note: None, closed_at });
    incidents::save(tx, &mut known).await.unwrap();
    incidents::hold_marks(tx, id, false).await.unwrap();
}

#[tokio::test]
async fn a_persons_past_goes_over_all_their_phones_and_no_drill_is_part_of_it() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let line = |number: &str| Mark::Phone(PhoneNumber::parse(number).unwrap());
    let (first, second, third) = (line("13847200001"), line("13847200002"), line("13847200003"));
    let number = ResidentId::parse("150203199003071220").unwrap();
    let identity = Mark::IdNumber(number.clone());
    let suspect = Suspect { phone: Some(PhoneNumber::parse("+85261234567").unwrap()), ..Suspect::default() };
    let mut refs = 0..;
    let mut of = |id| (alert(&format!("p-{}", refs.next().unwrap()), now(), &suspect), id);
    let known = of_person(&mut tx, &[first.clone(), identity.clone()], false).await;
    close(&mut tx, known, Outcome::BecameVictim, now()).await;
    let other_line = of_person(&mut tx, &[second.clone(), identity.clone()], false).await;
    close(&mut tx, other_line, Outcome::Duplicate, later()).await;
    let stranger = of_person(&mut tx, &[line("13847200008")], false).await;
    let practised = of_person(&mut tx, &[first.clone(), identity.clone()], true).await;
    let told = [known, known, other_line, stranger, practised, practised].map(&mut of);
    alerts::insert(&mut tx, &told).await.unwrap();

    let past =
        |history: History| (history.earlier_alerts_24h, history.prior_outcome, history.suspect_alerts_24h);
    // the person's three alerts, not the duplicate's outcome; of the suspect also the stranger's
    let expected = (Some(3), Some(Outcome::BecameVictim), Some(4));
    for marks in
        [&[third.clone(), identity.clone()][..], std::slice::from_ref(&first), std::slice::from_ref(&second)]
    {
        let present = of_person(&mut tx, marks, false).await;
        alerts::insert(&mut tx, &[of(present)]).await.unwrap();
        let histories = alerts::histories(&mut tx, &[present], later()).await.unwrap();
        assert_eq!(past(histories[&present]), expected, "{}", marks[0].reveal());
        sqlx::query("DELETE FROM alert WHERE incident_id = $1")
            .bind(present.uuid())
            .execute(&mut *tx)
            .await
            .unwrap();
        close(&mut tx, present, Outcome::Duplicate, later()).await;
        incidents::drop_marks(&mut tx, &[present], None).await.unwrap();
    }
    let subject = |phone: &str, id_number: Option<ResidentId>| Subject {
        phone: PhoneNumber::parse(phone).unwrap(),
        id_number,
        ..super::incident().subject
    };
    for asked in
        [subject("13847200003", Some(number)), subject("13847200001", None), subject("13847200002", None)]
    {
        let history = alerts::history_of(&mut tx, &asked, &suspect, later()).await.unwrap();
        assert_eq!(past(history), expected, "{}", asked.phone.reveal());
    }
    let nobody = alerts::history_of(&mut tx, &subject("13847200003", None), &suspect, later()).await.unwrap();
    assert_eq!(past(nobody), (Some(0), None, Some(4)));
}

#[tokio::test]
async fn a_drill_stops_no_rule_and_is_judged_in_no_report() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    rules::keep(&mut tx, FIRST, "text", "lanjie", now()).await.unwrap();
    let real = opened(&mut tx).await;
    let practised =
        incidents::open(&mut tx, &[Incident { drill: true, ..super::incident() }]).await.unwrap()[0];
    for incident_id in [real, practised, practised] {
        let graded = Assessment {
            id: AssessmentId::new(now()),
            incident_id,
            created_at: now(),
            grade: Grade { urgent: false, tier: Tier::Low },
            score: Some(8),
            rules_version: Some(FIRST.to_owned()),
            reasons: json!([{ "rule": "call", "value": "call", "weight": 8, "says": "通话", "says_en": "a call" }]),
            facts: json!({ "kind": "call" }),
            made_by: "lanjie".to_owned(),
            stopped: vec![],
            shadow: Some(json!({ "tier": "high", "urgent": true, "rules_version": SECOND })),
        };
        assessments::insert(&mut tx, &graded).await.unwrap();
    }
    assert_eq!(assessments::hits(&mut tx, FIRST, 10).await.unwrap(), ([("call".to_owned(), 1)].into(), 1));
    assert_eq!(assessments::differences(&mut tx, SECOND).await.unwrap()[0].gradings, 1);
    let past = assessments::past(&mut tx, (now(), later()), None, 10).await.unwrap();
    assert_eq!(past.iter().map(|(_, past)| past.incident_id).collect::<Vec<_>>(), [real]);
}

#[tokio::test]
async fn an_entry_is_kept_once_a_source_and_found_by_what_it_is_about() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let mut entry = Listed {
        id: ListedId::new(now()),
        list: List::Protected,
        kind: Kind::Account,
        value: Kind::Account.normalised("6228482601815908309").unwrap(),
        source: "ABC".to_owned(),
        confidence: 100,
        expires_at: None,
        note: Some("公司账户".to_owned()),
        added_by: "supervisor-1".to_owned(),
        created_at: now(),
    };
    listed::put(&mut tx, &entry).await.unwrap();
    let replaced =
        Listed { id: ListedId::new(later()), confidence: 60, expires_at: Some(later()), ..entry.clone() };
    assert_eq!(listed::put(&mut tx, &replaced).await.unwrap(), entry.id);
    (entry.confidence, entry.expires_at) = (60, Some(later()));
    let filter = listed::Filter {
        list: Some(List::Protected),
        kind: Some(Kind::Account),
        value: Some("6228482601815908309".to_owned()),
        after: None,
    };
    assert_eq!(listed::list(&mut tx, &filter, 10).await.unwrap(), [entry.clone()]);
    let behind = listed::Filter { after: Some(entry.id), ..filter };
    assert!(listed::list(&mut tx, &behind, 10).await.unwrap().is_empty());
    assert!(
        listed::remove(&mut tx, entry.id).await.unwrap() && !listed::remove(&mut tx, entry.id).await.unwrap()
    );
}
