//! Warning texts. Whoever changes one holds its incident's row lock.

use domain::fatigue::Texted;
use domain::id::{AttemptId, IncidentId, MeasureId};
use domain::message::{Message, State, Status};
use domain::person::PhoneNumber;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Which messages to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<MeasureId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// In this status.
    pub status: Option<Status>,
    /// Older than this one.
    pub after: Option<MeasureId>,
}

/// Writes a new message; its measure is written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, message: &Message) -> Result<()> {
    sqlx::query!(
        "-- message.insert
        INSERT INTO message (id, role, phone, template, text, flash, status)
        VALUES ($1, $2, $3, $4, $5, $6, 'queued')",
        message.id.uuid(),
        message.role.as_str(),
        message.phone.reveal(),
        message.template,
        message.text,
        message.flash,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where a message stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, message: &Message) -> Result<()> {
    let (submitted_at, delivered_at, failed_at) = match message.state {
        State::Queued | State::Cancelled => (None, None, None),
        State::Submitted { at } => (Some(at), None, None),
        State::Delivered { submitted_at, at } => (Some(submitted_at), Some(at), None),
        State::Failed { at } => (None, None, Some(at)),
    };
    sqlx::query!(
        "-- message.save
        UPDATE message SET status = $2, provider_ref = $3, receipt_code = $4, delivered_at = $6, failed_at = $7,
            submitted_at = coalesce($5, submitted_at), provider = $8
        WHERE id = $1",
        message.id.uuid(),
        message.status().as_str(),
        message.provider_ref,
        message.receipt_code,
        submitted_at,
        delivered_at,
        failed_at,
        message.provider,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads messages, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Message>> {
    let rows = sqlx::query!(
        "-- message.list
        SELECT message.id, incident_id, step, role, phone, template, text, flash, provider, provider_ref,
            receipt_code, created_at, status, submitted_at, delivered_at, failed_at
        FROM message JOIN measure USING (id)
        WHERE ($1::uuid IS NULL OR message.id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::text IS NULL OR status = $3)
          AND ($4::uuid IS NULL OR message.id < $4)
        ORDER BY message.id DESC LIMIT $5",
        filter.id.map(MeasureId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.after.map(MeasureId::uuid),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "message", id: &found.id };
            let times = (found.submitted_at, found.delivered_at, found.failed_at);
            let state = match (row.word("status", &found.status)?, times) {
                (Status::Queued, (None, None, None)) => State::Queued,
                (Status::Submitted, (Some(at), None, None)) => State::Submitted { at },
                (Status::Delivered, (Some(submitted_at), Some(at), None)) => {
                    State::Delivered { submitted_at, at }
                }
                (Status::Failed, (_, None, Some(at))) => State::Failed { at },
                (Status::Cancelled, (None, None, None)) => State::Cancelled,
                _ => return Err(row.inconsistent("the status does not fit its times")),
            };
            Ok(Message {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                step: found.step,
                role: row.word("role", &found.role)?,
                phone: row.parsed("phone", &found.phone, PhoneNumber::parse)?,
                template: found.template,
                text: found.text,
                flash: found.flash,
                provider: found.provider,
                provider_ref: found.provider_ref,
                receipt_code: found.receipt_code,
                created_at: found.created_at,
                state,
            })
        })
        .collect()
}

/// The texts that were ordered for a person's phones since then and not called off or given up. Nobody had those of a drill.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lately(
    db: &mut PgConnection,
    phones: &[PhoneNumber],
    since: domain::clock::Instant,
) -> Result<Vec<Texted>> {
    let phones: Vec<&str> = phones.iter().map(PhoneNumber::reveal).collect();
    let rows = sqlx::query!(
        "-- message.lately
        SELECT id, phone, text FROM message JOIN measure USING (id)
        WHERE phone = ANY($1::text[]) AND created_at >= $2 AND status IN ('queued', 'submitted', 'delivered')
            AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill)",
        &phones as &[&str],
        since,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "message", id: &found.id };
            Ok(Texted { phone: row.parsed("phone", &found.phone, PhoneNumber::parse)?, text: found.text })
        })
        .collect()
}

/// Reads one message.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId) -> Result<Option<Message>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// Notes which provider a try was made with.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn note_provider(db: &mut PgConnection, attempt: AttemptId, provider: &str) -> Result<()> {
    sqlx::query!(
        "-- attempt.note_provider\nUPDATE attempt SET counterparty = $2 WHERE id = $1",
        attempt.uuid(),
        provider,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How often a text left without an answer; tries with the providers in `but` do not count: they know a text again.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn silent_sends(db: &mut PgConnection, message: MeasureId, but: &[String]) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"-- attempt.silent_sends
        SELECT count(*) AS "count!" FROM attempt
        WHERE measure_id = $1 AND result = 'unknown' AND (counterparty IS NULL OR counterparty <> ALL($2))"#,
        message.uuid(),
        but,
    )
    .fetch_one(db)
    .await?)
}
