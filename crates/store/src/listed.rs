//! Numbers, accounts and addresses that somebody listed.

use domain::clock::Instant;
use domain::id::ListedId;
use domain::listed::{Kind, List, Listed};
use domain::person::PhoneNumber;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Writes an entry. One of the same source about the same thing is replaced and keeps its id, which comes back.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn put(db: &mut PgConnection, listed: &Listed) -> Result<ListedId> {
    let id = sqlx::query_scalar!(
        "-- listed.put
        INSERT INTO listed (id, list, kind, value, source, confidence, expires_at, note, added_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (kind, value, list, source) DO UPDATE SET confidence = excluded.confidence,
            expires_at = excluded.expires_at, note = excluded.note, added_by = excluded.added_by,
            created_at = excluded.created_at
        RETURNING id",
        listed.id.uuid(),
        listed.list.as_str(),
        listed.kind.as_str(),
        listed.value.reveal(),
        listed.source,
        i16::from(listed.confidence),
        listed.expires_at,
        listed.note,
        listed.added_by,
        listed.created_at,
    )
    .fetch_one(db)
    .await?;
    Ok(id.into())
}

/// Takes an entry off; returns whether it was there.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn remove(db: &mut PgConnection, id: ListedId) -> Result<bool> {
    let removed =
        sqlx::query!("-- listed.remove\nDELETE FROM listed WHERE id = $1", id.uuid()).execute(db).await?;
    Ok(removed.rows_affected() > 0)
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// On this list.
    pub list: Option<List>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// About this very thing.
    pub value: Option<String>,
    /// Older than this one.
    pub after: Option<ListedId>,
}

/// Whether a number is on the list of those that are never blocked.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn is_protected(db: &mut PgConnection, number: &PhoneNumber, now: Instant) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"-- listed.is_protected
        SELECT EXISTS (SELECT FROM listed WHERE kind = 'number' AND list = 'protected' AND value = $1
            AND (expires_at IS NULL OR expires_at > $2)) AS "protected!""#,
        number.reveal(),
        now,
    );
    Ok(found.fetch_one(db).await?)
}

/// Reads entries, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    let rows = sqlx::query!(
        "-- listed.list
        SELECT id, list, kind, value, source, confidence, expires_at, note, added_by, created_at FROM listed
        WHERE ($1::text IS NULL OR list = $1) AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR value = $3)
            AND ($4::uuid IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5",
        filter.list.map(|list| list.as_str()),
        filter.kind.map(|kind| kind.as_str()),
        filter.value,
        filter.after.map(ListedId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "listed", id: &found.id };
            let kind: Kind = row.word("kind", &found.kind)?;
            Ok(Listed {
                id: found.id.into(),
                list: row.word("list", &found.list)?,
                kind,
                value: row.parsed("value", &found.value, |value| kind.normalised(value))?,
                source: found.source,
                confidence: row.number("confidence", found.confidence)?,
                expires_at: found.expires_at,
                note: found.note,
                added_by: found.added_by,
                created_at: found.created_at,
            })
        })
        .collect()
}
