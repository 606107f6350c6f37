//! Every grading of every incident, with its inputs, so that it can be replayed.

use std::collections::BTreeMap;

use domain::clock::Instant;
use domain::grading::Reason;
use domain::grading::outcome::PastGrading;
use domain::id::{AssessmentId, IncidentId};
use domain::station::StationId;
use domain::tier::Grade;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decode::Row;
use crate::{Error, Result};

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
    /// The rules that were stopped and did not count.
    pub stopped: Vec<String>,
    /// What the rules on trial said, where there were any: a verdict.
    pub shadow: Option<Value>,
}

/// Writes a grading.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, assessment: &Assessment) -> Result<()> {
    sqlx::query!(
        "-- assessment.insert
        INSERT INTO assessment (id, incident_id, created_at, tier, urgent, score, rules_version, reasons, facts,
            made_by, stopped, shadow)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
        &assessment.stopped,
        assessment.shadow,
    )
    .execute(db)
    .await?;
    Ok(())
}

struct AssessmentRow {
    id: Uuid,
    incident_id: Uuid,
    created_at: Instant,
    tier: String,
    urgent: bool,
    score: Option<i32>,
    rules_version: Option<String>,
    reasons: Value,
    facts: Value,
    made_by: String,
    stopped: Vec<String>,
    shadow: Option<Value>,
}

impl TryFrom<AssessmentRow> for Assessment {
    type Error = Error;

    fn try_from(found: AssessmentRow) -> Result<Self> {
        let row = Row { table: "assessment", id: &found.id };
        Ok(Self {
            id: found.id.into(),
            incident_id: found.incident_id.into(),
            created_at: found.created_at,
            grade: Grade { tier: row.word("tier", &found.tier)?, urgent: found.urgent },
            score: found.score,
            rules_version: found.rules_version,
            reasons: found.reasons,
            facts: found.facts,
            made_by: found.made_by,
            stopped: found.stopped,
            shadow: found.shadow,
        })
    }
}

/// The gradings of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Assessment>> {
    let rows = sqlx::query_as!(
        AssessmentRow,
        "-- assessment.of_incident
        SELECT id, incident_id, created_at, tier, urgent, score, rules_version, reasons, facts, made_by, stopped, shadow
        FROM assessment WHERE incident_id = $1 ORDER BY id",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Assessment::try_from).collect()
}

/// One grading.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: AssessmentId) -> Result<Option<Assessment>> {
    let found = sqlx::query_as!(
        AssessmentRow,
        "-- assessment.get
        SELECT id, incident_id, created_at, tier, urgent, score, rules_version, reasons, facts, made_by, stopped, shadow
        FROM assessment WHERE id = $1",
        id.uuid(),
    )
    .fetch_optional(db)
    .await?;
    found.map(Assessment::try_from).transpose()
}

/// How often each rule of a version fired in its last `window` gradings since a rule of it was last reset, and how
/// many gradings that were. Drills are never counted.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn hits(
    db: &mut PgConnection,
    rules_version: &str,
    window: u32,
) -> Result<(BTreeMap<String, u32>, u32)> {
    let rows = sqlx::query!(
        r#"-- assessment.hits
        WITH last AS (
            SELECT reasons FROM assessment WHERE rules_version = $1 AND created_at > coalesce(
                (SELECT max(reset_at) FROM rule_stop WHERE rules_version = $1), '-infinity')
                AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill)
            ORDER BY id DESC LIMIT $2)
        SELECT reason.value ->> 'rule' AS rule, count(*) AS "hits!", (SELECT count(*) FROM last) AS "gradings!"
        FROM last LEFT JOIN LATERAL jsonb_array_elements(last.reasons) reason ON true GROUP BY 1"#,
        rules_version,
        i64::from(window),
    )
    .fetch_all(db)
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let gradings = rows.first().map_or(0, |row| count(row.gradings));
    Ok((rows.into_iter().filter_map(|row| Some((row.rule?, count(row.hits)))).collect(), gradings))
}

/// How the rules on trial differ from those that count: gradings by tier there and here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// By the rules that count.
    pub live: Grade,
    /// By the rules on trial.
    pub shadow: Grade,
    /// In how many gradings.
    pub gradings: u64,
}

/// What the rules on trial would have changed since they are on trial. Drills are never counted.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn differences(db: &mut PgConnection, shadow_version: &str) -> Result<Vec<Difference>> {
    let rows = sqlx::query!(
        r#"-- assessment.differences
        SELECT tier, urgent, shadow ->> 'tier' AS shadow_tier, (shadow ->> 'urgent')::boolean AS shadow_urgent,
            count(*) AS "gradings!"
        FROM assessment WHERE shadow IS NOT NULL AND shadow ->> 'rules_version' = $1
            AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill)
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"#,
        shadow_version,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "assessment", id: &"shadow" };
            let (Some(tier), Some(urgent)) = (&found.shadow_tier, found.shadow_urgent) else {
                return Err(row.inconsistent("the shadow is no verdict"));
            };
            Ok(Difference {
                live: Grade { tier: row.word("tier", &found.tier)?, urgent: found.urgent },
                shadow: Grade { tier: row.word("shadow", tier)?, urgent },
                gradings: row.number("count", found.gradings)?,
            })
        })
        .collect()
}

/// Gradings by rules made from `from` up to but not at `to`, with what became of their incidents: a page at a time,
/// grouped by incident. Drills are left out.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn past(
    db: &mut PgConnection,
    (from, to): (Instant, Instant),
    after: Option<(IncidentId, AssessmentId)>,
    limit: i64,
) -> Result<Vec<(AssessmentId, PastGrading)>> {
    let (after_incident, after_assessment) = after.unzip();
    let rows = sqlx::query!(
        r#"-- assessment.past
        SELECT assessment.id, assessment.incident_id, assessment.tier, assessment.urgent, assessment.reasons,
            assessment.facts, incident.station_id, incident.outcome,
            EXISTS (SELECT FROM measure JOIN dispatch ON dispatch.id = measure.id
                WHERE measure.incident_id = incident.id AND dispatch.arrived_at IS NOT NULL) AS "visited!",
            EXISTS (SELECT FROM subject_mark own
                JOIN subject_mark same ON same.kind = own.kind AND same.value = own.value AND NOT same.drill
                JOIN call ON call.incident_id = same.incident_id
                WHERE own.incident_id = incident.id AND call.created_at > assessment.created_at
                    AND jsonb_array_length(coalesce(call.body -> 'transfers', '[]')) > 0) AS "paid_later!"
        FROM assessment JOIN incident ON incident.id = assessment.incident_id
        WHERE assessment.rules_version IS NOT NULL AND assessment.created_at >= $1 AND assessment.created_at < $2
            AND NOT incident.drill
            AND ($3::uuid IS NULL OR (assessment.incident_id, assessment.id) > ($3, $4::uuid))
        ORDER BY assessment.incident_id, assessment.id LIMIT $5"#,
        from,
        to,
        after_incident.map(IncidentId::uuid),
        after_assessment.map(AssessmentId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "assessment", id: &found.id };
            let unreadable = |_| row.inconsistent("facts or reasons cannot be read back");
            let reasons: Vec<Reason> = serde_json::from_value(found.reasons).map_err(unreadable)?;
            let past = PastGrading {
                incident_id: found.incident_id.into(),
                station_id: StationId::new(&found.station_id),
                grade: Grade { tier: row.word("tier", &found.tier)?, urgent: found.urgent },
                facts: serde_json::from_value(found.facts).map_err(unreadable)?,
                rules: reasons.into_iter().map(|reason| reason.rule).collect(),
                outcome: row.maybe_word("outcome", found.outcome.as_deref())?,
                visited: found.visited,
                paid_later: found.paid_later,
            };
            Ok((found.id.into(), past))
        })
        .collect()
}
