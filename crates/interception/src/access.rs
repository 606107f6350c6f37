//! Whose token that is.

use domain::operator::Operator;
use sha2::{Digest, Sha256};
use store::operators;

use crate::centre::Centre;
use crate::error::Result;

/// What is kept of a token.
#[must_use]
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The operator whose token has that SHA-256.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn find_operator(centre: &Centre, token_hash: &[u8; 32]) -> Result<Option<Operator>> {
    let mut db = centre.store.read().await?;
    Ok(operators::of_token(&mut db, token_hash).await?)
}
