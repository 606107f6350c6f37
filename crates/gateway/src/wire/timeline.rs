//! The record of an incident.

use domain::timeline;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::spelled::{Happening, IncidentId, Time};
use super::text::Text;

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct Entry {
    incident_id: IncidentId,
    /// When it happened.
    created_at: Time,
    /// What happened.
    happening: Happening,
    /// Who did it: an operator's name, a source, a bank, or `lanjie` itself.
    actor: String,
    /// The particulars.
    #[schema(value_type = Object)]
    data: Value,
    /// Everything real except the outside; never counted.
    drill: bool,
}

impl Entry {
    /// The line, of a drill's record or of one in earnest.
    #[must_use]
    pub fn of(entry: timeline::Entry, drill: bool) -> Self {
        Self {
            incident_id: Text(entry.incident_id),
            created_at: Text(entry.at),
            happening: Text(entry.happening),
            actor: entry.actor,
            data: entry.data,
            drill,
        }
    }
}
