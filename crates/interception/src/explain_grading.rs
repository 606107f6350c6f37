//! What the rules would say to an alert: nothing is stored.

use domain::alert::Alert;
use domain::grading::{Evidence, GradingFacts, Verdict};
use domain::text_reading::TextReading;
use store::alerts;

use crate::centre::Centre;
use crate::error::Result;

/// Grades an alert as if it came in now.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn explain_grading(centre: &Centre, alert: &Alert) -> Result<(Verdict, Option<TextReading>)> {
    let mut db = centre.store.read().await?;
    let history = alerts::history_of(&mut db, &alert.subject, &alert.suspect, centre.now()).await?;
    let history = history.with_protected(alert.suspect.phone.as_ref(), &centre.protected);
    let text = alert.text.as_deref().map(|text| centre.texts.read(text));
    let facts = GradingFacts::of(Evidence::from(alert), history, text);
    let present = centre.rules.present(&mut db).await?;
    let verdict = present.live.assess_without(&facts, &present.stopped);
    Ok((verdict, facts.text))
}
