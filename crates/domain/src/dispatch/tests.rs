use crate::money::Fen;

use super::*;

const START: Instant = Instant::UNIX_EPOCH;

fn dispatch() -> Dispatch {
    Dispatch {
        id: MeasureId::new(START),
        incident_id: IncidentId::new(START),
        step: None,
        station_id: StationId::new("150203001"),
        climb: Climb::AtStation,
        reason: None,
        accept_due_at: START + ACCEPT_WITHIN,
        duty: None,
        previous_id: None,
        created_at: START,
        accepted_at: None,
        departed_at: None,
        arrived_at: None,
        ended_at: None,
        feedback: None,
        status: Status::Created,
    }
}

fn feedback(officers: &[&str]) -> Result<Feedback, TooFewOfficers> {
    let officers = officers.iter().map(|name| (*name).to_owned()).collect();
    Feedback::of(true, officers).map(|feedback| Feedback { loss_so_far: Fen::new(100), ..feedback })
}

#[test]
fn a_dispatch_is_handed_up_and_never_down() {
    let later = START + TimeDelta::hours(1);
    let up = dispatch().handed_up(Desk::CommandCentre, later, START).unwrap();
    assert_eq!((up.desk(), up.accept_due_at), (Desk::CommandCentre, later));
    assert_eq!(up.desks().len(), 3, "the county's desk is told on the way");
    assert_eq!(up.clone().handed_up(Desk::County, later, START), None);
    assert_eq!(up.handed_up(Desk::CommandCentre, later, START), None);
}

#[test]
fn it_takes_two_different_officers_to_go() {
    for few in [&[][..], &["甲"], &["甲", "甲"], &["甲", " 甲 "]] {
        assert_eq!(feedback(few), Err(TooFewOfficers), "{few:?}");
    }
    assert!(feedback(&["甲", "乙"]).is_ok());
}

#[test]
fn feedback_that_was_kept_before_there_were_look_ups_is_read_back() {
    let kept = r#"{"seen":true,"convinced":null,"loss_so_far":null,"measures":["bank_limit"],"officers":["甲"],"note":null}"#;
    let read: Feedback = serde_json::from_str(kept).unwrap();
    assert_eq!((read.officers.len(), read.look_ups, read.evidence.len()), (1, None, 0));
}

#[test]
fn a_patrol_signs_leaves_arrives_and_feeds_back() {
    let done = dispatch()
        .accept(START)
        .and_then(|dispatch| dispatch.depart(START))
        .and_then(|dispatch| dispatch.arrive(START))
        .and_then(|dispatch| dispatch.complete(feedback(&["甲", "乙"]).unwrap(), START))
        .unwrap();
    assert_eq!(done.status, Status::Completed);
    assert!(done.clone().give_back(START).is_err(), "a final state has no exit");
    assert!(done.reassign(START).is_err(), "a final state has no exit");
}

#[test]
fn nobody_feeds_back_before_signing() {
    assert!(dispatch().depart(START).is_err());
    assert!(dispatch().arrive(START).is_err());
}

#[test]
fn it_climbs_one_desk_for_every_ten_minutes_without_a_signature() {
    assert_eq!(dispatch().escalate(START), None);
    let county = dispatch().escalate(START + ACCEPT_WITHIN).unwrap();
    assert_eq!(county.desk(), Desk::County);
    let centre = county.escalate(START + ACCEPT_WITHIN * 2).unwrap();
    assert_eq!(centre.desk(), Desk::CommandCentre);
    let since = [(Desk::Station, 0), (Desk::County, 1), (Desk::CommandCentre, 2)];
    assert_eq!(centre.desks(), since.map(|(desk, times)| (desk, START + ACCEPT_WITHIN * times)));
    assert_eq!(centre.escalate(START + ACCEPT_WITHIN * 9), None);
    assert_eq!(dispatch().accept(START).unwrap().escalate(START + ACCEPT_WITHIN), None);
}
