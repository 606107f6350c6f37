//! The states of measures and steps.

use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::auto_call::{self, Answer, AutoCall};
use domain::call::Transfer;
use domain::call_block::{self, CallBlock, Line};
use domain::contact::{self, Contact, Role, Verdict};
use domain::message::{self, Message};
use domain::person::PersonName;
use domain::plan::{Heard, StepOutcome, StepRun, StepState};
use domain::stop_payment::{Freeze, FreezeTerms, Hold, StandingFreeze, State, StopPayment};
use sqlx::Executor;

use super::*;
use crate::{Error, auto_calls, call_blocks, contacts, messages, steps, stop_payments};

pub(super) fn account(bank: &str) -> Account {
    Account {
        kind: AccountKind::BankCard,
        number: Some(AccountNumber::parse("6228482601815908309").unwrap()),
        holder: Some(PersonName::parse("李某").unwrap()),
        bank_code: Some(BankCode::parse(bank).unwrap()),
    }
}

pub(super) fn order(id: MeasureId, incident_id: IncidentId, state: State) -> StopPayment {
    StopPayment {
        id,
        incident_id,
        origin: None,
        parent_id: None,
        corrects_id: None,
        hop: 1,
        round: 2,
        transfer: Transfer {
            payer: Some(account("ICBC")),
            payee: Some(account("ABC")),
            amount: Some(fen(12_800_000)),
            transferred_at: Some(now()),
            channel: Some("mobile_bank".to_owned()),
            reference: Some("2026030122050001".to_owned()),
        },
        claim: Some(fen(6_400_000)),
        created_at: now(),
        submitted_at: Some(now()),
        returned: Fen::ZERO,
        state,
    }
}

#[tokio::test]
async fn stop_payments_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let hold = Hold { balance: Some(fen(0)), held: fen(100), stopped_at: later() };
    let freeze =
        Freeze { case_number: "A1".to_owned(), document: "D1".to_owned(), terms: FreezeTerms::default() };
    let states = [
        State::Draft,
        State::Submitted,
        State::Active(hold),
        State::Partial(Hold { balance: None, ..hold }),
        State::Empty,
        State::Mismatch,
        State::HeldByOther,
        State::Refused,
        State::Frozen(hold, StandingFreeze::begin(freeze, later())),
        State::Released(hold),
        State::Expired(hold),
        State::Failed,
    ];
    for state in states {
        let id = measure(&mut tx, incident, MeasureKind::StopPayment).await;
        let saved = order(id, incident, state);
        stop_payments::insert(&mut tx, &order(id, incident, State::Submitted)).await.unwrap();
        stop_payments::save(&mut tx, &saved).await.unwrap();
        assert_eq!(stop_payments::get(&mut tx, id).await.unwrap().unwrap().order, saved);
    }
    let next = measure(&mut tx, incident, MeasureKind::StopPayment).await;
    let empty = StopPayment {
        parent_id: Some(next),
        transfer: Transfer {
            payer: None,
            payee: None,
            amount: None,
            transferred_at: None,
            channel: None,
            reference: None,
        },
        submitted_at: None,
        ..order(measure(&mut tx, incident, MeasureKind::StopPayment).await, incident, State::Draft)
    };
    stop_payments::insert(&mut tx, &order(next, incident, State::Submitted)).await.unwrap();
    stop_payments::insert(&mut tx, &empty).await.unwrap();
    assert_eq!(stop_payments::get(&mut tx, empty.id).await.unwrap().unwrap().order, empty);
}

#[tokio::test]
async fn contacts_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let by = operator(&mut tx, "dispatcher-1", Post::Dispatcher).await;
    let verdicts = [Verdict::Convinced, Verdict::Doubtful, Verdict::Refused, Verdict::Unreachable];
    let done = verdicts.map(|verdict| contact::State::Done { verdict, at: later() });
    let others =
        [contact::State::Pending, contact::State::Claimed { by, until: later() }, contact::State::Cancelled];
    for (state, role) in done.into_iter().chain(others).zip([Role::Subject, Role::Relative].iter().cycle()) {
        let id = measure(&mut tx, incident, MeasureKind::Contact).await;
        let fresh = Contact {
            id,
            incident_id: incident,
            step: Some("a_step".to_owned()),
            role: *role,
            name: Some(PersonName::parse("王强").unwrap()),
            phone: phone(),
            attempts: 0,
            max_attempts: 3,
            spacing: TimeDelta::milliseconds(1500),
            pick_up: Some(TimeDelta::minutes(2)),
            due_at: now(),
            created_at: now(),
            three_way_with: None,
            state: contact::State::Pending,
        };
        contacts::insert(&mut tx, &fresh, 0).await.unwrap();
        let three_way_with = Some("96110".to_owned());
        let saved = Contact { attempts: 2, due_at: later(), three_way_with, state, ..fresh };
        contacts::save(&mut tx, &saved, later()).await.unwrap();
        assert_eq!(contacts::get(&mut tx, id, now()).await.unwrap().unwrap().contact, saved);
    }
}

#[tokio::test]
async fn automatic_calls_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let answer = |outcome| Answer { outcome, seconds: Some(38), keys: Some("0".to_owned()) };
    let done = auto_call::Outcome::ALL
        .iter()
        .copied()
        .map(|outcome| auto_call::State::Done { answer: answer(outcome), at: later() });
    let others = [
        auto_call::State::Queued,
        auto_call::State::Calling,
        auto_call::State::Failed { at: later() },
        auto_call::State::Cancelled { at: later() },
    ];
    for state in done.chain(others) {
        let id = measure(&mut tx, incident, MeasureKind::Contact).await;
        let fresh = AutoCall {
            id,
            incident_id: incident,
            step: Some("a_step".to_owned()),
            phone: phone(),
            template: "say_subject".to_owned(),
            script: "请勿转账".to_owned(),
            created_at: now(),
            state: auto_call::State::Queued,
        };
        auto_calls::insert(&mut tx, &fresh).await.unwrap();
        let saved = AutoCall { state, ..fresh };
        auto_calls::save(&mut tx, &saved).await.unwrap();
        assert_eq!(auto_calls::get(&mut tx, id).await.unwrap(), Some(saved));
    }
    let lately = contacts::lately(&mut tx, &[phone()], now()).await.unwrap();
    assert_eq!(lately.len(), 10, "those called off are not counted");
}

#[tokio::test]
async fn messages_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let states = [
        message::State::Queued,
        message::State::Submitted { at: now() },
        message::State::Delivered { submitted_at: now(), at: later() },
        message::State::Failed { at: later() },
        message::State::Cancelled,
    ];
    for state in states {
        let id = measure(&mut tx, incident, MeasureKind::Sms).await;
        let queued = Message {
            id,
            incident_id: incident,
            step: Some("a_step".to_owned()),
            role: Role::Relative,
            phone: phone(),
            template: "inform_relative".to_owned(),
            text: "请尽快联系您的家人".to_owned(),
            flash: true,
            provider: None,
            provider_ref: None,
            receipt_code: None,
            created_at: now(),
            state: message::State::Queued,
        };
        messages::insert(&mut tx, &queued).await.unwrap();
        let saved = Message {
            state,
            provider: Some("MAIN".to_owned()),
            provider_ref: Some("p-1".to_owned()),
            receipt_code: Some("DELIVRD".to_owned()),
            ..queued
        };
        messages::save(&mut tx, &saved).await.unwrap();
        assert_eq!(messages::get(&mut tx, id).await.unwrap().unwrap(), saved);
    }
}

#[tokio::test]
async fn call_blocks_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    for (status, line) in call_block::Status::ALL.iter().zip(Line::ALL.iter().cycle()) {
        let id = measure(&mut tx, incident, MeasureKind::CallBlock).await;
        let ordered = CallBlock {
            id,
            incident_id: incident,
            step: Some("a_step".to_owned()),
            number: phone(),
            line: *line,
            until: now(),
            reason: Some("诈骗".to_owned()),
            created_at: now(),
            blocked_at: None,
            status: call_block::Status::Requested,
        };
        call_blocks::insert(&mut tx, &ordered).await.unwrap();
        let saved = CallBlock { status: *status, blocked_at: Some(later()), until: later(), ..ordered };
        call_blocks::save(&mut tx, &saved).await.unwrap();
        assert_eq!(call_blocks::get(&mut tx, id).await.unwrap().unwrap(), saved);
    }
}

#[tokio::test]
async fn steps_of_every_state_in_their_order() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let ended = |outcome| StepState::Ended { started_at: now(), ended_at: later(), outcome };
    let others = [
        StepState::Waiting,
        StepState::Running { started_at: now(), due_at: Some(later()) },
        StepState::Running { started_at: now(), due_at: None },
        StepState::Skipped { at: now() },
        StepState::Cancelled { at: now() },
    ];
    let states = StepOutcome::ALL.iter().copied().map(ended).chain(others);
    let heard = Heard { busy: Some(now()), off: None, forwarded: Some(later()), picked_up: Some(now()) };
    let runs: Vec<StepRun> = states
        .enumerate()
        .map(|(place, state)| StepRun { step: format!("step_{place}"), state, heard })
        .collect();
    let read = async |tx: &mut Tx| -> Vec<StepRun> {
        steps::of_incidents(tx, &[incident]).await.unwrap().into_iter().map(|(_, run)| run).collect()
    };
    steps::save(&mut tx, incident, &runs).await.unwrap();
    assert_eq!(read(&mut tx).await, runs);
    steps::save(&mut tx, incident, &runs[3..]).await.unwrap();
    assert_eq!(read(&mut tx).await, runs[3..], "steps that are no longer there go");
}

#[tokio::test]
async fn a_row_that_is_in_no_state_is_named_and_never_guessed() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = measure(&mut tx, incident, MeasureKind::StopPayment).await;
    stop_payments::insert(&mut tx, &order(id, incident, State::Submitted)).await.unwrap();
    tx.execute("ALTER TABLE stop_payment DROP CONSTRAINT stop_payment_hold").await.unwrap();
    tx.execute("UPDATE stop_payment SET status = 'active'").await.unwrap();
    match stop_payments::get(&mut tx, id).await {
        Err(Error::Inconsistent { table, id: named, .. }) => {
            assert_eq!((table, named), ("stop_payment", id.to_string()));
        }
        other => panic!("{other:?}"),
    }
}
