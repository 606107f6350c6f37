//! What closed incidents teach.

use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::id::AlertId;
use domain::incident::{Closing, Outcome};
use domain::scam_type::ScamType;
use serde_json::json;

use super::*;
use crate::alerts;
use crate::lessons::closed_texts;

#[tokio::test]
async fn only_incidents_whose_outcome_says_what_they_were_teach() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let id = opened(&mut tx).await;
    let alert = Alert {
        id: AlertId::new(now()),
        source: "CMCC".to_owned(),
        source_ref: "r-1".to_owned(),
        observed_at: now(),
        received_at: now(),
        kind: AlertKind::Sms,
        subject: incident().subject,
        relatives: vec![],
        suspect: Suspect::default(),
        source_level: None,
        scam_type: Some(ScamType::Romance),
        text: Some("你好".to_owned()),
        signals: Signals::default(),
        raw: json!({}),
    };
    alerts::insert(&mut tx, &[(alert, id)]).await.unwrap();
    assert_eq!(closed_texts(&mut tx, now(), 10).await.unwrap(), [], "it is open");
    let mut known = incidents::lock(&mut tx, id).await.unwrap().unwrap();
    for outcome in Outcome::ALL {
        known.state =
            State::Closed(Closing { outcome: *outcome, prevented: None, note: None, closed_at: later() });
        incidents::save(&mut tx, &mut known).await.unwrap();
        let taught = closed_texts(&mut tx, now(), 10).await.unwrap();
        match outcome {
            Outcome::Prevented | Outcome::NotFraud | Outcome::BecameVictim => {
                assert_eq!(taught.len(), 1, "{outcome}");
                assert_eq!((taught[0].incident_id, taught[0].outcome), (id, *outcome));
                assert_eq!((taught[0].text.as_str(), taught[0].scam_type), ("你好", Some(ScamType::Romance)));
            }
            Outcome::Unreachable | Outcome::Duplicate | Outcome::HandedOver => {
                assert_eq!(taught, [], "{outcome}");
            }
        }
    }
    known.state = State::Closed(Closing {
        outcome: Outcome::NotFraud,
        prevented: None,
        note: None,
        closed_at: later(),
    });
    incidents::save(&mut tx, &mut known).await.unwrap();
    assert_eq!(
        closed_texts(&mut tx, later() + TimeDelta::seconds(1), 10).await.unwrap(),
        [],
        "closed before"
    );
    assert_eq!(closed_texts(&mut tx, now(), 0).await.unwrap(), [], "no more than asked for");
}
