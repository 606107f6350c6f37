//! Texts in parts, receipts that come too early, and the order of one person's texts.

use domain::contact::Role;
use domain::id::AttemptId;
use domain::measure::{AttemptResult, Request};
use domain::message::{self, Message, PartReceipt, Receipt};
use domain::person::PhoneNumber;
use uuid::Uuid;

use super::*;
use crate::measures::Attempt;
use crate::{message_parts, messages};

const PROVIDER: &str = "MAIN";

async fn queued(tx: &mut Tx, incident: IncidentId, to: &str, at: Instant) -> MeasureId {
    let id = measure(tx, incident, MeasureKind::Sms).await;
    let message = Message {
        id,
        incident_id: incident,
        step: None,
        role: Role::Subject,
        phone: PhoneNumber::parse(to).unwrap(),
        template: "warn_subject_low".to_owned(),
        text: "请核实".to_owned(),
        flash: false,
        provider: None,
        provider_ref: None,
        receipt_code: None,
        created_at: now(),
        state: message::State::Queued,
    };
    messages::insert(tx, &message).await.unwrap();
    measures::enqueue(tx, id, Request::Submit, "", at).await.unwrap();
    id
}

fn told(provider_ref: &str, receipt: Receipt) -> PartReceipt {
    PartReceipt { provider_ref: provider_ref.to_owned(), receipt, code: Some("DELIVRD".to_owned()) }
}

fn references(references: &[&str]) -> Vec<String> {
    references.iter().map(|reference| (*reference).to_owned()).collect()
}

#[tokio::test]
async fn a_part_is_found_by_its_id_in_another_spelling_and_only_at_its_provider() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = queued(&mut tx, incident, "13847200001", now()).await;
    let early =
        message_parts::write(&mut tx, id, PROVIDER, &references(&["0a1b2c3d", "0a1b2c3e"])).await.unwrap();
    assert_eq!(early, []);
    for (receipt, place) in [("0A1B2C3D", 0), ("0169552957", 0), ("0169552958", 1)] {
        assert_eq!(
            message_parts::find(&mut tx, PROVIDER, receipt).await.unwrap(),
            Some((id, place)),
            "{receipt}"
        );
    }
    assert_eq!(message_parts::find(&mut tx, "OTHER", "0a1b2c3d").await.unwrap(), None);

    message_parts::note(&mut tx, id, 0, Receipt::Delivered).await.unwrap();
    message_parts::note(&mut tx, id, 0, Receipt::Failed).await.unwrap();
    let parts = message_parts::of_message(&mut tx, id).await.unwrap();
    assert_eq!(parts[0].receipt, Some(Receipt::Delivered), "the first receipt stands");
    assert_eq!((parts[1].provider_ref.as_str(), parts[1].receipt), ("0a1b2c3e", None));
    let again = message_parts::find(&mut tx, PROVIDER, "0169552957").await.unwrap();
    assert_eq!(again, None, "another spelling means only a part that still waits");
    assert_eq!(message_parts::find(&mut tx, PROVIDER, "0a1b2c3d").await.unwrap(), Some((id, 0)));
}

#[tokio::test]
async fn a_receipt_that_was_laid_aside_is_taken_up_once_and_another_providers_is_not() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = queued(&mut tx, incident, "13847200001", now()).await;
    let receipt = told("0169552957", Receipt::Delivered);
    for provider in [PROVIDER, "OTHER"] {
        assert_eq!(message_parts::lay_aside(&mut tx, provider, &receipt, now()).await.unwrap(), None);
    }
    let parts = references(&["0a1b2c3d"]);
    let taken_up = message_parts::write(&mut tx, id, PROVIDER, &parts).await.unwrap();
    assert_eq!(taken_up, std::slice::from_ref(&receipt));
    assert_eq!(message_parts::write(&mut tx, id, PROVIDER, &parts).await.unwrap(), []);
    let found = message_parts::lay_aside(&mut tx, PROVIDER, &receipt, now()).await.unwrap();
    assert_eq!(found, Some(id), "it was written down in the meantime");
}

#[tokio::test]
async fn an_early_receipt_and_the_parts_it_means_never_miss_each_other() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = queued(&mut tx, incident, "13847200001", now()).await;
    tx.commit().await.unwrap();
    for number in 0..20 {
        let reference = format!("{number:08x}-1");
        let write = async {
            let mut tx = store.begin().await.unwrap();
            let parts = references(&[&reference]);
            let early = message_parts::write(&mut tx, id, PROVIDER, &parts).await.unwrap();
            tx.commit().await.unwrap();
            early.len()
        };
        let lay_aside = async {
            let mut tx = store.begin().await.unwrap();
            let receipt = told(&reference, Receipt::Delivered);
            let found = message_parts::lay_aside(&mut tx, PROVIDER, &receipt, now()).await.unwrap();
            tx.commit().await.unwrap();
            usize::from(found.is_some())
        };
        let (taken_up, found) = tokio::join!(write, lay_aside);
        assert_eq!(taken_up + found, 1, "{reference}");
    }
}

#[tokio::test]
async fn one_persons_texts_are_leased_in_their_order_and_a_long_wait_holds_up_no_other() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let soon = now() + TimeDelta::seconds(10);
    let mut ids = vec![];
    for _ in 0..2 {
        ids.push(queued(&mut tx, incident, "13847200001", now()).await);
    }
    ids.sort();
    let (first, second) = (ids[0], ids[1]);
    measures::retry(&mut tx, first, Request::Submit, soon).await.unwrap();
    let other = queued(&mut tx, incident, "13847200002", now()).await;
    let worker = Uuid::now_v7();
    let mut lease = async |at| -> Vec<MeasureId> {
        let leased =
            measures::lease(&mut tx, MeasureKind::Sms, worker, at, at + TimeDelta::seconds(1), 9).await;
        let mut ids: Vec<MeasureId> = leased.unwrap().iter().map(|leased| leased.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(lease(now()).await, [other], "the second waits for the first, which is tried soon");
    let mut both = vec![first, other];
    both.sort();
    assert_eq!(lease(soon).await, both);
    measures::retry(&mut tx, first, Request::Submit, later()).await.unwrap();
    let leased = measures::lease(&mut tx, MeasureKind::Sms, worker, soon, later(), 9).await.unwrap();
    assert_eq!(
        leased.iter().map(|leased| leased.id).collect::<Vec<_>>(),
        [second],
        "the first waits for minutes"
    );
}

#[tokio::test]
async fn silent_sends_are_counted_where_the_provider_knows_no_text_again() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = queued(&mut tx, incident, "13847200001", now()).await;
    for (provider, result) in [
        (Some("SMPP"), AttemptResult::Unknown),
        (Some("SMPP"), AttemptResult::NotDelivered),
        (Some("HTTP"), AttemptResult::Unknown),
        // its worker died before it could say
        (None, AttemptResult::Unknown),
    ] {
        let attempt = Attempt {
            id: AttemptId::new(now()),
            request: Request::Submit,
            message_id: id.to_string(),
            route: None,
            started_at: now(),
            ended: None,
        };
        measures::begin_attempt(&mut tx, id, &attempt).await.unwrap();
        measures::end_attempt(&mut tx, attempt.id, later(), result, None).await.unwrap();
        if let Some(provider) = provider {
            messages::note_provider(&mut tx, attempt.id, provider).await.unwrap();
        }
    }
    assert_eq!(messages::silent_sends(&mut tx, id, &["HTTP".to_owned()]).await.unwrap(), 2);
}
