//! The first answer to a request with an `Idempotency-Key`, kept in the transaction of its effect.

use domain::clock::Instant;
use domain::id::OperatorId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::Result;

/// What is known of a key.
#[derive(Debug)]
pub enum Claim {
    /// Never seen: do the work, then [`save`] its answer in the same transaction.
    New,
    /// Seen with this request: this was the answer.
    Replay {
        /// HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
    /// Seen with another request.
    OtherRequest,
}

/// Claims the key. A second claim waits for the first one's transaction to end.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn claim(
    db: &mut PgConnection,
    operator: OperatorId,
    key: &str,
    request_hash: &[u8; 32],
    now: Instant,
) -> Result<Claim> {
    let claimed = sqlx::query!(
        "-- first_answer.claim
        INSERT INTO first_answer (operator_id, key, request_hash, status, body, created_at)
        VALUES ($1, $2, $3, 0, 'null', $4) ON CONFLICT DO NOTHING",
        operator.uuid(),
        key,
        request_hash,
        now,
    )
    .execute(&mut *db)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let seen = sqlx::query!(
        "-- first_answer.read
        SELECT request_hash, status, body FROM first_answer WHERE operator_id = $1 AND key = $2",
        operator.uuid(),
        key,
    )
    .fetch_one(db)
    .await?;
    if seen.request_hash != request_hash {
        return Ok(Claim::OtherRequest);
    }
    Ok(Claim::Replay { status: seen.status.unsigned_abs(), body: seen.body })
}

/// Keeps the answer under its claimed key.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(
    db: &mut PgConnection,
    operator: OperatorId,
    key: &str,
    status: u16,
    body: &Value,
) -> Result<()> {
    sqlx::query!(
        "-- first_answer.save
        UPDATE first_answer SET status = $3, body = $4 WHERE operator_id = $1 AND key = $2",
        operator.uuid(),
        key,
        i16::try_from(status).unwrap_or(i16::MAX),
        body,
    )
    .execute(db)
    .await?;
    Ok(())
}
