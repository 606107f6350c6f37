//! The order to a station to see the subject in person or receive the victim (派警 / 见面劝阻).

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::id::{IncidentId, MeasureId};
use crate::roster::Duty;
use crate::station::StationId;
use crate::words::words;

mod feedback;
#[cfg(test)]
mod tests;

pub use feedback::{
    Evidence, EvidenceKind, Feedback, LookUp, LookUps, MAX_EVIDENCE, MAX_MEASURES, MAX_OFFICERS,
    MIN_OFFICERS, Question, Questions, TooFewOfficers,
};

/// A station signs for a dispatch within ten minutes (proposal of the field; a plan may say otherwise).
pub const ACCEPT_WITHIN: TimeDelta = TimeDelta::minutes(10);

words! {
    /// Where a dispatch stands.
    pub enum Status {
        /// Sent to the station; nobody has signed.
        Created = "created",
        /// Signed for.
        Accepted = "accepted",
        /// On the way.
        Departed = "departed",
        /// At the door.
        Arrived = "arrived",
        /// Fed back.
        Completed = "completed",
        /// Not this station's; its successor is another's.
        Returned = "returned",
        /// A desk gave it to another station; its successor is there.
        Reassigned = "reassigned",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

words! {
    /// Which desk has to see to it that somebody goes; it climbs while nobody signs.
    pub enum Desk {
        /// The station itself.
        Station = "station",
        /// The county's desk.
        County = "county",
        /// The command centre.
        CommandCentre = "command_centre",
    }
}

/// An order to a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// Its id.
    pub id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// The plan's step that ordered it.
    pub step: Option<String>,
    /// Whose order it is.
    pub station_id: StationId,
    /// Which desk must see to it, and since when each has had to.
    pub climb: Climb,
    /// Why somebody is to go.
    pub reason: Option<String>,
    /// When somebody must have signed.
    pub accept_due_at: Instant,
    /// Who was on duty there when it was ordered; `None` for one of the time before rosters.
    pub duty: Option<Duty>,
    /// The dispatch that was returned to make this one.
    pub previous_id: Option<MeasureId>,
    /// When it was ordered.
    pub created_at: Instant,
    /// When it was signed for.
    pub accepted_at: Option<Instant>,
    /// When they left.
    pub departed_at: Option<Instant>,
    /// When they arrived.
    pub arrived_at: Option<Instant>,
    /// When it ended, however it did.
    pub ended_at: Option<Instant>,
    /// What they found.
    pub feedback: Option<Feedback>,
    /// Where it stands.
    pub status: Status,
}

/// How far a dispatch has climbed while nobody signed. It begins at the station, when it is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Climb {
    /// Nowhere yet.
    AtStation,
    /// To the county's desk.
    AtCounty {
        /// When.
        since: Instant,
    },
    /// To the command centre.
    AtCommandCentre {
        /// When the county's desk had it.
        county_since: Instant,
        /// When the command centre had it.
        since: Instant,
    },
}

impl Climb {
    /// The desk that must see to it.
    #[must_use]
    pub fn desk(self) -> Desk {
        match self {
            Self::AtStation => Desk::Station,
            Self::AtCounty { .. } => Desk::County,
            Self::AtCommandCentre { .. } => Desk::CommandCentre,
        }
    }

    /// One desk up; `None` at the top.
    fn up(self, now: Instant) -> Option<Self> {
        match self {
            Self::AtStation => Some(Self::AtCounty { since: now }),
            Self::AtCounty { since } => Some(Self::AtCommandCentre { county_since: since, since: now }),
            Self::AtCommandCentre { .. } => None,
        }
    }
}

/// The dispatch is not in a state that allows this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a dispatch that is {status} cannot be {act}")]
pub struct WrongState {
    /// Where it stands.
    pub status: Status,
    /// What was asked.
    pub act: &'static str,
}

impl Dispatch {
    /// The desk that must see to it that somebody goes.
    #[must_use]
    pub fn desk(&self) -> Desk {
        self.climb.desk()
    }

    /// Every desk that has had to see to it, and since when.
    #[must_use]
    pub fn desks(&self) -> Vec<(Desk, Instant)> {
        let mut desks = vec![(Desk::Station, self.created_at)];
        match self.climb {
            Climb::AtStation => {}
            Climb::AtCounty { since } => desks.push((Desk::County, since)),
            Climb::AtCommandCentre { county_since, since } => {
                desks.extend([(Desk::County, county_since), (Desk::CommandCentre, since)]);
            }
        }
        desks
    }

    /// Whether somebody still has to go.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.status {
            Status::Created | Status::Accepted | Status::Departed | Status::Arrived => true,
            Status::Completed | Status::Returned | Status::Reassigned | Status::Cancelled => false,
        }
    }

    /// The station signs for it.
    ///
    /// # Errors
    /// [`WrongState`] unless it is new.
    pub fn accept(mut self, now: Instant) -> Result<Self, WrongState> {
        self.must("accepted", self.status == Status::Created)?;
        self.status = Status::Accepted;
        self.accepted_at = Some(now);
        Ok(self)
    }

    /// The officers leave.
    ///
    /// # Errors
    /// [`WrongState`] unless it was signed for.
    pub fn depart(mut self, now: Instant) -> Result<Self, WrongState> {
        self.must("departed", self.status == Status::Accepted)?;
        self.status = Status::Departed;
        self.departed_at = Some(now);
        Ok(self)
    }

    /// The officers are at the door. Whoever was near enough need not have reported leaving.
    ///
    /// # Errors
    /// [`WrongState`] unless it was signed for.
    pub fn arrive(mut self, now: Instant) -> Result<Self, WrongState> {
        self.must("arrived", matches!(self.status, Status::Accepted | Status::Departed))?;
        self.status = Status::Arrived;
        self.arrived_at = Some(now);
        Ok(self)
    }

    /// The officers report what they found.
    ///
    /// # Errors
    /// [`WrongState`] unless it was signed for.
    pub fn complete(mut self, feedback: Feedback, now: Instant) -> Result<Self, WrongState> {
        let under_way = matches!(self.status, Status::Accepted | Status::Departed | Status::Arrived);
        self.must("completed", under_way)?;
        self.status = Status::Completed;
        self.feedback = Some(feedback);
        self.ended_at = Some(now);
        Ok(self)
    }

    /// The wrong station gives it back.
    ///
    /// # Errors
    /// [`WrongState`] once it is over.
    pub fn give_back(mut self, now: Instant) -> Result<Self, WrongState> {
        self.must("returned", self.is_open())?;
        self.status = Status::Returned;
        self.ended_at = Some(now);
        Ok(self)
    }

    /// A desk gives it to another station.
    ///
    /// # Errors
    /// [`WrongState`] once it is over.
    pub fn reassign(mut self, now: Instant) -> Result<Self, WrongState> {
        self.must("reassigned", self.is_open())?;
        self.status = Status::Reassigned;
        self.ended_at = Some(now);
        Ok(self)
    }

    /// Nobody signed in time: the desk above must see to it, while there is one.
    #[must_use]
    pub fn escalate(mut self, now: Instant) -> Option<Self> {
        let overdue = self.status == Status::Created && self.accept_due_at <= now;
        self.climb = self.climb.up(now).filter(|_| overdue)?;
        self.accept_due_at = now + ACCEPT_WITHIN;
        Some(self)
    }

    /// A desk further up must see to it, by `accept_due_at` while nobody has signed; `None`: it is as high already.
    #[must_use]
    pub fn handed_up(mut self, to: Desk, accept_due_at: Instant, now: Instant) -> Option<Self> {
        let mut above = std::iter::successors(self.climb.up(now), |climb| climb.up(now));
        self.climb = above.find(|climb| climb.desk() == to)?;
        self.accept_due_at = accept_due_at;
        Some(self)
    }

    fn must(&self, act: &'static str, allowed: bool) -> Result<(), WrongState> {
        if allowed { Ok(()) } else { Err(WrongState { status: self.status, act }) }
    }
}
