//! How long an order takes from the call to its bank, beside what this machine needs at least: one durable commit and
//! one request on the loopback.
//!
//! ```sh
//! cargo run --release -p lanjie --example order_latency            # 100,000 alerts, 200 calls each way
//! cargo run --release -p lanjie --example order_latency 10000 50   # fewer
//! ```
//! All roles run in one process against a PostgreSQL that keeps its promises (fsync on), with a bank on the loopback
//! that notes when an order has come in whole. Calls are taken over HTTP, one after the other: first while nothing else
//! happens, then while the alerts wait ungraded, the engine grades them and a source goes on posting more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use channels::Endpoint;
use channels::webhook::Secret;
use domain::account::BankCode;
use domain::clock::{Clock, SystemClock};
use domain::id::OperatorId;
use domain::operator::{Operator, Post};
use embedded_postgres::{Cluster, Durability, Settings};
use interception::access::hash;
use lanjie::config::Config;
use lanjie::loaded::Loaded;
use lanjie::serve::{Role, Services};
use serde_json::{Value, json};
use store::{Store, letters, operators};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "whsec_bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=";
/// How many alerts one request brings.
const BATCH: usize = 1_000;
/// How many requests the source has under way at once.
const POSTERS: usize = 8;
/// How long the desk waits between two calls.
const BETWEEN_CALLS: Duration = Duration::from_millis(20);
/// An order that has not come by then is lost.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (alerts, calls) = (number(100_000)?, number(200)?);
    let directory = std::env::temp_dir().join(format!("lanjie-order-latency-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let settings =
        Settings { data_dir: directory.join("postgres"), port: None, durability: Durability::Durable };
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(settings)).await??;
    let measured = measure(&cluster, alerts, calls).await;
    tokio::task::spawn_blocking(move || cluster.stop()).await?;
    std::fs::remove_dir_all(&directory)?;
    measured
}

async fn measure(cluster: &Cluster, alerts: usize, calls: usize) -> anyhow::Result<()> {
    let config = Config::read(
        None,
        [("GATEWAY", "LISTEN"), ("OPERATIONS", "LISTEN")]
            .map(|(section, key)| (format!("LANJIE__{section}__{key}"), "127.0.0.1:0".to_owned())),
    )?;
    let admin = Store::open(&cluster.url("postgres"), 1)?;
    admin.create_database("lanjie", None).await?;
    admin.close().await;
    let store =
        Store::open(&cluster.url("lanjie"), config.max_connections)?.reserving(config.urgent_connections);
    store.migrate().await?;

    let mut bank = Bank::open().await?;
    let mut outside = config.outside.clone();
    let abc = outside.banks.get_mut(&BankCode::parse("ABC")?).context("the defaults know ABC")?;
    abc.party.endpoint = Some(Endpoint::parse(&bank.url, vec![Secret::parse(SECRET)?])?);
    abc.reachable = true;
    let clock = Arc::new(SystemClock);
    let now = clock.now();
    let mut tx = store.begin().await?;
    for (name, post) in [("desk", Post::Dispatcher), ("source", Post::Source("CMCC".to_owned()))] {
        let operator = Operator { id: OperatorId::new(now), name: name.to_owned(), post, created_at: now };
        operators::insert(&mut tx, &operator).await?;
        operators::insert_token(&mut tx, operator.id, &hash(name), now).await?;
    }
    tx.commit().await?;

    let loaded = Loaded::read(&config)?;
    let centre = Arc::new(lanjie::centre::centre(&config, loaded, outside, store, clock)?);

    let floor = floor(&centre.store, &mut bank, calls).await?;
    println!("{calls} calls, {alerts} alerts; milliseconds");
    println!("{:<58} {:>8} {:>8} {:>8}", "", "p50", "p90", "p99");
    show("floor: one durable commit and one loopback request", &floor, None);

    let metrics = lanjie::telemetry::start_counting()?;
    let stop = CancellationToken::new();
    let desk_roles = [Role::Gateway, Role::StopPayment].into_iter().collect();
    let desk =
        Services::start(Arc::clone(&centre), &desk_roles, &config, metrics.clone(), stop.clone()).await?;
    let client = Client {
        http: reqwest::Client::builder().no_proxy().build()?,
        base: format!("http://{}", desk.gateway),
    };

    let idle = client.take_calls(&mut bank, calls, 0).await?;
    idle.show("idle", &floor);

    let begun = Instant::now();
    for batch in 0..alerts.div_ceil(BATCH) {
        client.post_batch(batch * BATCH).await?;
    }
    println!("... {alerts} alerts were posted in {:.1} s and wait ungraded", begun.elapsed().as_secs_f64());
    let waiting = client.take_calls(&mut bank, calls, 1).await?;
    waiting.show("alerts wait", &floor);

    // a second set of services beside the first: the engine, and everything the alerts set going
    let engine = [Role::Engine, Role::Sms, Role::CallBlock, Role::Dispatch].into_iter().collect();
    let engine = Services::start(Arc::clone(&centre), &engine, &config, metrics, stop.clone()).await?;
    let posters: Vec<_> = (0..POSTERS)
        .map(|poster| {
            let (client, stop) = (client.clone(), stop.clone());
            tokio::spawn(async move {
                let mut posted = 0_usize;
                let number = |posted: usize| alerts + posted * POSTERS + poster;
                while !stop.is_cancelled() && client.post_alert(number(posted)).await.is_ok() {
                    posted += 1;
                }
                posted
            })
        })
        .collect();
    let begun = Instant::now();
    let busy = client.take_calls(&mut bank, calls, 2).await?;
    busy.show("alerts are graded, more come in", &floor);
    stop.cancel();
    let mut posted = 0;
    for poster in posters {
        posted += poster.await?;
    }
    println!(
        "... meanwhile {:.0} more alerts a second came in",
        posted as f64 / begun.elapsed().as_secs_f64()
    );
    let left = interception::look_up::backlog(&centre).await?.incidents_unassessed;
    println!("... and {left} incidents were still ungraded at the end");
    desk.drain().await;
    engine.drain().await;
    Ok(())
}

/// What the machine needs for one durable commit and one request to the bank.
async fn floor(store: &Store, bank: &mut Bank, times: usize) -> anyhow::Result<Vec<Duration>> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut took = vec![];
    for time in 0..times {
        let begun = Instant::now();
        let mut tx = store.begin().await?;
        letters::take_in(&mut tx, "floor", &time.to_string(), SystemClock.now()).await?;
        tx.commit().await?;
        http.post(&bank.url).header("webhook-id", "floor").body(vec![b'x'; 900]).send().await?;
        took.push(begun.elapsed());
        bank.orders.recv().await;
    }
    Ok(took)
}

/// Times of calls, one for each.
struct Taken {
    /// From the request to its answer.
    answered: Vec<Duration>,
    /// From the request to the order at the bank.
    ordered: Vec<Duration>,
    /// From the answer, a moment after the commit, to the order at the bank; nothing where it was there before.
    after_answer: Vec<Duration>,
}

impl Taken {
    fn show(&self, when: &str, floor: &[Duration]) {
        show(&format!("{when}: call to answer"), &self.answered, Some(floor));
        show(&format!("{when}: call to order at the bank"), &self.ordered, Some(floor));
        show(&format!("{when}: answer to order at the bank"), &self.after_answer, Some(floor));
    }
}

fn show(what: &str, took: &[Duration], floor: Option<&[Duration]>) {
    let percentile = |took: &[Duration], percent: usize| {
        let mut sorted = took.to_vec();
        sorted.sort_unstable();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)].as_secs_f64() * 1_000.0
    };
    let [p50, p90, p99] = [50, 90, 99].map(|percent| percentile(took, percent));
    print!("{what:<58} {p50:>8.2} {p90:>8.2} {p99:>8.2}");
    match floor {
        Some(floor) => println!("   p50 is {:.1} times the floor", p50 / percentile(floor, 50)),
        None => println!(),
    }
}

/// The desk and the source.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    async fn post(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(token).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn take_calls(&self, bank: &mut Bank, calls: usize, round: usize) -> anyhow::Result<Taken> {
        let mut taken = Taken { answered: vec![], ordered: vec![], after_answer: vec![] };
        for number in 0..calls {
            let now = SystemClock.now();
            let body = json!({
                "caller_phone": format!("139{round}{number:07}"), "division_code": "150203",
                "transfers": [{
                    "payee": { "kind": "bank_account", "number": format!("62280000{round}{number:07}"), "bank_code": "ABC", "holder": "李某" },
                    "amount": { "amount": "128000.00", "currency": "CNY" }, "transferred_at": now }] });
            let begun = Instant::now();
            let answer = self.post("/v1/calls", "desk", &body).await?;
            let answered = Instant::now();
            let order = answer["stop_payments"][0]["id"].as_str().context("a call has its order")?;
            let at_the_bank = bank.wait_for(order).await?;
            taken.answered.push(answered - begun);
            taken.ordered.push(at_the_bank - begun);
            taken.after_answer.push(at_the_bank.saturating_duration_since(answered));
            tokio::time::sleep(BETWEEN_CALLS).await;
        }
        Ok(taken)
    }

    async fn post_batch(&self, from: usize) -> anyhow::Result<()> {
        let batch: Vec<Value> = (from..from + BATCH).map(alert).collect();
        self.post("/v1/alerts/batch", "source", &json!(batch)).await.map(drop)
    }

    async fn post_alert(&self, number: usize) -> anyhow::Result<()> {
        self.post("/v1/alerts", "source", &alert(number)).await.map(drop)
    }
}

/// An alert about a person of its own; one in ten is high.
fn alert(number: usize) -> Value {
    let level = if number.is_multiple_of(10) { "high" } else { "low" };
    json!({
        "source_ref": format!("load-{number}"), "observed_at": SystemClock.now(), "kind": "call",
        "subject": { "phone": format!("137{number:08}"), "age": 67, "location": { "lat": 40.6571, "lon": 109.8403 } },
        "suspect": { "phone": format!("+8526{:07}", number % 1_000) }, "source_level": level,
    })
}

/// A bank that notes when an order has come in whole, and stops the account.
struct Bank {
    url: String,
    orders: mpsc::UnboundedReceiver<(String, Instant)>,
    come: BTreeMap<String, Instant>,
}

impl Bank {
    async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let (noted, orders) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(serve(caller, noted.clone()));
            }
        });
        Ok(Self { url, orders, come: BTreeMap::new() })
    }

    async fn wait_for(&mut self, order: &str) -> anyhow::Result<Instant> {
        let search = async {
            while !self.come.contains_key(order) {
                let (id, at) = self.orders.recv().await?;
                self.come.entry(id).or_insert(at);
            }
            self.come.get(order).copied()
        };
        tokio::time::timeout(PATIENCE, search).await.context("the order is lost")?.context("the bank is gone")
    }
}

/// As much of HTTP/1.1 as it takes to read a request whole and to answer it.
async fn serve(caller: TcpStream, noted: mpsc::UnboundedSender<(String, Instant)>) -> std::io::Result<()> {
    caller.set_nodelay(true)?;
    let mut caller = BufReader::new(caller);
    loop {
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if caller.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let Some((name, value)) = line.split_once(':') else {
                if line.trim().is_empty() {
                    break;
                }
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "webhook-id" => value.trim().clone_into(&mut id),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        caller.read_exact(&mut body).await?;
        let _ = noted.send((id.clone(), Instant::now()));
        let held = json!({ "amount": "128000.00", "currency": "CNY" });
        let answer = json!({ "type": "stop_payment.result", "data": { "order_id": id, "result_code": "0000", "held": held } });
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        caller.write_all(format!("{head}{answer}").as_bytes()).await?;
    }
}
