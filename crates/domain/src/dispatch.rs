//! The order to a station to see the subject in person or receive the victim (派警 / 见面劝阻).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::id::{IncidentId, MeasureId};
use crate::money::Fen;
use crate::station::StationId;
use crate::words::words;

/// A station signs for a dispatch within ten minutes (proposal of the field; a plan may say otherwise).
pub const ACCEPT_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// The most officers one feedback names.
pub const MAX_OFFICERS: usize = 10;
/// The most protective measures one feedback names.
pub const MAX_MEASURES: usize = 20;

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

impl Desk {
    /// The desk above, if any.
    #[must_use]
    pub fn above(self) -> Option<Self> {
        match self {
            Self::Station => Some(Self::County),
            Self::County => Some(Self::CommandCentre),
            Self::CommandCentre => None,
        }
    }
}

/// What the officers found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether they stood before the subject.
    pub seen: bool,
    /// Whether the subject will not pay.
    pub convinced: Option<bool>,
    /// What is lost already.
    pub loss_so_far: Option<Fen>,
    /// What was done to protect: `app_removed`, `bank_limit`...
    pub measures: Vec<String>,
    /// Who went.
    pub officers: Vec<String>,
    /// In their words.
    pub note: Option<String>,
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
    /// Which desk must see to it.
    pub desk: Desk,
    /// Why somebody is to go.
    pub reason: Option<String>,
    /// When somebody must have signed.
    pub accept_due_at: Instant,
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
    /// Whether somebody still has to go.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.status {
            Status::Created | Status::Accepted | Status::Departed | Status::Arrived => true,
            Status::Completed | Status::Returned | Status::Cancelled => false,
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

    /// Nobody signed in time: the desk above must see to it, while there is one.
    #[must_use]
    pub fn escalate(mut self, now: Instant) -> Option<Self> {
        let overdue = self.status == Status::Created && self.accept_due_at <= now;
        self.desk = self.desk.above().filter(|_| overdue)?;
        self.accept_due_at = now + ACCEPT_WITHIN;
        Some(self)
    }

    /// A desk further up must see to it, by `accept_due_at` while nobody has signed; `None`: it is as high already.
    #[must_use]
    pub fn handed_up(mut self, to: Desk, accept_due_at: Instant) -> Option<Self> {
        let mut above = std::iter::successors(self.desk.above(), |desk| desk.above());
        self.desk = above.find(|desk| *desk == to)?;
        self.accept_due_at = accept_due_at;
        Some(self)
    }

    fn must(&self, act: &'static str, allowed: bool) -> Result<(), WrongState> {
        if allowed { Ok(()) } else { Err(WrongState { status: self.status, act }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::UNIX_EPOCH;

    fn dispatch() -> Dispatch {
        Dispatch {
            id: MeasureId::new(START),
            incident_id: IncidentId::new(START),
            step: None,
            station_id: StationId::new("150203001"),
            desk: Desk::Station,
            reason: None,
            accept_due_at: START + ACCEPT_WITHIN,
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

    #[test]
    fn a_dispatch_is_handed_up_and_never_down() {
        let later = START + TimeDelta::hours(1);
        let up = dispatch().handed_up(Desk::County, later).unwrap();
        assert_eq!((up.desk, up.accept_due_at), (Desk::County, later));
        assert_eq!(up.clone().handed_up(Desk::Station, later), None);
        assert_eq!(up.handed_up(Desk::County, later), None);
    }

    #[test]
    fn a_patrol_signs_leaves_arrives_and_feeds_back() {
        let feedback = Feedback {
            seen: true,
            convinced: Some(true),
            loss_so_far: None,
            measures: vec![],
            officers: vec!["甲".to_owned(), "乙".to_owned()],
            note: None,
        };
        let done = dispatch()
            .accept(START)
            .and_then(|dispatch| dispatch.depart(START))
            .and_then(|dispatch| dispatch.arrive(START))
            .and_then(|dispatch| dispatch.complete(feedback, START))
            .unwrap();
        assert_eq!(done.status, Status::Completed);
        assert!(done.give_back(START).is_err(), "a final state has no exit");
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
        assert_eq!(county.desk, Desk::County);
        let centre = county.escalate(START + ACCEPT_WITHIN * 2).unwrap();
        assert_eq!(centre.desk, Desk::CommandCentre);
        assert_eq!(centre.escalate(START + ACCEPT_WITHIN * 9), None);
        assert_eq!(dispatch().accept(START).unwrap().escalate(START + ACCEPT_WITHIN), None);
    }
}
