//! The configured file of grading rules, watched: a changed one counts without a restart, whole or not at all.

use std::sync::Arc;
use std::time::Duration;

use domain::grading::Rules;
use interception::Centre;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::loaded::{Faults, rules_of};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Takes up the file each time it was changed. One that cannot be used is told about once and changes nothing.
pub(crate) async fn watch(config: Config, centre: Arc<Centre>, stop: CancellationToken) {
    let Some(path) = config.rules.clone() else { return };
    let mut looks = Looks::since(Ok(centre.rules.configured().rules.text.clone()));
    while !stop.is_cancelled() {
        let seen = tokio::fs::read_to_string(&path).await.map_err(|error| error.to_string());
        if let Some(changed) = looks.changed(seen) {
            let text = changed.as_deref().map_err(String::as_str);
            take_up(&centre, rules_of(&config, &path, text));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// What the metrics and the log say, and `GET /v1/grading` as `pending_error`.
fn take_up(centre: &Centre, read: Result<Rules, Faults>) {
    let result = match &read {
        Ok(read) => {
            tracing::info!(rules_version = read.version, "the file of grading rules was taken up");
            "taken_up"
        }
        Err(faults) => {
            tracing::error!(fault = %faults, "the file of grading rules cannot be used: the former rules stay");
            "refused"
        }
    };
    metrics::counter!("grading_rules_files_total", "result" => result).increment(1);
    metrics::gauge!("grading_rules_file_refused").set(if read.is_err() { 1.0 } else { 0.0 });
    centre.rules.take_up(read.map_err(|faults| faults.to_string()));
}

/// The text of the file, or why it cannot be read.
type Seen = Result<String, String>;

/// What was seen of the file. A change counts once two looks agree: the beginning of a file may well be rules, fewer
/// than were meant, and an editor that writes in place shows it.
struct Looks {
    taken_up: Seen,
    last: Seen,
}

impl Looks {
    fn since(taken_up: Seen) -> Self {
        Self { last: taken_up.clone(), taken_up }
    }

    /// What is to be taken up now.
    fn changed(&mut self, seen: Seen) -> Option<&Seen> {
        if seen != self.last {
            self.last = seen;
            return None;
        }
        if seen == self.taken_up {
            return None;
        }
        self.taken_up = seen;
        Some(&self.taken_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_being_written_is_not_taken_up_half() {
        let text = |text: &str| -> Seen { Ok(text.to_owned()) };
        let mut looks = Looks::since(text("old"));
        for half in ["old", "", "n", "ne"] {
            assert_eq!(looks.changed(text(half)), None, "{half:?}");
        }
        assert_eq!(looks.changed(text("new")), None);
        assert_eq!(looks.changed(text("new")), Some(&text("new")));
        assert_eq!(looks.changed(text("new")), None, "once");
    }

    #[test]
    fn a_file_that_goes_and_comes_back_is_told_about_once_and_taken_up_again() {
        let (there, gone): (Seen, Seen) = (Ok("rules".to_owned()), Err("no such file".to_owned()));
        let mut looks = Looks::since(there.clone());
        assert_eq!(looks.changed(gone.clone()), None);
        assert_eq!(looks.changed(gone.clone()), Some(&gone));
        assert_eq!(looks.changed(gone.clone()), None);
        assert_eq!(looks.changed(there.clone()), None);
        assert_eq!(looks.changed(there.clone()), Some(&there));
    }
}
