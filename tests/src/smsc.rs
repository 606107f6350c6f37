//! Our SMPP against an SMS centre that nobody here wrote: `tests/smsc`, made with a library for Node.
//!
//! It needs Node and `npm ci` in that directory, as `.ci/run` does it. Without them these tests say so and test nothing;
//! where `LANJIE_SMSC` is `required`, they fail.

#![expect(clippy::unwrap_used, reason = "a test that misses a fact has failed")]

use std::io::Write;
use std::num::NonZeroU32;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use channels::sms::smpp::{Account, Numbers, Password, Session, Terms};
use chrono::TimeDelta;
use interception::{SmsProvider, SmsWay};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Town, reports};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const VICTIM: &str = "13847200001";
const SYSTEM_ID: &str = "lanjie";
const PASSWORD: &str = "secret08";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running SMS centre; it ends with the test.
struct Smsc {
    port: u16,
    told: Lines<BufReader<ChildStdout>>,
    orders: ChildStdin,
    process: Child,
}

impl Smsc {
    /// Starts it on a port, 0 for any. `None`: it cannot be had on this machine.
    async fn start(port: u16) -> Option<Self> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("smsc");
        let installed = directory.join("node_modules/smpp").is_dir();
        let process = installed.then(|| {
            Command::new("node")
                .arg(directory.join("server.js"))
                .args([&port.to_string(), SYSTEM_ID, PASSWORD])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
        });
        let Some(Ok(mut process)) = process else {
            assert!(
                std::env::var("LANJIE_SMSC").as_deref() != Ok("required"),
                "no SMS centre: npm ci in tests/smsc"
            );
            // past the capture of the test's output
            let told = b"NOT TESTED against a foreign SMS centre: npm ci in tests/smsc\n";
            std::io::stderr().write_all(told).unwrap();
            return None;
        };
        let told = BufReader::new(process.stdout.take().unwrap()).lines();
        let orders = process.stdin.take().unwrap();
        let mut smsc = Self { port, told, orders, process };
        smsc.port = u16::try_from(smsc.wait_for("listening").await["port"].as_u64().unwrap()).unwrap();
        Some(smsc)
    }

    /// The next thing of this kind that it tells.
    async fn wait_for(&mut self, event: &str) -> Value {
        let search = async {
            loop {
                let line = self.told.next_line().await.unwrap().unwrap();
                let told: Value = serde_json::from_str(&line).unwrap();
                if told["event"] == event {
                    return told;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.unwrap()
    }

    async fn order(&mut self, orders: Value) {
        self.orders.write_all(format!("{orders}\n").as_bytes()).await.unwrap();
        self.wait_for("ordered").await;
    }

    async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    fn provider(&self, password: &str) -> SmsProvider {
        let account = Account {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            system_id: SYSTEM_ID.to_owned(),
            password: Password::new(password.to_owned()),
            sender: Some("10690110".to_owned()),
            numbers: Numbers::National,
        };
        let terms = Terms {
            rate_per_sec: NonZeroU32::new(100).unwrap(),
            window: 10,
            enquire_every: Duration::from_secs(30),
            answers_within: Duration::from_secs(5),
        };
        SmsProvider::new(
            1,
            SmsWay::Smpp(Session::new("MAIN", account, terms)),
            channels::webhook::Secrets::default(),
        )
    }

    /// A town that has no other provider.
    async fn town(&self) -> Town {
        let provider = self.provider(PASSWORD);
        let town = Town::with(|centre| drop(centre.outside.sms.insert("MAIN".to_owned(), provider))).await;
        town.bound().await;
        town
    }
}

async fn alert(town: &Town, body: Value) {
    let _ = town.source().post("/v1/alerts", body).await.expect(StatusCode::CREATED);
    town.settle().await;
}

async fn until_delivered(town: &Town) -> Value {
    town.until(async || town.dispatcher().list("/v1/messages?status=delivered").await.into_iter().next())
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_flash_text_is_put_together_there_and_reported_here() {
    let Some(mut smsc) = Smsc::start(0).await else { return };
    let town = smsc.town().await;
    assert_eq!(smsc.wait_for("bind").await["interface_version"], 0x34);
    let mut danger = reports::high_alert("r-1", VICTIM, town.now());
    danger["relatives"] = json!([]);
    alert(&town, danger).await;
    let text = smsc.wait_for("text").await;
    let message = until_delivered(&town).await;
    assert_eq!((&text["text"], &text["to"]), (&message["text"], &json!(VICTIM)));
    assert_eq!(
        (&text["parts"], &text["data_coding"], &text["esm_class"]),
        (&json!(2), &json!(0x18), &json!(0x40))
    );
    assert_eq!((&message["provider"], &message["receipt_code"]), (&json!("MAIN"), &json!("DELIVRD")));
    assert_eq!(smsc.wait_for("reported").await["status"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_text_is_one_part_and_a_receipt_may_come_in_parameters_alone() {
    let Some(mut smsc) = Smsc::start(0).await else { return };
    smsc.order(json!({ "receipts": "parameters" })).await;
    let town = smsc.town().await;
    alert(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    let text = smsc.wait_for("text").await;
    let message = until_delivered(&town).await;
    assert_eq!(text["text"], message["text"]);
    assert_eq!(
        (&text["parts"], &text["data_coding"], &text["esm_class"]),
        (&json!(1), &json!(0x08), &json!(0))
    );
    assert_eq!(smsc.wait_for("reported").await["status"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_turned_away_for_want_of_room_goes_out_after_a_breath() {
    let Some(mut smsc) = Smsc::start(0).await else { return };
    smsc.order(json!({ "throttle": 2 })).await;
    let town = smsc.town().await;
    alert(&town, reports::medium_alert("r-1", VICTIM, town.now())).await;
    smsc.wait_for("throttled").await;
    let text = smsc.wait_for("text").await;
    assert_eq!(text["text"], until_delivered(&town).await["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_begins_again_after_the_centre_was_killed_and_the_text_that_waited_leaves() {
    let Some(smsc) = Smsc::start(0).await else { return };
    let town = smsc.town().await;
    let port = smsc.port;
    smsc.kill().await;
    let session = town.centre.outside.sms.values().find_map(|provider| match &provider.way {
        SmsWay::Smpp(session) => Some(session),
        SmsWay::Http(_) | SmsWay::Elsewhere => None,
    });
    town.until(async || (!session.unwrap().is_bound()).then_some(())).await;
    alert(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    assert_eq!(town.dispatcher().list("/v1/messages?status=queued").await.len(), 1);

    let mut smsc = Smsc::start(port).await.unwrap();
    smsc.wait_for("bind").await;
    town.bound().await;
    town.advance(TimeDelta::seconds(2)).await;
    assert_eq!(smsc.wait_for("text").await["text"], until_delivered(&town).await["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_binds_nothing() {
    let Some(mut smsc) = Smsc::start(0).await else { return };
    let provider = smsc.provider("wrong");
    let town = Town::with(|centre| drop(centre.outside.sms.insert("MAIN".to_owned(), provider))).await;
    assert_eq!(smsc.wait_for("bind").await["known"], false);
    alert(&town, reports::low_alert("r-1", VICTIM, town.now())).await;
    assert_eq!(town.dispatcher().list("/v1/messages?status=queued").await.len(), 1);
}
