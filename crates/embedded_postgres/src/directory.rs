//! What lies on disk, and who may use it.
//!
//! ```text
//! lock            held by the program: two programs never share a cluster
//! server.lock     held by every process of the server, and by initdb: once it is ours, none of them lives
//! initializing    there while initdb runs: a half-made cluster is made again
//! cluster/        PostgreSQL's own files
//! port, password  remembered from the first start
//! postgresql.log  what the server says
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::binaries::Binaries;
use crate::identity::Identity;
use crate::server::SUPERUSER;
use crate::{Durability, StartError};

/// How long a server left behind by a killed program may take to write its data down.
const PREDECESSOR_PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
/// macOS knows no C.UTF-8; its C orders and classifies alike.
const LOCALE: &str = if cfg!(target_os = "macos") { "C" } else { "C.UTF-8" };

/// A cluster's directory, ours until dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) root: PathBuf,
    _lock: File,
}

impl Directory {
    /// Makes the directory where it is missing and takes it for this program.
    pub(crate) fn open(root: &Path, identity: &Identity) -> Result<Self, StartError> {
        // the parents stay open to others: PostgreSQL may have to pass them under another account
        let made = root.parent().map_or(Ok(()), fs::create_dir_all);
        match made.and_then(|()| DirBuilder::new().mode(0o700).create(root)) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
                return Err(StartError::io("make the directory", root)(source));
            }
            Ok(()) | Err(_) => {}
        }
        let root = root.canonicalize().map_err(StartError::io("open the directory", root))?;
        let lock_path = root.join("lock");
        if !lock_path.exists() {
            let mut files = fs::read_dir(&root).map_err(StartError::io("read the directory", &root))?;
            if files.next().is_some() {
                return Err(StartError::NotOurs(root));
            }
            identity.give(&root)?;
        }
        identity.require_access(&root)?;
        let lock = private_file(&lock_path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse(root)),
            Err(TryLockError::Error(source)) => Err(StartError::io("lock", &lock_path)(source)),
        }
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("postgresql.log")
    }

    /// `postmaster.pid`: its lines are documented in the server's `pidfile.h`.
    pub(crate) fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    /// Waits until no process of an earlier server lives. After a kill -9 of the program its guard is stopping
    /// it already; where the guard was killed too, we stop it. The lock returned must be handed to the next server.
    pub(crate) fn outlast_predecessor(
        &self,
        binaries: &Binaries,
        identity: &Identity,
    ) -> Result<File, StartError> {
        let path = self.root.join("server.lock");
        let lock = private_file(&path)?;
        let given_up = Instant::now() + PREDECESSOR_PATIENCE;
        let mut asked = false;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(StartError::io("lock", &path)(source)),
                Err(TryLockError::WouldBlock) if Instant::now() > given_up => {
                    return Err(StartError::LeftBehind(self.root.clone()));
                }
                Err(TryLockError::WouldBlock) if asked => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => {
                    let mut stop = identity.command(&binaries.program("pg_ctl"));
                    stop.args(["stop", "--mode=fast", "--no-wait", "--silent", "-D"]).arg(self.cluster());
                    // it fails where the server is gone by now: the lock tells
                    asked = stop.output().is_ok();
                }
            }
        }
        // Stale by proof of the lock. PostgreSQL itself only asks whether the number in it is a living process,
        // which after a reboot or in a new container may be anybody.
        match fs::remove_file(self.pid_file()) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(StartError::io("remove", &self.pid_file())(source))
            }
            Ok(()) | Err(_) => Ok(lock),
        }
    }

    /// Makes the cluster, unless it is there whole.
    pub(crate) fn initialize(
        &self,
        binaries: &Binaries,
        identity: &Identity,
        predecessor_gone: &File,
        durability: Durability,
    ) -> Result<(), StartError> {
        let (cluster, marker) = (self.cluster(), self.root.join("initializing"));
        if cluster.join("PG_VERSION").exists() && !marker.exists() {
            return Ok(());
        }
        private_file(&marker)?;
        match fs::remove_dir_all(&cluster) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(StartError::io("remove the half-made", &cluster)(source));
            }
            Ok(()) | Err(_) => {}
        }
        self.make_password(identity)?;
        let mut initdb = identity.command(&binaries.program("initdb"));
        initdb.arg("-D").arg(&cluster).arg("--pwfile").arg(self.password_file());
        initdb.args(["--username", SUPERUSER, "--encoding=UTF8", "--locale", LOCALE]);
        initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]);
        if durability == Durability::Throwaway {
            initdb.arg("--no-sync");
        }
        // held as its input, so that an initdb that outlives us is waited for as well
        let held = predecessor_gone.try_clone().map_err(StartError::io("lock", &self.root))?;
        let output =
            initdb.stdin(Stdio::from(held)).output().map_err(StartError::io("run initdb for", &cluster))?;
        if !output.status.success() {
            let said = complaint(&String::from_utf8_lossy(&output.stderr));
            return Err(StartError::Ended { program: "initdb", said });
        }
        fs::remove_file(&marker).map_err(StartError::io("remove", &marker))
    }

    pub(crate) fn remembered_port(&self) -> Option<u16> {
        fs::read_to_string(self.root.join("port")).ok()?.trim().parse().ok()
    }

    pub(crate) fn remember_port(&self, port: u16) -> Result<(), StartError> {
        let path = self.root.join("port");
        fs::write(&path, format!("{port}\n")).map_err(StartError::io("write", &path))
    }

    pub(crate) fn password(&self) -> Result<String, StartError> {
        let path = self.password_file();
        fs::read_to_string(&path).map_err(StartError::io("read", &path))
    }

    fn password_file(&self) -> PathBuf {
        self.root.join("password")
    }

    /// 128 random bits in hexadecimal.
    fn make_password(&self, identity: &Identity) -> Result<(), StartError> {
        let (source, path) = (Path::new("/dev/urandom"), self.password_file());
        let mut random = [0_u8; 16];
        let read = File::open(source).and_then(|mut file| file.read_exact(&mut random));
        read.map_err(StartError::io("read", source))?;
        let mut file = private_file(&path)?;
        let written = write!(file, "{:032x}", u128::from_ne_bytes(random));
        written.map_err(StartError::io("write", &path))?;
        identity.give(&path)
    }
}

/// Opens or makes a file that nobody else can read.
fn private_file(path: &Path) -> Result<File, StartError> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    opened.map_err(StartError::io("write", path))
}

/// The line in which a PostgreSQL program says what is wrong, else its last one.
pub(crate) fn complaint(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let wrong = ["FATAL:", "PANIC:", "error:"];
    let found = lines().find_map(|line| wrong.iter().find_map(|word| Some(line.split_once(word)?.1.trim())));
    found.or_else(|| lines().next_back()).unwrap_or("it gave no reason").to_owned()
}
