//! Secrets in files, read again while the program runs: a secret is changed without a restart and without a loss.
//!
//! 1. Both secrets are written into the file, the old and the new: we sign with both and believe either.
//! 2. The other side takes the new one for what it checks, then for what it signs.
//! 3. The old one is taken out of the file: from then on it is refused.
//!
//! A file that cannot be read, or holds something else, changes nothing: what was in use stays in use, and a line in
//! the log says so. The database's address is read once.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use channels::webhook::Secrets;
use tokio_util::sync::CancellationToken;

/// How often the files are read: they are few and small, and modification times lie.
const READ_EVERY: Duration = Duration::from_secs(2);

/// A file with the secrets of one party in one direction.
#[derive(Clone)]
pub struct SecretFile {
    key: String,
    path: PathBuf,
    secrets: Secrets,
}

/// What reading a file again came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reread {
    /// It holds what is in use.
    Same,
    /// So many secrets are in use now.
    Changed(usize),
    /// It cannot be used, and why; no path and no value.
    Unusable(String),
}

impl SecretFile {
    /// The file that the setting `key` names; its secrets are changed when it changes.
    #[must_use]
    pub fn new(key: String, path: PathBuf, secrets: Secrets) -> Self {
        Self { key, path, secrets }
    }

    /// Reads it again.
    #[must_use]
    pub fn read_again(&self) -> Reread {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) => return Reread::Unusable(error.to_string()),
        };
        match Secrets::parse(&text) {
            Ok(read) if *read == *self.secrets.now() => Reread::Same,
            Ok(read) => {
                let count = read.len();
                self.secrets.change(read);
                Reread::Changed(count)
            }
            Err(not_secret) => Reread::Unusable(not_secret.to_string()),
        }
    }
}

/// Without the path: it may be the secret, at the wrong place.
impl fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretFile({})", self.key)
    }
}

/// Reads the files again and again until `stop`.
pub async fn watch(files: Vec<SecretFile>, stop: CancellationToken) {
    let mut unusable = BTreeSet::new();
    while !stop.is_cancelled() {
        for file in &files {
            match file.read_again() {
                Reread::Same => drop(unusable.remove(&file.key)),
                Reread::Changed(count) => {
                    unusable.remove(&file.key);
                    tracing::info!(setting = file.key, count, "the secrets have changed");
                }
                // said once, not every two seconds
                Reread::Unusable(why) => {
                    if unusable.insert(file.key.clone()) {
                        tracing::error!(
                            setting = file.key,
                            why,
                            "the file holds no secret: those before stay in use"
                        );
                    }
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(READ_EVERY) => {}
        }
    }
}
