//! Real clusters, started, stopped and killed. As root each way to leave root is tried; else there is but one.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, fs};

use crate::binaries::Binaries;
use crate::identity::{Account, Identity, is_root};
use crate::{Cluster, Durability, Settings, StartError, throwaway};

/// Tells the test binary, run again as another program, which cluster to hold.
const HELD_DIR: &str = "EMBEDDED_POSTGRES_HELD_DIR";

/// A directory that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("pg-{test}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    fn settings(&self) -> Settings {
        Settings { data_dir: self.0.join("postgres"), port: None, durability: Durability::Durable }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// What psql prints for `sql`.
fn query(url: &str, sql: &str) -> String {
    let psql = Binaries::find().unwrap().program("psql");
    let output = Command::new(psql).args([url, "-XtAqc", sql]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn kill_9(process: &str) {
    assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
}

fn postmaster(settings: &Settings) -> String {
    let pid_file = fs::read_to_string(settings.data_dir.join("cluster/postmaster.pid")).unwrap();
    pid_file.lines().next().unwrap().to_owned()
}

/// Another program that holds the cluster: this test binary again, in the test below.
/// Its output is kept open, or it would fail to report.
fn start_elsewhere(settings: &Settings) -> (Child, BufReader<ChildStdout>) {
    let mut other = Command::new(env::current_exe().unwrap())
        .args(["--exact", "tests::another_program_holds_a_cluster", "--ignored", "--nocapture"])
        .env(HELD_DIR, &settings.data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(other.stdout.take().unwrap());
    let holds = output.by_ref().lines().any(|line| line.unwrap().contains("holding"));
    assert!(holds, "the other program holds no cluster");
    (other, output)
}

#[test]
#[ignore = "not a test: what the other program does in the tests that kill it"]
fn another_program_holds_a_cluster() {
    let data_dir = PathBuf::from(env::var_os(HELD_DIR).unwrap());
    let settings = Settings { data_dir, port: None, durability: Durability::Durable };
    let cluster = Cluster::start(settings).unwrap();
    println!("holding");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    cluster.stop();
}

fn keeps_its_data_and_its_port(settings: &Settings, identity: &Identity) {
    let cluster = Cluster::start_as(identity.clone(), settings).unwrap();
    let url = cluster.url("postgres");
    query(&url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
    assert_eq!(query(&url, "SHOW fsync"), "on");
    assert_eq!(query(&url, "SHOW timezone"), "UTC");
    assert_eq!(query(&url, "SHOW server_encoding"), "UTF8");
    assert_eq!(query(&url, "SHOW listen_addresses"), "127.0.0.1");
    cluster.stop();
    assert!(!settings.data_dir.join("cluster/postmaster.pid").exists(), "the server is still up");
    let again = Cluster::start_as(identity.clone(), settings).unwrap();
    assert_eq!(again.url("postgres"), url);
    assert_eq!(query(&url, "SELECT word FROM kept"), "here");
}

#[test]
fn a_cluster_keeps_its_data_and_its_port() {
    let scratch = Scratch::new("keeps");
    keeps_its_data_and_its_port(&scratch.settings(), &Identity::find().unwrap());
}

#[test]
fn root_can_borrow_an_account_where_user_namespaces_are_forbidden() {
    if is_root().unwrap() {
        let scratch = Scratch::new("account");
        keeps_its_data_and_its_port(&scratch.settings(), &Identity::Other(Account::find().unwrap()));
    }
}

#[test]
fn an_account_that_may_not_enter_is_named() {
    if is_root().unwrap() {
        let scratch = Scratch::new("closed");
        fs::set_permissions(&scratch.0, fs::Permissions::from_mode(0o700)).unwrap();
        let refused =
            Cluster::start_as(Identity::Other(Account::find().unwrap()), &scratch.settings()).unwrap_err();
        assert!(matches!(refused, StartError::Unreachable { .. }), "{refused}");
    }
}

#[test]
fn a_second_program_is_refused_and_the_first_goes_on() {
    let scratch = Scratch::new("second");
    let settings = scratch.settings();
    let (mut other, _output) = start_elsewhere(&settings);
    let refused = Cluster::start(settings.clone()).unwrap_err();
    assert!(refused.to_string().starts_with("another program is using the database in"), "{refused}");
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    Cluster::start(settings).unwrap().stop();
}

#[test]
fn a_cluster_recovers_after_its_program_was_killed() {
    let scratch = Scratch::new("program");
    let settings = scratch.settings();
    let (mut other, _output) = start_elsewhere(&settings);
    kill_9(&other.id().to_string());
    other.wait().unwrap();
    let cluster = Cluster::start(settings).unwrap();
    assert_eq!(query(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_cluster_recovers_after_the_server_was_killed() {
    let scratch = Scratch::new("server");
    let settings = scratch.settings();
    let cluster = Cluster::start(settings.clone()).unwrap();
    query(&cluster.url("postgres"), "CREATE TABLE kept AS SELECT 'here' AS word");
    kill_9(&postmaster(&settings));
    cluster.stop();
    let cluster = Cluster::start(settings).unwrap();
    assert_eq!(query(&cluster.url("postgres"), "SELECT word FROM kept"), "here");
}

#[test]
fn a_cluster_recovers_after_program_and_guard_were_killed_and_the_server_lives_on() {
    let scratch = Scratch::new("orphan");
    let settings = scratch.settings();
    let (mut other, _output) = start_elsewhere(&settings);
    let server = postmaster(&settings);
    let parent = Command::new("ps").args(["-o", "ppid=", "-p", &server]).output().unwrap();
    let guard = String::from_utf8(parent.stdout).unwrap();
    let watchers = Command::new("ps").args(["-o", "pid=", "--ppid", guard.trim()]).output().unwrap();
    kill_9(guard.trim());
    let watchers = String::from_utf8(watchers.stdout).unwrap();
    watchers.split_whitespace().filter(|process| *process != server).for_each(kill_9);
    kill_9(&other.id().to_string());
    other.wait().unwrap();
    let cluster = Cluster::start(settings.clone()).unwrap();
    assert_ne!(postmaster(&settings), server);
    assert_eq!(query(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_cluster_half_made_is_made_again() {
    let scratch = Scratch::new("half");
    let settings = scratch.settings();
    Cluster::start(settings.clone()).unwrap().stop();
    fs::write(settings.data_dir.join("initializing"), "").unwrap();
    fs::remove_file(settings.data_dir.join("cluster/postgresql.conf")).unwrap();
    let cluster = Cluster::start(settings).unwrap();
    assert_eq!(query(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_process_number_left_in_the_pid_file_is_not_mistaken_for_a_server() {
    let scratch = Scratch::new("stale");
    let settings = scratch.settings();
    Cluster::start(settings.clone()).unwrap().stop();
    let alive = format!("{}\n", std::process::id());
    fs::write(settings.data_dir.join("cluster/postmaster.pid"), alive).unwrap();
    Cluster::start(settings).unwrap();
}

#[test]
fn a_directory_with_other_files_is_refused_and_left_alone() {
    let scratch = Scratch::new("garbage");
    let settings = scratch.settings();
    let precious = settings.data_dir.join("precious");
    fs::create_dir(&settings.data_dir).unwrap();
    fs::write(&precious, "letters").unwrap();
    let refused = Cluster::start(settings).unwrap_err();
    assert!(refused.to_string().ends_with("holds other files: choose an empty directory"), "{refused}");
    assert_eq!(fs::read_to_string(precious).unwrap(), "letters");
}

#[test]
fn a_server_that_cannot_start_is_explained_in_one_line() {
    let scratch = Scratch::new("broken");
    let settings = scratch.settings();
    Cluster::start(settings.clone()).unwrap().stop();
    fs::write(settings.data_dir.join("cluster/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let refused = Cluster::start(settings).unwrap_err().to_string();
    assert!(refused.starts_with("postgres did not succeed: ") && !refused.contains('\n'), "{refused}");
}

#[test]
fn a_wanted_port_that_is_taken_is_named_and_a_remembered_one_is_replaced() {
    let scratch = Scratch::new("port");
    let settings = scratch.settings();
    Cluster::start(settings.clone()).unwrap().stop();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().port();
    let refused = Cluster::start(Settings { port: Some(taken), ..settings.clone() }).unwrap_err();
    assert_eq!(refused.to_string(), format!("port {taken} is taken by another program"));
    fs::write(settings.data_dir.join("port"), taken.to_string()).unwrap();
    let cluster = Cluster::start(settings).unwrap();
    assert_eq!(query(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_path_too_long_for_a_socket_is_served_on_the_loopback_with_a_password() {
    let scratch = Scratch::new("long");
    let data_dir = scratch.0.join("long, ".repeat(20));
    let cluster = Cluster::start(Settings { data_dir, ..scratch.settings() }).unwrap();
    let url = cluster.url("postgres");
    assert!(url.contains("@127.0.0.1:"), "{url}");
    assert_eq!(query(&url, "SELECT 1"), "1");
}

#[test]
fn a_directory_with_an_odd_name_is_served() {
    let scratch = Scratch::new("odd");
    let data_dir = scratch.0.join("演练 50%/data");
    let cluster = Cluster::start(Settings { data_dir, ..scratch.settings() }).unwrap();
    assert_eq!(query(&cluster.url("postgres"), "SELECT 1"), "1");
}

#[test]
fn a_throwaway_cluster_leaves_nothing() {
    let cluster = throwaway::start().unwrap();
    let root = cluster._directory.root.clone();
    assert_eq!(query(&cluster.url("postgres"), "SHOW fsync"), "off");
    cluster.stop();
    assert!(!root.exists());
}

#[test]
fn the_shared_cluster_is_one() {
    assert_eq!(throwaway::shared().url("a b"), throwaway::shared().url("a b"));
    assert_eq!(query(&throwaway::shared().url("postgres"), "SELECT 1"), "1");
}
