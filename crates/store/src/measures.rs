//! The queue of everything the outside is to be told. A measure row carries state, due time and lease, so that
//! there is no second copy of the truth to reconcile: the transaction that writes a measure has enqueued it.
//!
//! A lease saves work, it does not carry correctness: whoever comes back late finds its `(worker, tries)` gone
//! and changes nothing, and everything sent goes under an id that the other side knows it by.

use domain::clock::Instant;
use domain::id::{AttemptId, IncidentId, MeasureId};
use domain::measure::{AttemptResult, Request, Route};
use domain::measure_kind::MeasureKind;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

mod lease;

pub use lease::{Leased, Rooms, lease, lease_by_party};

/// What every measure is born with.
#[derive(Debug, Clone)]
pub struct NewMeasure<'a> {
    /// Its id, and that of its own row.
    pub id: MeasureId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// Its kind.
    pub kind: MeasureKind,
    /// The plan's step that ordered it.
    pub step: Option<&'a str>,
    /// `lanjie`, or the operator.
    pub ordered_by: &'a str,
    /// When it was ordered.
    pub created_at: Instant,
}

/// Writes the measure's half that all kinds share; nothing is to be told yet.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, measure: &NewMeasure<'_>) -> Result<()> {
    sqlx::query!(
        "-- measure.insert
        INSERT INTO measure (id, incident_id, kind, step, ordered_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        measure.id.uuid(),
        measure.incident_id.uuid(),
        measure.kind.as_str(),
        measure.step,
        measure.ordered_by,
        measure.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Puts a request into the queue, in place of the one that waited. A worker that is still at the old one
/// finds its lease gone.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn enqueue(
    db: &mut PgConnection,
    id: MeasureId,
    request: Request,
    counterparty: &str,
    at: Instant,
) -> Result<()> {
    sqlx::query!(
        "-- measure.enqueue
        UPDATE measure SET request = $2, counterparty = $3, send_at = $4, tries = 0, first_tried_at = NULL,
            leased_by = NULL, leased_until = NULL
        WHERE id = $1",
        id.uuid(),
        request.as_str(),
        counterparty,
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes requests out of the queue, by whichever way: there is nothing more to tell about these measures.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn dequeue(db: &mut PgConnection, ids: &[MeasureId]) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "-- measure.dequeue
        WITH second AS (DELETE FROM second_route WHERE measure_id = ANY($1))
        UPDATE measure SET request = NULL, send_at = NULL, leased_by = NULL, leased_until = NULL
        WHERE id = ANY($1)",
        &ids,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether this worker still holds this try; locks the row. `false`: somebody else has moved it on.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn still_held(db: &mut PgConnection, leased: &Leased, worker: Uuid) -> Result<bool> {
    let held = sqlx::query_scalar!(
        "-- measure.still_held
        SELECT id FROM measure WHERE id = $1 AND leased_by = $2 AND tries = $3 AND request = $4 FOR UPDATE",
        leased.id.uuid(),
        worker,
        i32::try_from(leased.tries).unwrap_or(i32::MAX),
        leased.request.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(held.is_some())
}

/// Gives a request back to the queue, to be tried as `request` at `at`. What was first tried when is kept.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn retry(db: &mut PgConnection, id: MeasureId, request: Request, at: Instant) -> Result<()> {
    sqlx::query!(
        "-- measure.retry
        UPDATE measure SET request = $2, send_at = $3, leased_by = NULL, leased_until = NULL WHERE id = $1",
        id.uuid(),
        request.as_str(),
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The request that waits or is under way for a measure.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn pending_request(db: &mut PgConnection, id: MeasureId) -> Result<Option<Request>> {
    let request = sqlx::query_scalar!(
        "-- measure.pending_request\nSELECT request FROM measure WHERE id = $1",
        id.uuid()
    )
    .fetch_optional(db)
    .await?
    .flatten();
    Row { table: "measure", id: &id }.maybe_word("request", request.as_deref())
}

/// The incident of a measure of that kind, for an answer from outside to find its lock.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn incident_of(
    db: &mut PgConnection,
    id: MeasureId,
    kind: MeasureKind,
) -> Result<Option<IncidentId>> {
    let found = sqlx::query_scalar!(
        "-- measure.incident_of
        SELECT incident_id FROM measure WHERE id = $1 AND kind = $2",
        id.uuid(),
        kind.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(IncidentId::from))
}

/// Who ordered a measure, as the timeline calls them.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn ordered_by(db: &mut PgConnection, id: MeasureId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("-- measure.ordered_by\nSELECT ordered_by FROM measure WHERE id = $1", id.uuid())
        .fetch_optional(db)
        .await?)
}

/// Parts the measures of an incident from the steps that ordered them: a plan that begins anew owes them nothing.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn part_from_steps(db: &mut PgConnection, incident: IncidentId) -> Result<()> {
    sqlx::query!(
        "-- measure.part_from_steps
        UPDATE measure SET step = NULL WHERE incident_id = $1 AND step IS NOT NULL",
        incident.uuid(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The step of the plan that ordered a measure follows it to its new name.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn rename_step(db: &mut PgConnection, incident: IncidentId, old: &str, new: &str) -> Result<()> {
    sqlx::query!(
        "-- measure.rename_step
        UPDATE measure SET step = $3 WHERE incident_id = $1 AND step = $2",
        incident.uuid(),
        old,
        new,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A measure that was ordered otherwise carries out a step of the plan from now on.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn set_step(db: &mut PgConnection, id: MeasureId, step: &str) -> Result<()> {
    sqlx::query!("-- measure.set_step\nUPDATE measure SET step = $2 WHERE id = $1", id.uuid(), step)
        .execute(db)
        .await?;
    Ok(())
}

/// One try, begun or over.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// What the outside was told.
    pub request: Request,
    /// The webhook-id it went under.
    pub message_id: String,
    /// By which way, where there may be two.
    pub route: Option<Route>,
    /// When it began.
    pub started_at: Instant,
    /// When and how it ended; `None` while it is under way, or after the worker died.
    pub ended: Option<(Instant, AttemptResult, Option<String>)>,
}

/// Records that tries begin. Committed before the outside hears anything.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn begin_attempt(db: &mut PgConnection, measure: MeasureId, attempt: &Attempt) -> Result<()> {
    sqlx::query!(
        "-- attempt.begin
        INSERT INTO attempt (id, measure_id, request, message_id, started_at, route, counterparty)
        VALUES ($1, $2, $3, $4, $5, $6, (SELECT counterparty FROM measure WHERE id = $2))",
        attempt.id.uuid(),
        measure.uuid(),
        attempt.request.as_str(),
        attempt.message_id,
        attempt.started_at,
        attempt.route.map(Route::as_str),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Records how a try ended.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn end_attempt(
    db: &mut PgConnection,
    id: AttemptId,
    now: Instant,
    result: AttemptResult,
    detail: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "-- attempt.end
        UPDATE attempt SET ended_at = $2, result = $3, detail = $4 WHERE id = $1 AND ended_at IS NULL",
        id.uuid(),
        now,
        result.as_str(),
        detail,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the tries of a measure by a route whose worker did not come back: whether they arrived is unknown. Answers
/// whether the measure itself was among what was tried.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn end_abandoned(
    db: &mut PgConnection,
    measure: MeasureId,
    route: Option<Route>,
    now: Instant,
) -> Result<bool> {
    let tried = sqlx::query_scalar!(
        "-- attempt.end_abandoned
        UPDATE attempt SET ended_at = $2, result = 'unknown', detail = 'its worker did not come back'
        WHERE measure_id = $1 AND ended_at IS NULL AND coalesce(route, 'first') = $3 RETURNING request",
        measure.uuid(),
        now,
        route.unwrap_or(Route::First).as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(tried.iter().any(|request| request == Request::Submit.as_str()))
}

/// Turns a leased request into another one in the same hands.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn change_request(db: &mut PgConnection, id: MeasureId, request: Request) -> Result<()> {
    sqlx::query!(
        "-- measure.change_request\nUPDATE measure SET request = $2 WHERE id = $1",
        id.uuid(),
        request.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether the latest try of this measure by any route ended without our knowing how, so that it may have been
/// carried out.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn may_have_arrived(db: &mut PgConnection, measure: MeasureId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"-- attempt.may_have_arrived
        SELECT coalesce(bool_or(result IS NULL OR result <> 'not_delivered'), false) AS "arrived!"
        FROM (SELECT DISTINCT ON (route) result FROM attempt
            WHERE measure_id = $1 AND request = 'submit' ORDER BY route, id DESC) AS latest"#,
        measure.uuid(),
    )
    .fetch_one(db)
    .await?)
}

/// Whether any try of this measure may have reached whoever carries it out: it was answered, or nobody knows.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn may_be_carried_out(db: &mut PgConnection, measure: MeasureId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"-- attempt.may_be_carried_out
        SELECT EXISTS (SELECT FROM attempt WHERE measure_id = $1 AND request = 'submit'
            AND (result IS NULL OR result <> 'not_delivered')) AS "may!""#,
        measure.uuid(),
    )
    .fetch_one(db)
    .await?)
}

/// The tries of a measure, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn attempts(db: &mut PgConnection, measure: MeasureId) -> Result<Vec<Attempt>> {
    let rows = sqlx::query!(
        "-- attempt.of_measure
        SELECT id, request, message_id, route, started_at, ended_at, result, detail
        FROM attempt WHERE measure_id = $1 ORDER BY id",
        measure.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "attempt", id: &found.id };
            let result = row.maybe_word("result", found.result.as_deref())?;
            Ok(Attempt {
                id: found.id.into(),
                request: row.word("request", &found.request)?,
                message_id: found.message_id,
                route: row.maybe_word("route", found.route.as_deref())?,
                started_at: found.started_at,
                ended: found.ended_at.zip(result).map(|(at, result)| (at, result, found.detail)),
            })
        })
        .collect()
}
