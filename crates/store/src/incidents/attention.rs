//! Closed incidents that are still looked after.

use domain::attention::KEEPS_ATTENTION;
use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::same_person::Mark;
use sqlx::PgConnection;

use super::all;
use super::marks::columns;
use crate::Result;

/// Locks, for each of these marks, the last incident of whoever has it that was closed since `since` and is still
/// theirs.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lock_closed_of(
    db: &mut PgConnection,
    marks: &[Mark],
    since: Instant,
    drill: bool,
) -> Result<Vec<Incident>> {
    let (kinds, values) = columns(marks);
    let outcomes = KEEPS_ATTENTION.map(domain::incident::Outcome::as_str);
    let rows = select_incidents!(
        "-- incident.lock_closed_of\n",
        "WHERE status = 'closed' AND drill = $4 AND id IN (
            SELECT DISTINCT ON (kind, value) incident.id FROM subject_mark JOIN incident ON incident.id = incident_id
            WHERE (kind, value) IN (SELECT * FROM UNNEST($1::text[], $2::text[])) AND NOT is_open
                AND status = 'closed' AND incident.drill = $4 AND closed_at >= $3 AND outcome = ANY($5::text[])
            ORDER BY kind, value, closed_at DESC)
        ORDER BY id FOR UPDATE",
        &kinds as &[&str],
        &values as &[&str],
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
