//! What was handed out of an incident's record, to the byte, for as long as it may be fetched.

use domain::clock::Instant;
use domain::id::{ApprovalId, IncidentId};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// What is known of an export for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The approval that allowed it.
    pub id: ApprovalId,
    /// Whose record it is.
    pub incident_id: IncidentId,
    /// When it was first fetched.
    pub made_at: Instant,
    /// How long it may be fetched again.
    pub good_until: Instant,
    /// SHA-256 of the document.
    pub sha256: [u8; 32],
}

/// Keeps a document.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, export: &Export, document: &[u8]) -> Result<()> {
    sqlx::query!(
        "-- export.insert
        INSERT INTO export (id, incident_id, made_at, good_until, sha256, document) VALUES ($1, $2, $3, $4, $5, $6)",
        export.id.uuid(),
        export.incident_id.uuid(),
        export.made_at,
        export.good_until,
        &export.sha256,
        document,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads an export with its document; without one after it was thrown away.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: ApprovalId) -> Result<Option<(Export, Option<Vec<u8>>)>> {
    let found = sqlx::query!(
        "-- export.get
        SELECT id, incident_id, made_at, good_until, sha256, document FROM export WHERE id = $1",
        id.uuid(),
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let row = Row { table: "export", id: &found.id };
    let sha256 = found.sha256.try_into().map_err(|_| row.inconsistent("sha256 has not 32 bytes"))?;
    let export = Export {
        id: found.id.into(),
        incident_id: found.incident_id.into(),
        made_at: found.made_at,
        good_until: found.good_until,
        sha256,
    };
    Ok(Some((export, found.document)))
}

/// Throws away every document whose time is over; answers how many those were.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn throw_away(db: &mut PgConnection, now: Instant) -> Result<u64> {
    let thrown = sqlx::query!(
        "-- export.throw_away
        UPDATE export SET document = NULL WHERE document IS NOT NULL AND good_until <= $1",
        now,
    )
    .execute(db)
    .await?;
    Ok(thrown.rows_affected())
}
