//! What the subjects of incidents are known by: by it alerts and calls find the incident they belong to.

use std::collections::HashMap;

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::person::{PhoneNumber, ResidentId};
use domain::same_person::{Mark, MarkKind};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// A mark of an incident's subject, and when it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMark {
    /// The mark.
    pub mark: Mark,
    /// When it was first named.
    pub first_seen_at: Instant,
    /// The last alert or call that named it.
    pub seen_at: Instant,
}

/// A line of an incident's subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLine {
    /// Its number.
    pub phone: PhoneNumber,
    /// When it was first named.
    pub first_seen_at: Instant,
    /// The last alert or call that named it.
    pub seen_at: Instant,
}

/// Kinds and values, a column each.
pub(super) fn columns(marks: &[Mark]) -> (Vec<&str>, Vec<&str>) {
    marks.iter().map(|mark| (mark.kind().as_str(), mark.reveal())).unzip()
}

/// Claims marks for open incidents, in one order for everybody. Those that another open incident has are passed
/// over: the ones claimed come back.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn claim_marks(
    db: &mut PgConnection,
    wanted: &[(IncidentId, Mark)],
    drill: bool,
    now: Instant,
) -> Result<Vec<(IncidentId, Mark)>> {
    let ids: Vec<Uuid> = wanted.iter().map(|(id, _)| id.uuid()).collect();
    let (kinds, values): (Vec<&str>, Vec<&str>) =
        wanted.iter().map(|(_, mark)| (mark.kind().as_str(), mark.reveal())).unzip();
    let rows = sqlx::query!(
        r#"-- subject_mark.claim
        INSERT INTO subject_mark (incident_id, kind, value, drill, is_open, first_seen_at, seen_at)
        SELECT incident_id, kind, value, $4, true, $5, $5
        FROM UNNEST($1::uuid[], $2::text[], $3::text[]) AS wanted (incident_id, kind, value)
        ORDER BY kind, value, incident_id
        ON CONFLICT DO NOTHING RETURNING incident_id, kind, value"#,
        &ids,
        &kinds as &[&str],
        &values as &[&str],
        drill,
        now,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.incident_id.into(), mark(row.incident_id, &row.kind, &row.value)?)))
        .collect()
}

/// Takes marks from an incident that never came to be, or one mark that was wrong.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn drop_marks(db: &mut PgConnection, ids: &[IncidentId], only: Option<&Mark>) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "-- subject_mark.drop
        DELETE FROM subject_mark WHERE incident_id = ANY($1)
            AND ($2::text IS NULL OR kind = $2 AND value = $3::text)",
        &ids,
        only.map(|mark| mark.kind().as_str()),
        only.map(Mark::reveal),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Remembers that a new alert or call named these marks of these incidents.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn see_marks(db: &mut PgConnection, seen: &[(IncidentId, Mark)], now: Instant) -> Result<()> {
    let ids: Vec<Uuid> = seen.iter().map(|(id, _)| id.uuid()).collect();
    let (kinds, values): (Vec<&str>, Vec<&str>) =
        seen.iter().map(|(_, mark)| (mark.kind().as_str(), mark.reveal())).unzip();
    sqlx::query!(
        "-- subject_mark.see
        UPDATE subject_mark SET seen_at = greatest(seen_at, $4)
        WHERE (incident_id, kind, value) IN (SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::text[]))",
        &ids,
        &kinds as &[&str],
        &values as &[&str],
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives an incident's marks free when it is closed, or takes those back that nobody else has when it is reopened.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn hold_marks(db: &mut PgConnection, id: IncidentId, hold: bool) -> Result<()> {
    sqlx::query!(
        "-- subject_mark.hold
        UPDATE subject_mark SET is_open = $2 WHERE incident_id = $1 AND is_open <> $2
            AND NOT ($2 AND EXISTS (SELECT FROM subject_mark other WHERE other.is_open AND other.kind = subject_mark.kind
                AND other.value = subject_mark.value AND other.drill = subject_mark.drill))",
        id.uuid(),
        hold,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Everything the subjects of these incidents are known by, the last seen first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn marks_of(
    db: &mut PgConnection,
    ids: &[IncidentId],
) -> Result<HashMap<IncidentId, Vec<KnownMark>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "-- subject_mark.of_incidents
        SELECT incident_id, kind, value, first_seen_at, seen_at FROM subject_mark
        WHERE incident_id = ANY($1) ORDER BY seen_at DESC, first_seen_at, value",
        &ids,
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<IncidentId, Vec<KnownMark>> = HashMap::new();
    for row in rows {
        let mark = mark(row.incident_id, &row.kind, &row.value)?;
        let known = KnownMark { mark, first_seen_at: row.first_seen_at, seen_at: row.seen_at };
        found.entry(row.incident_id.into()).or_default().push(known);
    }
    Ok(found)
}

/// The lines of an incident's subject, the one that was named last first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lines_of(db: &mut PgConnection, id: IncidentId) -> Result<Vec<KnownLine>> {
    let known = marks_of(db, &[id]).await?.remove(&id).unwrap_or_default();
    let lines = known.into_iter().filter_map(|known| match known.mark {
        Mark::Phone(phone) => {
            Some(KnownLine { phone, first_seen_at: known.first_seen_at, seen_at: known.seen_at })
        }
        Mark::IdNumber(_) => None,
    });
    Ok(lines.collect())
}

/// The open incident that has this mark for itself.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn holder_of(db: &mut PgConnection, mark: &Mark, drill: bool) -> Result<Option<IncidentId>> {
    let found = sqlx::query_scalar!(
        "-- subject_mark.holder
        SELECT incident_id FROM subject_mark WHERE is_open AND kind = $1 AND value = $2 AND drill = $3",
        mark.kind().as_str(),
        mark.reveal(),
        drill,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(IncidentId::from))
}

fn mark(incident: Uuid, kind: &str, value: &str) -> Result<Mark> {
    let row = Row { table: "subject_mark", id: &incident };
    Ok(match row.word("kind", kind)? {
        MarkKind::Phone => Mark::Phone(row.parsed("value", value, PhoneNumber::parse)?),
        MarkKind::IdNumber => Mark::IdNumber(row.parsed("value", value, ResidentId::parse)?),
    })
}
