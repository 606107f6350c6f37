//! Where PostgreSQL is installed.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::StartError;

/// The directory of `initdb`, `postgres` and `pg_ctl`.
#[derive(Debug)]
pub(crate) struct Binaries(PathBuf);

impl Binaries {
    /// `PG_BIN` where it is set; else the newest of Debian's, the PATH, the newest of Homebrew's.
    pub(crate) fn find() -> Result<Self, StartError> {
        if let Some(named) = env::var_os("PG_BIN").map(PathBuf::from) {
            return if is_server(&named) { Ok(Self(named)) } else { Err(StartError::NoServerIn(named)) };
        }
        let path = env::var_os("PATH").unwrap_or_default();
        // Debian keeps the server's programs out of the PATH, and so does Homebrew
        newest_first("/usr/lib/postgresql", "")
            .into_iter()
            .chain(env::split_paths(&path))
            .chain(newest_first("/opt/homebrew/opt", "postgresql@"))
            .chain(newest_first("/usr/local/opt", "postgresql@"))
            .find(|directory| is_server(directory))
            .map(Self)
            .ok_or(StartError::NotInstalled)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn is_server(directory: &Path) -> bool {
    directory.join("initdb").is_file() && directory.join("postgres").is_file()
}

/// `<parent>/<prefix><version>/bin`, the highest version first.
fn newest_first(parent: &str, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, directory)| directory).collect()
}
