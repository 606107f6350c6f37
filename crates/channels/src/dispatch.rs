//! Telling a station's own system about a dispatch (派警). The station signs for it at Lanjie, not here.

pub mod station_webhook;

use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::incident::Subject;
use domain::roster::Duty;
use domain::station::StationId;
use domain::tier::Grade;

/// What a station's system is told.
#[derive(Debug, Clone, PartialEq)]
pub struct DispatchNotice {
    /// The same on every try of the same notice.
    pub message_id: String,
    /// When it was decided; the same on every try.
    pub asked_at: Instant,
    /// What happened to the dispatch.
    pub news: News,
    /// The dispatch.
    pub dispatch_id: MeasureId,
    /// Whom it protects.
    pub incident_id: IncidentId,
    /// Whose order it is.
    pub station_id: StationId,
    /// The station's name.
    pub station_name: String,
    /// Why somebody is to go.
    pub reason: Option<String>,
    /// When somebody must have signed.
    pub accept_due_at: Instant,
    /// Who was on duty there when it was ordered, where that is known.
    pub duty: Option<Duty>,
    /// Whom to see. Only what an officer at the door needs is sent: no identity number.
    pub subject: Subject,
    /// How bad it is.
    pub grade: Grade,
}

/// What happened to a dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Somebody is to go.
    Created,
    /// Nobody needs to go any more.
    Cancelled,
}
