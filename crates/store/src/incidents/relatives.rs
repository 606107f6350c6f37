//! Whom else to call, in the order in which they are called.

use domain::id::IncidentId;
use domain::person::{PersonName, PhoneNumber, Relative};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Adds relatives that were not known; the known ones keep their place.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn add_relatives(db: &mut PgConnection, id: IncidentId, relatives: &[Relative]) -> Result<()> {
    for relative in relatives {
        sqlx::query!(
            "-- relative.add
            INSERT INTO relative (incident_id, phone, place, name, relation)
            SELECT $1, $2, coalesce(max(place), 0) + 1, $3, $4 FROM relative WHERE incident_id = $1
            ON CONFLICT (incident_id, phone) DO UPDATE SET
                name = coalesce(excluded.name, relative.name), relation = coalesce(excluded.relation, relative.relation)",
            id.uuid(),
            relative.phone.reveal(),
            relative.name.as_ref().map(PersonName::reveal),
            relative.relation.map(|relation| relation.as_str()),
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The relatives in the order in which they are called.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn relatives(db: &mut PgConnection, id: IncidentId) -> Result<Vec<Relative>> {
    let rows = sqlx::query!(
        "-- relative.of_incident
        SELECT phone, name, relation FROM relative WHERE incident_id = $1 ORDER BY place",
        id.uuid(),
    )
    .fetch_all(db)
    .await?;
    let row = Row { table: "relative", id: &id };
    rows.into_iter()
        .map(|found| {
            Ok(Relative {
                name: row.maybe_parsed("name", found.name.as_deref(), PersonName::parse)?,
                relation: row.maybe_word("relation", found.relation.as_deref())?,
                phone: row.parsed("phone", &found.phone, PhoneNumber::parse)?,
            })
        })
        .collect()
}
