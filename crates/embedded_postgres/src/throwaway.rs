//! Clusters that leave nothing: for the tests, one a process, made at first use and gone with the process.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, process};

use crate::{Cluster, Durability, Settings, StartError};

/// The cluster of this test process. Each test makes a database of its own in it.
///
/// # Panics
/// With the reason in one line, if no cluster can be started here.
#[must_use]
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| start().unwrap_or_else(|error| panic!("{error}")))
}

/// A cluster in the system's temporary directory.
///
/// # Errors
/// As [`Cluster::start`].
pub fn start() -> Result<Cluster, StartError> {
    // process numbers come again, and a directory may have been left by a crash of the machine
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let name = format!("postgres-{}-{now:x}", process::id());
    let data_dir = env::temp_dir().join(name);
    Cluster::start(Settings { data_dir, port: None, durability: Durability::Throwaway })
}
