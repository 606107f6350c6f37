//! 110 calls. The report is kept as the contract spells it, so that a merge patch applies to what was said.

use domain::call::Call;
use domain::clock::Instant;
use domain::id::{CallId, IncidentId, OperatorId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Error, Result};

struct CallRow {
    id: Uuid,
    incident_id: Uuid,
    taken_by: Uuid,
    created_at: Instant,
    version: i64,
    body: Value,
}

impl From<CallRow> for Call {
    fn from(found: CallRow) -> Self {
        Self {
            id: found.id.into(),
            incident_id: found.incident_id.into(),
            taken_by: OperatorId::from(found.taken_by),
            created_at: found.created_at,
            version: found.version,
            body: found.body,
        }
    }
}

/// Writes a call.
///
/// # Errors
/// [`Error::Taken`] when its `call_ref` is known.
pub async fn insert(
    db: &mut PgConnection,
    call: &Call,
    call_ref: Option<&str>,
    received_at: Instant,
) -> Result<()> {
    sqlx::query!(
        "-- call.insert
        INSERT INTO call (id, call_ref, incident_id, taken_by, received_at, created_at, version, body)
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
        call.id.uuid(),
        call_ref,
        call.incident_id.uuid(),
        call.taken_by.uuid(),
        received_at,
        call.created_at,
        call.body,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads a call.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn get(db: &mut PgConnection, id: CallId) -> Result<Option<Call>> {
    let row = sqlx::query_as!(
        CallRow,
        "-- call.get
        SELECT id, incident_id, taken_by, created_at, version, body FROM call WHERE id = $1",
        id.uuid(),
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Call::from))
}

/// The calls of an incident, oldest first.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Call>> {
    let rows = sqlx::query_as!(
        CallRow,
        "-- call.of_incident
        SELECT id, incident_id, taken_by, created_at, version, body FROM call WHERE incident_id = $1 ORDER BY id",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Call::from).collect())
}

/// Replaces the report by its completed form.
///
/// # Errors
/// [`Error::Stale`] when somebody else completed it since it was read; [`Error::Taken`] when its new
/// `call_ref` is known.
pub async fn save(db: &mut PgConnection, call: &Call, call_ref: Option<&str>) -> Result<()> {
    let saved = sqlx::query!(
        "-- call.save
        UPDATE call SET body = $3, call_ref = $4, version = version + 1 WHERE id = $1 AND version = $2",
        call.id.uuid(),
        call.version,
        call.body,
        call_ref,
    )
    .execute(db)
    .await?;
    if saved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::Stale { table: "call", id: call.id.to_string() })
    }
}
