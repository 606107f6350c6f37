//! Dispatches. Whoever changes one holds its incident's row lock.

use domain::clock::Instant;
use domain::dispatch::{ACCEPT_WITHIN, Climb, Desk, Dispatch, Status};
use domain::id::{IncidentId, MeasureId};
use domain::station::StationId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;
use crate::rosters::{read_duty, written_duty};

/// Which dispatches to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<MeasureId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// Of this station.
    pub station: Option<StationId>,
    /// In this status.
    pub status: Option<Status>,
    /// That this desk must see to.
    pub desk: Option<Desk>,
    /// Older than this one.
    pub after: Option<MeasureId>,
}

/// Writes a new dispatch; its measure is written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, dispatch: &Dispatch) -> Result<()> {
    sqlx::query!(
        "-- dispatch.insert
        INSERT INTO dispatch (id, station_id, desk, reason, accept_due_at, previous_id, status, duty)
        VALUES ($1, $2, $3, $4, $5, $6, 'created', $7)",
        dispatch.id.uuid(),
        dispatch.station_id.as_str(),
        dispatch.desk().as_str(),
        dispatch.reason,
        dispatch.accept_due_at,
        dispatch.previous_id.map(MeasureId::uuid),
        dispatch.duty.as_ref().map(written_duty),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where a dispatch stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, dispatch: &Dispatch) -> Result<()> {
    let (county_since, command_centre_since) = match dispatch.climb {
        Climb::AtStation => (None, None),
        Climb::AtCounty { since } => (Some(since), None),
        Climb::AtCommandCentre { county_since, since } => (Some(county_since), Some(since)),
    };
    let feedback =
        dispatch.feedback.as_ref().map(|feedback| serde_json::to_value(feedback).unwrap_or(Value::Null));
    sqlx::query!(
        "-- dispatch.save
        UPDATE dispatch SET desk = $2, accept_due_at = $3, status = $4, accepted_at = $5, departed_at = $6,
            arrived_at = $7, ended_at = $8, feedback = $9, county_since = $10, command_centre_since = $11
        WHERE id = $1",
        dispatch.id.uuid(),
        dispatch.desk().as_str(),
        dispatch.accept_due_at,
        dispatch.status.as_str(),
        dispatch.accepted_at,
        dispatch.departed_at,
        dispatch.arrived_at,
        dispatch.ended_at,
        feedback,
        county_since,
        command_centre_since,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads dispatches, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Dispatch>> {
    let rows = sqlx::query!(
        "-- dispatch.list
        SELECT dispatch.id, incident_id, step, station_id, desk, reason, accept_due_at, previous_id, created_at,
            accepted_at, departed_at, arrived_at, ended_at, feedback, status, county_since,
            command_centre_since, duty
        FROM dispatch JOIN measure USING (id)
        WHERE ($1::uuid IS NULL OR dispatch.id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::text IS NULL OR station_id = $3)
          AND ($4::text IS NULL OR status = $4)
          AND ($5::text IS NULL OR desk = $5)
          AND ($6::uuid IS NULL OR dispatch.id < $6)
        ORDER BY dispatch.id DESC LIMIT $7",
        filter.id.map(MeasureId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.station.as_ref().map(StationId::as_str),
        filter.status.map(|status| status.as_str()),
        filter.desk.map(|desk| desk.as_str()),
        filter.after.map(MeasureId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "dispatch", id: &found.id };
            let feedback = found.feedback.map(serde_json::from_value).transpose();
            Ok(Dispatch {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                step: found.step,
                station_id: StationId::new(&found.station_id),
                climb: climb(
                    row.word("desk", &found.desk)?,
                    found.accept_due_at,
                    (found.county_since, found.command_centre_since),
                ),
                reason: found.reason,
                duty: found.duty.as_ref().map(|kept| read_duty(row, kept)).transpose()?,
                accept_due_at: found.accept_due_at,
                previous_id: found.previous_id.map(MeasureId::from),
                created_at: found.created_at,
                accepted_at: found.accepted_at,
                departed_at: found.departed_at,
                arrived_at: found.arrived_at,
                ended_at: found.ended_at,
                feedback: feedback.map_err(|_| row.inconsistent("feedback cannot be read back"))?,
                status: row.word("status", &found.status)?,
            })
        })
        .collect()
}

/// How far it has climbed. A row that the version before moved up has no times: each desk has ten minutes.
fn climb(desk: Desk, accept_due_at: Instant, since: (Option<Instant>, Option<Instant>)) -> Climb {
    let told = accept_due_at - ACCEPT_WITHIN;
    match desk {
        Desk::Station => Climb::AtStation,
        Desk::County => Climb::AtCounty { since: since.0.unwrap_or(told) },
        Desk::CommandCentre => Climb::AtCommandCentre {
            county_since: since.0.unwrap_or(told - ACCEPT_WITHIN),
            since: since.1.unwrap_or(told),
        },
    }
}

/// Reads one dispatch.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId) -> Result<Option<Dispatch>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// The dispatches of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Dispatch>> {
    let filter = Filter { incident: Some(incident), ..Filter::default() };
    let mut dispatches = list(db, &filter, i64::MAX).await?;
    dispatches.reverse();
    Ok(dispatches)
}

/// Dispatches that nobody has signed for in time and that a desk above can still be told of.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn unsigned(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- dispatch.unsigned
        SELECT dispatch.id, incident_id FROM dispatch JOIN measure USING (id)
        WHERE status = 'created' AND accept_due_at <= $1 AND desk <> 'command_centre'
        ORDER BY accept_due_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}
