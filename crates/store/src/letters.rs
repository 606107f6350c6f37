//! What came in from banks, carriers and providers: which webhooks were taken in, and what nobody could read.

use domain::clock::Instant;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;

/// Notes that a webhook was taken in; `false` if it had been before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn take_in(db: &mut PgConnection, party: &str, webhook_id: &str, now: Instant) -> Result<bool> {
    let noted = sqlx::query!(
        "-- webhook_received.take_in
        INSERT INTO webhook_received (party, webhook_id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        party,
        webhook_id,
        now,
    )
    .execute(db)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Keeps an answer that nobody could read, for a person to see.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep_unread(
    db: &mut PgConnection,
    party: &str,
    why: &str,
    body: &[u8],
    now: Instant,
) -> Result<()> {
    sqlx::query!(
        "-- unread_answer.keep
        INSERT INTO unread_answer (id, party, received_at, why, body) VALUES ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        party,
        now,
        why,
        body,
    )
    .execute(db)
    .await?;
    Ok(())
}
