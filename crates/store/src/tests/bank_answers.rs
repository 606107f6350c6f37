//! Answers of banks, and the clocks of stops.

use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::call::Transfer;
use domain::measure::Request;
use domain::person::PersonName;
use domain::stop_payment::{AnswerEffect, BankAnswer, Hold, ResultCode, RoundsUsed, State, StopPayment};

use super::*;
use crate::{bank_answers, stop_payments};

pub(super) async fn order(tx: &mut Tx, incident_id: IncidentId, round: u8, state: State) -> StopPayment {
    let order = StopPayment {
        id: measure(tx, incident_id, MeasureKind::StopPayment).await,
        incident_id,
        origin: None,
        parent_id: None,
        corrects_id: None,
        hop: 0,
        round,
        transfer: Transfer {
            payer: None,
            payee: Some(Account {
                kind: AccountKind::BankCard,
                number: Some(AccountNumber::parse("6228482601815908309").unwrap()),
                holder: Some(PersonName::parse("李某").unwrap()),
                bank_code: Some(BankCode::parse("ABC").unwrap()),
            }),
            amount: Some(fen(100)),
            transferred_at: Some(now()),
            channel: None,
            reference: None,
        },
        claim: None,
        created_at: now(),
        submitted_at: Some(now()),
        returned: Fen::ZERO,
        state,
    };
    let submitted = StopPayment { round: 1, state: State::Submitted, ..order.clone() };
    stop_payments::insert(tx, &submitted).await.unwrap();
    stop_payments::save(tx, &order).await.unwrap();
    order
}

#[tokio::test]
async fn answers_of_every_effect_are_kept_and_the_last_one_over_again_is_counted() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let order = order(&mut tx, incident, 1, State::Submitted).await;
    let answer = BankAnswer {
        result_code: ResultCode::parse("1200").unwrap(),
        balance: Some(fen(5)),
        held: Some(fen(5)),
        stopped_at: Some(now()),
        remark: Some("余额不足".to_owned()),
        onward: vec![],
        transactions: vec![],
    };
    for effect in AnswerEffect::ALL {
        for new in [true, false] {
            let at = if new { now() } else { later() };
            let kept = bank_answers::keep(&mut tx, order.id, Request::Inquire, &answer, *effect, at).await;
            assert_eq!(kept.unwrap(), new, "{effect}");
        }
    }
    let other = BankAnswer { held: None, ..answer };
    let effect = AnswerEffect::NotDone;
    assert!(bank_answers::keep(&mut tx, order.id, Request::Renew, &other, effect, later()).await.unwrap());
    let kept = bank_answers::of_order(&mut tx, order.id).await.unwrap();
    let effects: Vec<AnswerEffect> = kept.iter().map(|kept| kept.effect).collect();
    assert_eq!(effects[..AnswerEffect::ALL.len()], *AnswerEffect::ALL);
    let first = &kept[0];
    assert_eq!((first.times, first.first_heard_at, first.last_heard_at), (2, now(), later()));
    assert_eq!(
        (first.held, first.remark.as_deref(), first.asked),
        (Some(fen(5)), Some("余额不足"), Request::Inquire)
    );
}

#[tokio::test]
async fn an_alarm_is_due_while_the_stop_stands_and_goes_with_it() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let hold = Hold { balance: None, held: fen(100), stopped_at: now() };
    let held = order(&mut tx, incident, 1, State::Active(hold)).await;
    let due = async |tx: &mut Tx, at| stop_payments::alarms_due(tx, at, 10).await.unwrap();
    assert_eq!(due(&mut tx, later()).await, []);
    stop_payments::set_alarm(&mut tx, held.id, Some(later())).await.unwrap();
    assert_eq!(due(&mut tx, now()).await, []);
    assert_eq!(due(&mut tx, later()).await, [(incident, held.id)]);
    let released = StopPayment { state: State::Released(hold), ..held };
    stop_payments::save(&mut tx, &released).await.unwrap();
    assert_eq!(due(&mut tx, later()).await, []);
}

#[tokio::test]
async fn an_account_is_known_by_bank_and_number_whoever_ordered() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let hold = Hold { balance: None, held: fen(100), stopped_at: now() };
    let expired = order(&mut tx, incident, 2, State::Expired(hold)).await;
    let refused = order(&mut tx, incident, 1, State::HeldByOther).await;
    let account = expired.account().unwrap();
    let used = async |tx: &mut Tx, drill| {
        stop_payments::rounds_used(tx, &account.0, &account.1, drill).await.unwrap()
    };
    let once = RoundsUsed { stops: 1, extensions: 1, exceeded: false };
    assert_eq!(used(&mut tx, false).await, once, "a refused order is no stop");
    assert_eq!(used(&mut tx, true).await, RoundsUsed::default(), "in a drill what is real does not count");
    let empty = order(&mut tx, incident, 1, State::Empty).await;
    let twice = RoundsUsed { stops: 2, ..once };
    assert_eq!(used(&mut tx, false).await, twice, "a stop that held nothing was a stop");
    let no_more = BankAnswer {
        result_code: ResultCode::stops_exceeded(),
        balance: None,
        held: None,
        stopped_at: None,
        remark: None,
        onward: vec![],
        transactions: vec![],
    };
    let effect = AnswerEffect::NotDone;
    bank_answers::keep(&mut tx, refused.id, Request::Renew, &no_more, effect, now()).await.unwrap();
    assert_eq!(used(&mut tx, false).await, RoundsUsed { exceeded: true, ..twice }, "its bank said so");
    let filter = stop_payments::Filter { account: Some(account.clone()), ..stop_payments::Filter::default() };
    let found = stop_payments::list(&mut tx, &filter, 10).await.unwrap();
    let ids: Vec<MeasureId> = found.iter().map(|recorded| recorded.order.id).collect();
    assert_eq!(ids.len(), 3);
    assert!([refused.id, expired.id, empty.id].iter().all(|id| ids.contains(id)));
    let only = |drill| stop_payments::Filter {
        drill: Some(drill),
        account: Some(account.clone()),
        ..Default::default()
    };
    assert_eq!(stop_payments::list(&mut tx, &only(false), 10).await.unwrap().len(), 3);
    assert!(stop_payments::list(&mut tx, &only(true), 10).await.unwrap().is_empty());
    let icbc = BankCode::parse("ICBC").unwrap();
    let elsewhere = Some((icbc, AccountNumber::parse("6228482601815908309").unwrap()));
    let filter = stop_payments::Filter { account: elsewhere, ..stop_payments::Filter::default() };
    assert!(stop_payments::list(&mut tx, &filter, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_claim_waits_for_the_end_of_the_hold_that_keeps_it_from_its_account() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let hold = Hold { balance: None, held: fen(100), stopped_at: now() };
    let claim = order(&mut tx, incident, 1, State::HeldByOther).await;
    let held = stop_payments::get(&mut tx, claim.id).await.unwrap().unwrap();
    assert_eq!(held.held_by_id, None);
    for (state, is_over) in [
        (State::Submitted, false),
        (State::Active(hold), false),
        (State::Released(hold), true),
        (State::Expired(hold), true),
        (State::Refused, true),
    ] {
        let holder = order(&mut tx, incident, 1, state).await;
        stop_payments::set_holder(&mut tx, claim.id, Some(holder.id)).await.unwrap();
        let held = stop_payments::get(&mut tx, claim.id).await.unwrap().unwrap();
        assert_eq!(held.held_by_id, Some(holder.id));
        let waiting = stop_payments::let_go(&mut tx, 10).await.unwrap();
        let expected: &[_] = if is_over { &[(incident, claim.id)] } else { &[] };
        assert_eq!(waiting, expected, "{}", holder.status());
    }
    stop_payments::set_holder(&mut tx, claim.id, None).await.unwrap();
    assert_eq!(stop_payments::let_go(&mut tx, 10).await.unwrap(), []);
}
