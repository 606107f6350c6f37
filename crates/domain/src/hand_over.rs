//! Handing an incident to another jurisdiction (移交). Whoever hears of a case acts first and writes afterwards:
//! what belongs elsewhere is handed over within 24 hours, and where urgent measures are needed they are taken
//! before that (公安机关办理刑事案件程序规定, Art. 175). So a hand-over stops nothing: money is chased and
//! people are called until the other side has said that it has the case.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{HandOverId, IncidentId};
use crate::station::{DivisionCode, StationId};
use crate::words::words;

/// How long the other side has to say that it has the case (Art. 175).
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);

words! {
    /// Where a hand-over stands.
    pub enum Status {
        /// Within our own map: it has moved to the right station.
        Moved = "moved",
        /// Another jurisdiction was told; it has not answered.
        Pending = "pending",
        /// The other jurisdiction has it.
        Confirmed = "confirmed",
        /// The incident ended otherwise before anybody answered.
        Withdrawn = "withdrawn",
    }
}

/// To whom an incident goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To a station of a district that is on our map.
    Station {
        /// The district.
        division: DivisionCode,
        /// The station there.
        station: StationId,
    },
    /// To whoever answers for a district that is not.
    Division(DivisionCode),
    /// To an organisation by its name.
    Organisation(String),
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Within our own map: at once.
    Moved,
    /// Waits for the other side.
    Pending {
        /// When the other side must have answered.
        due_at: Instant,
        /// When it was said, once, that it has not.
        overdue_at: Option<Instant>,
    },
    /// The other side has it.
    Confirmed {
        /// Since when.
        at: Instant,
        /// The other side's own reference, where it gave one.
        reference: Option<String>,
    },
    /// The incident ended otherwise.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// One handing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Its id.
    pub id: HandOverId,
    /// What is handed over.
    pub incident_id: IncidentId,
    /// To whom.
    pub to: To,
    /// Why it is not ours.
    pub reason: String,
    /// When it was decided.
    pub created_at: Instant,
    /// How far it has come.
    pub state: State,
}

/// Nothing waits for the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hand-over that is {0} waits for nobody")]
pub struct NotPending(pub Status);

impl HandOver {
    /// Begins one: done at once within our own map, else pending.
    #[must_use]
    pub fn begin(incident_id: IncidentId, to: To, reason: String, now: Instant) -> Self {
        let state = match to {
            To::Station { .. } => State::Moved,
            To::Division(_) | To::Organisation(_) => {
                State::Pending { due_at: now + CONFIRM_WITHIN, overdue_at: None }
            }
        };
        Self { id: HandOverId::new(now), incident_id, to, reason, created_at: now, state }
    }

    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Moved => Status::Moved,
            State::Pending { .. } => Status::Pending,
            State::Confirmed { .. } => Status::Confirmed,
            State::Withdrawn { .. } => Status::Withdrawn,
        }
    }

    /// The other side has it.
    ///
    /// # Errors
    /// [`NotPending`] unless it waits.
    pub fn confirm(self, reference: Option<String>, now: Instant) -> Result<Self, NotPending> {
        self.end(State::Confirmed { at: now, reference })
    }

    /// The incident ended otherwise.
    ///
    /// # Errors
    /// [`NotPending`] unless it waits.
    pub fn withdraw(self, now: Instant) -> Result<Self, NotPending> {
        self.end(State::Withdrawn { at: now })
    }

    /// Says, once, that the other side did not answer in time. It may still.
    #[must_use]
    pub fn fall_due(mut self, now: Instant) -> Option<Self> {
        match self.state {
            State::Pending { due_at, overdue_at: None } if due_at <= now => {
                self.state = State::Pending { due_at, overdue_at: Some(now) };
                Some(self)
            }
            State::Moved | State::Pending { .. } | State::Confirmed { .. } | State::Withdrawn { .. } => None,
        }
    }

    fn end(mut self, ended: State) -> Result<Self, NotPending> {
        match self.state {
            State::Pending { .. } => {
                self.state = ended;
                Ok(self)
            }
            State::Moved | State::Confirmed { .. } | State::Withdrawn { .. } => {
                Err(NotPending(self.status()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn begun(to: To) -> HandOver {
        HandOver::begin(IncidentId::new(START), to, "受害人在北京".to_owned(), START)
    }

    fn elsewhere() -> HandOver {
        begun(To::Division(DivisionCode::parse("110101").unwrap()))
    }

    #[test]
    fn within_our_own_map_it_is_done_at_once() {
        let division = DivisionCode::parse("150204").unwrap();
        let moved = begun(To::Station { division, station: StationId::new("150204001") });
        assert_eq!(moved.status(), Status::Moved);
        assert_eq!(moved.clone().fall_due(START + CONFIRM_WITHIN), None);
        assert_eq!(moved.confirm(None, START), Err(NotPending(Status::Moved)));
    }

    #[test]
    fn another_jurisdiction_has_a_day_and_is_late_once() {
        assert_eq!(elsewhere().fall_due(START + CONFIRM_WITHIN - TimeDelta::seconds(1)), None);
        let late = elsewhere().fall_due(START + CONFIRM_WITHIN).unwrap();
        assert_eq!(late.clone().fall_due(START + CONFIRM_WITHIN * 2), None);
        let confirmed = late.confirm(Some("京公〔2026〕1号".to_owned()), START + CONFIRM_WITHIN * 2).unwrap();
        assert_eq!(confirmed.status(), Status::Confirmed, "late is better than never");
    }

    #[test]
    fn a_final_state_has_no_exit() {
        for ended in [elsewhere().confirm(None, START).unwrap(), elsewhere().withdraw(START).unwrap()] {
            assert!(ended.clone().confirm(None, START).is_err());
            assert!(ended.clone().withdraw(START).is_err());
            assert_eq!(ended.fall_due(START + CONFIRM_WITHIN), None);
        }
    }
}
