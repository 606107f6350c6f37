//! The list of incidents, newest first.

use domain::id::IncidentId;
use domain::incident::{Incident, Status};
use domain::person::{PhoneNumber, ResidentId};
use domain::station::StationId;
use domain::tier::Tier;
use sqlx::PgConnection;

use super::all;
use crate::Result;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this tier only.
    pub tier: Option<Tier>,
    /// Urgent, or not urgent, only.
    pub urgent: Option<bool>,
    /// Open or closed only.
    pub status: Option<Status>,
    /// Of this station only, by area or by dispatch.
    pub station: Option<StationId>,
    /// Any of the subject's whole phone numbers, their identity number or name, or a call's or alert's reference.
    pub query: Option<String>,
}

/// One page, newest first, from before `after` on.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(
    db: &mut PgConnection,
    filter: &Filter,
    after: Option<IncidentId>,
    limit: i64,
) -> Result<Vec<Incident>> {
    // a phone or identity number is found however it was typed
    let query = filter.query.as_deref();
    let phone = query.and_then(|query| PhoneNumber::parse(query).ok());
    let id_number = query.and_then(|query| ResidentId::parse(query).ok());
    let rows = select_incidents!(
        "-- incident.list\n",
        "WHERE ($1::text IS NULL OR tier = $1)
          AND ($2::boolean IS NULL OR urgent = $2)
          AND ($3::text IS NULL OR status = $3)
          AND ($4::text IS NULL OR station_id = $4 OR EXISTS (
                SELECT FROM measure JOIN dispatch USING (id)
                WHERE measure.incident_id = incident.id AND dispatch.station_id = $4))
          AND ($5::text IS NULL OR subject_name = $5
               OR id IN (SELECT incident_id FROM subject_mark
                    WHERE kind = 'phone' AND value = $8 OR kind = 'id_number' AND value = $9)
               OR EXISTS (SELECT FROM call WHERE call.incident_id = incident.id AND call_ref = $5)
               OR EXISTS (SELECT FROM alert WHERE alert.incident_id = incident.id AND source_ref = $5))
          AND ($6::uuid IS NULL OR id < $6)
        ORDER BY id DESC LIMIT $7",
        filter.tier.map(|tier| tier.as_str()),
        filter.urgent,
        filter.status.map(|status| status.as_str()),
        filter.station.as_ref().map(StationId::as_str),
        query,
        after.map(IncidentId::uuid),
        limit,
        phone.as_ref().map(PhoneNumber::reveal),
        id_number.as_ref().map(ResidentId::reveal),
    )
    .fetch_all(db)
    .await?;
    all(rows)
}
