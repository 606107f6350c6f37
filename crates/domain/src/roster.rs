//! Who is on duty at a station, by shift (`config/rosters.toml`), and who stands in for them.
//!
//! A dispatch names those whom its station must send; the desk rings them when nobody signs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};

use crate::clock::{Instant, at_the_glass};
use crate::person::PhoneNumber;
use crate::station::{Station, StationId};

mod parse;
#[cfg(test)]
mod tests;

/// The most officers of one team.
pub const MAX_ON_DUTY: usize = 20;
/// The longest time somebody may stand in for a team with one order.
pub const OVERRIDE_MAX: TimeDelta = TimeDelta::days(31);

/// An officer on duty: no citizen's data, and shown to whoever may see the dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Name or number.
    pub name: String,
    /// Where they are rung.
    pub phone: Option<PhoneNumber>,
}

/// Who is on duty at a station at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The shift's name; `None` where somebody stands in, or nobody is named at all.
    pub shift: Option<String>,
    /// The first leads. Empty where no roster names anybody.
    pub officers: Vec<Officer>,
    /// Whom to ring: the leader, else the station's duty phone.
    pub phone: Option<PhoneNumber>,
}

/// Somebody stands in, at one station, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Where.
    pub station_id: StationId,
    /// From this moment.
    pub from: Instant,
    /// Until before this one.
    pub to: Instant,
    /// Who; the first leads.
    pub officers: Vec<Officer>,
    /// Why.
    pub reason: String,
}

/// Why nobody can stand in so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOverride {
    /// It ends before it begins.
    #[error("must lie after `from`")]
    Backwards,
    /// Longer than [`OVERRIDE_MAX`]: that is a new roster.
    #[error("must lie within 31 days of `from`")]
    TooLong,
    /// It would change nothing any more.
    #[error("must lie in the future")]
    Over,
}

impl Override {
    /// Whether its time makes sense; every fault is one of its end.
    ///
    /// # Errors
    /// [`BadOverride`] says why not.
    pub fn check(&self, now: Instant) -> Result<(), BadOverride> {
        if self.to <= self.from {
            Err(BadOverride::Backwards)
        } else if self.to - self.from > OVERRIDE_MAX {
            Err(BadOverride::TooLong)
        } else if self.to <= now {
            Err(BadOverride::Over)
        } else {
            Ok(())
        }
    }

    fn covers(&self, station: &StationId, at: Instant) -> bool {
        self.station_id == *station && self.from <= at && at < self.to
    }
}

/// The rosters of all stations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rosters {
    shifts: Vec<Shift>,
    teams: BTreeMap<StationId, Vec<Team>>,
    overrides: Vec<Override>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shift {
    name: String,
    from: NaiveTime,
    to: NaiveTime,
}

impl Shift {
    /// The day on which the shift began that is running at this time of a day, if it is.
    fn began(&self, day: NaiveDate, time: NaiveTime) -> Option<NaiveDate> {
        let over_midnight = self.to <= self.from;
        if self.from <= time && (over_midnight || time < self.to) {
            Some(day)
        } else if over_midnight && time < self.to {
            day.checked_sub_days(Days::new(1))
        } else {
            None
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Team {
    /// `None`: in every shift.
    shift: Option<String>,
    /// On which days its shifts begin.
    when: When,
    officers: Vec<Officer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum When {
    Daily,
    On(BTreeSet<u32>),
    /// Every so many days, counted from this one.
    Rotation {
        from: NaiveDate,
        every: u32,
    },
}

impl When {
    fn holds(&self, day: NaiveDate) -> bool {
        match self {
            Self::Daily => true,
            Self::On(days) => days.contains(&day.weekday().num_days_from_monday()),
            Self::Rotation { from, every } => (day - *from).num_days().rem_euclid(i64::from(*every)) == 0,
        }
    }
}

impl Rosters {
    /// Who is on duty at a station. Who stands in goes before the roster, and of several the one that was
    /// arranged last: `lately` are those arranged while the program runs, in that order, after the file's.
    #[must_use]
    pub fn on_duty(&self, station: &Station, lately: &[Override], at: Instant) -> Duty {
        let standing_in = self.overrides.iter().chain(lately).rfind(|one| one.covers(&station.id, at));
        if let Some(standing_in) = standing_in {
            return duty(None, &standing_in.officers, station);
        }
        let there = at_the_glass(at).naive_local();
        for shift in &self.shifts {
            let Some(began) = shift.began(there.date(), there.time()) else { continue };
            let teams = self.teams.get(&station.id).into_iter().flatten();
            let mut on = teams.filter(|team| team.shift.as_ref().is_none_or(|name| *name == shift.name));
            if let Some(team) = on.find(|team| team.when.holds(began)) {
                return duty(Some(&shift.name), &team.officers, station);
            }
        }
        duty(None, &[], station)
    }

    /// How many stations have a roster.
    #[must_use]
    pub fn stations(&self) -> usize {
        self.teams.len()
    }
}

fn duty(shift: Option<&String>, officers: &[Officer], station: &Station) -> Duty {
    let leader = officers.first().and_then(|officer| officer.phone.clone());
    Duty {
        shift: shift.cloned(),
        officers: officers.to_vec(),
        phone: leader.or_else(|| station.phone.clone()),
    }
}

/// `mon` to `sun`.
fn weekday(word: &str) -> Option<u32> {
    let day: Weekday = word.parse().ok()?;
    Some(day.num_days_from_monday())
}
