//! Leasing: taking due requests into a worker's hands for a while.

use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::measure::Request;
use domain::measure_kind::MeasureKind;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// How soon an older text to the same phone must be tried again for a younger one to wait for it.
const HOLDS_UP_SECS: f64 = 30.0;

/// A request in a worker's hands.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The measure.
    pub id: MeasureId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// What the outside is to be told.
    pub request: Request,
    /// Whom.
    pub counterparty: String,
    /// Which try this is, from 1.
    pub tries: u32,
    /// When the first try of this request was.
    pub first_tried_at: Instant,
    /// Who ordered the measure.
    pub ordered_by: String,
}

/// Leases a batch of due requests of a kind, most overdue first, until `until`. Each lease counts as a try.
///
/// A text waits for an older one to the same phone, so that one person's texts come in their order; one that waits
/// longer than [`HOLDS_UP_SECS`] for its next try holds up no other.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lease(
    db: &mut PgConnection,
    kind: MeasureKind,
    worker: Uuid,
    now: Instant,
    until: Instant,
    limit: i64,
) -> Result<Vec<Leased>> {
    let rows = sqlx::query_as!(
        Taken,
        r#"-- measure.lease
        UPDATE measure SET leased_by = $2, leased_until = $4, tries = measure.tries + 1,
            first_tried_at = coalesce(measure.first_tried_at, $3)
        FROM (SELECT id FROM measure
              WHERE kind = $1 AND send_at IS NOT NULL AND send_at <= $3
                AND (leased_until IS NULL OR leased_until <= $3)
                AND NOT ($1 = 'sms' AND EXISTS (
                    SELECT FROM message
                    JOIN message AS older ON older.phone = message.phone AND older.id < message.id
                        AND older.status = 'queued'
                    JOIN measure AS waiting ON waiting.id = older.id
                        AND waiting.send_at <= $3 + make_interval(secs => $6)
                    WHERE message.id = measure.id))
              ORDER BY send_at LIMIT $5 FOR UPDATE SKIP LOCKED) AS due
        WHERE measure.id = due.id
        RETURNING measure.id, incident_id, request AS "request!", counterparty AS "counterparty!", tries,
            first_tried_at AS "first_tried_at!", ordered_by"#,
        kind.as_str(),
        worker,
        now,
        until,
        limit,
        HOLDS_UP_SECS,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Taken::read).collect()
}

/// How many requests each party may be handed now.
#[derive(Debug, Clone, Default)]
pub struct Rooms {
    /// Whoever is not named.
    pub usual: i64,
    /// Those that are: party and number.
    pub others: Vec<(String, i64)>,
}

/// Leases due requests of a kind for each party by itself, so that the backlog of one holds up no other: most
/// overdue first, as many as the party has room for. The parties are found in the queue, not in a list, one step
/// along the index for each.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lease_by_party(
    db: &mut PgConnection,
    kind: MeasureKind,
    worker: Uuid,
    now: Instant,
    until: Instant,
    rooms: &Rooms,
) -> Result<Vec<Leased>> {
    let (parties, room): (Vec<String>, Vec<i64>) = rooms.others.iter().cloned().unzip();
    let rows = sqlx::query_as!(
        Taken,
        r#"-- measure.lease_by_party
        WITH RECURSIVE party (name) AS (
            (SELECT counterparty FROM measure WHERE kind = $1 AND send_at IS NOT NULL ORDER BY counterparty LIMIT 1)
            UNION ALL
            SELECT (SELECT counterparty FROM measure
                    WHERE kind = $1 AND send_at IS NOT NULL AND counterparty > party.name ORDER BY counterparty LIMIT 1)
            FROM party WHERE party.name IS NOT NULL
        )
        UPDATE measure SET leased_by = $2, leased_until = $4, tries = measure.tries + 1,
            first_tried_at = coalesce(measure.first_tried_at, $3)
        FROM (SELECT due.id
              FROM (SELECT party.name, coalesce(other.room, $7) AS room
                    FROM party LEFT JOIN unnest($5::text[], $6::bigint[]) AS other (name, room) USING (name)
                    WHERE party.name IS NOT NULL) AS lane
              CROSS JOIN LATERAL (SELECT id FROM measure
                    WHERE kind = $1 AND counterparty = lane.name AND send_at IS NOT NULL AND send_at <= $3
                      AND (leased_until IS NULL OR leased_until <= $3)
                    ORDER BY send_at LIMIT lane.room FOR UPDATE SKIP LOCKED) AS due) AS due
        WHERE measure.id = due.id
        RETURNING measure.id, incident_id, request AS "request!", counterparty AS "counterparty!", tries,
            first_tried_at AS "first_tried_at!", ordered_by"#,
        kind.as_str(),
        worker,
        now,
        until,
        &parties,
        &room,
        rooms.usual,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Taken::read).collect()
}

/// A leased row, not read yet.
struct Taken {
    id: Uuid,
    incident_id: Uuid,
    request: String,
    counterparty: String,
    tries: i32,
    first_tried_at: Instant,
    ordered_by: String,
}

impl Taken {
    fn read(self) -> Result<Leased> {
        let row = Row { table: "measure", id: &self.id };
        Ok(Leased {
            id: self.id.into(),
            incident_id: self.incident_id.into(),
            request: row.word("request", &self.request)?,
            counterparty: self.counterparty,
            tries: row.number("tries", self.tries)?,
            first_tried_at: self.first_tried_at,
            ordered_by: self.ordered_by,
        })
    }
}
