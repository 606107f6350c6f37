//! Every grading of every incident, with its inputs, so that it can be replayed.

use domain::clock::Instant;
use domain::id::{AssessmentId, IncidentId};
use domain::tier::Grade;
use serde_json::Value;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// One grading.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// What was graded.
    pub incident_id: IncidentId,
    /// When.
    pub created_at: Instant,
    /// How bad.
    pub grade: Grade,
    /// The points; `None` where a person decided.
    pub score: Option<i32>,
    /// The hash of the rules; `None` where a person decided.
    pub rules_version: Option<String>,
    /// Each rule that fired, with value and weight.
    pub reasons: Value,
    /// What the rules looked at.
    pub facts: Value,
    /// `lanjie`, or the operator.
    pub made_by: String,
}

/// Writes a grading.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, assessment: &Assessment) -> Result<()> {
    sqlx::query!(
        "-- assessment.insert
        INSERT INTO assessment (id, incident_id, created_at, tier, urgent, score, rules_version, reasons, facts,
            made_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        assessment.id.uuid(),
        assessment.incident_id.uuid(),
        assessment.created_at,
        assessment.grade.tier.as_str(),
        assessment.grade.urgent,
        assessment.score,
        assessment.rules_version,
        assessment.reasons,
        assessment.facts,
        assessment.made_by,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The gradings of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Assessment>> {
    let rows = sqlx::query!(
        "-- assessment.of_incident
        SELECT id, created_at, tier, urgent, score, rules_version, reasons, facts, made_by
        FROM assessment WHERE incident_id = $1 ORDER BY id",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "assessment", id: &found.id };
            Ok(Assessment {
                id: found.id.into(),
                incident_id: incident,
                created_at: found.created_at,
                grade: Grade { tier: row.word("tier", &found.tier)?, urgent: found.urgent },
                score: found.score,
                rules_version: found.rules_version,
                reasons: found.reasons,
                facts: found.facts,
                made_by: found.made_by,
            })
        })
        .collect()
}
