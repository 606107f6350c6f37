//! Orders to a station.

use domain::dispatch::{self, MAX_MEASURES, MAX_OFFICERS};
use domain::station::Stations;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, items};
use super::money::Money;
use super::person::Station;
use super::spelled::{Desk, DispatchStatus, IncidentId, MeasureId, Note, Reference, StationId, Time};
use super::text::Text;
use crate::reading::request;

/// Names or numbers of officers.
pub type Officers = List<Reference, MAX_OFFICERS>;
/// Protective measures.
pub type Measures = List<Reference, MAX_MEASURES>;

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
    /// What the officers found.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = DispatchFeedback)]
    pub struct Feedback {
        /// Whether they stood before the subject.
        seen: bool,
        /// Whether the subject will not pay.
        convinced: Option<bool>,
        /// What is lost already.
        loss_so_far: Option<Money>,
        /// What was done to protect: `app_removed`, `bank_limit`...
        measures: Option<Measures>,
        /// Who went.
        officers: Option<Officers>,
        /// In their words.
        note: Option<Note>,
    }
}

impl From<Feedback> for dispatch::Feedback {
    fn from(wire: Feedback) -> Self {
        Self {
            seen: wire.seen,
            convinced: wire.convinced,
            loss_so_far: wire.loss_so_far.map(|money| money.fen()),
            measures: items(wire.measures),
            officers: items(wire.officers),
            note: wire.note.map(Into::into),
        }
    }
}

/// What the officers found, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    seen: bool,
    convinced: Option<bool>,
    loss_so_far: Option<Money>,
    measures: Vec<String>,
    officers: Vec<String>,
    note: Option<String>,
}

impl From<&dispatch::Feedback> for Found {
    fn from(feedback: &dispatch::Feedback) -> Self {
        Self {
            seen: feedback.seen,
            convinced: feedback.convinced,
            loss_so_far: feedback.loss_so_far.map(Into::into),
            measures: feedback.measures.clone(),
            officers: feedback.officers.clone(),
            note: feedback.note.clone(),
        }
    }
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
    reason: Option<String>,
    /// When somebody must have signed.
    accept_due_at: Time,
    /// The dispatch that was returned to make this one.
    previous_id: Option<MeasureId>,
    accepted_at: Option<Time>,
    departed_at: Option<Time>,
    arrived_at: Option<Time>,
    /// When it was fed back, returned or cancelled.
    ended_at: Option<Time>,
    feedback: Option<Found>,
}

impl Dispatch {
    /// With the station's name as the map has it.
    #[must_use]
    pub fn of(dispatch: &dispatch::Dispatch, stations: &Stations) -> Self {
        Self {
            id: Text(dispatch.id),
            incident_id: Text(dispatch.incident_id),
            created_at: Text(dispatch.created_at),
            status: Text(dispatch.status),
            step: dispatch.step.clone(),
            station: Station::of(&dispatch.station_id, stations),
            desk: Text(dispatch.desk),
            reason: dispatch.reason.clone(),
            accept_due_at: Text(dispatch.accept_due_at),
            previous_id: dispatch.previous_id.map(Text),
            accepted_at: dispatch.accepted_at.map(Text),
            departed_at: dispatch.departed_at.map(Text),
            arrived_at: dispatch.arrived_at.map(Text),
            ended_at: dispatch.ended_at.map(Text),
            feedback: dispatch.feedback.as_ref().map(Into::into),
        }
    }
}
