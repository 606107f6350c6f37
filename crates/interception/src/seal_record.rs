//! The timeline is sealed line by line, and walked by whoever wants it proved that nothing was altered since.
//!
//! Sealing stands apart from the acts that write: one chain over all incidents would make every act wait for every
//! other. A line is sealed once no older transaction runs, which is within seconds.

use domain::seal::{Broken, Seal, Sealed, Walk};
use store::timeline::Place;
use store::{Store, seals};

use crate::centre::Centre;
use crate::error::Result;

/// How many lines one commit seals, and one look of a walk reads.
const BATCH: usize = 1_000;

/// Seals a batch of lines; returns whether there may be more.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn seal_record(centre: &Centre) -> Result<bool> {
    let mut tx = centre.store.begin().await?;
    seals::lock(&mut tx).await?;
    let (mut end, place) = seals::last(&mut tx).await?;
    let lines = seals::unsealed(&mut tx, place, BATCH as i64).await?;
    if lines.is_empty() {
        return Ok(false);
    }
    let sealed = |line| {
        end = Walk { position: end.position + 1, seal: end.seal.over(&line) };
        Sealed { position: end.position, seq: line.seq, txid: line.txid, seal: end.seal, line: Some(line) }
    };
    let sealed: Vec<Sealed> = lines.into_iter().map(sealed).collect();
    seals::append(&mut tx, &sealed).await?;
    tx.commit().await?;
    Ok(sealed.len() == BATCH)
}

/// What a walk over the record found.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked {
    /// How far it was whole.
    pub whole: Walk,
    /// What ended it, if the record was altered.
    pub broken: Option<Broken>,
    /// The lines behind the last seal.
    pub waiting: i64,
    /// Whether the seal that was asked for was met.
    pub met: bool,
}

/// Walks the record from its first line to the first that was altered, or to the end; on the way it looks for `head`, a
/// seal that was written down before. Nothing is changed.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn verify_record(store: &Store, head: Option<Seal>) -> Result<Walked> {
    let mut db = store.read().await?;
    let mut walked = Walked { whole: Walk::default(), broken: None, waiting: 0, met: false };
    let mut from = seals::START;
    loop {
        let mut to = from;
        for found in seals::behind(&mut db, walked.whole.position, BATCH as i64).await? {
            to = Place { txid: found.txid, seq: found.seq };
            walked.broken = walked.whole.on(found);
            if walked.broken.is_some() {
                break;
            }
            walked.met |= head == Some(walked.whole.seal);
        }
        // a line whose seal is gone has none either, and was not put in
        if !matches!(walked.broken, Some(Broken::SealTakenOut(_)))
            && let Some(line) = seals::stray(&mut db, from, to).await?
        {
            walked.broken = Some(Broken::PutIn(line));
        }
        if walked.broken.is_some() {
            return Ok(walked);
        }
        if to == from {
            walked.waiting = seals::waiting(&mut db, from).await?;
            return Ok(walked);
        }
        from = to;
    }
}
