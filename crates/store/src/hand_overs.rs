//! Hand-overs to other jurisdictions. Whoever changes one holds its incident's row lock.

use domain::clock::Instant;
use domain::hand_over::{HandOver, State, Status, To};
use domain::id::{HandOverId, IncidentId};
use domain::station::{DivisionCode, StationId};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Writes a new hand-over.
///
/// # Errors
/// [`crate::Error::Taken`] when one of this incident waits already.
pub async fn insert(db: &mut PgConnection, hand_over: &HandOver) -> Result<()> {
    let (division, station, organisation) = match &hand_over.to {
        To::Station { division, station } => (Some(division), Some(station), None),
        To::Division(division) => (Some(division), None, None),
        To::Organisation(name) => (None, None, Some(name)),
    };
    let columns = Columns::of(&hand_over.state);
    sqlx::query!(
        "-- hand_over.insert
        INSERT INTO hand_over (id, incident_id, created_at, division_code, station_id, organisation, reason, status,
            due_at, overdue_at, reference, ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        hand_over.id.uuid(),
        hand_over.incident_id.uuid(),
        hand_over.created_at,
        division.map(DivisionCode::as_str),
        station.map(StationId::as_str),
        organisation,
        hand_over.reason,
        hand_over.status().as_str(),
        columns.due_at,
        columns.overdue_at,
        columns.reference,
        columns.ended_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where a hand-over stands now; when it was due stays.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, hand_over: &HandOver) -> Result<()> {
    let columns = Columns::of(&hand_over.state);
    sqlx::query!(
        "-- hand_over.save
        UPDATE hand_over SET status = $2, due_at = coalesce($3, due_at), overdue_at = coalesce($4, overdue_at),
            reference = $5, ended_at = $6
        WHERE id = $1",
        hand_over.id.uuid(),
        hand_over.status().as_str(),
        columns.due_at,
        columns.overdue_at,
        columns.reference,
        columns.ended_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Columns<'a> {
    due_at: Option<Instant>,
    overdue_at: Option<Instant>,
    reference: Option<&'a str>,
    ended_at: Option<Instant>,
}

impl<'a> Columns<'a> {
    fn of(state: &'a State) -> Self {
        match state {
            State::Moved => Self::default(),
            State::Pending { due_at, overdue_at } => {
                Self { due_at: Some(*due_at), overdue_at: *overdue_at, ..Self::default() }
            }
            State::Confirmed { at, reference } => {
                Self { reference: reference.as_deref(), ended_at: Some(*at), ..Self::default() }
            }
            State::Withdrawn { at } => Self { ended_at: Some(*at), ..Self::default() },
        }
    }
}

/// The hand-overs of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<HandOver>> {
    let rows = sqlx::query!(
        "-- hand_over.of_incident
        SELECT id, incident_id, created_at, division_code, station_id, organisation, reason, status, due_at, overdue_at,
            reference, ended_at
        FROM hand_over WHERE incident_id = $1 ORDER BY id",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "hand_over", id: &found.id };
            let division =
                row.maybe_parsed("division_code", found.division_code.as_deref(), DivisionCode::parse)?;
            let station = found.station_id.as_deref().map(StationId::new);
            let to = match (division, station, found.organisation) {
                (Some(division), Some(station), None) => To::Station { division, station },
                (Some(division), None, None) => To::Division(division),
                (None, None, Some(name)) => To::Organisation(name),
                _ => return Err(row.inconsistent("it goes to nobody, or to two")),
            };
            let state = match (row.word("status", &found.status)?, found.due_at, found.ended_at) {
                (Status::Moved, _, None) => State::Moved,
                (Status::Pending, Some(due_at), None) => {
                    State::Pending { due_at, overdue_at: found.overdue_at }
                }
                (Status::Confirmed, _, Some(at)) => State::Confirmed { at, reference: found.reference },
                (Status::Withdrawn, _, Some(at)) => State::Withdrawn { at },
                _ => return Err(row.inconsistent("the status does not fit its times")),
            };
            Ok(HandOver {
                id: HandOverId::from(found.id),
                incident_id: found.incident_id.into(),
                to,
                reason: found.reason,
                created_at: found.created_at,
                state,
            })
        })
        .collect()
}

/// Hand-overs that nobody answered in time, and of which that was not said yet.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn due(db: &mut PgConnection, now: Instant, limit: i64) -> Result<Vec<(IncidentId, HandOverId)>> {
    let rows = sqlx::query!(
        "-- hand_over.due
        SELECT id, incident_id FROM hand_over
        WHERE status = 'pending' AND overdue_at IS NULL AND due_at <= $1
        ORDER BY due_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}
