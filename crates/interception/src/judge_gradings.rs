//! The gradings of a span set against how things ended: by other rules, or as they were.

use domain::clock::Instant;
use domain::grading::Rules;
use domain::grading::outcome::{Backtest, PastGrading, Quality, QualityReport};
use store::{Store, assessments};

use crate::error::Result;
use crate::rules_in_use::RulesInUse;

/// How many gradings are read at a time.
const PAGE: i64 = 1_000;
/// How many gradings lie between two words of progress.
const TOLD_EVERY: u64 = 10_000;

/// What other rules would have changed, by the facts as they were then: nothing that became known later is looked
/// at. `told` hears how many gradings were read so far.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away or a row is inconsistent.
pub async fn backtest(
    store: &Store,
    rules: &Rules,
    span: (Instant, Instant),
    told: impl Fn(u64),
) -> Result<Backtest> {
    let mut backtest = Backtest::default();
    each(store, span, |past| {
        let after = rules.assess(&past.facts).grade();
        backtest.add(past, after);
        if backtest.gradings.is_multiple_of(TOLD_EVERY) {
            told(backtest.gradings);
        }
    })
    .await?;
    backtest.finish();
    Ok(backtest)
}

/// How good the gradings of a span were.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away or a row is inconsistent.
pub async fn quality(store: &Store, rules: &RulesInUse, span: (Instant, Instant)) -> Result<QualityReport> {
    let mut db = store.read().await?;
    let live = rules.present(&mut db).await?.live;
    drop(db);
    let mut quality = Quality::default();
    each(store, span, |past| quality.add(past)).await?;
    Ok(quality.report(live.ids()))
}

async fn each(store: &Store, span: (Instant, Instant), mut take: impl FnMut(PastGrading)) -> Result<()> {
    let mut after = None;
    loop {
        let mut db = store.read().await?;
        let page = assessments::past(&mut db, span, after, PAGE).await?;
        drop(db);
        let Some((last, past)) = page.last() else { return Ok(()) };
        after = Some((past.incident_id, *last));
        page.into_iter().for_each(|(_, past)| take(past));
    }
}
