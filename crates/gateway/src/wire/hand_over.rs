//! Handing an incident to another jurisdiction.

use domain::hand_over::{self, State, To};
use domain::station::Stations;
use interception::hand_over_incident::Elsewhere;
use serde::Serialize;
use utoipa::ToSchema;

use super::incident::Incident;
use super::person::Station;
use super::spelled::{DivisionCode, HandOverId, HandOverStatus, IncidentId, Note, Reference, Time};
use super::text::Text;
use crate::problem::FieldFault;
use crate::reading::request;

request! {
    /// To whom an incident goes: a district or an organisation, one of the two.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = HandOverRequest)]
    pub struct Request {
        /// The district whose station or police answers.
        division_code: Option<DivisionCode>,
        /// Or an organisation, by its name.
        organisation: Option<Reference>,
        /// Why it is not ours.
        pub reason: Note,
    }
}

impl Request {
    /// To whom.
    ///
    /// # Errors
    /// Both members where both or neither are given.
    pub fn to(&self) -> Result<Elsewhere, Vec<FieldFault>> {
        match (&self.division_code, &self.organisation) {
            (Some(Text(division)), None) => Ok(Elsewhere::Division(division.clone())),
            (None, Some(name)) => Ok(Elsewhere::Organisation(name.clone().into())),
            (None, None) | (Some(_), Some(_)) => Err(["/division_code", "/organisation"]
                .map(|pointer| FieldFault {
                    pointer: pointer.to_owned(),
                    detail: "expected one of division_code and organisation".to_owned(),
                })
                .to_vec()),
        }
    }
}

request! {
    /// The other jurisdiction has said that it has the case.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = HandOverConfirmation)]
    pub struct Confirmation {
        /// Its own reference.
        pub reference: Option<Reference>,
        /// In the desk's words; kept with the closing.
        pub note: Option<Note>,
    }
}

/// One handing of an incident to another jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandOver {
    id: HandOverId,
    incident_id: IncidentId,
    created_at: Time,
    /// `moved` at once where the district is on our map, else `pending` until the other side has answered.
    status: HandOverStatus,
    division_code: Option<DivisionCode>,
    /// The station it moved to.
    station: Option<Station>,
    organisation: Option<String>,
    reason: String,
    /// When the other side must have answered: 24 hours after it was told.
    due_at: Option<Time>,
    /// When it was said that it has not.
    overdue_at: Option<Time>,
    /// The other side's own reference.
    reference: Option<String>,
    /// When it was confirmed or withdrawn.
    ended_at: Option<Time>,
}

impl HandOver {
    /// With the station's name as the map has it.
    #[must_use]
    pub fn of(hand_over: &hand_over::HandOver, stations: &Stations) -> Self {
        let (division, station, organisation) = match &hand_over.to {
            To::Station { division, station } => (Some(division), Some(station), None),
            To::Division(division) => (Some(division), None, None),
            To::Organisation(name) => (None, None, Some(name.clone())),
        };
        let (due_at, overdue_at, reference, ended_at) = match &hand_over.state {
            State::Moved => (None, None, None, None),
            State::Pending { due_at, overdue_at } => (Some(*due_at), *overdue_at, None, None),
            State::Confirmed { at, reference } => (None, None, reference.clone(), Some(*at)),
            State::Withdrawn { at } => (None, None, None, Some(*at)),
        };
        Self {
            id: Text(hand_over.id),
            incident_id: Text(hand_over.incident_id),
            created_at: Text(hand_over.created_at),
            status: Text(hand_over.status()),
            division_code: division.cloned().map(Text),
            station: station.map(|id| Station::of(id, stations)),
            organisation,
            reason: hand_over.reason.clone(),
            due_at: due_at.map(Text),
            overdue_at: overdue_at.map(Text),
            reference,
            ended_at: ended_at.map(Text),
        }
    }
}

/// A hand-over, and how its incident stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HandedOver {
    /// The hand-over.
    pub hand_over: HandOver,
    /// Its incident.
    pub incident: Incident,
}
