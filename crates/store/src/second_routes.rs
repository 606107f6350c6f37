//! Orders that go by a bank's second way after a set silence of the first, under the same id. A row is there until the
//! order is answered or given up: [`crate::measures::dequeue`] takes it away with the rest.

use domain::clock::Instant;
use domain::id::MeasureId;
use domain::measure::Request;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;
use crate::measures::{Leased, Rooms};

/// The order goes by the second way at `at`, unless it is answered before.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn plan(db: &mut PgConnection, order: MeasureId, bank: &str, at: Instant) -> Result<()> {
    sqlx::query!(
        "-- second_route.plan
        INSERT INTO second_route (measure_id, counterparty, send_at) VALUES ($1, $2, $3)
        ON CONFLICT (measure_id) DO UPDATE SET counterparty = $2, send_at = $3, tries = 0, first_tried_at = NULL,
            leased_by = NULL, leased_until = NULL",
        order.uuid(),
        bank,
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Leases orders whose silence is over, for each bank by itself, as [`crate::measures::lease_by_party`] does.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn lease(
    db: &mut PgConnection,
    worker: Uuid,
    now: Instant,
    until: Instant,
    rooms: &Rooms,
) -> Result<Vec<Leased>> {
    let (banks, room): (Vec<String>, Vec<i64>) = rooms.others.iter().cloned().unzip();
    let rows = sqlx::query!(
        r#"-- second_route.lease
        WITH RECURSIVE bank (name) AS (
            (SELECT counterparty FROM second_route ORDER BY counterparty LIMIT 1)
            UNION ALL
            SELECT (SELECT counterparty FROM second_route WHERE counterparty > bank.name ORDER BY counterparty LIMIT 1)
            FROM bank WHERE bank.name IS NOT NULL
        )
        UPDATE second_route SET leased_by = $1, leased_until = $3, tries = second_route.tries + 1,
            first_tried_at = coalesce(second_route.first_tried_at, $2)
        FROM measure, (SELECT due.measure_id
              FROM (SELECT bank.name, coalesce(other.room, $6) AS room
                    FROM bank LEFT JOIN unnest($4::text[], $5::bigint[]) AS other (name, room) USING (name)
                    WHERE bank.name IS NOT NULL) AS lane
              CROSS JOIN LATERAL (SELECT measure_id FROM second_route
                    WHERE counterparty = lane.name AND send_at <= $2
                      AND (leased_until IS NULL OR leased_until <= $2)
                    ORDER BY send_at LIMIT lane.room FOR UPDATE SKIP LOCKED) AS due) AS due
        WHERE second_route.measure_id = due.measure_id AND measure.id = due.measure_id
        RETURNING measure.id, measure.incident_id, second_route.counterparty, second_route.tries,
            second_route.first_tried_at AS "first_tried_at!", measure.ordered_by"#,
        worker,
        now,
        until,
        &banks,
        &room,
        rooms.usual,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "second_route", id: &found.id };
            Ok(Leased {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                // by this way a bank is told the order, however often, and asked nothing
                request: Request::Submit,
                counterparty: found.counterparty,
                tries: row.number("tries", found.tries)?,
                first_tried_at: found.first_tried_at,
                ordered_by: found.ordered_by,
            })
        })
        .collect()
}

/// Whether this worker still holds this try; locks the row. `false`: the order was answered, or somebody else has it.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn still_held(db: &mut PgConnection, leased: &Leased, worker: Uuid) -> Result<bool> {
    let held = sqlx::query_scalar!(
        "-- second_route.still_held
        SELECT measure_id FROM second_route WHERE measure_id = $1 AND leased_by = $2 AND tries = $3 FOR UPDATE",
        leased.id.uuid(),
        worker,
        i32::try_from(leased.tries).unwrap_or(i32::MAX),
    )
    .fetch_optional(db)
    .await?;
    Ok(held.is_some())
}

/// Gives an order back, to be told again at `at`.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn retry(db: &mut PgConnection, order: MeasureId, at: Instant) -> Result<()> {
    sqlx::query!(
        "-- second_route.retry
        UPDATE second_route SET send_at = $2, leased_by = NULL, leased_until = NULL WHERE measure_id = $1",
        order.uuid(),
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The tries by the second way are used up; the first goes on by itself.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn end(db: &mut PgConnection, order: MeasureId) -> Result<()> {
    sqlx::query!("-- second_route.end\nDELETE FROM second_route WHERE measure_id = $1", order.uuid())
        .execute(db)
        .await?;
    Ok(())
}
