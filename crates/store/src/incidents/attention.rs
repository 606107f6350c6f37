//! Closed incidents that are still looked after.

use domain::attention::KEEPS_ATTENTION;
use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Incident;
use sqlx::PgConnection;

use super::all;
use crate::Result;

/// Locks the last incident of each of these people that was closed since `since` and is still theirs.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lock_closed_of(
    db: &mut PgConnection,
    phones: &[String],
    since: Instant,
    drill: bool,
) -> Result<Vec<Incident>> {
    let outcomes = KEEPS_ATTENTION.map(domain::incident::Outcome::as_str);
    let rows = select_incidents!(
        "-- incident.lock_closed_of\n",
        "WHERE status = 'closed' AND drill = $3 AND id IN (
            SELECT DISTINCT ON (subject_phone) id FROM incident
            WHERE subject_phone = ANY($1) AND status = 'closed' AND drill = $3 AND closed_at >= $2
                AND outcome = ANY($4::text[])
            ORDER BY subject_phone, closed_at DESC)
        ORDER BY id FOR UPDATE",
        phones,
        since,
        drill,
        &outcomes as &[&str],
    )
    .fetch_all(db)
    .await?;
    all(rows)
}

/// Says when the subject of a closed incident is called next, and how often that was ordered.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn follow_up_at(
    db: &mut PgConnection,
    id: IncidentId,
    at: Option<Instant>,
    made: usize,
) -> Result<()> {
    sqlx::query!(
        "-- incident.follow_up_at
        UPDATE incident SET follow_up_at = $2, follow_ups = $3 WHERE id = $1",
        id.uuid(),
        at,
        i16::try_from(made).unwrap_or(i16::MAX),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Closed incidents whose subject is to be called by `now`, and how often that was ordered before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn to_follow_up(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, usize)>> {
    let rows = sqlx::query!(
        "-- incident.to_follow_up
        SELECT id, follow_ups FROM incident WHERE follow_up_at <= $1 ORDER BY follow_up_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), usize::try_from(row.follow_ups).unwrap_or(0))).collect())
}
