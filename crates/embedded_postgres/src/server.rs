//! How the server is set up and reached.

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use crate::directory::Directory;
use crate::{Durability, StartError};

/// Every cluster's first role: it may do everything.
pub(crate) const SUPERUSER: &str = "postgres";
/// `sun_path` is 108 bytes on Linux with its closing zero; macOS has four fewer.
const SOCKET_PATH_MAX_BYTES: usize = if cfg!(target_os = "macos") { 103 } else { 107 };

/// Settings of every cluster. Details are left out of the log: they quote whole rows, and so personal data.
const ALWAYS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_error_verbosity=terse",
    "unix_socket_permissions=0700",
];
const DURABLE: [&str; 1] = ["fsync=on"];
const THROWAWAY: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// Where the server listens: always on the loopback, and on a socket where its path is short enough.
#[derive(Debug)]
pub(crate) struct Address {
    port: u16,
    socket_directory: Option<PathBuf>,
    password: String,
}

impl Address {
    /// The `wanted` port must be free; the one remembered from the last run is used if it still is.
    pub(crate) fn choose(directory: &Directory, wanted: Option<u16>) -> Result<Self, StartError> {
        let port = match wanted {
            Some(port) => free(port).ok_or(StartError::PortTaken(port))?,
            None => directory
                .remembered_port()
                .and_then(free)
                .or_else(|| free(0))
                .ok_or(StartError::PortTaken(0))?,
        };
        directory.remember_port(port)?;
        let socket = directory.root.join(format!(".s.PGSQL.{port}"));
        let path = socket.as_os_str().as_encoded_bytes();
        // PostgreSQL puts the directory in quotes, and its clients take a comma for a list of hosts
        let fits = path.len() <= SOCKET_PATH_MAX_BYTES && !path.contains(&b'"') && !path.contains(&b',');
        let socket_directory = fits.then(|| directory.root.clone());
        Ok(Self { port, socket_directory, password: directory.password()? })
    }

    /// By the socket where there is one: only we may open it, and it needs no password, whose check takes
    /// a debug build a tenth of a second a connection.
    pub(crate) fn url(&self, database: &str) -> String {
        let database = percent_encoded(database.as_bytes());
        let port = self.port;
        match &self.socket_directory {
            Some(directory) => {
                let host = percent_encoded(directory.as_os_str().as_encoded_bytes());
                format!("postgres://{SUPERUSER}@{host}:{port}/{database}")
            }
            None => format!("postgres://{SUPERUSER}:{}@127.0.0.1:{port}/{database}", self.password),
        }
    }
}

/// The port, if nobody listens there; any free one for 0.
fn free(port: u16) -> Option<u16> {
    Some(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?.local_addr().ok()?.port())
}

/// What follows `postgres` on its command line.
pub(crate) fn arguments(directory: &Directory, address: &Address, durability: Durability) -> Vec<OsString> {
    let care: &[&str] = match durability {
        Durability::Durable => &DURABLE,
        Durability::Throwaway => &THROWAWAY,
    };
    let mut arguments =
        vec!["-D".into(), directory.cluster().into(), "-p".into(), address.port.to_string().into()];
    for setting in ALWAYS.iter().chain(care) {
        arguments.extend(["-c".into(), setting.into()]);
    }
    arguments.extend(["-k".into(), address.socket_directory.as_deref().map(quoted).unwrap_or_default()]);
    arguments
}

/// The setting is a list of directories: one with a comma in its name would be two.
fn quoted(directory: &Path) -> OsString {
    let mut quoted = OsString::from("\"");
    quoted.push(directory);
    quoted.push("\"");
    quoted
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
