//! What the operator sees: log lines on stderr, and figures for Prometheus.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use domain::measure_kind::MeasureKind;
use interception::look_up::Backlog;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;

/// The upper bounds of what is measured in seconds: from a commit to the slowest of parties.
const BUCKETS_SECS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Whether `directives` say what to log.
pub(crate) fn understands(directives: &str) -> bool {
    EnvFilter::try_new(directives).is_ok()
}

/// Begins to log what `directives` ask for, on stderr. Once a process.
///
/// # Errors
/// When the process logs already, or the directives are not understood.
pub fn start_logging(directives: &str, format: LogFormat) -> anyhow::Result<()> {
    log_to(io::stderr, directives, format)
}

/// Begins to log what `directives` ask for, behind what `file` holds already. Once a process.
///
/// # Errors
/// When the file cannot be written, the process logs already, or the directives are not understood.
pub fn log_to_file(file: &Path, directives: &str) -> anyhow::Result<()> {
    let open = OpenOptions::new().create(true).append(true).open(file);
    let open = open.with_context(|| format!("cannot write {}", file.display()))?;
    log_to(Mutex::new(open), directives, LogFormat::Json)
}

fn log_to(
    writer: impl for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
    directives: &str,
    format: LogFormat,
) -> anyhow::Result<()> {
    let lines =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(directives)?).with_writer(writer);
    let started = match format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))?;
    // a panic is told by its place alone: its message may quote what somebody sent
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

/// Begins to count. Once a process; whoever holds the handle renders the figures and calls `run_upkeep` now and then.
///
/// # Errors
/// When the process counts already.
pub fn start_counting() -> anyhow::Result<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS_SECS);
    builder.and_then(PrometheusBuilder::install_recorder).context("cannot start counting")
}

/// Shows what waits. An alarm belongs on each of them: `requests_due_oldest_seconds` of `stop_payment` first.
pub fn gauge(backlog: &Backlog) {
    for kind in MeasureKind::ALL {
        let (due, oldest_secs) = backlog.requests.get(kind.as_str()).copied().unwrap_or_default();
        metrics::gauge!("requests_due", "kind" => kind.as_str()).set(as_figure(due));
        metrics::gauge!("requests_due_oldest_seconds", "kind" => kind.as_str()).set(oldest_secs);
    }
    metrics::gauge!("incidents_unassessed").set(as_figure(backlog.incidents_unassessed));
    metrics::gauge!("steps_overdue").set(as_figure(backlog.steps_overdue));
    metrics::gauge!("dispatches_unsigned").set(as_figure(backlog.dispatches_unsigned));
    metrics::gauge!("stop_payments_failed").set(as_figure(backlog.stop_payments_failed));
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn as_figure(count: i64) -> f64 {
    count as f64
}
