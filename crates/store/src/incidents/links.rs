//! Incidents of one person: duplicates, files that go on side by side, and what came before a payment.

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Relation;
use domain::same_person::Mark;
use sqlx::PgConnection;
use uuid::Uuid;

use super::marks::columns;
use crate::Result;
use crate::decode::Row;

/// How another incident stands to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The other incident.
    pub other: IncidentId,
    /// How it stands to this one.
    pub relation: Relation,
}

/// Links an incident to another; `false`: they were linked so before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn link(
    db: &mut PgConnection,
    id: IncidentId,
    other: IncidentId,
    relation: Relation,
    now: Instant,
) -> Result<bool> {
    let linked = sqlx::query!(
        "-- incident_link.insert
        INSERT INTO incident_link (incident_id, other_id, relation, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING",
        id.uuid(),
        other.uuid(),
        relation.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(linked.rows_affected() == 1)
}

/// How others stand to an incident, in the order of their ids.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn links_of(db: &mut PgConnection, id: IncidentId) -> Result<Vec<Link>> {
    let rows = sqlx::query!(
        "-- incident_link.of_incident
        SELECT other_id, relation FROM incident_link WHERE incident_id = $1 ORDER BY other_id",
        id.uuid(),
    )
    .fetch_all(db)
    .await?;
    let row = Row { table: "incident_link", id: &id };
    rows.into_iter()
        .map(|found| {
            Ok(Link { other: found.other_id.into(), relation: row.word("relation", &found.relation)? })
        })
        .collect()
}

/// Those of these incidents in which something is under way that must not be broken off: a 110 call, an order to a
/// bank, a patrol, a dispatcher at the phone.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn under_way(db: &mut PgConnection, ids: &[IncidentId], now: Instant) -> Result<Vec<IncidentId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found = sqlx::query_scalar!(
        "-- incident.under_way
        SELECT id FROM incident WHERE id = ANY($1) AND (
            EXISTS (SELECT FROM call WHERE call.incident_id = incident.id)
            OR EXISTS (SELECT FROM measure LEFT JOIN dispatch ON dispatch.id = measure.id
                LEFT JOIN contact ON contact.id = measure.id
                WHERE measure.incident_id = incident.id AND (measure.kind = 'stop_payment'
                    OR dispatch.status IN ('created', 'accepted', 'departed', 'arrived')
                    OR contact.status = 'claimed' AND contact.claimed_until > $2)))",
        &ids,
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// The other incidents of whoever has one of these marks that had an alert before `before`, and were open at
/// `since` or later; drills are left out.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn alerted_before(
    db: &mut PgConnection,
    id: IncidentId,
    marks: &[Mark],
    since: Instant,
    before: Instant,
) -> Result<Vec<IncidentId>> {
    let (kinds, values) = columns(marks);
    let found = sqlx::query_scalar!(
        "-- incident.alerted_before
        SELECT id FROM incident WHERE id <> $1 AND NOT drill AND (closed_at IS NULL OR closed_at >= $4)
            AND id IN (SELECT incident_id FROM subject_mark
                WHERE (kind, value) IN (SELECT * FROM UNNEST($2::text[], $3::text[])))
            AND EXISTS (SELECT FROM alert WHERE alert.incident_id = incident.id AND received_at <= $5)
        ORDER BY id",
        id.uuid(),
        &kinds as &[&str],
        &values as &[&str],
        since,
        before,
    )
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Remembers that the subject paid although an alert had come; `false`: that was known.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn mark_cheated(db: &mut PgConnection, id: IncidentId, now: Instant) -> Result<bool> {
    let marked = sqlx::query!(
        "-- incident.mark_cheated
        UPDATE incident SET cheated_after_alert_at = $2 WHERE id = $1 AND cheated_after_alert_at IS NULL",
        id.uuid(),
        now,
    )
    .execute(db)
    .await?;
    Ok(marked.rows_affected() == 1)
}

/// Whether the subject of an incident paid although an alert had come.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn is_cheated(db: &mut PgConnection, id: IncidentId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"-- incident.is_cheated
        SELECT cheated_after_alert_at IS NOT NULL AS "cheated!" FROM incident WHERE id = $1"#,
        id.uuid(),
    )
    .fetch_optional(db)
    .await?;
    Ok(found.unwrap_or(false))
}
