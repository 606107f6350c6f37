//! The append-only record of every incident, and its tail as a stream of events.

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::station::StationId;
use domain::timeline::{Entry, Happening};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// Appends lines.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn append(db: &mut PgConnection, entries: &[Entry]) -> Result<()> {
    let incidents: Vec<Uuid> = entries.iter().map(|entry| entry.incident_id.uuid()).collect();
    let times: Vec<Instant> = entries.iter().map(|entry| entry.at).collect();
    let happenings: Vec<&str> = entries.iter().map(|entry| entry.happening.as_str()).collect();
    let actors: Vec<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
    let data: Vec<Value> = entries.iter().map(|entry| entry.data.clone()).collect();
    sqlx::query!(
        "-- timeline.append
        INSERT INTO timeline (incident_id, at, happening, actor, data)
        SELECT * FROM UNNEST($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::jsonb[])",
        &incidents,
        &times,
        &happenings as &[&str],
        &actors as &[&str],
        &data,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The whole record of an incident, in order.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<(i64, Entry)>> {
    let rows = sqlx::query!(
        "-- timeline.of_incident
        SELECT seq, at, happening, actor, data FROM timeline WHERE incident_id = $1 ORDER BY seq",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "timeline", id: &found.seq };
            let happening: Happening = row.word("happening", &found.happening)?;
            let entry = Entry {
                incident_id: incident,
                at: found.at,
                happening,
                actor: found.actor,
                data: found.data,
            };
            Ok((found.seq, entry))
        })
        .collect()
}

/// Whether the incident's record says that such a thing happened.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn has(db: &mut PgConnection, incident: IncidentId, happening: Happening) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"-- timeline.has
        SELECT EXISTS (SELECT FROM timeline WHERE incident_id = $1 AND happening = $2) AS "has!""#,
        incident.uuid(),
        happening.as_str(),
    )
    .fetch_one(db)
    .await?)
}

/// A place in the stream. Lines become visible in the order of their transactions' ids and of no other, so a
/// reader that goes on from its last place misses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The writing transaction.
    pub txid: i64,
    /// The line.
    pub seq: i64,
}

/// One line of the stream.
#[derive(Debug, Clone)]
pub struct Event {
    /// Where it stands.
    pub place: Place,
    /// The line.
    pub entry: Entry,
    /// Its incident is a drill.
    pub drill: bool,
}

/// The present end of the stream.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn end(db: &mut PgConnection) -> Result<Place> {
    let txid = sqlx::query_scalar!(
        r#"-- timeline.end
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "txid!""#
    )
    .fetch_one(db)
    .await?;
    Ok(Place { txid, seq: -1 })
}

/// The lines behind `place`, up to the oldest transaction that still runs; of one station's incidents only
/// where a station is named.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn behind(
    db: &mut PgConnection,
    place: Place,
    station: Option<&StationId>,
    limit: i64,
) -> Result<Vec<Event>> {
    let rows = sqlx::query!(
        r#"-- timeline.behind
        SELECT txid::text::bigint AS "txid!", seq, incident_id, at, happening, actor, data,
            EXISTS (SELECT FROM incident WHERE incident.id = timeline.incident_id AND drill) AS "drill!"
        FROM timeline
        WHERE (txid, seq) > ($1::text::xid8, $2)
          AND txid < pg_snapshot_xmin(pg_current_snapshot())
          AND ($3::text IS NULL OR EXISTS (
                SELECT FROM measure JOIN dispatch USING (id)
                WHERE measure.incident_id = timeline.incident_id AND dispatch.station_id = $3))
        ORDER BY txid, seq LIMIT $4"#,
        place.txid.to_string(),
        place.seq,
        station.map(StationId::as_str),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "timeline", id: &found.seq };
            let entry = Entry {
                incident_id: found.incident_id.into(),
                at: found.at,
                happening: row.word("happening", &found.happening)?,
                actor: found.actor,
                data: found.data,
            };
            Ok(Event { place: Place { txid: found.txid, seq: found.seq }, entry, drill: found.drill })
        })
        .collect()
}
