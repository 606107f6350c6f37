//! Call blocks. Whoever changes one holds its incident's row lock.

use domain::call_block::{CallBlock, Status};
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::person::PhoneNumber;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Which call blocks to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<MeasureId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// In this status.
    pub status: Option<Status>,
    /// Older than this one.
    pub after: Option<MeasureId>,
}

/// Writes a new call block; its measure is written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, block: &CallBlock) -> Result<()> {
    sqlx::query!(
        "-- call_block.insert
        INSERT INTO call_block (id, number, line, until, reason, status) VALUES ($1, $2, $3, $4, $5, $6)",
        block.id.uuid(),
        block.number.reveal(),
        block.line.as_str(),
        block.until,
        block.reason,
        block.status.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where a call block stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, block: &CallBlock) -> Result<()> {
    sqlx::query!(
        "-- call_block.save
        UPDATE call_block SET status = $2, blocked_at = $3, until = $4 WHERE id = $1",
        block.id.uuid(),
        block.status.as_str(),
        block.blocked_at,
        block.until,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads call blocks, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<CallBlock>> {
    let rows = sqlx::query!(
        "-- call_block.list
        SELECT call_block.id, incident_id, step, number, line, until, reason, created_at, blocked_at, status
        FROM call_block JOIN measure USING (id)
        WHERE ($1::uuid IS NULL OR call_block.id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::text IS NULL OR status = $3)
          AND ($4::uuid IS NULL OR call_block.id < $4)
        ORDER BY call_block.id DESC LIMIT $5",
        filter.id.map(MeasureId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.after.map(MeasureId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "call_block", id: &found.id };
            Ok(CallBlock {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                step: found.step,
                number: row.parsed("number", &found.number, PhoneNumber::parse)?,
                line: row.word("line", &found.line)?,
                until: found.until,
                reason: found.reason,
                created_at: found.created_at,
                blocked_at: found.blocked_at,
                status: row.word("status", &found.status)?,
            })
        })
        .collect()
}

/// Reads one call block.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId) -> Result<Option<CallBlock>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// The block of this number that is requested or in force, whichever incident ordered it, and lasts longest: among
/// drills or among those in earnest.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn in_force(db: &mut PgConnection, number: &PhoneNumber, drill: bool) -> Result<Option<CallBlock>> {
    let id = sqlx::query_scalar!(
        "-- call_block.in_force
        SELECT call_block.id FROM call_block JOIN measure USING (id) JOIN incident ON incident.id = incident_id
        WHERE number = $1 AND call_block.status IN ('requested', 'blocked') AND drill = $2
        ORDER BY until DESC LIMIT 1",
        number.reveal(),
        drill,
    )
    .fetch_optional(&mut *db)
    .await?;
    match id {
        Some(id) => get(db, id.into()).await,
        None => Ok(None),
    }
}

/// The incidents of blocks that should have ended by now; of the subject's own line also those that no carrier
/// has confirmed.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn ended(db: &mut PgConnection, now: Instant, limit: i64) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- call_block.ended
        SELECT call_block.id, incident_id FROM call_block JOIN measure USING (id)
        WHERE (status IN ('requested', 'blocked') OR status = 'failed' AND line = 'subject') AND until <= $1
        ORDER BY until LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}
