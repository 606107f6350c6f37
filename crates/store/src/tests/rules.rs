//! Versions of the grading rules, gradings and lists.

use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::grading::{History, Runaway};
use domain::id::{AlertId, AssessmentId, ListedId};
use domain::incident::{Closing, Outcome};
use domain::listed::{Kind, List, Listed};
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

#[tokio::test]
async fn the_past_is_counted_in_windows_and_what_is_not_named_is_not_known() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let earlier = opened(&mut tx).await;
    let mut known = incidents::lock(&mut tx, earlier).await.unwrap().unwrap();
    let outcome = Outcome::NotFraud;
    known.state = State::Closed(Closing { outcome, prevented: None, note: None, closed_at: now() });
    incidents::save(&mut tx, &mut known).await.unwrap();
    let suspect = Suspect {
        phone: Some(PhoneNumber::parse("+85261234567").unwrap()),
        url: Some("http://x.test".to_owned()),
        ..Suspect::default()
    };
    let alert = |source_ref: &str, received_at: Instant, suspect: &Suspect| Alert {
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
    let asked = alerts::history_of(&mut tx, &phone(), &suspect, now()).await.unwrap();
    assert_eq!(asked, expected);

    let present = opened(&mut tx).await;
    alerts::insert(&mut tx, &[(alert("r-6", now(), &suspect), present)]).await.unwrap();
    let histories = alerts::histories(&mut tx, &[present], now()).await.unwrap();
    assert_eq!(histories[&present], expected, "its own alerts are not its past");
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
