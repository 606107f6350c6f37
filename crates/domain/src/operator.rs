//! Who may use Lanjie, and as what.

use crate::clock::Instant;
use crate::id::OperatorId;
use crate::station::StationId;
use crate::words::words;

words! {
    /// What an operator may do.
    pub enum Role {
        /// Takes calls and works the phone queue.
        Dispatcher = "dispatcher",
        /// A dispatcher who also decides as the second person.
        Supervisor = "supervisor",
        /// Sees and handles the dispatches of one station.
        StationOfficer = "station_officer",
        /// A machine that posts alerts.
        Source = "source",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Looks after people and configuration; sees no incident.
        Admin = "admin",
    }
}

/// What an operator may do, with what that needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Post {
    /// Takes calls and works the phone queue.
    Dispatcher,
    /// Also decides as the second person.
    Supervisor,
    /// Sees and handles the dispatches of one station.
    StationOfficer(StationId),
    /// Posts alerts under one source's name.
    Source(String),
    /// Reads everything.
    Auditor,
    /// Looks after people and configuration.
    Admin,
}

impl Post {
    /// The role word.
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Dispatcher => Role::Dispatcher,
            Self::Supervisor => Role::Supervisor,
            Self::StationOfficer(_) => Role::StationOfficer,
            Self::Source(_) => Role::Source,
            Self::Auditor => Role::Auditor,
            Self::Admin => Role::Admin,
        }
    }

    /// The post of a role; a station officer needs the station and a source its name.
    #[must_use]
    pub fn of(role: Role, station: Option<StationId>, source: Option<String>) -> Option<Self> {
        match (role, station, source) {
            (Role::Dispatcher, None, None) => Some(Self::Dispatcher),
            (Role::Supervisor, None, None) => Some(Self::Supervisor),
            (Role::StationOfficer, Some(station), None) => Some(Self::StationOfficer(station)),
            (Role::Source, None, Some(source)) => Some(Self::Source(source)),
            (Role::Auditor, None, None) => Some(Self::Auditor),
            (Role::Admin, None, None) => Some(Self::Admin),
            _ => None,
        }
    }
}

/// A person or machine that may use Lanjie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Their id.
    pub id: OperatorId,
    /// How the timeline calls them.
    pub name: String,
    /// What they may do.
    pub post: Post,
    /// Since when.
    pub created_at: Instant,
}
