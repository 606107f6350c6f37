//! What the rules would say to an alert: nothing is stored.

use domain::alert::Alert;
use domain::grading::{Evidence, GradingFacts, Verdict};
use domain::text_reading::TextReading;
use store::alerts;

use crate::assess_incidents::HISTORY_WINDOW;
use crate::centre::Centre;
use crate::error::Result;

/// Grades an alert as if it came in now.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn explain_grading(centre: &Centre, alert: &Alert) -> Result<(Verdict, Option<TextReading>)> {
    let mut db = centre.store.read().await?;
    let since = centre.now() - HISTORY_WINDOW;
    let history =
        alerts::history_of(&mut db, &alert.subject.phone, alert.suspect.phone.as_ref(), since).await?;
    let text = alert.text.as_deref().map(|text| centre.texts.read(text));
    let facts = GradingFacts::of(Evidence::from(alert), history, text);
    let verdict = centre.rules.assess(&facts);
    Ok((verdict, facts.text))
}
