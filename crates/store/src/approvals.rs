//! Acts that wait for a second person. Whoever changes one holds its incident's row lock.

use domain::approval::{Act, Approval, Kind, Person, Status};
use domain::clock::Instant;
use domain::id::{ApprovalId, IncidentId};
use domain::tier::Grade;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Which approvals to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<ApprovalId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// In this status.
    pub status: Option<Status>,
    /// Older than this one.
    pub after: Option<ApprovalId>,
}

/// Writes an act that waits.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, approval: &Approval) -> Result<()> {
    let (measure, grade) = match &approval.act {
        Act::LowerTier(grade) => (None, Some(*grade)),
        Act::CutSubjectLine(id) | Act::ReleaseStopPayment(id) => (Some(id.uuid()), None),
        Act::ExportIncident => (None, None),
    };
    sqlx::query!(
        "-- approval.insert
        INSERT INTO approval (id, incident_id, kind, measure_id, tier, urgent, reason, asked_by, created_at, status)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting')",
        approval.id.uuid(),
        approval.incident_id.uuid(),
        approval.act.kind().as_str(),
        measure,
        grade.map(|grade| grade.tier.as_str()),
        grade.map(|grade| grade.urgent),
        approval.reason,
        approval.asked_by.id.uuid(),
        approval.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes how an approval ended.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, approval: &Approval) -> Result<()> {
    sqlx::query!(
        "-- approval.save
        UPDATE approval SET status = $2, decided_by = $3, decided_at = $4, decision_reason = $5 WHERE id = $1",
        approval.id.uuid(),
        approval.status.as_str(),
        approval.decided_by.as_ref().map(|person| person.id.uuid()),
        approval.decided_at,
        approval.decision_reason,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads approvals, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Approval>> {
    let rows = sqlx::query!(
        r#"-- approval.list
        SELECT approval.id, incident_id, kind, measure_id, tier, urgent, reason, asked_by, approval.created_at,
            decided_by, decided_at, decision_reason, status, first.name AS asked_by_name,
            second.name AS "decided_by_name?"
        FROM approval JOIN operator AS first ON first.id = asked_by
            LEFT JOIN operator AS second ON second.id = decided_by
        WHERE ($1::uuid IS NULL OR approval.id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::text IS NULL OR status = $3)
          AND ($4::uuid IS NULL OR approval.id < $4)
        ORDER BY approval.id DESC LIMIT $5"#,
        filter.id.map(ApprovalId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.after.map(ApprovalId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "approval", id: &found.id };
            let grade = found.tier.as_deref().zip(found.urgent);
            let act = match (row.word("kind", &found.kind)?, found.measure_id, grade) {
                (Kind::LowerTier, None, Some((tier, urgent))) => {
                    Act::LowerTier(Grade { tier: row.word("tier", tier)?, urgent })
                }
                (Kind::CutSubjectLine, Some(id), None) => Act::CutSubjectLine(id.into()),
                (Kind::ReleaseStopPayment, Some(id), None) => Act::ReleaseStopPayment(id.into()),
                (Kind::ExportIncident, None, None) => Act::ExportIncident,
                _ => return Err(row.inconsistent("the kind does not fit its facts")),
            };
            Ok(Approval {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                act,
                reason: found.reason,
                asked_by: Person { id: found.asked_by.into(), name: found.asked_by_name },
                created_at: found.created_at,
                decided_by: found
                    .decided_by
                    .zip(found.decided_by_name)
                    .map(|(id, name)| Person { id: id.into(), name }),
                decided_at: found.decided_at,
                decision_reason: found.decision_reason,
                status: row.word("status", &found.status)?,
            })
        })
        .collect()
}

/// Reads one approval.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: ApprovalId) -> Result<Option<Approval>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// Approvals that have waited since before `created_before`.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn waiting_since(
    db: &mut PgConnection,
    created_before: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, ApprovalId)>> {
    let rows = sqlx::query!(
        "-- approval.waiting_since
        SELECT id, incident_id FROM approval WHERE status = 'waiting' AND created_at <= $1 ORDER BY created_at LIMIT $2",
        created_before,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}
