//! Contacts: the desk's phone queue. Whoever changes one holds its incident's row lock.

use chrono::TimeDelta;
use domain::clock::Instant;
use domain::contact::{Contact, State, Status};
use domain::id::{IncidentId, MeasureId, OperatorId};
use domain::person::{PersonName, PhoneNumber};
use domain::tier::Grade;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// A contact with what decides its place in the queue.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The contact.
    pub contact: Contact,
    /// Its incident's grade.
    pub grade: Option<Grade>,
    /// Urgent first, then high, medium, low; of the same, a subject before a relative.
    pub rank: i32,
    /// Its incident is a drill.
    pub drill: bool,
}

/// Where a page of the queue ended.
pub type Place = (i32, Instant, MeasureId);

/// Which contacts to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<MeasureId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// In this status, a claim that ran out counting as pending.
    pub status: Option<Status>,
    /// Claimed by this operator.
    pub claimed_by: Option<OperatorId>,
    /// Waiting for longer than the plan allows, or not.
    pub overdue: Option<bool>,
    /// From behind this place on.
    pub after: Option<Place>,
}

/// Writes a new contact; its measure is written already. `place` is its relative's place, 0 for the subject.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, contact: &Contact, place: i16) -> Result<()> {
    sqlx::query!(
        "-- contact.insert
        INSERT INTO contact (id, role, place, name, phone, attempts, max_attempts, spacing_ms, due_at, pick_up_ms,
            status)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending')",
        contact.id.uuid(),
        contact.role.as_str(),
        place,
        contact.name.as_ref().map(PersonName::reveal),
        contact.phone.reveal(),
        count(contact.attempts),
        count(contact.max_attempts),
        contact.spacing.num_milliseconds(),
        contact.due_at,
        contact.pick_up.map(|pick_up| pick_up.num_milliseconds()),
    )
    .execute(db)
    .await?;
    Ok(())
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Writes where a contact stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, contact: &Contact, now: Instant) -> Result<()> {
    let (status, claim, verdict, ended_at) = match contact.state {
        State::Pending => (Status::Pending, None, None, None),
        State::Claimed { by, until } => (Status::Claimed, Some((by, until)), None, None),
        State::Done { verdict, at } => (Status::Done, None, Some(verdict), Some(at)),
        State::Cancelled => (Status::Cancelled, None, None, Some(now)),
    };
    sqlx::query!(
        "-- contact.save
        UPDATE contact SET attempts = $2, due_at = $3, status = $4, claimed_by = $5, claimed_until = $6, verdict = $7,
            ended_at = $8, first_try_at = CASE WHEN $2 > 0 THEN coalesce(first_try_at, $9) END, three_way_with = $10
        WHERE id = $1",
        contact.id.uuid(),
        count(contact.attempts),
        contact.due_at,
        status.as_str(),
        claim.map(|(by, _)| by.uuid()),
        claim.map(|(_, until)| until),
        verdict.map(|verdict| verdict.as_str()),
        ended_at,
        now,
        contact.three_way_with.as_deref(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads contacts, most urgent first, of the same a subject before a relative, then by due time.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, now: Instant, limit: i64) -> Result<Vec<Queued>> {
    let rows = sqlx::query!(
        r#"-- contact.list
        SELECT * FROM (
            SELECT contact.id, incident_id, step, role, contact.name, phone, attempts, max_attempts, spacing_ms, due_at,
                pick_up_ms, three_way_with, measure.created_at, contact.status, claimed_by, claimed_until, verdict, ended_at, tier, urgent, drill,
                CASE WHEN urgent THEN 0 WHEN tier = 'high' THEN 2 WHEN tier = 'medium' THEN 4 ELSE 6 END
                    + CASE role WHEN 'subject' THEN 0 ELSE 1 END AS "rank!"
            FROM contact JOIN measure USING (id) JOIN incident ON incident.id = incident_id
            WHERE ($1::uuid IS NULL OR contact.id = $1)
              AND ($2::uuid IS NULL OR incident_id = $2)
              AND ($3::text IS NULL OR $3 =
                CASE WHEN contact.status = 'claimed' AND claimed_until <= $5 THEN 'pending' ELSE contact.status END)
              AND ($4::uuid IS NULL OR contact.status = 'claimed' AND claimed_by = $4 AND claimed_until > $5)
              AND ($10::boolean IS NULL OR $10 = coalesce(due_at + pick_up_ms * interval '1 millisecond' <= $5
                AND (contact.status = 'pending' OR contact.status = 'claimed' AND claimed_until <= $5), false))
        ) AS queue
        WHERE $6::integer IS NULL OR ("rank!", due_at, id) > ($6, $7::timestamptz, $8::uuid)
        ORDER BY "rank!", due_at, id LIMIT $9"#,
        filter.id.map(MeasureId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.claimed_by.map(OperatorId::uuid),
        now,
        filter.after.map(|(rank, _, _)| rank),
        filter.after.map(|(_, due_at, _)| due_at),
        filter.after.map(|(_, _, id)| id.uuid()),
        limit,
        filter.overdue,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "contact", id: &found.id };
            let claim = found.claimed_by.zip(found.claimed_until);
            let verdict = row.maybe_word("verdict", found.verdict.as_deref())?;
            let state = match (row.word("status", &found.status)?, claim, verdict, found.ended_at) {
                (Status::Pending, None, None, None) => State::Pending,
                (Status::Claimed, Some((by, until)), None, None) => State::Claimed { by: by.into(), until },
                (Status::Done, None, Some(verdict), Some(at)) => State::Done { verdict, at },
                (Status::Cancelled, None, None, Some(_)) => State::Cancelled,
                _ => return Err(row.inconsistent("the status does not fit its facts")),
            };
            let grade = match (found.tier.as_deref(), found.urgent) {
                (Some(tier), Some(urgent)) => Some(Grade { tier: row.word("tier", tier)?, urgent }),
                _ => None,
            };
            let contact = Contact {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                step: found.step,
                role: row.word("role", &found.role)?,
                name: row.maybe_parsed("name", found.name.as_deref(), PersonName::parse)?,
                phone: row.parsed("phone", &found.phone, PhoneNumber::parse)?,
                attempts: row.number("attempts", found.attempts)?,
                max_attempts: row.number("max_attempts", found.max_attempts)?,
                spacing: TimeDelta::milliseconds(found.spacing_ms),
                pick_up: found.pick_up_ms.map(TimeDelta::milliseconds),
                due_at: found.due_at,
                created_at: found.created_at,
                three_way_with: found.three_way_with,
                state,
            };
            Ok(Queued { contact, grade, rank: found.rank, drill: found.drill })
        })
        .collect()
}

/// Reads one contact.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId, now: Instant) -> Result<Option<Queued>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, now, 1).await?.pop())
}

/// When contacts to any of a person's phones were ordered since then, by people or by machines; those called off
/// before a first try are not counted, nor are drills.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn lately(db: &mut PgConnection, phones: &[PhoneNumber], since: Instant) -> Result<Vec<Instant>> {
    let phones: Vec<&str> = phones.iter().map(PhoneNumber::reveal).collect();
    Ok(sqlx::query_scalar!(
        r#"-- contact.lately
        SELECT created_at AS "created_at!" FROM contact JOIN measure USING (id)
        WHERE phone = ANY($1::text[]) AND created_at >= $2 AND (status <> 'cancelled' OR first_try_at IS NOT NULL)
            AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill)
        UNION ALL SELECT created_at FROM auto_call JOIN measure USING (id)
        WHERE phone = ANY($1::text[]) AND created_at >= $2 AND status <> 'cancelled'
            AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill)"#,
        &phones as &[&str],
        since,
    )
    .fetch_all(db)
    .await?)
}
