//! The lists of numbers, accounts and addresses that gradings ask.

use domain::id::ListedId;
use domain::listed::Listed;
use store::listed;

pub use store::listed::Filter;

use crate::act::Act;
use crate::centre::Centre;
use crate::error::{Error, Result};

/// Writes an entry; one of the same source about the same thing is replaced and keeps its id.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn put_on_list(act: &mut Act<'_>, entry: Listed) -> Result<Listed> {
    let id = listed::put(&mut act.tx, &entry).await?;
    Ok(Listed { id, ..entry })
}

/// Takes an entry off its list.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn take_off_list(act: &mut Act<'_>, id: ListedId) -> Result<()> {
    match listed::remove(&mut act.tx, id).await? {
        true => Ok(()),
        false => Err(Error::Unknown("entry")),
    }
}

/// One page of entries, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn entries(centre: &Centre, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    let mut db = centre.store.read().await?;
    Ok(listed::list(&mut db, filter, limit).await?)
}
