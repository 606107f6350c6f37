//! An answer from outside that nobody could read is kept for a person.

use store::letters;

use crate::centre::Centre;
use crate::error::Result;

/// Keeps at most this much of it.
const KEPT_BYTES: usize = 64 * 1024;

/// Keeps an unreadable answer of a party such as `bank:ABC`.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn keep_letter(centre: &Centre, party: &str, why: &str, body: &[u8]) -> Result<()> {
    tracing::error!(party, why, "an answer from outside cannot be read; it is kept for a person");
    let mut tx = centre.store.begin().await?;
    letters::keep_unread(&mut tx, party, why, &body[..body.len().min(KEPT_BYTES)], centre.now()).await?;
    Ok(tx.commit().await?)
}
