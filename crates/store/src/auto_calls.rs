//! Calls by machines. Whoever changes one holds its incident's row lock.

use domain::auto_call::{Answer, AutoCall, State, Status};
use domain::id::{IncidentId, MeasureId};
use domain::person::PhoneNumber;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Writes a new call; its measure is written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, call: &AutoCall) -> Result<()> {
    sqlx::query!(
        "-- auto_call.insert
        INSERT INTO auto_call (id, phone, template, script, status) VALUES ($1, $2, $3, $4, 'queued')",
        call.id.uuid(),
        call.phone.reveal(),
        call.template,
        call.script,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where a call stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, call: &AutoCall) -> Result<()> {
    let (answer, ended_at) = match &call.state {
        State::Queued | State::Calling => (None, None),
        State::Done { answer, at } => (Some(answer), Some(*at)),
        State::Failed { at } | State::Cancelled { at } => (None, Some(*at)),
    };
    sqlx::query!(
        "-- auto_call.save
        UPDATE auto_call SET status = $2, outcome = $3, seconds = $4, keys = $5, ended_at = $6 WHERE id = $1",
        call.id.uuid(),
        call.status().as_str(),
        answer.map(|answer| answer.outcome.as_str()),
        answer.and_then(|answer| answer.seconds).map(i64::from),
        answer.and_then(|answer| answer.keys.as_deref()),
        ended_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads the calls of an incident, or one call, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
async fn list(
    db: &mut PgConnection,
    incident: Option<IncidentId>,
    id: Option<MeasureId>,
) -> Result<Vec<AutoCall>> {
    let rows = sqlx::query!(
        "-- auto_call.list
        SELECT auto_call.id, incident_id, step, created_at, phone, template, script, status, outcome, seconds, keys,
            ended_at
        FROM auto_call JOIN measure USING (id)
        WHERE ($1::uuid IS NULL OR incident_id = $1) AND ($2::uuid IS NULL OR auto_call.id = $2)
        ORDER BY auto_call.id",
        incident.map(IncidentId::uuid),
        id.map(MeasureId::uuid),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "auto_call", id: &found.id };
            let outcome = row.maybe_word("outcome", found.outcome.as_deref())?;
            let seconds = found.seconds.map(|seconds| row.number("seconds", seconds)).transpose()?;
            let state = match (row.word("status", &found.status)?, outcome, found.ended_at) {
                (Status::Queued, None, None) => State::Queued,
                (Status::Calling, None, None) => State::Calling,
                (Status::Done, Some(outcome), Some(at)) => {
                    State::Done { answer: Answer { outcome, seconds, keys: found.keys }, at }
                }
                (Status::Failed, None, Some(at)) => State::Failed { at },
                (Status::Cancelled, None, Some(at)) => State::Cancelled { at },
                _ => return Err(row.inconsistent("the status does not fit its facts")),
            };
            Ok(AutoCall {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                step: found.step,
                phone: row.parsed("phone", &found.phone, PhoneNumber::parse)?,
                template: found.template,
                script: found.script,
                created_at: found.created_at,
                state,
            })
        })
        .collect()
}

/// Reads one call.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId) -> Result<Option<AutoCall>> {
    Ok(list(db, None, Some(id)).await?.pop())
}

/// Reads the calls of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<AutoCall>> {
    list(db, Some(incident), None).await
}
