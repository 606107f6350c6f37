//! Stations, and who is on duty there.

use domain::roster::{self, MAX_ON_DUTY, Override};
use domain::station::{self, StationId};
use interception::arrange_duty::Arranged;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, items};
use super::person;
use super::spelled::{self, DivisionCode, Note, OperatorId, PhoneNumber, Reference, RosterOverrideId, Time};
use super::text::Text;
use crate::reading::request;

/// Officers on duty.
type Officers = List<Officer, MAX_ON_DUTY>;

/// A police station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StationEntry)]
pub struct Station {
    id: spelled::StationId,
    name: String,
    division_code: DivisionCode,
    /// Its duty phone.
    phone: Option<PhoneNumber>,
}

impl From<&station::Station> for Station {
    fn from(station: &station::Station) -> Self {
        Self {
            id: Text(station.id.clone()),
            name: station.name.clone(),
            division_code: Text(station.division_code.clone()),
            phone: station.phone.clone().map(Text),
        }
    }
}

request! {
    /// An officer on duty.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = DutyOfficer)]
    pub struct Officer {
        /// Name or number.
        name: Reference,
        /// Where they are rung.
        phone: Option<PhoneNumber>,
    }
}

impl From<Officer> for roster::Officer {
    fn from(wire: Officer) -> Self {
        Self { name: wire.name.into(), phone: wire.phone.map(|Text(phone)| phone) }
    }
}

impl From<&roster::Officer> for Officer {
    fn from(officer: &roster::Officer) -> Self {
        Self { name: (&officer.name).into(), phone: officer.phone.clone().map(Text) }
    }
}

request! {
    /// Somebody stands in, for at most 31 days.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = RosterOverrideRequest)]
    pub struct Request {
        /// From then on.
        from: Time,
        /// Until before then.
        to: Time,
        /// Who; the first leads.
        officers: Officers,
        /// Why.
        reason: Note,
    }
}

impl Request {
    /// At this station; `None`: nobody is named.
    #[must_use]
    pub fn at(self, station_id: StationId) -> Option<Override> {
        let officers: Vec<roster::Officer> = items(Some(self.officers));
        let Text(from) = self.from;
        let Text(to) = self.to;
        (!officers.is_empty()).then(|| Override {
            station_id,
            from,
            to,
            officers,
            reason: self.reason.into(),
        })
    }
}

/// Who is on duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duty {
    /// Null where somebody stands in, or nobody is named.
    shift: Option<String>,
    /// The first leads. Empty where no roster names anybody.
    officers: Vec<Officer>,
    /// Whom to ring: the leader, else the station's duty phone.
    phone: Option<PhoneNumber>,
}

impl From<&roster::Duty> for Duty {
    fn from(duty: &roster::Duty) -> Self {
        Self {
            shift: duty.shift.clone(),
            officers: duty.officers.iter().map(Into::into).collect(),
            phone: duty.phone.clone().map(Text),
        }
    }
}

/// Somebody who stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RosterOverride {
    id: RosterOverrideId,
    created_at: Time,
    made_by_id: OperatorId,
    from: Time,
    to: Time,
    officers: Vec<Officer>,
    reason: String,
}

impl From<&Arranged> for RosterOverride {
    fn from(arranged: &Arranged) -> Self {
        let standing_in = &arranged.standing_in;
        Self {
            id: Text(arranged.id),
            created_at: Text(arranged.created_at),
            made_by_id: Text(arranged.made_by),
            from: Text(standing_in.from),
            to: Text(standing_in.to),
            officers: standing_in.officers.iter().map(Into::into).collect(),
            reason: standing_in.reason.clone(),
        }
    }
}

/// Who is on duty at a station at a moment, and what is arranged for then and later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Roster {
    /// The station.
    pub station: person::Station,
    /// The moment.
    pub at: Time,
    /// Who is on duty then.
    pub duty: Duty,
    /// Who stands in then or later, by arrangement of people here; the last arranged goes first. What the file of
    /// rosters says is not listed.
    pub overrides: Vec<RosterOverride>,
}
