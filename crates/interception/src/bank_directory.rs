//! The bank directory in use: read from a file at the start, replaced by an administrator while everything runs.
//!
//! Each version that is loaded is kept; every process takes up the last one, woken by notice and by clock. A version
//! with a fault is refused whole, so that the one in use stays.

use std::sync::{Arc, PoisonError, RwLock};

use domain::bank_directory::BankDirectory;
use domain::clock::Instant;
use domain::config_text::FileFault;
use store::bank_directories::{self, NewVersion};
use tokio_util::sync::CancellationToken;

use crate::act::{Act, Work};
use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::workers::Notices;

/// How faults call the text that is loaded.
const FILE: &str = "directory.toml";

/// The directory in use, shared by everything in this process.
#[derive(Debug, Default)]
pub struct Directories(RwLock<Arc<InUse>>);

/// A directory and where it came from.
#[derive(Debug, Clone, Default)]
pub struct InUse {
    /// The directory.
    pub directory: BankDirectory,
    /// Who loaded it and when; `None`: it is the file's.
    pub loaded: Option<Loaded>,
}

/// How a version came into use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    place: i64,
    /// Who loaded it.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl Directories {
    /// Begins with the file's directory.
    #[must_use]
    pub fn new(directory: BankDirectory) -> Self {
        Self(RwLock::new(Arc::new(InUse { directory, loaded: None })))
    }

    /// The directory in use at this moment.
    #[must_use]
    pub fn in_use(&self) -> Arc<InUse> {
        // nothing that holds the lock can panic halfway: the directory behind it is whole
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_up(&self, next: InUse) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }
}

/// Why a directory was not loaded.
#[derive(Debug)]
pub enum NotLoaded {
    /// Every fault with its line.
    Faults(Vec<FileFault>),
    /// The database is away.
    Error(Error),
}

impl From<Error> for NotLoaded {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Loads a directory: every process uses it as soon as the act is committed. One that says what is in use already
/// changes nothing.
///
/// # Errors
/// [`NotLoaded`] with every fault of the text.
pub async fn load_bank_directory(
    act: &mut Act<'_>,
    text: &str,
) -> std::result::Result<BankDirectory, NotLoaded> {
    let directory = BankDirectory::parse(FILE, text).map_err(NotLoaded::Faults)?;
    let last = bank_directories::last(&mut act.tx).await.map_err(Error::from)?;
    if last.is_none_or(|last| last.version != directory.version) {
        let by = act.actor.clone();
        let new = NewVersion { version: &directory.version, text, loaded_by: &by, loaded_at: act.now };
        bank_directories::insert(&mut act.tx, &new).await.map_err(Error::from)?;
        act.wake(Work::BankDirectory);
    }
    Ok(directory)
}

/// Takes up the version that was loaded last, where it is not in use yet.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn take_up(centre: &Centre) -> Result<()> {
    let directories = &centre.outside.directory;
    let in_use = directories.in_use().loaded.as_ref().map(|loaded| loaded.place);
    let mut db = centre.store.read().await?;
    if bank_directories::last_place(&mut db).await? == in_use {
        return Ok(());
    }
    let Some(last) = bank_directories::last(&mut db).await? else { return Ok(()) };
    match BankDirectory::parse(FILE, &last.text) {
        Ok(directory) => {
            tracing::info!(version = last.version, by = last.loaded_by, "a bank directory is taken up");
            let loaded = Loaded { place: last.place, by: last.loaded_by, at: last.loaded_at };
            directories.take_up(InUse { directory, loaded: Some(loaded) });
        }
        // it was read before it was kept: another version of this program read it
        Err(faults) => {
            let first = faults.first().map(ToString::to_string);
            tracing::error!(first, "the bank directory that was loaded cannot be read: load it again");
        }
    }
    Ok(())
}

/// Takes up every version that is loaded, until `stop`.
pub async fn watch(centre: Arc<Centre>, notices: Arc<Notices>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = take_up(&centre).await {
            tracing::warn!(%error, "the bank directory could not be looked at; the one in use stays");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = notices.wait(Work::BankDirectory) => {}
        }
    }
}
