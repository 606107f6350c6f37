//! Plans as they were when an incident was born, kept under the hash of their text.

use domain::clock::Instant;
use sqlx::PgConnection;

use crate::Result;

/// Keeps a plan's text; the same text is kept once.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep(db: &mut PgConnection, hash: &str, name: &str, text: &str, now: Instant) -> Result<()> {
    sqlx::query!(
        "-- plan.keep
        INSERT INTO plan (hash, name, body, first_used_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        hash,
        name,
        text,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The name and text of the plan with that hash.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn text(db: &mut PgConnection, hash: &str) -> Result<Option<(String, String)>> {
    let found = sqlx::query!("-- plan.text\nSELECT name, body FROM plan WHERE hash = $1", hash)
        .fetch_optional(db)
        .await?;
    Ok(found.map(|plan| (plan.name, plan.body)))
}
