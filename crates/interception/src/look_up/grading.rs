//! Questions about the grading rules.

use store::{assessments, rules};

pub use store::rules::{Publication, Stop, Version};

use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::rules_in_use::Present;

/// The grading rules: what counts, what is tried, what was stopped, and how it came to that.
#[derive(Debug, Clone)]
pub struct Grading {
    /// What counts now.
    pub present: Present,
    /// What is wrong with the configured file, if something is.
    pub pending_error: Option<String>,
    /// The live rules that are stopped.
    pub stops: Vec<rules::Stop>,
    /// The newest versions.
    pub versions: Vec<rules::Version>,
    /// The last changes of what counts, newest first.
    pub publications: Vec<rules::Publication>,
}

/// How many versions and publications are shown.
const RULES_SHOWN: i64 = 50;

/// Reads the grading rules.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn grading(centre: &Centre) -> Result<Grading> {
    let mut db = centre.store.read().await?;
    let present = centre.rules.present(&mut db).await?;
    Ok(Grading {
        pending_error: centre.rules.configured().error,
        stops: rules::stops(&mut db, &present.live.version).await?,
        versions: rules::versions(&mut db, RULES_SHOWN).await?,
        publications: rules::publications(&mut db, RULES_SHOWN).await?,
        present,
    })
}

/// The text of a version of the grading rules.
///
/// # Errors
/// [`Error::Unknown`] when it is not kept.
pub async fn rules_text(centre: &Centre, hash: &str) -> Result<String> {
    let mut db = centre.store.read().await?;
    let configured = centre.rules.configured().rules;
    match rules::text(&mut db, hash).await? {
        Some(text) => Ok(text),
        None if configured.version == hash => Ok(configured.text.clone()),
        None => Err(Error::Unknown("version of the grading rules")),
    }
}

/// How the rules on trial differ from those that count.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn shadow(centre: &Centre) -> Result<Option<(String, Vec<assessments::Difference>)>> {
    let mut db = centre.store.read().await?;
    let Some(hash) = rules::standing(&mut db).await?.shadow else { return Ok(None) };
    let differences = assessments::differences(&mut db, &hash).await?;
    Ok(Some((hash, differences)))
}
