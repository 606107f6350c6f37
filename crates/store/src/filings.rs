//! Filed cases, and the papers that stops owe. Whoever changes one holds its incident's row lock.

use domain::clock::Instant;
use domain::filing::{Delivered, Filing, Status};
use domain::id::{IncidentId, MeasureId};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// What was decided, by whom it was written down and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The decision.
    pub filing: Filing,
    /// Who wrote it down.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Instant,
}

/// Writes what was decided, in place of what was decided before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, incident: IncidentId, recorded: &Recorded) -> Result<()> {
    let (case_number, filed_at, approved_by, reason) = match &recorded.filing {
        Filing::Filed { case_number, filed_at, approved_by } => {
            (Some(case_number.as_str()), Some(*filed_at), approved_by.as_deref(), None)
        }
        Filing::Refused { reason } => (None, None, None, Some(reason.as_str())),
    };
    sqlx::query!(
        "-- filing.save
        INSERT INTO filing (incident_id, status, case_number, filed_at, approved_by, reason, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (incident_id) DO UPDATE SET status = excluded.status, case_number = excluded.case_number,
            filed_at = excluded.filed_at, approved_by = excluded.approved_by, reason = excluded.reason,
            recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at",
        incident.uuid(),
        recorded.filing.status().as_str(),
        case_number,
        filed_at,
        approved_by,
        reason,
        recorded.recorded_by,
        recorded.recorded_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What was decided about an incident's case; `None`: nobody has.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, incident: IncidentId) -> Result<Option<Recorded>> {
    let found = sqlx::query!(
        "-- filing.get
        SELECT status, case_number, filed_at, approved_by, reason, recorded_by, recorded_at
        FROM filing WHERE incident_id = $1",
        incident.uuid(),
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let row = Row { table: "filing", id: &incident };
    let filing = match (row.word("status", &found.status)?, found.case_number, found.filed_at, found.reason) {
        (Status::Filed, Some(case_number), Some(filed_at), None) => {
            Filing::Filed { case_number, filed_at, approved_by: found.approved_by }
        }
        (Status::Refused, None, None, Some(reason)) => Filing::Refused { reason },
        _ => return Err(row.inconsistent("the status does not fit its facts")),
    };
    Ok(Some(Recorded { filing, recorded_by: found.recorded_by, recorded_at: found.recorded_at }))
}

/// Writes that a paper is there; `false`: it was.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn deliver(db: &mut PgConnection, order: MeasureId, paper: &Delivered) -> Result<bool> {
    let written = sqlx::query!(
        "-- paper.deliver
        INSERT INTO paper (stop_payment_id, paper, reference, delivered_by, delivered_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        order.uuid(),
        paper.paper.as_str(),
        paper.reference,
        paper.by,
        paper.at,
    )
    .execute(db)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The papers of an order that are there.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn delivered(db: &mut PgConnection, order: MeasureId) -> Result<Vec<Delivered>> {
    let rows = sqlx::query!(
        "-- paper.of_order
        SELECT paper, reference, delivered_by, delivered_at FROM paper WHERE stop_payment_id = $1 ORDER BY delivered_at",
        order.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "paper", id: &order };
            Ok(Delivered {
                paper: row.word("paper", &found.paper)?,
                reference: found.reference,
                by: found.delivered_by,
                at: found.delivered_at,
            })
        })
        .collect()
}

/// Sets when a paper of an order falls due next.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn set_due(db: &mut PgConnection, order: MeasureId, at: Option<Instant>) -> Result<()> {
    sqlx::query!(
        "-- stop_payment.set_papers_due\nUPDATE stop_payment SET papers_due_at = $2 WHERE id = $1",
        order.uuid(),
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Orders of which a paper has fallen due, the most overdue first.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn fallen_due(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- stop_payment.papers_fallen_due
        SELECT stop_payment.id, incident_id FROM stop_payment JOIN measure USING (id)
        WHERE papers_due_at IS NOT NULL AND papers_due_at <= $1 ORDER BY papers_due_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}

/// When a paper of an order falls due next, as it was set.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn due_at(db: &mut PgConnection, order: MeasureId) -> Result<Option<Instant>> {
    Ok(sqlx::query_scalar!(
        "-- stop_payment.papers_due_at\nSELECT papers_due_at FROM stop_payment WHERE id = $1",
        order.uuid()
    )
    .fetch_optional(db)
    .await?
    .flatten())
}
