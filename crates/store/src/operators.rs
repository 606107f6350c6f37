//! People and machines that may use Lanjie, and the hashes of their tokens.

use domain::clock::Instant;
use domain::id::{OperatorId, TokenId};
use domain::operator::{Operator, Post};
use domain::station::StationId;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Adds an operator.
///
/// # Errors
/// [`crate::Error::Taken`] when the name is in use.
pub async fn insert(db: &mut PgConnection, operator: &Operator) -> Result<()> {
    let (station, source) = match &operator.post {
        Post::StationOfficer(station) => (Some(station.as_str()), None),
        Post::Source(source) => (None, Some(source.as_str())),
        Post::Dispatcher | Post::Supervisor | Post::Auditor | Post::Admin => (None, None),
    };
    sqlx::query!(
        "-- operator.insert
        INSERT INTO operator (id, name, role, station_id, source, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        operator.id.uuid(),
        operator.name,
        operator.post.role().as_str(),
        station,
        source,
        operator.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Adds a token by its SHA-256.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert_token(
    db: &mut PgConnection,
    operator: OperatorId,
    hash: &[u8; 32],
    now: Instant,
) -> Result<()> {
    sqlx::query!(
        "-- token.insert
        INSERT INTO token (id, operator_id, hash, created_at) VALUES ($1, $2, $3, $4)",
        TokenId::new(now).uuid(),
        operator.uuid(),
        hash,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whose token that is, unless it was revoked.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn of_token(db: &mut PgConnection, hash: &[u8; 32]) -> Result<Option<Operator>> {
    let found = sqlx::query!(
        "-- operator.of_token
        SELECT operator.id, name, role, station_id, source, operator.created_at
        FROM token JOIN operator ON operator.id = token.operator_id
        WHERE token.hash = $1 AND token.revoked_at IS NULL",
        hash,
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let row = Row { table: "operator", id: &found.id };
    let station = found.station_id.as_deref().map(StationId::new);
    let post = Post::of(row.word("role", &found.role)?, station, found.source)
        .ok_or_else(|| row.inconsistent("the role does not fit its station and source"))?;
    Ok(Some(Operator { id: found.id.into(), name: found.name, post, created_at: found.created_at }))
}

/// The operator of that name.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn id_of(db: &mut PgConnection, name: &str) -> Result<Option<OperatorId>> {
    let id = sqlx::query_scalar!("-- operator.id_of\nSELECT id FROM operator WHERE name = $1", name)
        .fetch_optional(db)
        .await?;
    Ok(id.map(OperatorId::from))
}
