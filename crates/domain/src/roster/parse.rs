//! Reading `config/rosters.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveTime};
use serde::Deserialize;
use toml::Spanned;

use super::{MAX_ON_DUTY, Officer, Override, Rosters, Shift, Team, When, weekday};
use crate::config_text::{ConfigText, Faults, FileFault};
use crate::person::PhoneNumber;
use crate::station::{StationId, Stations};
use crate::text::{REFERENCE_MAX_CHARS, bounded};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    #[serde(default)]
    shift: Vec<WrittenShift>,
    #[serde(default)]
    team: Vec<WrittenTeam>,
    #[serde(default, rename = "override")]
    overrides: Vec<WrittenOverride>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenShift {
    name: Spanned<String>,
    from: Spanned<String>,
    to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTeam {
    station: Spanned<String>,
    shift: Option<Spanned<String>>,
    days: Option<Vec<Spanned<String>>>,
    from: Option<Spanned<String>>,
    every: Option<Spanned<u32>>,
    officers: Spanned<Vec<WrittenOfficer>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOverride {
    station: Spanned<String>,
    from: Spanned<String>,
    to: Spanned<String>,
    officers: Spanned<Vec<WrittenOfficer>>,
    reason: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOfficer {
    name: Spanned<String>,
    phone: Option<Spanned<String>>,
}

impl Rosters {
    /// Reads the rosters of the stations on this map.
    ///
    /// # Errors
    /// Every fault with file and line: a time or day that does not exist, a shift or station that nobody knows, shifts
    /// that overlap, a team of nobody.
    pub fn parse(file: &str, text: &str, stations: &Stations) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenFile = source.read()?;
        let mut faults = Faults::new(source);
        let shifts = shifts(&written.shift, &mut faults);
        let mut teams: BTreeMap<StationId, Vec<Team>> = BTreeMap::new();
        for written in &written.team {
            let station = station(&written.station, stations, &mut faults);
            if let Some(name) = &written.shift
                && !shifts.iter().any(|shift| shift.name == *name.get_ref())
            {
                faults.note(&name.span(), "there is no such [[shift]]");
            }
            let team = Team {
                shift: written.shift.as_ref().map(|name| name.get_ref().clone()),
                when: when(written, &mut faults),
                officers: officers(&written.officers, &mut faults),
            };
            teams.entry(station).or_default().push(team);
        }
        let overrides = written.overrides.iter().map(|written| standing_in(written, stations, &mut faults));
        let overrides = overrides.collect();
        faults.unless_any(Self { shifts, teams, overrides })
    }
}

fn shifts(written: &[WrittenShift], faults: &mut Faults<'_>) -> Vec<Shift> {
    let mut shifts: Vec<Shift> = vec![];
    for written in written {
        let time = |text: &Spanned<String>, faults: &mut Faults<'_>| {
            let time = NaiveTime::parse_from_str(text.get_ref(), "%H:%M");
            time.unwrap_or_else(|_| {
                faults.note(&text.span(), "expected a time of day such as \"08:00\"");
                NaiveTime::MIN
            })
        };
        let shift = Shift {
            name: written.name.get_ref().clone(),
            from: time(&written.from, faults),
            to: time(&written.to, faults),
        };
        if shifts.iter().any(|other| other.name == shift.name) {
            faults.note(&written.name.span(), "there is a shift of this name already");
        }
        // two shifts overlap where one of them is running when the other begins
        let day = NaiveDate::default();
        if shifts.iter().any(|other| other.began(day, shift.from).or(shift.began(day, other.from)).is_some())
        {
            faults.note(&written.from.span(), "this shift overlaps another one");
        }
        shifts.push(shift);
    }
    shifts
}

fn station(written: &Spanned<String>, stations: &Stations, faults: &mut Faults<'_>) -> StationId {
    let id = StationId::new(written.get_ref());
    if stations.get(&id).is_none() {
        faults.note(&written.span(), "no such station on the map");
    }
    id
}

fn when(written: &WrittenTeam, faults: &mut Faults<'_>) -> When {
    match (&written.days, &written.from, &written.every) {
        (None, None, None) => When::Daily,
        (Some(words), None, None) => {
            let mut days = BTreeSet::new();
            for word in words {
                match weekday(word.get_ref()) {
                    Some(day) => drop(days.insert(day)),
                    None => faults.note(&word.span(), "expected mon, tue, wed, thu, fri, sat or sun"),
                }
            }
            When::On(days)
        }
        (None, Some(from), Some(every)) => {
            if *every.get_ref() == 0 {
                faults.note(&every.span(), "expected a number of days from 1");
            }
            When::Rotation { from: day(from, faults), every: (*every.get_ref()).max(1) }
        }
        _ => {
            faults.note(&written.station.span(), "expected `days`, or `from` and `every`, or none of them");
            When::Daily
        }
    }
}

fn day(text: &Spanned<String>, faults: &mut Faults<'_>) -> NaiveDate {
    NaiveDate::parse_from_str(text.get_ref(), "%Y-%m-%d").unwrap_or_else(|_| {
        faults.note(&text.span(), "expected a day such as \"2026-01-01\"");
        NaiveDate::default()
    })
}

fn officers(written: &Spanned<Vec<WrittenOfficer>>, faults: &mut Faults<'_>) -> Vec<Officer> {
    let list = written.get_ref();
    if list.is_empty() || list.len() > MAX_ON_DUTY {
        faults.note(&written.span(), format!("expected 1 to {MAX_ON_DUTY} officers"));
    }
    list.iter()
        .map(|officer| Officer {
            name: bounded(officer.name.get_ref(), REFERENCE_MAX_CHARS).unwrap_or_else(|error| {
                faults.note(&officer.name.span(), error);
                String::new()
            }),
            phone: officer.phone.as_ref().and_then(|phone| {
                PhoneNumber::parse(phone.get_ref()).map_err(|error| faults.note(&phone.span(), error)).ok()
            }),
        })
        .collect()
}

fn standing_in(written: &WrittenOverride, stations: &Stations, faults: &mut Faults<'_>) -> Override {
    let moment = |text: &Spanned<String>, faults: &mut Faults<'_>| {
        DateTime::parse_from_rfc3339(text.get_ref()).map(|at| at.to_utc()).unwrap_or_else(|_| {
            faults.note(&text.span(), "expected a time such as \"2026-10-01T08:00:00+08:00\"");
            DateTime::UNIX_EPOCH
        })
    };
    let standing_in = Override {
        station_id: station(&written.station, stations, faults),
        from: moment(&written.from, faults),
        to: moment(&written.to, faults),
        officers: officers(&written.officers, faults),
        reason: written.reason.get_ref().clone(),
    };
    let place: Range<usize> = written.to.span();
    // an old one may stand in the file; only its own time must make sense
    if faults.is_empty()
        && let Err(error) = standing_in.check(standing_in.from)
    {
        faults.note(&place, format!("`to` {error}"));
    }
    standing_in
}
