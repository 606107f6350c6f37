//! The versions of the bank directory that administrators loaded; the last one is in use.

use domain::clock::Instant;
use sqlx::PgConnection;

use crate::Result;

/// A version to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewVersion<'a> {
    /// SHA-256 of the text, in hex.
    pub version: &'a str,
    /// The file.
    pub text: &'a str,
    /// Who loaded it.
    pub loaded_by: &'a str,
    /// When.
    pub loaded_at: Instant,
}

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Goes up with each version.
    pub place: i64,
    /// SHA-256 of the text, in hex.
    pub version: String,
    /// The file.
    pub text: String,
    /// Who loaded it.
    pub loaded_by: String,
    /// When.
    pub loaded_at: Instant,
}

/// Keeps a version, which is the last one from then on.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, new: &NewVersion<'_>) -> Result<()> {
    sqlx::query!(
        "-- bank_directory.insert
        INSERT INTO bank_directory (version, body, loaded_by, loaded_at) VALUES ($1, $2, $3, $4)",
        new.version,
        new.text,
        new.loaded_by,
        new.loaded_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The place of the last version.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn last_place(db: &mut PgConnection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!("-- bank_directory.last_place\nSELECT max(place) FROM bank_directory")
        .fetch_one(db)
        .await?)
}

/// The last version.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn last(db: &mut PgConnection) -> Result<Option<Version>> {
    let found = sqlx::query!(
        "-- bank_directory.last
        SELECT place, version, body, loaded_by, loaded_at FROM bank_directory ORDER BY place DESC LIMIT 1",
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|found| Version {
        place: found.place,
        version: found.version,
        text: found.body,
        loaded_by: found.loaded_by,
        loaded_at: found.loaded_at,
    }))
}
