//! Orders to a station.

use domain::dispatch;
use domain::station::Stations;
use serde::Serialize;
use utoipa::ToSchema;

use super::person::Station;
use super::roster::Duty;
use super::spelled::{Desk, DispatchStatus, IncidentId, MeasureId, Note, StationId, Time};
use super::text::Text;
use crate::reading::request;

mod feedback;

pub use feedback::{Feedback, Found};

request! {
    /// A dispatch by hand.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = DispatchRequest)]
    pub struct Request {
        /// Which station; the one whose area it is where it is not given.
        pub station_id: Option<StationId>,
        /// Why somebody is to go.
        pub reason: Note,
    }
}

request! {
    /// Why a station gives a dispatch back.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = DispatchReturn)]
    pub struct Return {
        /// In the officer's words.
        pub reason: Note,
    }
}

request! {
    /// To which station the desk gives a dispatch, and why.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = DispatchReassignment)]
    pub struct Reassignment {
        /// Another station on the map.
        pub station_id: StationId,
        /// In the desk's words.
        pub reason: Note,
    }
}

/// Since when a desk has had to see to it that somebody goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskSince {
    desk: Desk,
    since: Time,
}

/// An order to a station to see the subject or receive the victim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dispatch {
    id: MeasureId,
    incident_id: IncidentId,
    created_at: Time,
    status: DispatchStatus,
    /// The plan's step that ordered it.
    step: Option<String>,
    station: Station,
    /// Which desk must see to it that somebody goes.
    desk: Desk,
    /// Every desk that has had to, the station first.
    desks: Vec<DeskSince>,
    reason: Option<String>,
    /// When somebody must have signed.
    accept_due_at: Time,
    /// Who was on duty there when it was ordered; null for one of the time before rosters.
    duty: Option<Duty>,
    /// The dispatch that was returned or reassigned to make this one.
    previous_id: Option<MeasureId>,
    accepted_at: Option<Time>,
    departed_at: Option<Time>,
    arrived_at: Option<Time>,
    /// When it was fed back, returned, reassigned or cancelled.
    ended_at: Option<Time>,
    feedback: Option<Found>,
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl Dispatch {
    /// With the station's name as the map has it, in a drill or in earnest.
    #[must_use]
    pub fn of(dispatch: &dispatch::Dispatch, drill: bool, stations: &Stations) -> Self {
        Self {
            id: Text(dispatch.id),
            incident_id: Text(dispatch.incident_id),
            created_at: Text(dispatch.created_at),
            status: Text(dispatch.status),
            step: dispatch.step.clone(),
            station: Station::of(&dispatch.station_id, stations),
            desk: Text(dispatch.desk()),
            desks: dispatch
                .desks()
                .into_iter()
                .map(|(desk, since)| DeskSince { desk: Text(desk), since: Text(since) })
                .collect(),
            reason: dispatch.reason.clone(),
            accept_due_at: Text(dispatch.accept_due_at),
            duty: dispatch.duty.as_ref().map(Into::into),
            previous_id: dispatch.previous_id.map(Text),
            accepted_at: dispatch.accepted_at.map(Text),
            departed_at: dispatch.departed_at.map(Text),
            arrived_at: dispatch.arrived_at.map(Text),
            ended_at: dispatch.ended_at.map(Text),
            feedback: dispatch.feedback.as_ref().map(Into::into),
            drill,
        }
    }
}
