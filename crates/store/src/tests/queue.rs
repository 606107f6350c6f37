//! The queue of what the outside is to be told, and the idempotency keys.

use domain::id::AttemptId;
use domain::measure::{AttemptResult, Request, Route};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::first_answers::{self, Claim};
use crate::measures::{Attempt, Rooms};
use crate::second_routes;

const KIND: MeasureKind = MeasureKind::StopPayment;

async fn queued(store: &Store, count: usize) -> Vec<MeasureId> {
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let ids = queue(&mut tx, incident, "ABC", count).await;
    tx.commit().await.unwrap();
    ids
}

async fn queue(tx: &mut Tx, incident: IncidentId, bank: &str, count: usize) -> Vec<MeasureId> {
    let mut ids = vec![];
    for _ in 0..count {
        let id = measure(tx, incident, KIND).await;
        measures::enqueue(tx, id, Request::Submit, bank, now()).await.unwrap();
        ids.push(id);
    }
    ids
}

async fn lease(store: &Store, worker: Uuid, at: Instant, limit: i64) -> Vec<measures::Leased> {
    let mut tx = store.begin().await.unwrap();
    let until = at + TimeDelta::seconds(15);
    let leased = measures::lease(&mut tx, KIND, worker, at, until, limit).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

#[tokio::test]
async fn two_workers_never_lease_the_same_request() {
    let store = database().await;
    let ids = queued(&store, 10).await;
    let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
    let (first, second) = tokio::join!(lease(&store, one, now(), 6), lease(&store, other, now(), 6));
    let mut leased: Vec<MeasureId> = first.iter().chain(&second).map(|leased| leased.id).collect();
    // whoever came second may have passed over rows the first one held; they are still there
    leased.extend(lease(&store, other, now(), 10).await.iter().map(|leased| leased.id));
    leased.sort();
    assert_eq!(leased, {
        let mut ids = ids;
        ids.sort();
        ids
    });
    assert!(lease(&store, one, now(), 10).await.is_empty());
}

#[tokio::test]
async fn a_lease_is_given_back_by_time_and_the_late_worker_finds_it_gone() {
    let store = database().await;
    queued(&store, 1).await;
    let (late, next) = (Uuid::now_v7(), Uuid::now_v7());
    let first = lease(&store, late, now(), 1).await.remove(0);
    let in_time = now() + TimeDelta::seconds(14);
    assert!(lease(&store, next, in_time, 1).await.is_empty());
    let second = lease(&store, next, later(), 1).await.remove(0);
    assert_eq!((first.tries, second.tries), (1, 2));
    assert_eq!(second.first_tried_at, now());
    let mut tx = store.begin().await.unwrap();
    assert!(!measures::still_held(&mut tx, &first, late).await.unwrap());
    assert!(measures::still_held(&mut tx, &second, next).await.unwrap());
    measures::retry(&mut tx, second.id, Request::Inquire, later()).await.unwrap();
    assert!(!measures::still_held(&mut tx, &second, next).await.unwrap());
    measures::dequeue(&mut tx, &[second.id]).await.unwrap();
    assert_eq!(measures::pending_request(&mut tx, second.id).await.unwrap(), None);
}

#[tokio::test]
async fn each_party_is_handed_its_own_share_however_long_the_others_queue_is() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let first = queue(&mut tx, incident, "ABC", 40).await;
    queue(&mut tx, incident, "BOC", 3).await;
    queue(&mut tx, incident, "ICBC", 1).await;
    let sms = measure(&mut tx, incident, MeasureKind::Sms).await;
    measures::enqueue(&mut tx, sms, Request::Submit, "CCB", now()).await.unwrap();
    let rooms = Rooms { usual: 4, others: vec![("BOC".to_owned(), 0), ("CCB".to_owned(), 9)] };
    let until = now() + TimeDelta::seconds(15);
    let lease = async |tx: &mut Tx| {
        let leased = measures::lease_by_party(tx, KIND, Uuid::now_v7(), now(), until, &rooms).await.unwrap();
        let of = |bank: &str| leased.iter().filter(|one| one.counterparty == bank).count();
        (of("ABC"), of("BOC"), of("ICBC"), leased.len())
    };
    assert_eq!(lease(&mut tx).await, (4, 0, 1, 5));
    assert_eq!(lease(&mut tx).await, (4, 0, 0, 4), "what is leased is not leased again");
    let left: Vec<MeasureId> = first[..36].to_vec();
    measures::dequeue(&mut tx, &left).await.unwrap();
    assert!(lease(&mut tx).await.0 <= 4);
}

#[tokio::test]
async fn an_order_goes_by_the_second_way_when_its_silence_is_over_and_not_once_it_is_answered() {
    let store = database().await;
    let ids = queued(&store, 2).await;
    let mut tx = store.begin().await.unwrap();
    for id in &ids {
        second_routes::plan(&mut tx, *id, "ABC", later()).await.unwrap();
    }
    let worker = Uuid::now_v7();
    let rooms = Rooms { usual: 16, others: vec![] };
    let lease = async |tx: &mut Tx, at: Instant| {
        let until = at + TimeDelta::seconds(15);
        second_routes::lease(tx, worker, at, until, &rooms).await.unwrap()
    };
    assert!(lease(&mut tx, now()).await.is_empty());
    let leased = lease(&mut tx, later()).await;
    assert_eq!((leased.len(), leased[0].tries, leased[0].request), (2, 1, Request::Submit));
    assert!(lease(&mut tx, later()).await.is_empty());
    assert!(second_routes::still_held(&mut tx, &leased[0], worker).await.unwrap());
    assert!(!second_routes::still_held(&mut tx, &leased[0], Uuid::now_v7()).await.unwrap());
    let again_at = later() + TimeDelta::seconds(1);
    second_routes::retry(&mut tx, leased[0].id, again_at).await.unwrap();
    assert_eq!(lease(&mut tx, again_at).await[0].tries, 2);
    measures::dequeue(&mut tx, &[leased[0].id]).await.unwrap();
    second_routes::end(&mut tx, leased[1].id).await.unwrap();
    assert!(lease(&mut tx, again_at + TimeDelta::hours(1)).await.is_empty());
}

#[tokio::test]
async fn nothing_is_leased_before_it_is_due() {
    let store = database().await;
    let ids = queued(&store, 1).await;
    assert!(lease(&store, Uuid::now_v7(), now() - TimeDelta::seconds(1), 1).await.is_empty());
    let mut tx = store.begin().await.unwrap();
    assert_eq!(measures::incident_of(&mut tx, ids[0], MeasureKind::Sms).await.unwrap(), None);
}

#[tokio::test]
async fn a_try_whose_worker_died_is_ended_as_unknown_once() {
    let store = database().await;
    let id = queued(&store, 1).await[0];
    let mut tx = store.begin().await.unwrap();
    let attempt = Attempt {
        id: AttemptId::new(now()),
        request: Request::Submit,
        message_id: id.to_string(),
        route: Some(Route::First),
        started_at: now(),
        ended: None,
    };
    measures::begin_attempt(&mut tx, id, &attempt).await.unwrap();
    assert!(measures::may_have_arrived(&mut tx, id).await.unwrap());
    let (first, second) = (Some(Route::First), Some(Route::Second));
    assert!(!measures::end_abandoned(&mut tx, id, second, later()).await.unwrap(), "that one did not die");
    assert!(measures::end_abandoned(&mut tx, id, first, later()).await.unwrap());
    assert!(!measures::end_abandoned(&mut tx, id, first, later()).await.unwrap());
    let late = AttemptResult::Accepted;
    measures::end_attempt(&mut tx, attempt.id, later(), late, None).await.unwrap();
    let kept = measures::attempts(&mut tx, id).await.unwrap().remove(0);
    assert_eq!(kept.route, Some(Route::First));
    let kept = kept.ended.unwrap();
    assert_eq!((kept.0, kept.1), (later(), AttemptResult::Unknown), "the first end stands");
}

#[tokio::test]
async fn a_key_is_answered_once_and_belongs_to_one_request() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let by = operator(&mut tx, "dispatcher-1", Post::Dispatcher).await;
    let other = operator(&mut tx, "dispatcher-2", Post::Dispatcher).await;
    let claim = async |tx: &mut Tx, by, hash: u8| {
        first_answers::claim(tx, by, "k", &[hash; 32], now()).await.unwrap()
    };
    assert!(matches!(claim(&mut tx, by, 1).await, Claim::New));
    first_answers::save(&mut tx, by, "k", 201, &json!({ "id": 1 })).await.unwrap();
    match claim(&mut tx, by, 1).await {
        Claim::Replay { status, body } => assert_eq!((status, body), (201, json!({ "id": 1 }))),
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(matches!(claim(&mut tx, by, 2).await, Claim::OtherRequest));
    assert!(matches!(claim(&mut tx, other, 2).await, Claim::New));
}
