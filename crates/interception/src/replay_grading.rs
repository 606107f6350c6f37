//! A grading made again from what was kept of it: the facts, the rules' text and the rules that were stopped.

use domain::grading::{GradingFacts, Reason, Verdict};
use domain::id::AssessmentId;
use domain::tier::Grade;
use store::Store;
use store::assessments::{self, Assessment};

use crate::error::{Error, Result};
use crate::rules_in_use::RulesInUse;

/// What became of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// What was kept.
    pub kept: Kept,
    /// What the same rules say today.
    pub again: Verdict,
}

/// The judgement as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The tier with its mark of urgency.
    pub grade: Grade,
    /// The points.
    pub score: i32,
    /// The rules that fired.
    pub reasons: Vec<Reason>,
}

impl Replayed {
    /// Whether it came out the same, to the last sentence.
    #[must_use]
    pub fn is_same(&self) -> bool {
        let Verdict { score, reasons, .. } = &self.again;
        self.kept.grade == self.again.grade() && self.kept.score == *score && self.kept.reasons == *reasons
    }
}

/// Makes a grading again.
///
/// # Errors
/// [`Error`] when there is no such grading, a person made it, or its rules were not kept.
pub async fn replay_grading(store: &Store, known: &RulesInUse, id: AssessmentId) -> Result<Replayed> {
    let mut db = store.read().await?;
    let found = assessments::get(&mut db, id).await?.ok_or(Error::Unknown("assessment"))?;
    let Assessment {
        rules_version: Some(version), score: Some(score), grade, facts, reasons, stopped, ..
    } = found
    else {
        return Err(Error::conflict(
            "made_by_a_person",
            "a person made this grading: there is nothing to replay",
        ));
    };
    let rules = known.version(&mut db, &version).await?.ok_or_else(|| {
        let detail = format!("the text of the rules {version} was not kept, or this program cannot read it");
        Error::conflict("rules_not_kept", detail)
    })?;
    let inconsistent = || store::Error::Inconsistent {
        table: "assessment",
        id: id.to_string(),
        detail: "facts or reasons cannot be read back".to_owned(),
    };
    let facts: GradingFacts = serde_json::from_value(facts).map_err(|_| inconsistent())?;
    let reasons: Vec<Reason> = serde_json::from_value(reasons).map_err(|_| inconsistent())?;
    let stopped = stopped.into_iter().collect();
    let again = rules.assess_without(&facts, &stopped);
    Ok(Replayed { kept: Kept { grade, score, reasons }, again })
}
