//! The demo: everything on this machine. A private PostgreSQL, all services, a simulated outside, and a day of
//! traffic replayed against them. Starting again continues on the same data.

use std::io::{IsTerminal, stdout};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::clock::{Clock, SystemClock};
use embedded_postgres::{Cluster, Durability, Settings};
use interception::Centre;
use store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use world::World;
use world::api::Api;
use world::casebook::Casebook;
use world::day::Day;
use world::desk::Dispatcher;
use world::patrol::Patrol;
use world::replay::{Played, Replay};

use crate::centre::centre;
use crate::config::Config;
use crate::loaded::Loaded;
use crate::serve::{Role, Services, told_to_stop};
use crate::telemetry;

mod figures;
mod outside;
mod people;

use figures::Figures;
use people::People;

const DATABASE: &str = "lanjie";
/// The world's secrets come from its seed; the same one again keeps them.
const WORLD_SEED: u64 = 110;
/// The desk opens at the hour when most of the traffic is still to come.
const DAY_BEGINS_HOUR: u8 = 8;
/// How often the people of the demo look for work.
const ROUND: Duration = Duration::from_millis(700);
/// How often the figures are shown where nobody watches a terminal.
const SAID_EVERY: Duration = Duration::from_secs(10);
/// How often the progress line moves.
const SHOWN_EVERY: Duration = Duration::from_millis(500);
/// After the last event, how long the measures it set going may take until the day's figures are shown.
const SETTLES_WITHIN: Duration = Duration::from_secs(8);

/// How the demo is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The API's port; operations are on the next one.
    pub port: u16,
    /// Where the database, the log and `demo.json` are kept.
    pub data_dir: PathBuf,
    /// How many seconds of the day pass in one second.
    pub speed: f64,
    /// Whether a day of traffic is played.
    pub replay: bool,
}

/// Runs the demo until Ctrl-C.
///
/// # Errors
/// What keeps it from starting, in one line.
pub async fn demo(mut config: Config, options: Options) -> anyhow::Result<()> {
    let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    config.gateway_listen = local(options.port);
    config.operations_listen =
        local(options.port.checked_add(1).context("--port: no room for operations above it")?);
    std::fs::create_dir_all(&options.data_dir)
        .with_context(|| format!("cannot make {}", options.data_dir.display()))?;
    let log = options.data_dir.join("lanjie.log");
    telemetry::log_to_file(&log, &config.log)?;
    let metrics = telemetry::start_counting()?;

    eprintln!("starting PostgreSQL in {} ...", options.data_dir.display());
    let cluster = start_cluster(options.data_dir.join("postgres")).await?;
    let store = open_database(&cluster, config.max_connections).await?.reserving(config.urgent_connections);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let world = World::start(WORLD_SEED, None, Arc::clone(&clock)).await?;
    let loaded = Loaded::read(&config)?;
    let outside = outside::merged(&world, config.outside.clone())?;
    let centre = Arc::new(centre(&config, loaded, outside, store, clock)?);
    let base = format!("http://{}", config.gateway_listen);
    world.set_callback_base(base.clone());
    world.banks().iter().for_each(world::bank::Bank::know_every_account);

    let told = told_to_stop()?;
    let stop = CancellationToken::new();
    let roles = Role::ALL.into_iter().collect();
    let services = Services::start(Arc::clone(&centre), &roles, &config, metrics, stop.clone()).await?;
    let file = options.data_dir.join("demo.json");
    let people = People::settle(&centre, &file, &services, cluster.url(DATABASE)).await?;
    println!("{}", people.greeting(&base, &options.data_dir, &log));

    let tasks = TaskTracker::new();
    if options.replay {
        let (casebook, desk) = (Casebook::default(), Api::new(&base, &people.dispatchers[0]));
        casebook.take_over(&desk).await.context("the gateway does not answer")?;
        put_to_work(&tasks, &people, &base, &casebook, &stop);
        let replay = Replay {
            world: world.clone(),
            source: Api::new(&base, &people.source),
            desk,
            casebook,
            speed: options.speed,
        };
        tasks.spawn(play(Arc::clone(&centre), replay, stop.clone()));
    }
    tasks.close();

    told.await;
    eprintln!("\nstopping ...");
    stop.cancel();
    tasks.wait().await;
    services.drain().await;
    world.end().await;
    tokio::task::spawn_blocking(move || cluster.stop()).await?;
    Ok(())
}

async fn start_cluster(data_dir: PathBuf) -> anyhow::Result<Cluster> {
    let settings = Settings { data_dir, port: None, durability: Durability::Durable };
    Ok(tokio::task::spawn_blocking(move || Cluster::start(settings)).await??)
}

async fn open_database(cluster: &Cluster, max_connections: u32) -> anyhow::Result<Store> {
    let admin = Store::open(&cluster.url("postgres"), 1)?;
    admin.create_database(DATABASE, None).await?;
    admin.close().await;
    let store = Store::open(&cluster.url(DATABASE), max_connections)?;
    store.migrate().await?;
    Ok(store)
}

/// Two dispatchers at their phones and a patrol at every station.
fn put_to_work(
    tasks: &TaskTracker,
    people: &People,
    base: &str,
    casebook: &Casebook,
    stop: &CancellationToken,
) {
    for (seed, token) in (0..).zip(&people.dispatchers) {
        let mut dispatcher = Dispatcher::new(Api::new(base, token), casebook.clone(), seed);
        let stop = stop.clone();
        tasks.spawn(async move {
            while rested(&stop).await {
                // a gateway that is away is asked again in the next round
                let _ = dispatcher.work_once().await;
            }
        });
    }
    for (seed, token) in (0..).zip(people.officers.values()) {
        let mut patrol = Patrol::new(Api::new(base, token), casebook.clone(), seed);
        let stop = stop.clone();
        tasks.spawn(async move {
            while rested(&stop).await {
                let _ = patrol.work_once().await;
            }
        });
    }
}

/// Rests between two rounds; `false` when it is time to go home.
async fn rested(stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(ROUND) => true,
    }
}

/// Plays the day, shows how it goes, and at its end sets its figures beside the published ones.
async fn play(centre: Arc<Centre>, replay: Replay, stop: CancellationToken) {
    let begun_at = centre.now();
    // alert references and people are unique to a day's seed: another start is another day
    let day = Day::generate(begun_at.timestamp().unsigned_abs()).begun_at(DAY_BEGINS_HOUR);
    let (progress, watched) = watch::channel(Played::default());
    let shown = show(&centre, begun_at, watched, &stop);
    let played = async {
        replay.play(day, &progress).await;
        tokio::time::sleep(SETTLES_WITHIN).await;
    };
    tokio::select! {
        () = stop.cancelled() => return,
        () = played => {}
        () = shown => return,
    }
    match Figures::since(&centre, begun_at).await {
        Ok(figures) => println!("\n\n{}", figures.beside_the_reference()),
        Err(error) => eprintln!("\nthe day's figures cannot be read: {error}"),
    }
}

/// The progress line, until `stop`.
async fn show(
    centre: &Centre,
    begun_at: domain::clock::Instant,
    played: watch::Receiver<Played>,
    stop: &CancellationToken,
) {
    let terminal = stdout().is_terminal();
    let every = if terminal { SHOWN_EVERY } else { SAID_EVERY };
    while !stop.is_cancelled() {
        if let Ok(figures) = Figures::since(centre, begun_at).await {
            let line = figures.line(*played.borrow(), DAY_BEGINS_HOUR);
            if terminal {
                // back to the margin, and clear what was longer
                eprint!("\r{line}\x1b[K");
            } else {
                println!("{line}");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(every) => {}
        }
    }
}
