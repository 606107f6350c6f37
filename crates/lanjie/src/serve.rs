//! The services: one binary, any of its roles, any number of times, on any number of machines. They meet only
//! through PostgreSQL.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::clock::SystemClock;
use domain::measure_kind::MeasureKind;
use gateway::app::App;
use gateway::operations::{self, Readiness};
use gateway::pace::Pace;
use gateway::server::listen;
use interception::workers::{self, Notices, Role as Worker};
use interception::{Centre, audit_plans, bank_directory, look_up};
use metrics_exporter_prometheus::PrometheusHandle;
use store::Store;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::centre::centre;
use crate::config::Config;
use crate::loaded::Loaded;
use crate::{secret_files, taken_up, telemetry};

/// How long a stop waits for what is under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(20);
/// How often what waits is counted, and old figures are tidied away.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What a process can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The HTTP API and the callbacks.
    Gateway,
    /// Grades incidents and keeps deadlines.
    Engine,
    /// Sends texts and orders automatic calls: both are warnings that a provider carries to the subject's phone.
    Sms,
    /// Tells carriers.
    CallBlock,
    /// Tells stations' own systems.
    Dispatch,
    /// Tells banks.
    StopPayment,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Gateway, Self::Engine, Self::Sms, Self::CallBlock, Self::Dispatch, Self::StopPayment];

    fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Engine => "engine",
            Self::Sms => "sms",
            Self::CallBlock => "call-block",
            Self::Dispatch => "dispatch",
            Self::StopPayment => "stop-payment",
        }
    }

    fn workers(self) -> &'static [Worker] {
        match self {
            Self::Gateway => &[],
            Self::Engine => &[Worker::Engine],
            Self::Sms => &[Worker::Carrier(MeasureKind::Sms), Worker::Carrier(MeasureKind::Contact)],
            Self::CallBlock => &[Worker::Carrier(MeasureKind::CallBlock)],
            Self::Dispatch => &[Worker::Carrier(MeasureKind::Dispatch)],
            Self::StopPayment => &[Worker::Carrier(MeasureKind::StopPayment)],
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.as_str() == word);
        known.ok_or_else(|| format!("expected any of: {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Serves the roles against the configured PostgreSQL until told to stop.
///
/// # Errors
/// What keeps it from starting, in one line.
pub async fn serve(config: &Config, roles: &BTreeSet<Role>) -> anyhow::Result<()> {
    telemetry::start_logging(&config.log, config.log_format)?;
    let metrics = telemetry::start_counting()?;
    let store = Store::open(config.database_url()?.reveal(), config.max_connections)?
        .reserving(config.urgent_connections);
    let loaded = Loaded::read(config)?;
    let centre = centre(config, loaded, config.outside.clone(), store, Arc::new(SystemClock))?;
    let told = told_to_stop()?;
    let stop = CancellationToken::new();
    let services = Services::start(Arc::new(centre), roles, config, metrics, stop.clone()).await?;
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    tracing::info!(roles = names.join(","), gateway = %services.gateway, operations = %services.operations, "serving");
    told.await;
    tracing::info!("stopping");
    stop.cancel();
    services.drain().await;
    Ok(())
}

/// Listens for Ctrl-C or a polite kill from now on; the future waits for one. To be called before anything can be
/// reached: whoever sees that it is up may stop it at once, and must meet a clean stop.
///
/// # Errors
/// When the system gives out no signals.
pub fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The running services of one process.
#[derive(Debug)]
pub struct Services {
    /// Where the API is served, where it is.
    pub gateway: SocketAddr,
    /// Where health and metrics are served.
    pub operations: SocketAddr,
    tasks: TaskTracker,
    centre: Arc<Centre>,
}

impl Services {
    /// Starts the roles; they end with `stop`.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub async fn start(
        centre: Arc<Centre>,
        roles: &BTreeSet<Role>,
        config: &Config,
        metrics: PrometheusHandle,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let tasks = TaskTracker::new();
        let notices = Arc::new(Notices::default());
        tasks.spawn(workers::listen(Arc::clone(&centre), Arc::clone(&notices), stop.clone()));
        tasks.spawn(bank_directory::watch(Arc::clone(&centre), Arc::clone(&notices), stop.clone()));
        for worker in roles.iter().flat_map(|role| role.workers()) {
            tasks.spawn(workers::work(Arc::clone(&centre), *worker, Arc::clone(&notices), stop.clone()));
        }
        tasks.spawn(secret_files::watch(config.secret_files.clone(), stop.clone()));
        tasks.spawn(keep_up(metrics.clone(), Arc::clone(&centre), stop.clone()));
        tasks.spawn(taken_up::watch_rules(config.clone(), Arc::clone(&centre), stop.clone()));
        tasks.spawn(taken_up::watch_texts(config.clone(), Arc::clone(&centre), stop.clone()));
        let operations =
            operations::router(metrics, readiness(Arc::clone(&centre)), heartbeat(Arc::clone(&centre)));
        let address = config.operations_listen;
        let (operations, serving) =
            listen(address, operations, stop.clone()).await.with_context(|| cannot_listen(address))?;
        tasks.spawn(serving);
        let gateway = if roles.contains(&Role::Gateway) {
            let pace = Arc::new(Pace::new(config.gateway_requests_per_sec));
            let app = App::new(Arc::clone(&centre), notices, pace, stop.clone());
            let address = config.gateway_listen;
            let routes = gateway::app::router(app);
            let (gateway, serving) =
                listen(address, routes, stop).await.with_context(|| cannot_listen(address))?;
            tasks.spawn(serving);
            gateway
        } else {
            config.gateway_listen
        };
        tasks.close();
        Ok(Self { gateway, operations, tasks, centre })
    }

    /// Waits until everything under way has ended, but not for ever.
    pub async fn drain(self) {
        if tokio::time::timeout(DRAIN_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                "not everything ended in time; what was under way is taken up again at the next start"
            );
        }
        self.centre.store.close().await;
    }
}

fn cannot_listen(address: SocketAddr) -> String {
    format!("cannot listen on {address}")
}

fn readiness(centre: Arc<Centre>) -> Readiness {
    Arc::new(move || {
        let centre = Arc::clone(&centre);
        Box::pin(async move {
            match look_up::is_ready(&centre).await {
                Ok(true) => Ok(()),
                Ok(false) => Err("the database lacks migrations: run `lanjie migrate`".to_owned()),
                Err(_) => Err("the database does not answer".to_owned()),
            }
        })
    })
}

fn heartbeat(centre: Arc<Centre>) -> Readiness {
    Arc::new(move || {
        let centre = Arc::clone(&centre);
        Box::pin(async move {
            match audit_plans::since_last_beat(&centre).await {
                Ok(Some(age)) if age < audit_plans::SILENT_AFTER => Ok(()),
                Ok(Some(age)) => Err(format!("no engine has been at work for {} s", age.num_seconds())),
                Ok(None) => Err("no engine has been at work yet".to_owned()),
                Err(_) => Err("the database does not answer".to_owned()),
            }
        })
    })
}

async fn keep_up(metrics: PrometheusHandle, centre: Arc<Centre>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        metrics.run_upkeep();
        // while the database is away the last figures stand, and /readyz says so
        if let Ok(backlog) = look_up::backlog(&centre).await {
            telemetry::gauge(&backlog);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(UPKEEP_EVERY) => {}
        }
    }
}
