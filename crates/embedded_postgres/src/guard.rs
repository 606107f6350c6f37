//! The guard: a shell between us and the server, which stops the server when we end in any way.
//!
//! Its standard input is a pipe that only we hold. The kernel closes it when we end, kill -9 included, and the
//! guard sends SIGINT, PostgreSQL's fast shutdown. (`PR_SET_PDEATHSIG` is tied to the thread that started the
//! child, not to the program.) Guard and server are a process group of their own: Ctrl-C in the terminal reaches
//! us alone, so that we can drain before the database goes.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::StartError;
use crate::directory::{Directory, complaint};
use crate::identity::Identity;

/// How long recovery after a crash may take.
const READY_PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(5);
/// The line of `postmaster.pid` that holds the server's state, counted from 0.
const STATUS_LINE: usize = 7;

/// `$1`: the directory to remove at the end, or empty; then the server's command line.
/// The signal is repeated, as a shell starts its background children deaf to it and PostgreSQL needs a moment
/// until it listens. Only server and guard inherit the output, which is `server.lock`: the watcher would hold
/// it longer.
const SCRIPT: &str = r#"
remove=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & server=$!
(read -r _ <&3; while kill -INT "$server"; do sleep 1; done) >/dev/null 2>&1 & watcher=$!
wait "$server"; status=$?
kill "$watcher"
test -z "$remove" || rm -rf -- "$remove"
exit "$status"
"#;

/// What the guard starts.
pub(crate) struct Guarded<'a> {
    pub(crate) postgres: &'a Path,
    pub(crate) arguments: &'a [OsString],
    /// The server's lock, inherited by all its processes.
    pub(crate) held: File,
    pub(crate) remove_after: bool,
}

/// A guarded server. Dropping it stops the server and waits for the end.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    /// Starts the server and waits until it takes connections.
    pub(crate) fn start(
        directory: &Directory,
        identity: &Identity,
        guarded: Guarded<'_>,
    ) -> Result<Self, StartError> {
        let log_path = directory.log();
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&log_path)
            .map_err(StartError::io("write", &log_path))?;
        let begin = log.metadata().map_err(StartError::io("read", &log_path))?.len();
        let mut command = identity.command(Path::new("/bin/sh"));
        command.args(["-c", SCRIPT, "postgres-guard"]);
        command.arg(if guarded.remove_after { directory.root.as_os_str() } else { "".as_ref() });
        command.arg(guarded.postgres).args(guarded.arguments);
        command.process_group(0).stdin(Stdio::piped()).stdout(guarded.held).stderr(log);
        let child = command.spawn().map_err(StartError::io("start", guarded.postgres))?;
        let mut guard = Self(child);
        let log = Log { path: log_path, begin };
        guard.await_ready(directory, &log)?;
        Ok(guard)
    }

    fn await_ready(&mut self, directory: &Directory, log: &Log) -> Result<(), StartError> {
        let given_up = Instant::now() + READY_PATIENCE;
        while !is_ready(&directory.pid_file()) {
            if self.0.try_wait().map_err(StartError::io("watch", &log.path))?.is_some() {
                return Err(StartError::Ended { program: "postgres", said: complaint(&log.since_start()) });
            }
            if Instant::now() > given_up {
                return Err(StartError::NotReady { waited: READY_PATIENCE, log: log.path.clone() });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // wait() closes the guard's input first; it fails only if the guard is gone already
        drop(self.0.wait());
    }
}

/// The server's log, of which this run wrote what follows `begin`.
struct Log {
    path: PathBuf,
    begin: u64,
}

impl Log {
    fn since_start(&self) -> String {
        let mut text = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.begin))?;
            file.read_to_end(&mut text)
        });
        match read {
            Ok(_) => String::from_utf8_lossy(&text).into_owned(),
            Err(_) => format!("see {}", self.path.display()),
        }
    }
}

fn is_ready(pid_file: &Path) -> bool {
    let said = fs::read_to_string(pid_file).unwrap_or_default();
    said.lines().nth(STATUS_LINE).is_some_and(|status| status.trim() == "ready")
}
