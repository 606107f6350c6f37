//! Whom PostgreSQL runs as. It refuses root, which is whom a container or a fresh server gives us.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::StartError;

/// Accounts to borrow when we are root, the better first. One must be in /etc/passwd: `initdb` looks its own
/// name up there.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// Whom PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// As we do.
    Ourselves,
    /// Root outside, this account in a user namespace: files stay root's, so a home closed to others will do.
    Mapped(Account),
    /// This account; the files become its own.
    Other(Account),
}

/// A line of /etc/passwd.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Identity {
    pub(crate) fn find() -> Result<Self, StartError> {
        if !is_root()? {
            return Ok(Self::Ourselves);
        }
        let account = Account::find()?;
        let mapped = Self::Mapped(account.clone());
        // containers and hardened kernels forbid user namespaces
        Ok(if mapped.manages("true", &[]) { mapped } else { Self::Other(account) })
    }

    /// A command that runs `program` as this identity, in a directory everyone may enter, speaking English.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Ourselves => Command::new(program),
            Self::Mapped(account) => {
                let mut command = Command::new("unshare");
                command.arg("--user");
                command.arg(format!("--map-user={}", account.uid));
                command.arg(format!("--map-group={}", account.gid));
                command.arg("--").arg(program);
                command
            }
            Self::Other(account) => {
                let mut command = Command::new(program);
                command.uid(account.uid).gid(account.gid);
                command
            }
        };
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// Makes a file of ours the identity's own, where it is another account.
    pub(crate) fn give(&self, path: &Path) -> Result<(), StartError> {
        if let Self::Other(account) = self {
            chown(path, Some(account.uid), Some(account.gid))
                .map_err(StartError::io("give PostgreSQL", path))?;
        }
        Ok(())
    }

    pub(crate) fn require_access(&self, directory: &Path) -> Result<(), StartError> {
        let (Self::Mapped(account) | Self::Other(account)) = self else {
            return Ok(());
        };
        if self.manages("test", &["-w".as_ref(), directory]) {
            return Ok(());
        }
        Err(StartError::Unreachable { directory: directory.to_owned(), account: account.name.clone() })
    }

    fn manages(&self, program: &str, arguments: &[&Path]) -> bool {
        let mut command = self.command(program.as_ref());
        let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }
}

impl Account {
    pub(crate) fn find() -> Result<Self, StartError> {
        let passwd = Path::new("/etc/passwd");
        let accounts = fs::read_to_string(passwd).map_err(StartError::io("read", passwd))?;
        ACCOUNTS
            .iter()
            .find_map(|wanted| {
                accounts.lines().filter_map(Self::parse).find(|account| account.name == *wanted)
            })
            .ok_or(StartError::NoAccount)
    }

    /// `name:password:uid:gid:...`
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        Some(Self { name, uid: fields.nth(1)?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    }
}

pub(crate) fn is_root() -> Result<bool, StartError> {
    let said = Command::new("id").arg("-u").output();
    let said = said.map_err(|source: io::Error| StartError::Io { doing: "run id".to_owned(), source })?;
    Ok(said.stdout.trim_ascii() == b"0")
}
