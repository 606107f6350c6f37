//! A configured file, watched: a changed one counts without a restart, whole or not at all.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Hands over what is in the file: at first, and each time it was changed. Why it cannot be read is handed over once.
pub(crate) async fn watch(
    path: &Path,
    stop: CancellationToken,
    mut take_up: impl FnMut(Result<Vec<u8>, String>),
) {
    let mut looks = Looks::default();
    while !stop.is_cancelled() {
        let seen = look(path).await;
        if looks.changed(&seen) {
            match read(path).await {
                // changed while it was read: the next two looks say so
                Ok((_, read)) if Ok(read) != seen => {}
                Ok((content, _)) => take_up(Ok(content)),
                Err(cause) => take_up(Err(cause)),
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// When the file was changed and how long it is, or why it cannot be read.
type Seen = Result<(SystemTime, u64), String>;

async fn look(path: &Path) -> Seen {
    let look = async {
        let seen = tokio::fs::metadata(path).await?;
        Ok((seen.modified()?, seen.len()))
    };
    look.await.map_err(|error: io::Error| error.to_string())
}

async fn read(path: &Path) -> Result<(Vec<u8>, (SystemTime, u64)), String> {
    let content = tokio::fs::read(path).await.map_err(|error| error.to_string())?;
    Ok((content, look(path).await?))
}

/// What was seen of the file. A change counts once two looks agree: the beginning of a file may well be one, with less
/// in it than was meant, and an editor that writes in place shows it.
#[derive(Default)]
struct Looks {
    taken_up: Option<Seen>,
    last: Option<Seen>,
}

impl Looks {
    /// Whether it is to be taken up now.
    fn changed(&mut self, seen: &Seen) -> bool {
        if self.last.as_ref() != Some(seen) {
            self.last = Some(seen.clone());
            return false;
        }
        if self.taken_up.as_ref() == Some(seen) {
            return false;
        }
        self.taken_up = Some(seen.clone());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_length(length: u64) -> Seen {
        Ok((SystemTime::UNIX_EPOCH, length))
    }

    #[test]
    fn a_file_that_is_being_written_is_not_taken_up_half() {
        let mut looks = Looks::default();
        for length in [9, 0, 1, 2] {
            assert!(!looks.changed(&of_length(length)), "{length}");
        }
        assert!(!looks.changed(&of_length(3)));
        assert!(looks.changed(&of_length(3)));
        assert!(!looks.changed(&of_length(3)), "once");
    }

    #[test]
    fn a_file_that_goes_and_comes_back_is_told_about_once_and_taken_up_again() {
        let (there, gone): (Seen, Seen) = (of_length(5), Err("no such file".to_owned()));
        let mut looks = Looks::default();
        for (seen, changed) in [
            (&there, false),
            (&there, true),
            (&gone, false),
            (&gone, true),
            (&gone, false),
            (&there, false),
            (&there, true),
        ] {
            assert_eq!(looks.changed(seen), changed, "{seen:?}");
        }
    }
}
