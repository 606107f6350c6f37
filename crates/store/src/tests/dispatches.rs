//! The states of dispatches and hand-overs, and who is on duty.

use domain::dispatch::{
    self, ACCEPT_WITHIN, Climb, Dispatch, Evidence, EvidenceKind, Feedback, LookUp, LookUps, Question,
    Questions,
};
use domain::hand_over::{self, HandOver};
use domain::id::RosterOverrideId;
use domain::roster::{Duty, Officer, Override};
use domain::station::{DivisionCode, StationId};

use super::*;
use crate::rosters::Arranged;
use crate::{dispatches, hand_overs, rosters};

#[tokio::test]
async fn dispatches_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let mut previous_id = None;
    let climbs = [
        Climb::AtStation,
        Climb::AtCounty { since: later() },
        Climb::AtCommandCentre { county_since: now(), since: later() },
    ];
    for (status, climb) in dispatch::Status::ALL.iter().zip(climbs.iter().cycle()) {
        let id = measure(&mut tx, incident, MeasureKind::Dispatch).await;
        let created = Dispatch {
            id,
            incident_id: incident,
            step: Some("a_step".to_owned()),
            station_id: StationId::new("150203001"),
            climb: Climb::AtStation,
            reason: Some("见面劝阻".to_owned()),
            accept_due_at: now(),
            duty: Some(duty()),
            previous_id,
            created_at: now(),
            accepted_at: None,
            departed_at: None,
            arrived_at: None,
            ended_at: None,
            feedback: None,
            status: dispatch::Status::Created,
        };
        dispatches::insert(&mut tx, &created).await.unwrap();
        let feedback = Feedback {
            seen: true,
            convinced: Some(false),
            loss_so_far: Some(fen(30_000)),
            measures: vec!["app_removed".to_owned()],
            officers: vec!["警员甲".to_owned(), "警员乙".to_owned()],
            note: Some("已见面".to_owned()),
            ..everything_found()
        };
        let open = created.is_open();
        let mut saved = Dispatch { status: *status, climb: *climb, accept_due_at: later(), ..created };
        saved.ended_at = (!saved.is_open()).then(later);
        saved.feedback = (*status == dispatch::Status::Completed).then_some(feedback);
        (saved.accepted_at, saved.departed_at, saved.arrived_at) =
            (open.then(later), open.then(later), open.then(later));
        dispatches::save(&mut tx, &saved).await.unwrap();
        assert_eq!(dispatches::get(&mut tx, id).await.unwrap().unwrap(), saved);
        previous_id = Some(id);
    }
}

fn duty() -> Duty {
    let leader = Officer { name: "夜班一组长".to_owned(), phone: Some(phone()) };
    let second = Officer { name: "夜班一组警员".to_owned(), phone: None };
    Duty { shift: Some("night".to_owned()), officers: vec![leader, second], phone: Some(phone()) }
}

#[tokio::test]
async fn who_stands_in_is_read_back_in_the_order_in_which_it_was_arranged() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let made_by = operator(&mut tx, "dispatcher-1", Post::Dispatcher).await;
    let station_id = StationId::new("150203001");
    let mut arranged = vec![];
    for (created_at, reason) in [(now(), "病假"), (later(), "培训")] {
        let standing_in = Override {
            station_id: station_id.clone(),
            from: now(),
            to: later(),
            officers: duty().officers,
            reason: reason.to_owned(),
        };
        let one = Arranged { id: RosterOverrideId::new(created_at), standing_in, made_by, created_at };
        rosters::insert(&mut tx, &one).await.unwrap();
        arranged.push(one);
    }
    assert_eq!(rosters::of_station(&mut tx, &station_id, now(), 10).await.unwrap(), arranged);
    assert_eq!(rosters::of_station(&mut tx, &station_id, later(), 10).await.unwrap(), [], "they are over");
}

fn everything_found() -> Feedback {
    let look_up = LookUp { checked: true, found: Some(true), note: Some("有".to_owned()) };
    let question = Question { asked: true, answer: Some("投资".to_owned()) };
    Feedback {
        look_ups: Some(LookUps {
            calls_and_sms: look_up.clone(),
            chats: look_up.clone(),
            scam_apps: look_up,
            large_transfers: LookUp::default(),
        }),
        questions: Some(Questions {
            why_transfer: question.clone(),
            unknown_account: question,
            how_contacted: Question::default(),
        }),
        protection: Some("anti_fraud_app".to_owned()),
        place: Some("家中".to_owned()),
        arrived_at: Some(now()),
        left_at: Some(later()),
        next_visit_on: Some(now().date_naive()),
        evidence: vec![Evidence { kind: EvidenceKind::Signature, sha256: "ab".repeat(32) }],
        ..Feedback::of(true, vec!["警员甲".to_owned(), "警员乙".to_owned()]).unwrap()
    }
}

#[tokio::test]
async fn a_dispatch_that_the_version_before_moved_up_is_read_with_the_times_it_must_have_had() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let id = measure(&mut tx, incident, MeasureKind::Dispatch).await;
    let insert = "INSERT INTO dispatch (id, station_id, desk, accept_due_at, status) VALUES ($1, '1', $2, $3, 'created')";
    sqlx::query(insert).bind(id.uuid()).bind("command_centre").bind(later()).execute(&mut *tx).await.unwrap();
    let since = later() - ACCEPT_WITHIN;
    let climb = Climb::AtCommandCentre { county_since: since - ACCEPT_WITHIN, since };
    assert_eq!(dispatches::get(&mut tx, id).await.unwrap().unwrap().climb, climb);
}

#[tokio::test]
async fn hand_overs_of_every_state() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let incident = opened(&mut tx).await;
    let division = DivisionCode::parse("150204").unwrap();
    let station = StationId::new("150204001");
    let elsewhere = hand_over::To::Organisation("北京市公安局".to_owned());
    let states = [
        (
            hand_over::To::Station { division: division.clone(), station: station.clone() },
            hand_over::State::Moved,
        ),
        (
            elsewhere.clone(),
            hand_over::State::Confirmed { at: later(), reference: Some("京公〔2026〕1号".to_owned()) },
        ),
        (hand_over::To::Division(division), hand_over::State::Withdrawn { at: later() }),
        (elsewhere, hand_over::State::Pending { due_at: later(), overdue_at: Some(later()) }),
    ];
    let mut expected = vec![];
    for (to, state) in states {
        let begun = HandOver::begin(incident, to, "受害人在外地".to_owned(), now());
        hand_overs::insert(&mut tx, &begun).await.unwrap();
        let saved = HandOver { state, ..begun };
        hand_overs::save(&mut tx, &saved).await.unwrap();
        expected.push(saved);
    }
    // they were made in the same millisecond: their order is chance
    expected.sort_by_key(|hand_over| hand_over.id);
    assert_eq!(hand_overs::of_incident(&mut tx, incident).await.unwrap(), expected);
    assert_eq!(hand_overs::due(&mut tx, later(), 10).await.unwrap(), [], "it was said already");
}
