use proptest::prelude::*;

use super::*;
use crate::config_text::FileFault;
use crate::station::Stations;

const MAP: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
    "properties":{"id":"150203001","name":"一所","division_code":"150203","phone":"04725550001"},
    "geometry":{"type":"Polygon","coordinates":[[[109.0,40.0],[110.0,40.0],[110.0,41.0],[109.0,40.0]]]}}]}"#;

const ROSTER: &str = r#"
[[shift]]
name = "day"
from = "08:00"
to = "20:00"
[[shift]]
name = "night"
from = "20:00"
to = "08:00"

[[team]]
station = "150203001"
shift = "day"
days = ["sat", "sun"]
officers = [{ name = "周末甲", phone = "13800000001" }, { name = "周末乙" }]
[[team]]
station = "150203001"
shift = "day"
officers = [{ name = "白班甲" }, { name = "白班乙" }]
[[team]]
station = "150203001"
shift = "night"
from = "2026-03-01"
every = 2
officers = [{ name = "夜班甲" }, { name = "夜班乙" }]

[[override]]
station = "150203001"
from = "2026-03-03T12:00:00+08:00"
to = "2026-03-03T18:00:00+08:00"
officers = [{ name = "替班", phone = "13800000009" }]
reason = "培训"
"#;

fn stations() -> Stations {
    Stations::parse(MAP, "150203001").unwrap()
}

fn rosters(text: &str) -> Result<Rosters, Vec<FileFault>> {
    Rosters::parse("rosters.toml", text, &stations())
}

fn at(text: &str) -> Instant {
    format!("2026-03-{text}:00+08:00").parse().unwrap()
}

fn first(lately: &[Override], when: &str) -> Option<String> {
    let stations = stations();
    let station = stations.iter().next().unwrap();
    let duty = rosters(ROSTER).unwrap().on_duty(station, lately, at(when));
    duty.officers.first().map(|officer| officer.name.clone())
}

#[test]
fn shifts_weekdays_and_rotations_say_who_is_on_duty() {
    // 1 March 2026 is a Sunday
    for (when, officer) in [
        ("01T12:00", Some("周末甲")),
        ("02T12:00", Some("白班甲")),
        ("01T20:00", Some("夜班甲")),
        ("02T07:59", Some("夜班甲")), // began on the first
        ("02T08:00", Some("白班甲")),
        ("02T20:00", None),
        ("03T07:59", None),
        ("03T23:00", Some("夜班甲")),
    ] {
        assert_eq!(first(&[], when).as_deref(), officer, "{when}");
    }
}

#[test]
fn who_stands_in_goes_before_the_roster_and_the_last_arranged_before_the_first() {
    assert_eq!(first(&[], "03T11:59").as_deref(), Some("白班甲"));
    assert_eq!(first(&[], "03T12:00").as_deref(), Some("替班"));
    assert_eq!(first(&[], "03T18:00").as_deref(), Some("白班甲"));
    let lately = |name: &str| Override {
        station_id: StationId::new("150203001"),
        from: at("03T12:00"),
        to: at("03T13:00"),
        officers: vec![Officer { name: name.to_owned(), phone: None }],
        reason: "病假".to_owned(),
    };
    assert_eq!(first(&[lately("甲"), lately("乙")], "03T12:30").as_deref(), Some("乙"));
    let elsewhere = Override { station_id: StationId::new("150204001"), ..lately("丙") };
    assert_eq!(first(&[elsewhere], "03T12:30").as_deref(), Some("替班"));
}

#[test]
fn the_leader_is_rung_else_the_station() {
    let stations = stations();
    let station = stations.iter().next().unwrap();
    let phone = |when: &str| rosters(ROSTER).unwrap().on_duty(station, &[], at(when)).phone.unwrap();
    assert_eq!(phone("01T12:00").reveal(), "13800000001");
    assert_eq!(phone("02T12:00").reveal(), "04725550001", "the leader has no phone");
    assert_eq!(phone("02T22:00").reveal(), "04725550001", "nobody is named");
    assert_eq!(Rosters::default().on_duty(station, &[], at("01T12:00")).officers, []);
}

#[test]
fn every_fault_is_named_with_its_line() {
    for (from, to, line, told) in [
        (r#"to = "20:00""#, r#"to = "25:00""#, 5, "a time of day"),
        (r#"to = "20:00""#, r#"to = "21:00""#, 8, "overlaps"),
        (r#"name = "night""#, r#"name = "day""#, 7, "already"),
        (r#"shift = "night""#, r#"shift = "nigth""#, 22, "no such [[shift]]"),
        (r#"["sat", "sun"]"#, r#"["sat", "sonntag"]"#, 14, "mon, tue"),
        ("every = 2", "every = 0", 24, "from 1"),
        ("every = 2", "", 21, "`from` and `every`"),
        (r#""2026-03-01""#, r#""2026-02-30""#, 23, "a day such as"),
        ("13800000001", "138", 15, "telephone number"),
        (r#"{ name = "白班甲" }, { name = "白班乙" }"#, "", 19, "1 to 20 officers"),
        ("2026-03-03T18", "2026-03-03T11", 30, "must lie after"),
        ("2026-03-03T18:00:00+08:00", "tomorrow", 30, "expected a time"),
    ] {
        let faults = rosters(&ROSTER.replacen(from, to, 1)).unwrap_err();
        assert!(faults[0].cause.contains(told), "{from}: {faults:?}");
        assert_eq!(faults[0].line, line, "{from}: {faults:?}");
    }
    let misspelled = rosters(&ROSTER.replacen("reason", "raeson", 1)).unwrap_err();
    assert!(misspelled[0].cause.contains("unknown field"), "{misspelled:?}");
    let unknown = rosters(&ROSTER.replace("150203001", "150203999")).unwrap_err();
    assert_eq!(unknown.len(), 4, "all at once: {unknown:?}");
}

#[test]
fn nobody_stands_in_backwards_for_ever_or_yesterday() {
    let one = |to: &str| Override {
        station_id: StationId::new("150203001"),
        from: at("03T12:00"),
        to: to.parse().unwrap(),
        officers: vec![],
        reason: "病假".to_owned(),
    };
    let now = at("03T11:00");
    assert_eq!(one("2026-03-03T04:00:00Z").check(now), Err(BadOverride::Backwards));
    assert_eq!(one("2026-05-01T00:00:00Z").check(now), Err(BadOverride::TooLong));
    assert_eq!(one("2026-03-03T05:00:00Z").check(now), Ok(()));
    assert_eq!(one("2026-03-03T05:00:00Z").check(at("03T13:00")), Err(BadOverride::Over));
}

proptest! {
    #[test]
    fn shifts_that_share_a_day_leave_nobody_out_and_nobody_twice(minutes in 0_i64..2880, cut in 1_u32..1440) {
        let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60 % 24, minute % 60, 0).unwrap();
        let (from, to) = (time(0), time(cut));
        let shifts = [
            Shift { name: "a".to_owned(), from, to },
            Shift { name: "b".to_owned(), from: to, to: from },
        ];
        let there = (at("01T00:00") + TimeDelta::minutes(minutes)).naive_utc();
        let running = shifts.iter().filter(|shift| shift.began(there.date(), there.time()).is_some());
        prop_assert_eq!(running.count(), 1);
    }
}
