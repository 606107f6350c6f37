//! What closed incidents teach whoever reads texts.

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Outcome;
use domain::scam_type::ScamType;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// A text of a closed incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedText {
    /// The incident.
    pub incident_id: IncidentId,
    /// How it was closed: prevented, not fraud, or with a victim.
    pub outcome: Outcome,
    /// The kind of fraud, as the taker of a 110 call named it, else as the alert's source did. What was only read
    /// from the text is no answer to learn from.
    pub scam_type: Option<ScamType>,
    /// An alert's text or a call's narrative.
    pub text: String,
}

/// The texts of the incidents that were closed since then and whose outcome says whether it was fraud, the latest
/// closed first, at most `limit`. Drills teach nothing.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn closed_texts(db: &mut PgConnection, since: Instant, limit: i64) -> Result<Vec<ClosedText>> {
    let rows = sqlx::query!(
        r#"-- lesson.closed_texts
        SELECT incident.id, outcome AS "outcome!", told.text AS "text!",
            COALESCE((SELECT max(body->>'scam_type') FROM call WHERE incident_id = incident.id), told.scam_type)
                AS scam_type
        FROM incident JOIN LATERAL (
            SELECT text, scam_type FROM alert WHERE incident_id = incident.id AND text IS NOT NULL
            UNION ALL
            SELECT body->>'narrative', body->>'scam_type' FROM call
                WHERE incident_id = incident.id AND body->>'narrative' IS NOT NULL
        ) AS told ON true
        WHERE status = 'closed' AND NOT drill AND closed_at >= $1
            AND outcome IN ('prevented', 'not_fraud', 'became_victim')
        ORDER BY closed_at DESC, incident.id, told.text LIMIT $2"#,
        since,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "incident", id: &found.id };
            Ok(ClosedText {
                incident_id: found.id.into(),
                outcome: row.word("outcome", &found.outcome)?,
                scam_type: found.scam_type.map(|word| row.word("scam_type", &word)).transpose()?,
                text: found.text,
            })
        })
        .collect()
}
