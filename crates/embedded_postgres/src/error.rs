//! Why a cluster did not start, each in one line for the operator.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{error, fmt, io};

/// Why a cluster did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// No PostgreSQL on this machine.
    NotInstalled,
    /// `PG_BIN` names a directory without the server's programs.
    NoServerIn(PathBuf),
    /// We are root, PostgreSQL refuses root, and there is no account to run it as.
    NoAccount,
    /// The account PostgreSQL runs as may not enter the directory.
    Unreachable {
        /// The cluster's directory.
        directory: PathBuf,
        /// The account, as in /etc/passwd.
        account: String,
    },
    /// The directory holds something else than a cluster of ours.
    NotOurs(PathBuf),
    /// Another program runs this cluster.
    InUse(PathBuf),
    /// A server that an earlier program left behind does not stop.
    LeftBehind(PathBuf),
    /// Another program listens on the wanted port.
    PortTaken(u16),
    /// `initdb` or `postgres` ended; `said` is its own explanation.
    Ended {
        /// Which of the two.
        program: &'static str,
        /// The line in which it says why.
        said: String,
    },
    /// The server did not take connections in time.
    NotReady {
        /// How long it was given.
        waited: Duration,
        /// Where it wrote what it was doing.
        log: PathBuf,
    },
    /// The file system or the system's tools failed.
    Io {
        /// What could not be done.
        doing: String,
        /// Why.
        source: io::Error,
    },
}

impl StartError {
    /// For `map_err`: what was being done, and to which file.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let doing = format!("{doing} {}", path.display());
        move |source| Self::Io { doing, source }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, line: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => line.write_str(
                "PostgreSQL is not installed: run `apt install postgresql` (Debian, Ubuntu) or `brew install postgresql` \
                 (macOS), or set PG_BIN to the directory of its programs",
            ),
            Self::NoServerIn(directory) => {
                write!(line, "PG_BIN is {}, but initdb and postgres are not there", directory.display())
            }
            Self::NoAccount => line.write_str(
                "PostgreSQL refuses to run as root and neither `postgres` nor `nobody` is an account here: use an \
                 ordinary user",
            ),
            Self::Unreachable { directory, account } => write!(
                line,
                "PostgreSQL runs as `{account}` here, who may not enter {}: choose another data directory",
                directory.display()
            ),
            Self::NotOurs(directory) => {
                write!(line, "{} holds other files: choose an empty directory", directory.display())
            }
            Self::InUse(directory) => {
                write!(line, "another program is using the database in {}", directory.display())
            }
            Self::LeftBehind(directory) => {
                write!(line, "an earlier PostgreSQL in {} does not stop", directory.display())
            }
            Self::PortTaken(port) => write!(line, "port {port} is taken by another program"),
            Self::Ended { program, said } => write!(line, "{program} did not succeed: {said}"),
            Self::NotReady { waited, log } => {
                write!(line, "PostgreSQL was not ready after {} s; see {}", waited.as_secs(), log.display())
            }
            Self::Io { doing, source } => write!(line, "cannot {doing}: {source}"),
        }
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NotInstalled
            | Self::NoServerIn(_)
            | Self::NoAccount
            | Self::Unreachable { .. }
            | Self::NotOurs(_)
            | Self::InUse(_)
            | Self::LeftBehind(_)
            | Self::PortTaken(_)
            | Self::Ended { .. }
            | Self::NotReady { .. } => None,
        }
    }
}
