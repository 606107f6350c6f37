//! The seals of the timeline, line by line in the order in which the lines became visible.

use domain::clock::Instant;
use domain::seal::{Line, Seal, Sealed, Walk};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;
use crate::timeline::Place;

/// Waits until nobody else seals, until the transaction ends.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn lock(db: &mut PgConnection) -> Result<()> {
    sqlx::query!("-- timeline_seal.lock\nLOCK TABLE timeline_seal IN SHARE ROW EXCLUSIVE MODE")
        .execute(db)
        .await?;
    Ok(())
}

/// Where the sealed part ends: before the first line where nothing is sealed yet.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn last(db: &mut PgConnection) -> Result<(Walk, Place)> {
    let found = sqlx::query!(
        r#"-- timeline_seal.last
        SELECT position, seq, txid::text::bigint AS "txid!", hash FROM timeline_seal ORDER BY position DESC LIMIT 1"#,
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok((Walk::default(), START)) };
    let walk = Walk { position: found.position, seal: seal(found.position, found.hash)? };
    Ok((walk, Place { txid: found.txid, seq: found.seq }))
}

/// Before every line.
pub const START: Place = Place { txid: 0, seq: -1 };

/// The next lines behind `place`, up to the oldest transaction that still runs: nothing can come in between any more.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn unsealed(db: &mut PgConnection, place: Place, limit: i64) -> Result<Vec<Line>> {
    let rows = sqlx::query_as!(
        LineRow,
        r#"-- timeline_seal.unsealed
        SELECT seq, txid::text::bigint AS "txid!", incident_id, at, happening, actor, data FROM timeline
        WHERE (txid, seq) > ($1::text::xid8, $2) AND txid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY timeline.txid, seq LIMIT $3"#,
        place.txid.to_string(),
        place.seq,
        limit,
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Line::from).collect())
}

/// How many lines behind `place` wait for their seal.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn waiting(db: &mut PgConnection, place: Place) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"-- timeline_seal.waiting
        SELECT count(*) AS "count!" FROM timeline WHERE (txid, seq) > ($1::text::xid8, $2)"#,
        place.txid.to_string(),
        place.seq,
    )
    .fetch_one(db)
    .await?)
}

/// Adds seals behind the last one; each knows its line.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn append(db: &mut PgConnection, seals: &[Sealed]) -> Result<()> {
    let positions: Vec<i64> = seals.iter().map(|sealed| sealed.position).collect();
    let seqs: Vec<i64> = seals.iter().map(|sealed| sealed.seq).collect();
    let txids: Vec<String> = seals.iter().map(|sealed| sealed.txid.to_string()).collect();
    let hashes: Vec<Vec<u8>> = seals.iter().map(|sealed| sealed.seal.0.to_vec()).collect();
    sqlx::query!(
        "-- timeline_seal.append
        INSERT INTO timeline_seal (position, seq, txid, hash)
        SELECT position, seq, txid::xid8, hash
        FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::bytea[]) AS new (position, seq, txid, hash)",
        &positions,
        &seqs,
        &txids,
        &hashes,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The next seals behind a position, each with its line where that is still there.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn behind(db: &mut PgConnection, position: i64, limit: i64) -> Result<Vec<Sealed>> {
    let rows = sqlx::query!(
        r#"-- timeline_seal.behind
        SELECT seal.position, seal.seq, seal.txid::text::bigint AS "txid!", seal.hash,
            timeline.txid::text::bigint AS line_txid, incident_id AS "incident_id?", at AS "at?",
            happening AS "happening?", actor AS "actor?", data AS "data?"
        FROM timeline_seal seal LEFT JOIN timeline ON timeline.seq = seal.seq
        WHERE seal.position > $1 ORDER BY seal.position LIMIT $2"#,
        position,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let line = match (
                found.line_txid,
                found.incident_id,
                found.at,
                found.happening,
                found.actor,
                found.data,
            ) {
                (Some(txid), Some(incident_id), Some(at), Some(happening), Some(actor), Some(data)) => {
                    let row = LineRow { seq: found.seq, txid, incident_id, at, happening, actor, data };
                    Some(Line::from(row))
                }
                _ => None,
            };
            Ok(Sealed {
                position: found.position,
                seq: found.seq,
                txid: found.txid,
                seal: seal(found.position, found.hash)?,
                line,
            })
        })
        .collect()
}

/// The first line behind `from` and up to `to` that has no seal.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn stray(db: &mut PgConnection, from: Place, to: Place) -> Result<Option<Line>> {
    let found = sqlx::query_as!(
        LineRow,
        r#"-- timeline_seal.stray
        SELECT seq, txid::text::bigint AS "txid!", incident_id, at, happening, actor, data FROM timeline
        WHERE (txid, seq) > ($1::text::xid8, $2) AND (txid, seq) <= ($3::text::xid8, $4)
            AND NOT EXISTS (SELECT FROM timeline_seal seal WHERE seal.seq = timeline.seq)
        ORDER BY timeline.txid, seq LIMIT 1"#,
        from.txid.to_string(),
        from.seq,
        to.txid.to_string(),
        to.seq,
    );
    Ok(found.fetch_optional(db).await?.map(Line::from))
}

struct LineRow {
    seq: i64,
    txid: i64,
    incident_id: Uuid,
    at: Instant,
    happening: String,
    actor: String,
    data: Value,
}

impl From<LineRow> for Line {
    fn from(row: LineRow) -> Self {
        let LineRow { seq, txid, incident_id, at, happening, actor, data } = row;
        Self { seq, txid, incident_id: incident_id.into(), at, happening, actor, data }
    }
}

fn seal(position: i64, hash: Vec<u8>) -> Result<Seal> {
    let row = Row { table: "timeline_seal", id: &position };
    hash.try_into().map(Seal).map_err(|_| row.inconsistent("the hash is no SHA-256"))
}
