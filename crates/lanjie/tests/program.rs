//! The program itself, as a newcomer meets it: started, used over HTTP, killed, started again.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use world::api::Api;

/// Longer than the slowest machine takes to make a database.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a child process is looked at: it sends nothing when it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A directory that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lanjie-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a directory can be made");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn lanjie() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanjie"));
    // nothing of the machine's own configuration
    command.env_remove("DATABASE_URL").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    lanjie().args(arguments).output().expect("the program starts")
}

/// A demo that ends with the test.
struct Demo {
    child: Child,
    written: Value,
}

impl Demo {
    async fn start(port: u16, data_dir: &Path) -> Self {
        Self::start_with(port, data_dir, &[]).await
    }

    /// Starts with these settings in the environment.
    async fn start_with(port: u16, data_dir: &Path, settings: &[(&str, &Path)]) -> Self {
        let file = data_dir.join("demo.json");
        let child = lanjie()
            .args(["demo", "--no-replay", "--port", &port.to_string(), "--data-dir"])
            .arg(data_dir)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let written = timeout(PATIENCE, async {
            loop {
                // at a second start the file of the first is there before anybody listens
                if let (Ok(_), Ok(text)) =
                    (TcpStream::connect(("127.0.0.1", port)), std::fs::read_to_string(&file))
                {
                    return serde_json::from_str(&text).expect("demo.json is written whole");
                }
                sleep(LOOK_EVERY).await;
            }
        });
        Self { child, written: written.await.expect("the demo comes up") }
    }

    fn dispatcher(&self) -> Api {
        self.of("dispatcher")
    }

    fn of(&self, role: &str) -> Api {
        self.with(&self.written["tokens"][role][0])
    }

    fn carrier(&self) -> Api {
        self.with(&self.written["tokens"]["source"]["CMCC"])
    }

    fn with(&self, token: &Value) -> Api {
        let text = |value: &Value| value.as_str().expect("demo.json says so").to_owned();
        Api::new(text(&self.written["base_url"]), text(token))
    }

    /// What the operations address shows as metrics.
    async fn metrics(&self) -> String {
        let operations = self.written["ops_url"].as_str().expect("demo.json says so");
        Api::new(operations, "").text("/metrics").await.expect("the operations address answers")
    }

    /// Waits until the operations address says that the engine is at work.
    async fn beats(&self) {
        let text = |member: &str| self.written[member].as_str().expect("demo.json says so").to_owned();
        let operations = Api::new(text("ops_url"), String::new());
        let beating = async {
            while !operations.get("/heartbeat").await.is_ok_and(|answer| answer.status == 200) {
                sleep(LOOK_EVERY).await;
            }
        };
        timeout(PATIENCE, beating).await.expect("the engine beats");
    }

    async fn ended(&mut self) -> Option<i32> {
        let end = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("the child is ours") {
                    return status.code();
                }
                sleep(LOOK_EVERY).await;
            }
        };
        timeout(PATIENCE, end).await.expect("it ends")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port with a free one above it.
fn port() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        if port.checked_add(1).is_some_and(|above| TcpListener::bind(("127.0.0.1", above)).is_ok()) {
            return port;
        }
    }
}

/// The order as it stands once the bank has answered.
async fn answered(desk: &Api, order: &str) -> Value {
    let path = format!("/v1/stop-payments/{order}");
    let answer = async {
        loop {
            let read = desk.get(&path).await.expect("the gateway answers").body;
            if read["status"] != "submitted" {
                return read;
            }
            sleep(LOOK_EVERY).await;
        }
    };
    timeout(PATIENCE, answer).await.expect("the bank answers")
}

#[tokio::test]
async fn a_demo_that_was_killed_goes_on_where_it_was_and_then_stops_cleanly() {
    let (scratch, port) = (Scratch::new("demo"), port());
    let mut demo = Demo::start(port, &scratch.0).await;
    demo.beats().await;
    let call = json!({
        "caller_phone": "13847200001", "division_code": "150203",
        "transfers": [{
            "payee": { "kind": "bank_card", "number": "6228482601815908309", "holder": "李某" },
            "amount": { "amount": "128000.00", "currency": "CNY" }, "transferred_at": "2026-03-01T22:05:00+08:00",
        }],
    });
    let taken = demo.dispatcher().post("/v1/calls", &call).await.expect("the gateway answers");
    assert_eq!(taken.status.as_u16(), 201, "{}", taken.body);
    let order = taken.body["stop_payments"][0]["id"].as_str().expect("an order was made").to_owned();
    let before = answered(&demo.dispatcher(), &order).await;
    assert_eq!(before["status"], "active");
    let verify = |more: &[&str]| {
        let url = demo.written["database_url"].as_str().expect("demo.json says so");
        let asked = lanjie().args(["audit", "verify"]).args(more).env("DATABASE_URL", url).output();
        asked.expect("the program starts")
    };
    let sealed = async {
        loop {
            let whole = verify(&[]);
            let said = String::from_utf8(whole.stdout).expect("it says so in UTF-8");
            assert!(whole.status.success() && said.starts_with("the record is whole: "), "{said}");
            if said.contains(", 0 wait for their seal") {
                return said;
            }
            sleep(LOOK_EVERY).await;
        }
    };
    let said = timeout(PATIENCE, sealed).await.expect("the engine seals");
    let (_, head) = said.trim_end().rsplit_once("head ").expect("it says where the record ends");
    assert!(verify(&["--head", head]).status.success());
    let altered = verify(&["--head", &"a".repeat(64)]);
    let said = String::from_utf8(altered.stderr).expect("it says so in UTF-8");
    assert!(!altered.status.success() && said.starts_with("lanjie: the record was altered: "), "{said}");
    demo.child.kill().expect("it can be killed");
    let _ = demo.ended().await;

    let mut again = Demo::start(port, &scratch.0).await;
    assert_eq!(again.written["tokens"], demo.written["tokens"], "the same people come back");
    assert_eq!(answered(&again.dispatcher(), &order).await, before);
    let polite = Command::new("kill").arg(again.child.id().to_string()).status().expect("kill is there");
    assert!(polite.success());
    assert_eq!(again.ended().await, Some(0));
}

const GRADING: &str = include_str!("../../../config/grading.toml");

/// What the rules in use say to a call in the night, once they are, or are no longer, the version `before`.
async fn explained(desk: &Api, is_wanted: impl Fn(&Value) -> bool) -> Value {
    let alert = json!({
        "source_ref": "CMCC-NM-1", "observed_at": "2026-03-01T23:02:11+08:00", "kind": "call",
        "subject": { "phone": "13847200001" },
    });
    let wanted = async {
        loop {
            let told = desk.post("/v1/grading/explain", &alert).await.expect("the gateway answers").body;
            if is_wanted(&told) {
                return told;
            }
            sleep(LOOK_EVERY).await;
        }
    };
    timeout(PATIENCE, wanted).await.expect("the file is taken up")
}

#[tokio::test]
async fn changed_grading_rules_count_without_a_restart_and_bad_ones_change_nothing_and_are_told_of() {
    let (scratch, port) = (Scratch::new("rules"), port());
    let file = scratch.0.join("grading.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("the rules can be written");
    write(GRADING);
    let demo = Demo::start_with(port, &scratch.0.join("data"), &[("LANJIE__GRADING__RULES", &file)]).await;
    let auditor = demo.of("auditor");
    let first = explained(&auditor, |_| true).await;
    assert_eq!((&first["score"], &first["tier"]), (&json!(13), &json!("low")), "a call, and night: {first}");

    // weights and thresholds change together: whoever saw half of the file would grade it low or high
    write(&GRADING.replace("weight = 8\n", "weight = 80\n").replace("high = 65", "high = 200"));
    let second = explained(&auditor, |told| told["rules_version"] != first["rules_version"]).await;
    assert_eq!((&second["score"], &second["tier"]), (&json!(85), &json!("medium")), "{second}");

    let bad = GRADING.replace("age >= 60", "agee >= 60");
    let line = 1 + bad.lines().position(|line| line.contains("agee")).expect("the rule is there");
    write(&bad);
    let told_of = async {
        loop {
            let grading = auditor.get("/v1/grading").await.expect("the gateway answers").body;
            if grading["pending_error"] != Value::Null {
                return grading;
            }
            sleep(LOOK_EVERY).await;
        }
    };
    let grading = timeout(PATIENCE, told_of).await.expect("the fault is told of");
    let expected = format!("grading.toml:{line}: unknown signal \"agee\": did you mean \"age\"?");
    let said = grading["pending_error"].as_str().expect("in words");
    assert!(said.ends_with(&expected), "{said}");
    assert_eq!(grading["rules_version"], second["rules_version"], "the former rules stay");
    assert_eq!(explained(&auditor, |_| true).await, second);
    let metrics = demo.metrics().await;
    for figure in [
        "grading_rules_files_total{result=\"taken_up\"} 1",
        "grading_rules_files_total{result=\"refused\"} 1",
        "grading_rules_file_refused 1",
    ] {
        assert!(metrics.contains(figure), "{figure}\n{metrics}");
    }
    let log = std::fs::read_to_string(scratch.0.join("data/lanjie.log")).expect("the demo keeps a log");
    assert!(log.contains("the former rules stay"), "{log}");

    write(GRADING);
    let third = explained(&auditor, |told| told["rules_version"] != second["rules_version"]).await;
    assert_eq!(third, first);
    let grading = auditor.get("/v1/grading").await.expect("the gateway answers").body;
    assert_eq!(grading["pending_error"], Value::Null);
    assert!(demo.metrics().await.contains("grading_rules_file_refused 0"));
}

/// A course of a few texts, for a test that wants another reader than the shipped one.
fn write_course(directory: &Path) {
    std::fs::create_dir_all(directory.join("corpus")).expect("a directory can be made");
    let hand = "@brushing_rebate sms\n刷单赚佣金\n做刷单返佣金\n@none sms\n晚上吃饭\n晚上回家吃饭\n";
    for (name, text) in [
        ("lexicon.txt", "[work]\n刷单 佣金\n"),
        ("fillers.txt", ""),
        ("everyday.txt", "@none sms\n明天一起吃饭\n"),
        ("rough.txt", ""),
        ("challenge.txt", ""),
        ("corpus/hand.txt", hand),
    ] {
        std::fs::write(directory.join(name), text).expect("a course can be written");
    }
}

#[tokio::test]
async fn what_closed_incidents_teach_is_learnt_by_one_command_and_reads_without_a_restart() {
    let (scratch, port) = (Scratch::new("texts"), port());
    let (course, model) = (scratch.0.join("course"), scratch.0.join("model.bin"));
    write_course(&course);
    let learn = |more: &[&str], settings: &[(&str, &str)]| {
        let mut command = lanjie();
        let asked = command.args(["grading", "learn", "--from"]).arg(&course).arg("--write").arg(&model);
        let ran = asked.args(more).envs(settings.iter().copied()).output().expect("the program starts");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("it says so in UTF-8")
    };
    assert!(learn(&[], &[]).contains("learnt from 4 texts"));
    let demo =
        Demo::start_with(port, &scratch.0.join("data"), &[("LANJIE__GRADING__TEXT_MODEL", &model)]).await;
    let (dispatcher, carrier) = (demo.dispatcher(), demo.carrier());
    let alert = json!({
        "source_ref": "CMCC-LESSON-1", "observed_at": "2026-03-01T15:02:11+08:00", "kind": "sms",
        "subject": { "phone": "13847200002" }, "text": "合唱团周三排练改到二楼",
    });
    let opened = carrier.post("/v1/alerts", &alert).await.expect("the gateway answers").body;
    let incident = opened["incident"]["id"].as_str().expect("an alert opens an incident");
    let closing = json!({ "outcome": "not_fraud" });
    let closed = dispatcher.post(&format!("/v1/incidents/{incident}/close"), &closing).await;
    assert_eq!(closed.expect("the gateway answers").status, 200);

    let read = |wanted: &'static str| {
        let (auditor, alert) = (demo.of("auditor"), &alert);
        async move {
            loop {
                let told =
                    auditor.post("/v1/grading/explain", alert).await.expect("the gateway answers").body;
                if wanted != told["text"]["model"] {
                    return told["text"]["model"].as_str().expect("a reading names its model").to_owned();
                }
                sleep(LOOK_EVERY).await;
            }
        }
    };
    let first = read("").await;
    let database = demo.written["database_url"].as_str().expect("demo.json says so");
    let told = learn(&["--since", "2026-01-01T00:00:00+08:00"], &[("LANJIE__DATABASE__URL", database)]);
    assert!(told.contains("of these 1 texts of closed incidents"), "{told}");
    let version = |which: &str| told.lines().find_map(|line| line.strip_prefix(which)).expect("it is told");
    assert!(version("new ").starts_with(|digit: char| digit.is_ascii_hexdigit()), "{told}");
    let first: &'static str = first.leak();
    let second = timeout(PATIENCE, read(first)).await.expect("the file is taken up");
    assert!(version("new ").starts_with(&second), "{second}: {told}");

    std::fs::write(&model, "half a model").expect("it can be written");
    let refused = async {
        while !demo.metrics().await.contains("text_model_file_refused 1") {
            sleep(LOOK_EVERY).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("the fault is told of");
    assert_eq!(read(first).await, second, "the former model stays");
}

#[tokio::test]
async fn a_drill_runs_through_the_running_services_and_the_same_seed_is_the_same_race() {
    let scratch = Scratch::new("drill");
    let mut demo = Demo::start(port(), &scratch.0).await;
    demo.beats().await;
    let database = demo.written["database_url"].as_str().expect("demo.json says so").to_owned();
    let race = |more: &[&str]| {
        let arguments = [&["drill", "race", "--seed", "7", "--cases", "50"], more].concat();
        let mut command = lanjie();
        let ran = command.env("LANJIE__DATABASE__URL", &database).args(arguments).output();
        let ran = ran.expect("the program starts");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("it says so in UTF-8")
    };
    let picture = scratch.0.join("race.svg");
    let told = race(&[]);
    assert_eq!(race(&["--picture", &picture.display().to_string()]), told);
    assert!(std::fs::read_to_string(picture).is_ok_and(|drawn| drawn.starts_with("<svg")));

    let live = race(&["--live", "3"]);
    assert!(live.starts_with(&told) && live.contains("drill: 3 calls"), "{live}");
    let orders = demo.dispatcher().get("/v1/stop-payments").await.expect("the gateway answers").body;
    let orders = orders["items"].as_array().expect("a list has items");
    let is_over = |order: &Value| order["drill"] == true && order["status"] == "released";
    assert!(orders.len() >= 3 && orders.iter().all(is_over), "{orders:?}");
    demo.child.kill().expect("it can be killed");
    let _ = demo.ended().await;
}

#[test]
fn every_command_explains_itself_and_an_error_is_one_line() {
    for command in [
        &["demo"] as &[_],
        &["serve"],
        &["migrate"],
        &["check"],
        &["user"],
        &["user", "add"],
        &["token"],
        &["token", "create"],
        &["backtest"],
        &["grading", "replay"],
        &["grading", "report"],
        &["grading", "learn"],
        &["grading", "classify"],
        &["drill", "race"],
        &["audit", "verify"],
    ] {
        let help = run(&[command, &["--help"]].concat());
        assert!(help.status.success() && help.stdout.len() > 100, "{command:?}");
    }
    for wrong in [&["serve"] as &[_], &["serve", "--roles", "cook"], &["demo", "--speed", "0"], &["fly"]] {
        let refused = run(wrong);
        let said = String::from_utf8(refused.stderr).expect("it says so in UTF-8");
        assert!(!refused.status.success(), "{wrong:?}");
        assert_eq!(said.trim_end().lines().count(), 1, "{wrong:?}: {said}");
    }
}
