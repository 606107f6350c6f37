//! The files that are taken up without a restart: the grading rules, and what reads texts.

use std::sync::Arc;

use domain::grading::Rules;
use interception::Centre;
use text_reading::TextReader;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::loaded::{Faults, rules_of, texts_of};
use crate::watched_file;

/// Takes up the configured file of grading rules each time it was changed. One that cannot be used is told about and
/// changes nothing.
pub(crate) async fn watch_rules(config: Config, centre: Arc<Centre>, stop: CancellationToken) {
    let Some(path) = config.rules.as_deref() else { return };
    let take_up = |read: Result<Vec<u8>, String>| {
        let text = read.and_then(|content| String::from_utf8(content).map_err(|error| error.to_string()));
        let configured = centre.rules.configured();
        if configured.error.is_some() || text.as_ref() != Ok(&configured.rules.text) {
            take_up_rules(&centre, rules_of(&config, path, text));
        }
    };
    watched_file::watch(path, stop, take_up).await;
}

/// What the metrics and the log say, and `GET /v1/grading` as `pending_error`.
fn take_up_rules(centre: &Centre, read: Result<Rules, Faults>) {
    match &read {
        Ok(read) => {
            tracing::info!(rules_version = read.version, "the file of grading rules was taken up");
        }
        Err(faults) => {
            tracing::error!(fault = %faults, "the file of grading rules cannot be used: the former rules stay");
        }
    }
    metrics::counter!("grading_rules_files_total", "result" => result(&read)).increment(1);
    metrics::gauge!("grading_rules_file_refused").set(if read.is_err() { 1.0 } else { 0.0 });
    centre.rules.take_up(read.map_err(|faults| faults.to_string()));
}

/// The same for the text model. Every reading names the version that made it.
pub(crate) async fn watch_texts(config: Config, centre: Arc<Centre>, stop: CancellationToken) {
    let Some(path) = config.text_model.as_deref() else { return };
    let mut refused = false;
    let take_up = |read: Result<Vec<u8>, String>| {
        let read = texts_of(&config, path, read);
        let known = read.as_ref().is_ok_and(|read| read.version == centre.texts.present().version);
        if refused || !known {
            refused = read.is_err();
            take_up_texts(&centre, read);
        }
    };
    watched_file::watch(path, stop, take_up).await;
}

fn take_up_texts(centre: &Centre, read: Result<Arc<TextReader>, Faults>) {
    metrics::counter!("text_model_files_total", "result" => result(&read)).increment(1);
    metrics::gauge!("text_model_file_refused").set(if read.is_err() { 1.0 } else { 0.0 });
    match read {
        Ok(read) => {
            tracing::info!(text_model = read.version, "the text model was taken up");
            centre.texts.take_up(read);
        }
        Err(faults) => {
            tracing::error!(fault = %faults, "the text model cannot be used: the former one stays");
        }
    }
}

fn result<T>(read: &Result<T, Faults>) -> &'static str {
    if read.is_ok() { "taken_up" } else { "refused" }
}
