//! The money graph's rows, and holds that several orders claim.

use chrono::TimeDelta;
use domain::account::Account;
use domain::id::{MeasureId, MoveId};
use domain::measure_kind::MeasureKind;
use domain::pursuit::{Followed, Move};
use domain::stop_payment::{BankAnswer, Hold, ResultCode, State, StopPayment};

use super::states::{account, order};
use super::*;
use crate::statistics::{By, count};
use crate::{money_moves, stop_payments};

#[tokio::test]
async fn transfers_of_every_kind() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let from_id = measure(&mut tx, incident, MeasureKind::StopPayment).await;
    let to_id = measure(&mut tx, incident, MeasureKind::StopPayment).await;
    stop_payments::insert(&mut tx, &order(from_id, incident, State::Submitted)).await.unwrap();
    stop_payments::insert(&mut tx, &order(to_id, incident, State::Submitted)).await.unwrap();
    let mut saved = vec![];
    for (place, followed) in (0..).zip(Followed::ALL) {
        let moved = Move {
            id: MoveId::new(now()),
            incident_id: incident,
            from_id,
            to_id: Some(to_id),
            account: account("CCB"),
            amount: Some(fen(100)),
            claim: fen(60),
            moved_at: Some(now()),
            reference: Some("1".to_owned()),
            followed: *followed,
            created_at: now() + TimeDelta::seconds(place),
        };
        money_moves::insert(&mut tx, &moved).await.unwrap();
        saved.push(moved);
    }
    let nothing_told = Move {
        id: MoveId::new(later()),
        to_id: None,
        account: Account { number: None, holder: None, bank_code: None, ..account("CCB") },
        amount: None,
        claim: Fen::ZERO,
        moved_at: None,
        reference: None,
        followed: Followed::HopLimit,
        created_at: later(),
        ..saved[0].clone()
    };
    money_moves::insert(&mut tx, &nothing_told).await.unwrap();
    saved.push(nothing_told);
    assert_eq!(money_moves::of_incident(&mut tx, incident).await.unwrap(), saved);
}

/// An order of another victim's incident, given and answered `minutes` later.
async fn held(tx: &mut Tx, balance: i64, held: i64, minutes: i64) -> StopPayment {
    let mut victims = incident();
    victims.subject.phone = PhoneNumber::parse(&format!("1384720{minutes:04}")).unwrap();
    let incident = incidents::open(tx, &[victims]).await.unwrap()[0];
    let at = now() + TimeDelta::minutes(minutes);
    let id = measure_at(tx, incident, MeasureKind::StopPayment, at).await;
    let hold = Hold { balance: Some(fen(balance)), held: fen(held), stopped_at: at };
    let held = order(id, incident, State::Partial(hold));
    stop_payments::insert(tx, &order(id, incident, State::Submitted)).await.unwrap();
    stop_payments::save(tx, &held).await.unwrap();
    let answer = BankAnswer {
        result_code: ResultCode::parse("1200").unwrap(),
        balance: hold.balance,
        held: Some(hold.held),
        stopped_at: Some(at),
        remark: None,
        onward: vec![],
        transactions: vec![],
    };
    stop_payments::keep_answer(tx, id, &answer, at).await.unwrap();
    held
}

#[tokio::test]
async fn what_two_victims_orders_hold_together_is_counted_once() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let first = held(&mut tx, 1000, 700, 0).await;
    held(&mut tx, 1000, 700, 1).await;
    held(&mut tx, 1000, 1000, 2).await;
    let (from, to) = (now(), now() + TimeDelta::days(9));
    let counted = count(&mut tx, from, to, By::Total).await.unwrap().remove("").unwrap();
    assert_eq!((counted.stop_payments_succeeded, counted.amount_stopped), (3, fen(1000)));

    // when the stops are over, what is held then is other money
    held(&mut tx, 500, 500, 60 * 49).await;
    let counted = count(&mut tx, from, to, By::Total).await.unwrap().remove("").unwrap();
    assert_eq!(counted.amount_stopped, fen(1500));

    let others = stop_payments::claims_of_others(&mut tx, first.incident_id, &["6228482601815908309"]);
    let others = others.await.unwrap();
    assert_eq!(others.len(), 3);
    assert!(others.iter().all(|other| other.order_id != first.id && other.claim == fen(6_400_000)));
    let held: Vec<Fen> = others.iter().map(|other| other.held).collect();
    assert_eq!(held, [fen(700), fen(1000), fen(500)], "who ordered first first");
    let nobody: Vec<MeasureId> = stop_payments::claims_of_others(&mut tx, first.incident_id, &["1234"])
        .await
        .unwrap()
        .into_iter()
        .map(|other| other.order_id)
        .collect();
    assert_eq!(nobody, []);
}
