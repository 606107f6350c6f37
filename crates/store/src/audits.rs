//! What the auditor asks the rows: whether anything that was due did not happen; and its sign of life.

use domain::clock::Instant;
use domain::id::IncidentId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;

/// Running steps of these incidents behind which no measure stands that could still end them.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn steps_without_measure(
    db: &mut PgConnection,
    incidents: &[IncidentId],
) -> Result<Vec<(IncidentId, String)>> {
    let ids: Vec<Uuid> = incidents.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "-- audit.steps_without_measure
        SELECT run.incident_id, run.step FROM step_run run
        WHERE run.incident_id = ANY($1) AND run.status = 'running' AND NOT EXISTS (
            SELECT FROM measure
                LEFT JOIN contact ON contact.id = measure.id
                LEFT JOIN auto_call ON auto_call.id = measure.id
                LEFT JOIN message ON message.id = measure.id
                LEFT JOIN call_block ON call_block.id = measure.id
                LEFT JOIN dispatch ON dispatch.id = measure.id
            WHERE measure.incident_id = run.incident_id AND measure.step = run.step
                AND (contact.status IN ('pending', 'claimed') OR auto_call.status IN ('queued', 'calling')
                    OR message.status = 'queued'
                    OR call_block.status IN ('awaiting_approval', 'requested')
                    OR dispatch.status IN ('created', 'accepted', 'departed', 'arrived')))",
        &ids,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.incident_id.into(), row.step)).collect())
}

/// Open incidents nobody has graded although they have waited since before `waiting_since`.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn ungraded(db: &mut PgConnection, waiting_since: Instant, limit: i64) -> Result<Vec<IncidentId>> {
    let rows = sqlx::query_scalar!(
        "-- audit.ungraded
        SELECT id FROM incident WHERE status = 'open' AND has_new_facts AND created_at < $1
            AND NOT EXISTS (SELECT FROM alert WHERE alert.incident_id = incident.id AND received_at >= $1)
            AND NOT EXISTS (SELECT FROM call WHERE call.incident_id = incident.id AND call.created_at >= $1)
        ORDER BY created_at LIMIT $2",
        waiting_since,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Says that this role is at work.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn beat(db: &mut PgConnection, role: &str, now: Instant) -> Result<()> {
    sqlx::query!(
        "-- heartbeat.beat
        INSERT INTO heartbeat (role, at) VALUES ($1, $2)
        ON CONFLICT (role) DO UPDATE SET at = greatest(heartbeat.at, excluded.at)",
        role,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// When this role last said so.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn last_beat(db: &mut PgConnection, role: &str) -> Result<Option<Instant>> {
    Ok(sqlx::query_scalar!(
        "-- heartbeat.last
        SELECT at FROM heartbeat WHERE role = $1",
        role,
    )
    .fetch_optional(db)
    .await?)
}
