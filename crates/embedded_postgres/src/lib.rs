//! A private PostgreSQL cluster on this machine, for the demo and the tests.
//!
//! [`Cluster::start`] finds the installed PostgreSQL, makes a cluster in a directory of its own and serves it
//! until the [`Cluster`] is dropped or the program ends in any way, kill -9 included. It downloads nothing and
//! is no way to run a production database: `lanjie serve` is given a `DATABASE_URL`.
//!
//! Start at `guard` (who stops the server), then `directory` (what lies on disk and who may use it) and
//! `identity` (PostgreSQL refuses to run as root).

mod binaries;
mod directory;
mod error;
mod guard;
mod identity;
mod server;
#[cfg(test)]
mod tests;
pub mod throwaway;

use std::path::PathBuf;

use binaries::Binaries;
use directory::Directory;
pub use error::StartError;
use guard::Guard;
use identity::Identity;
use server::Address;

/// Where a cluster lives and how careful it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cluster's own directory, made where it is missing. A directory that holds anything else is refused.
    pub data_dir: PathBuf,
    /// The port on the loopback. `None`: the one used last time, else any free one.
    pub port: Option<u16>,
    /// What a crash may cost.
    pub durability: Durability,
}

/// What a crash may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A commit is on disk before it is answered; the data stay when the cluster stops.
    Durable,
    /// Nothing is waited for, and the directory is removed when the cluster stops.
    Throwaway,
}

/// A running cluster. Dropping it stops the server and waits until it is down.
#[derive(Debug)]
pub struct Cluster {
    // fields drop in this order: the server is down before another program may take the directory
    _guard: Guard,
    _directory: Directory,
    address: Address,
}

impl Cluster {
    /// Starts the cluster, recovering it first where the last run was killed. Blocks until it takes
    /// connections: about two seconds the first time, then half a second.
    ///
    /// # Errors
    /// [`StartError`], whose text is one line for the operator.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        Self::start_as(Identity::find()?, &settings)
    }

    fn start_as(identity: Identity, settings: &Settings) -> Result<Self, StartError> {
        let binaries = Binaries::find()?;
        let directory = Directory::open(&settings.data_dir, &identity)?;
        let predecessor_gone = directory.outlast_predecessor(&binaries, &identity)?;
        directory.initialize(&binaries, &identity, &predecessor_gone, settings.durability)?;
        let address = Address::choose(&directory, settings.port)?;
        let arguments = server::arguments(&directory, &address, settings.durability);
        let guarded = guard::Guarded {
            postgres: &binaries.program("postgres"),
            arguments: &arguments,
            held: predecessor_gone,
            remove_after: settings.durability == Durability::Throwaway,
        };
        let guard = Guard::start(&directory, &identity, guarded)?;
        Ok(Self { _guard: guard, _directory: directory, address })
    }

    /// The address of one database, for any PostgreSQL client. The cluster begins with the database `postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.address.url(database)
    }

    /// Stops the server: open transactions are rolled back, and it returns once everything is on disk.
    pub fn stop(self) {
        drop(self);
    }
}
