//! Who stands in for whom the roster names, and how officers on duty are written down.

use domain::clock::Instant;
use domain::id::{OperatorId, RosterOverrideId};
use domain::person::PhoneNumber;
use domain::roster::{Duty, Officer, Override};
use domain::station::StationId;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Somebody who stands in, and who arranged that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arranged {
    /// Its id.
    pub id: RosterOverrideId,
    /// Who stands in, where and when.
    pub standing_in: Override,
    /// Who arranged it.
    pub made_by: OperatorId,
    /// When.
    pub created_at: Instant,
}

/// Writes down that somebody stands in.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, arranged: &Arranged) -> Result<()> {
    let standing_in = &arranged.standing_in;
    sqlx::query!(
        "-- roster_override.insert
        INSERT INTO roster_override (id, station_id, from_at, to_at, officers, reason, made_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arranged.id.uuid(),
        standing_in.station_id.as_str(),
        standing_in.from,
        standing_in.to,
        written(&standing_in.officers),
        standing_in.reason,
        arranged.made_by.uuid(),
        arranged.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Who stands in at a station at `at` or later, in the order in which it was arranged.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_station(
    db: &mut PgConnection,
    station: &StationId,
    at: Instant,
    limit: i64,
) -> Result<Vec<Arranged>> {
    let rows = sqlx::query!(
        "-- roster_override.of_station
        SELECT id, station_id, from_at, to_at, officers, reason, made_by, created_at
        FROM roster_override WHERE station_id = $1 AND to_at > $2 ORDER BY created_at, id LIMIT $3",
        station.as_str(),
        at,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "roster_override", id: &found.id };
            Ok(Arranged {
                id: found.id.into(),
                standing_in: Override {
                    station_id: StationId::new(&found.station_id),
                    from: found.from_at,
                    to: found.to_at,
                    officers: read(row, &found.officers)?,
                    reason: found.reason,
                },
                made_by: found.made_by.into(),
                created_at: found.created_at,
            })
        })
        .collect()
}

/// How a duty is kept with a dispatch.
pub(crate) fn written_duty(duty: &Duty) -> Value {
    json!({
        "shift": duty.shift, "officers": written(&duty.officers),
        "phone": duty.phone.as_ref().map(PhoneNumber::reveal),
    })
}

/// The duty that was kept with a dispatch.
pub(crate) fn read_duty(row: Row<'_>, kept: &Value) -> Result<Duty> {
    Ok(Duty {
        shift: kept["shift"].as_str().map(str::to_owned),
        officers: read(row, &kept["officers"])?,
        phone: row.maybe_parsed("duty", kept["phone"].as_str(), PhoneNumber::parse)?,
    })
}

fn written(officers: &[Officer]) -> Value {
    let one = |officer: &Officer| json!({ "name": officer.name, "phone": officer.phone.as_ref().map(PhoneNumber::reveal) });
    officers.iter().map(one).collect()
}

fn read(row: Row<'_>, kept: &Value) -> Result<Vec<Officer>> {
    let unreadable = || row.inconsistent("officers cannot be read back");
    let officers = kept.as_array().ok_or_else(unreadable)?;
    officers
        .iter()
        .map(|officer| {
            Ok(Officer {
                name: officer["name"].as_str().ok_or_else(unreadable)?.to_owned(),
                phone: row.maybe_parsed("officers", officer["phone"].as_str(), PhoneNumber::parse)?,
            })
        })
        .collect()
}
