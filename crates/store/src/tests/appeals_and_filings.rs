//! Appeals, filed cases, papers and the terms of a freeze.

use domain::appeal::{Appeal, Appellant, Decision, State, Status};
use domain::filing::{Delivered, Filing, Paper};
use domain::id::AppealId;
use domain::measure::Request;
use domain::person::{PersonName, ResidentId};
use domain::stop_payment::{self, Freeze, FreezeNotice, FreezeTerms, Hold, StandingFreeze, StopPayment};

use super::bank_answers::order;
use super::*;
use crate::filings::Recorded;
use crate::{Error, appeals, filings, stop_payments};

#[tokio::test]
async fn appeals_of_every_status_one_open_at_a_time() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let desk = operator(&mut tx, "dispatcher-1", Post::Dispatcher).await;
    let second = operator(&mut tx, "supervisor-1", Post::Supervisor).await;
    let decision =
        Decision { by: second, at: later(), reason: "属实".to_owned(), notice: "申诉答复".to_owned() };
    for state in [State::Open, State::Granted(decision.clone()), State::Rejected(decision)] {
        let stop = order(&mut tx, incident, 1, stop_payment::State::Submitted).await;
        let open = Appeal {
            id: AppealId::new(now()),
            stop_payment_id: stop.id,
            incident_id: incident,
            appellant: Appellant {
                name: PersonName::parse("李某").unwrap(),
                phone: phone(),
                id_number: ResidentId::parse("150203199003071220").ok(),
            },
            reason: "货款".to_owned(),
            materials: vec!["合同".to_owned(), "发票".to_owned()],
            registered_by: desk,
            created_at: now(),
            state: State::Open,
        };
        appeals::insert(&mut tx, &open).await.unwrap();
        let saved = Appeal { state, ..open };
        appeals::save(&mut tx, &saved).await.unwrap();
        assert_eq!(appeals::get(&mut tx, saved.id).await.unwrap().unwrap(), saved);
        let due = appeals::to_remind(&mut tx, saved.due_at(), 10).await.unwrap();
        assert_eq!(due.contains(&(incident, saved.id)), saved.status() == Status::Open);
    }
    let filter = appeals::Filter { status: Some(Status::Open), ..appeals::Filter::default() };
    let open = appeals::list(&mut tx, &filter, 10).await.unwrap().pop().unwrap();
    assert!(appeals::reminded(&mut tx, open.id).await.unwrap());
    assert!(!appeals::reminded(&mut tx, open.id).await.unwrap(), "nobody is told twice");
    let second = Appeal { id: AppealId::new(later()), ..open };
    assert!(matches!(appeals::insert(&mut tx, &second).await, Err(Error::Taken { .. })));
}

#[tokio::test]
async fn filings_of_every_kind_the_later_in_place_of_the_earlier() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    assert_eq!(filings::get(&mut tx, incident).await.unwrap(), None);
    let refused = Filing::Refused { reason: "不属于犯罪".to_owned() };
    let filed = Filing::Filed {
        case_number: "A1".to_owned(),
        filed_at: now(),
        approved_by: Some("县局负责人".to_owned()),
    };
    for filing in [refused, filed] {
        let recorded = Recorded { filing, recorded_by: "dispatcher-1".to_owned(), recorded_at: later() };
        filings::save(&mut tx, incident, &recorded).await.unwrap();
        assert_eq!(filings::get(&mut tx, incident).await.unwrap(), Some(recorded));
    }
}

#[tokio::test]
async fn a_paper_is_delivered_once_and_its_time_is_kept() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let stop = order(&mut tx, incident, 1, stop_payment::State::Submitted).await;
    for paper in Paper::ALL {
        let delivered =
            Delivered { paper: *paper, reference: "1".to_owned(), by: "dispatcher-1".to_owned(), at: now() };
        assert!(filings::deliver(&mut tx, stop.id, &delivered).await.unwrap());
        assert!(!filings::deliver(&mut tx, stop.id, &delivered).await.unwrap());
    }
    assert_eq!(filings::delivered(&mut tx, stop.id).await.unwrap().len(), Paper::ALL.len());
    filings::set_due(&mut tx, stop.id, Some(later())).await.unwrap();
    assert_eq!(filings::due_at(&mut tx, stop.id).await.unwrap(), Some(later()));
    assert_eq!(filings::fallen_due(&mut tx, now(), 10).await.unwrap(), []);
    assert_eq!(filings::fallen_due(&mut tx, later(), 10).await.unwrap(), [(incident, stop.id)]);
}

#[tokio::test]
async fn the_terms_of_a_freeze_and_what_was_given_back_come_out_again() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let hold = Hold { balance: None, held: fen(100), stopped_at: now() };
    let stop = order(&mut tx, incident, 1, stop_payment::State::Active(hold)).await;
    let freeze = Freeze {
        case_number: "A1".to_owned(),
        document: "D1".to_owned(),
        terms: FreezeTerms {
            approved_by: Some("县局负责人".to_owned()),
            amount: Some(fen(90)),
            term_months: Some(6),
            scope: Some("存款".to_owned()),
            includes_yield: Some(true),
        },
    };
    stop_payments::keep_freeze(&mut tx, stop.id, &freeze).await.unwrap();
    assert_eq!(stop_payments::kept_freeze(&mut tx, stop.id).await.unwrap(), Some(freeze.clone()));
    let asked_for = stop_payments::get(&mut tx, stop.id).await.unwrap().unwrap();
    assert_eq!((asked_for.order.clone(), asked_for.freeze), (stop.clone(), None), "nobody has agreed yet");
    let freeze = StandingFreeze::begin(freeze, later());
    let end = freeze.ends_at;
    let state = stop_payment::State::Frozen(hold, freeze.clone());
    let frozen = StopPayment { returned: fen(40), state, ..stop };
    stop_payments::save(&mut tx, &frozen).await.unwrap();
    assert_eq!(stop_payments::get(&mut tx, frozen.id).await.unwrap().unwrap().order, frozen);
    let run_out = async |tx: &mut Tx, at| stop_payments::run_out(tx, at, 10).await.unwrap();
    assert_eq!(run_out(&mut tx, end - TimeDelta::seconds(1)).await, [], "the stop's 48 hours count no more");
    assert_eq!(run_out(&mut tx, end).await, [(incident, frozen.id)]);

    let notice = |months| FreezeNotice { document: "D2".to_owned(), approved_by: None, term_months: months };
    for (request, notice) in [(Request::ExtendFreeze, notice(Some(3))), (Request::LiftFreeze, notice(None))] {
        assert_eq!(stop_payments::freeze_notice(&mut tx, frozen.id, request).await.unwrap(), None);
        stop_payments::keep_freeze_notice(&mut tx, frozen.id, request, &notice).await.unwrap();
        stop_payments::keep_freeze_notice(&mut tx, frozen.id, request, &notice).await.unwrap();
        assert_eq!(stop_payments::freeze_notice(&mut tx, frozen.id, request).await.unwrap(), Some(notice));
    }
    let extended = freeze.extended(&notice(Some(3)));
    let frozen = StopPayment { state: stop_payment::State::Frozen(hold, extended.clone()), ..frozen };
    stop_payments::save(&mut tx, &frozen).await.unwrap();
    assert_eq!(stop_payments::get(&mut tx, frozen.id).await.unwrap().unwrap().order, frozen);
    stop_payments::set_alarm(&mut tx, frozen.id, Some(end)).await.unwrap();
    assert_eq!(stop_payments::alarms_due(&mut tx, end, 10).await.unwrap(), [(incident, frozen.id)]);
    let lifted = StopPayment { state: stop_payment::State::Released(hold), ..frozen };
    stop_payments::save(&mut tx, &lifted).await.unwrap();
    let read = stop_payments::get(&mut tx, lifted.id).await.unwrap().unwrap();
    assert_eq!((read.order, read.freeze, read.next_alarm_at), (lifted, Some(extended), None));
}
