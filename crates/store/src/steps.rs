//! How far each step of an incident's plan has come.

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::plan::{Heard, StepRun, StepState, StepStatus};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// The steps of these incidents, in each plan's order.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incidents(db: &mut PgConnection, ids: &[IncidentId]) -> Result<Vec<(IncidentId, StepRun)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "-- step_run.of_incidents
        SELECT incident_id, step, status, started_at, due_at, ended_at, outcome, busy_at, off_at, forwarded_at,
            picked_up_at
        FROM step_run WHERE incident_id = ANY($1) ORDER BY incident_id, place",
        &ids,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "step_run", id: &found.step };
            let outcome = row.maybe_word("outcome", found.outcome.as_deref())?;
            let state = match (row.word("status", &found.status)?, found.started_at, found.ended_at, outcome)
            {
                (StepStatus::Waiting, None, None, None) => StepState::Waiting,
                (StepStatus::Running, Some(started_at), None, None) => {
                    StepState::Running { started_at, due_at: found.due_at }
                }
                (StepStatus::Ended, Some(started_at), Some(ended_at), Some(outcome)) => {
                    StepState::Ended { started_at, ended_at, outcome }
                }
                (StepStatus::Skipped, _, Some(at), None) => StepState::Skipped { at },
                (StepStatus::Cancelled, _, Some(at), None) => StepState::Cancelled { at },
                _ => return Err(row.inconsistent("the status does not fit its times")),
            };
            let heard = Heard {
                busy: found.busy_at,
                off: found.off_at,
                forwarded: found.forwarded_at,
                picked_up: found.picked_up_at,
            };
            Ok((found.incident_id.into(), StepRun { step: found.step, state, heard }))
        })
        .collect()
}

/// Writes the steps of an incident as they stand now; steps that are not among them go.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, incident: IncidentId, runs: &[StepRun]) -> Result<()> {
    let steps: Vec<&str> = runs.iter().map(|run| run.step.as_str()).collect();
    sqlx::query!(
        "-- step_run.drop_others
        DELETE FROM step_run WHERE incident_id = $1 AND NOT step = ANY($2::text[])",
        incident.uuid(),
        &steps as &[&str],
    )
    .execute(&mut *db)
    .await?;
    let mut columns = Columns::default();
    for (place, run) in (0_i16..).zip(runs) {
        columns.push(place, run.state, run.heard);
    }
    sqlx::query!(
        "-- step_run.save
        INSERT INTO step_run (incident_id, step, place, status, started_at, due_at, ended_at, outcome,
            busy_at, off_at, forwarded_at, picked_up_at)
        SELECT $1, * FROM UNNEST($2::text[], $3::smallint[], $4::text[], $5::timestamptz[], $6::timestamptz[],
            $7::timestamptz[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
        ON CONFLICT (incident_id, step) DO UPDATE SET place = excluded.place, status = excluded.status,
            started_at = coalesce(excluded.started_at, step_run.started_at), due_at = excluded.due_at,
            ended_at = excluded.ended_at, outcome = excluded.outcome, busy_at = excluded.busy_at,
            off_at = excluded.off_at, forwarded_at = excluded.forwarded_at,
            picked_up_at = excluded.picked_up_at",
        incident.uuid(),
        &steps as &[&str],
        &columns.places,
        &columns.statuses as &[&str],
        &columns.started_at as &[Option<Instant>],
        &columns.due_at as &[Option<Instant>],
        &columns.ended_at as &[Option<Instant>],
        &columns.outcomes as &[Option<&str>],
        &columns.busy_at as &[Option<Instant>],
        &columns.off_at as &[Option<Instant>],
        &columns.forwarded_at as &[Option<Instant>],
        &columns.picked_up_at as &[Option<Instant>],
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// The states of many steps, a column each.
#[derive(Default)]
struct Columns {
    places: Vec<i16>,
    statuses: Vec<&'static str>,
    started_at: Vec<Option<Instant>>,
    due_at: Vec<Option<Instant>>,
    ended_at: Vec<Option<Instant>>,
    outcomes: Vec<Option<&'static str>>,
    busy_at: Vec<Option<Instant>>,
    off_at: Vec<Option<Instant>>,
    forwarded_at: Vec<Option<Instant>>,
    picked_up_at: Vec<Option<Instant>>,
}

impl Columns {
    fn push(&mut self, place: i16, state: StepState, heard: Heard) {
        let (started_at, due_at, ended_at, outcome) = match state {
            StepState::Waiting => (None, None, None, None),
            StepState::Running { started_at, due_at } => (Some(started_at), due_at, None, None),
            StepState::Ended { started_at, ended_at, outcome } => {
                (Some(started_at), None, Some(ended_at), Some(outcome))
            }
            StepState::Skipped { at } | StepState::Cancelled { at } => (None, None, Some(at), None),
        };
        self.places.push(place);
        self.statuses.push(state.status().as_str());
        self.started_at.push(started_at);
        self.due_at.push(due_at);
        self.ended_at.push(ended_at);
        self.outcomes.push(outcome.map(|outcome| outcome.as_str()));
        self.busy_at.push(heard.busy);
        self.off_at.push(heard.off);
        self.forwarded_at.push(heard.forwarded);
        self.picked_up_at.push(heard.picked_up);
    }
}

/// Remembers that these steps were said to be overdue; those not said before come back.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn mark_overdue(
    db: &mut PgConnection,
    incident: IncidentId,
    steps: &[String],
    now: Instant,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "-- step_run.mark_overdue
        UPDATE step_run SET overdue_at = $3
        WHERE incident_id = $1 AND step = ANY($2) AND overdue_at IS NULL RETURNING step",
        incident.uuid(),
        steps,
        now,
    )
    .fetch_all(db)
    .await?)
}

/// Remembers that nobody was said to have taken these steps on in time; those not said before come back.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn mark_not_picked_up(
    db: &mut PgConnection,
    incident: IncidentId,
    steps: &[String],
    now: Instant,
) -> Result<Vec<String>> {
    if steps.is_empty() {
        return Ok(vec![]);
    }
    Ok(sqlx::query_scalar!(
        "-- step_run.mark_not_picked_up
        UPDATE step_run SET not_picked_up_at = $3
        WHERE incident_id = $1 AND step = ANY($2) AND not_picked_up_at IS NULL RETURNING step",
        incident.uuid(),
        steps,
        now,
    )
    .fetch_all(db)
    .await?)
}
