//! Sending texts: many in hand at once, recorded together, so that a campaign waits for its provider and not for a
//! commit each.

use std::sync::Arc;
use std::time::Duration;

use domain::measure_kind::MeasureKind;
use futures::future::join_all;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{Notices, pause, rest};
use crate::act::Work;
use crate::carry_out_measures::sms::{Offered, offer, record};
use crate::carry_out_measures::{Try, lease_tries};
use crate::centre::Centre;
use crate::keep_sms_sessions::keep_sms_sessions;
use crate::sms_provider::room;

/// How many texts one worker has in hand, from lease to record, where the provider's rate allows.
const IN_HAND: usize = 256;
/// How many are recorded in one commit at most.
const RECORDED_AT_ONCE: usize = 64;
/// How many commits are under way at once: the database works on one while another travels.
const RECORDERS: usize = 3;
/// How long nothing is leased where a second's worth is in hand.
const UNTIL_ROOM: Duration = Duration::from_millis(50);

/// A text that was offered, with its place among those in hand.
struct InHand {
    attempt: Try,
    offered: Offered,
    _place: Option<OwnedSemaphorePermit>,
}

/// Sends texts until `stop`. The sessions with the providers end after the last one is out.
pub(super) async fn send_texts(centre: Arc<Centre>, notices: &Notices, stop: &CancellationToken) {
    let last_one_is_out = CancellationToken::new();
    let sessions = keep_sms_sessions(Arc::clone(&centre), last_one_is_out.clone());
    let texts = async {
        let (to_record, offered) = mpsc::unbounded_channel();
        tokio::join!(
            offer_texts(Arc::clone(&centre), to_record, notices, stop),
            record_texts(&centre, offered)
        );
        last_one_is_out.cancel();
    };
    tokio::join!(sessions, texts);
}

async fn offer_texts(
    centre: Arc<Centre>,
    to_record: mpsc::UnboundedSender<InHand>,
    notices: &Notices,
    stop: &CancellationToken,
) {
    let worker = Uuid::now_v7();
    let permits = Arc::new(Semaphore::new(IN_HAND));
    let in_the_air = TaskTracker::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _free = permits.acquire() => {}
        }
        let free = permits.available_permits();
        // nothing is leased that could not leave within a second: a lease must not run out while a text waits
        let room = usize::try_from(room(&centre.outside.sms, centre.now())).unwrap_or(usize::MAX);
        let free = free.min(room.saturating_sub(IN_HAND - free));
        if free == 0 {
            pause(stop, UNTIL_ROOM).await;
            continue;
        }
        let free = i64::try_from(free).unwrap_or(1);
        let leased = lease_tries(&centre, MeasureKind::Sms, worker, free).await;
        let found = leased.map(|tries| {
            let found = tries.len();
            for attempt in tries {
                let (centre, to_record) = (Arc::clone(&centre), to_record.clone());
                // only this loop takes permits, and it leased no more than were free
                let place = Arc::clone(&permits).try_acquire_owned().ok();
                in_the_air.spawn(async move {
                    match offer(&centre, &attempt).await {
                        // the receiver ends after the last sender
                        Ok(Some(offered)) => drop(to_record.send(InHand { attempt, offered, _place: place })),
                        Ok(None) => {}
                        Err(error) => tracing::warn!(%error, "a text could not be offered; it will be again"),
                    }
                });
            }
            found
        });
        rest(found, Work::Sms, notices, stop).await;
    }
    in_the_air.close();
    in_the_air.wait().await;
}

/// Records what came of texts until all that offer them are gone.
async fn record_texts(centre: &Centre, offered: mpsc::UnboundedReceiver<InHand>) {
    let offered = Mutex::new(offered);
    join_all((0..RECORDERS).map(|_| record_batches(centre, &offered))).await;
}

/// Whatever has come together during the last commit goes into the next one.
async fn record_batches(centre: &Centre, offered: &Mutex<mpsc::UnboundedReceiver<InHand>>) {
    let mut batch: Vec<InHand> = vec![];
    while offered.lock().await.recv_many(&mut batch, RECORDED_AT_ONCE).await > 0 {
        let texts: Vec<(&Try, &Offered)> = batch.iter().map(|text| (&text.attempt, &text.offered)).collect();
        if record(centre, &texts).await.is_err() {
            // one of them may be at fault: it is found, and the others are not held up
            for text in texts.chunks(1) {
                if let Err(error) = record(centre, text).await {
                    tracing::warn!(%error, "what came of a text could not be recorded; its lease will run out");
                }
            }
        }
        batch.clear();
    }
}
