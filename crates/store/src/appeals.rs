//! Appeals against stops. Whoever changes one holds its incident's row lock.

use domain::appeal::{Appeal, Appellant, Decision, State, Status};
use domain::clock::Instant;
use domain::id::{AppealId, IncidentId, MeasureId};
use domain::person::{PersonName, PhoneNumber, ResidentId};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Which appeals to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<AppealId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// Against this stop.
    pub stop_payment: Option<MeasureId>,
    /// In this status.
    pub status: Option<Status>,
    /// Older than this one.
    pub after: Option<AppealId>,
}

/// Writes an appeal that waits.
///
/// # Errors
/// [`crate::Error::Taken`] when one against the same stop waits already; [`crate::Error::Fault`] when the database is
/// away.
pub async fn insert(db: &mut PgConnection, appeal: &Appeal) -> Result<()> {
    sqlx::query!(
        "-- appeal.insert
        INSERT INTO appeal (id, stop_payment_id, incident_id, appellant_name, appellant_phone, appellant_id_number,
            reason, materials, registered_by, created_at, remind_at, status)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')",
        appeal.id.uuid(),
        appeal.stop_payment_id.uuid(),
        appeal.incident_id.uuid(),
        appeal.appellant.name.reveal(),
        appeal.appellant.phone.reveal(),
        appeal.appellant.id_number.as_ref().map(ResidentId::reveal),
        appeal.reason,
        &appeal.materials,
        appeal.registered_by.uuid(),
        appeal.created_at,
        appeal.due_at(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes how an appeal was decided.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, appeal: &Appeal) -> Result<()> {
    let decision = appeal.decision();
    sqlx::query!(
        "-- appeal.save
        UPDATE appeal SET status = $2, decided_by = $3, decided_at = $4, decision = $5, notice = $6,
            remind_at = CASE WHEN $2 = 'open' THEN remind_at END
        WHERE id = $1",
        appeal.id.uuid(),
        appeal.status().as_str(),
        decision.map(|decision| decision.by.uuid()),
        decision.map(|decision| decision.at),
        decision.map(|decision| decision.reason.as_str()),
        decision.map(|decision| decision.notice.as_str()),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads appeals, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Appeal>> {
    let rows = sqlx::query!(
        "-- appeal.list
        SELECT id, stop_payment_id, incident_id, appellant_name, appellant_phone, appellant_id_number, reason,
            materials, registered_by, created_at, status, decided_by, decided_at, decision, notice
        FROM appeal
        WHERE ($1::uuid IS NULL OR id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::uuid IS NULL OR stop_payment_id = $3)
          AND ($4::text IS NULL OR status = $4)
          AND ($5::uuid IS NULL OR id < $5)
        ORDER BY id DESC LIMIT $6",
        filter.id.map(AppealId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.stop_payment.map(MeasureId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.after.map(AppealId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "appeal", id: &found.id };
            let decision = match (found.decided_by, found.decided_at, found.decision, found.notice) {
                (Some(by), Some(at), Some(reason), Some(notice)) => {
                    Some(Decision { by: by.into(), at, reason, notice })
                }
                _ => None,
            };
            let state = match (row.word("status", &found.status)?, decision) {
                (Status::Open, None) => State::Open,
                (Status::Granted, Some(decision)) => State::Granted(decision),
                (Status::Rejected, Some(decision)) => State::Rejected(decision),
                _ => return Err(row.inconsistent("the status does not fit its facts")),
            };
            Ok(Appeal {
                id: found.id.into(),
                stop_payment_id: found.stop_payment_id.into(),
                incident_id: found.incident_id.into(),
                appellant: Appellant {
                    name: row.parsed("appellant_name", &found.appellant_name, PersonName::parse)?,
                    phone: row.parsed("appellant_phone", &found.appellant_phone, PhoneNumber::parse)?,
                    id_number: row.maybe_parsed(
                        "appellant_id_number",
                        found.appellant_id_number.as_deref(),
                        ResidentId::parse,
                    )?,
                },
                reason: found.reason,
                materials: found.materials,
                registered_by: found.registered_by.into(),
                created_at: found.created_at,
                state,
            })
        })
        .collect()
}

/// Reads one appeal.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: AppealId) -> Result<Option<Appeal>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// Open appeals that are overdue and nobody was told of.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn to_remind(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, AppealId)>> {
    let rows = sqlx::query!(
        "-- appeal.to_remind
        SELECT id, incident_id FROM appeal WHERE remind_at IS NOT NULL AND remind_at <= $1
        ORDER BY remind_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}

/// Somebody is told that an appeal is overdue; `false`: they were, or it is decided.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn reminded(db: &mut PgConnection, id: AppealId) -> Result<bool> {
    let told = sqlx::query!(
        "-- appeal.reminded\nUPDATE appeal SET remind_at = NULL WHERE id = $1 AND remind_at IS NOT NULL",
        id.uuid()
    )
    .execute(db)
    .await?;
    Ok(told.rows_affected() == 1)
}
