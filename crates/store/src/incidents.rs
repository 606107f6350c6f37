//! Incidents and their subjects' relatives. Two queues live in the rows themselves: `has_new_facts` (to be
//! assessed) and `wake_at` (the plan may have something to do); holding the row lock is the lease.

use std::collections::HashSet;

use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::{Closing, Incident, Location, PinnedPlan, State, Status, Subject};
use domain::person::{Address, PersonName, PhoneNumber, ResidentId};
use domain::same_person::Mark;
use domain::station::{DivisionCode, StationId};
use domain::tier::Grade;
use sqlx::PgConnection;
use uuid::Uuid;

pub use attention::{follow_up_at, lock_closed_of, to_follow_up};
pub use links::{Link, alerted_before, is_cheated, link, links_of, mark_cheated, under_way};
pub use list::{Filter, list};
pub use marks::{
    KnownLine, KnownMark, claim_marks, drop_marks, hold_marks, holder_of, lines_of, marks_of, see_marks,
};
pub use relatives::{add_relatives, relatives};

use crate::decode::Row;
use crate::{Error, Result};

/// Selects whole incidents: the query's name, and what stands behind `FROM incident`. A macro, because statements
/// are checked when this is compiled.
macro_rules! select_incidents {
    ($name:literal, $which:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::incidents::IncidentRow,
            $name
                + "SELECT id, created_at, origin, subject_phone, subject_name, subject_id_number, subject_address,
            division_code, lat, lon, subject_age, tier, urgent, scam_type, station_id, status, outcome, prevented_fen,
            closing_note, closed_at, plan_name, plan_hash, plan_begun_at, drill, version
        FROM incident "
                + $which
            $(, $argument)*
        )
    };
}

mod attention;
mod links;
mod list;
mod marks;
mod relatives;

pub(crate) struct IncidentRow {
    id: Uuid,
    created_at: Instant,
    origin: String,
    subject_phone: String,
    subject_name: Option<String>,
    subject_id_number: Option<String>,
    subject_address: Option<String>,
    division_code: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    subject_age: Option<i16>,
    tier: Option<String>,
    urgent: Option<bool>,
    scam_type: Option<String>,
    station_id: String,
    status: String,
    outcome: Option<String>,
    prevented_fen: Option<i64>,
    closing_note: Option<String>,
    closed_at: Option<Instant>,
    plan_name: Option<String>,
    plan_hash: Option<String>,
    plan_begun_at: Option<Instant>,
    drill: bool,
    version: i64,
}

impl TryFrom<IncidentRow> for Incident {
    type Error = Error;

    fn try_from(found: IncidentRow) -> Result<Self> {
        let row = Row { table: "incident", id: &found.id };
        let grade = match (found.tier.as_deref(), found.urgent) {
            (Some(tier), Some(urgent)) => Some(Grade { tier: row.word("tier", tier)?, urgent }),
            (None, None) => None,
            _ => return Err(row.inconsistent("tier and urgent go together")),
        };
        let location = found.lat.zip(found.lon).map(|(lat, lon)| Location { lat, lon });
        let plan = match (found.plan_name, found.plan_hash, found.plan_begun_at) {
            (Some(name), Some(hash), Some(begun_at)) => Some(PinnedPlan { name, hash, begun_at }),
            (None, None, None) => None,
            _ => return Err(row.inconsistent("half a plan is pinned")),
        };
        let state = match (row.word("status", &found.status)?, found.outcome.as_deref(), found.closed_at) {
            (Status::Open, None, None) => State::Open,
            (Status::Closed, Some(outcome), Some(closed_at)) => State::Closed(Closing {
                outcome: row.word("outcome", outcome)?,
                prevented: row.fen("prevented_fen", found.prevented_fen)?,
                note: found.closing_note,
                closed_at,
            }),
            (Status::Open | Status::Closed, ..) => {
                return Err(row.inconsistent("the status does not fit the closing"));
            }
        };
        Ok(Incident {
            id: found.id.into(),
            created_at: found.created_at,
            origin: row.word("origin", &found.origin)?,
            subject: Subject {
                phone: row.parsed("subject_phone", &found.subject_phone, PhoneNumber::parse)?,
                name: row.maybe_parsed("subject_name", found.subject_name.as_deref(), PersonName::parse)?,
                id_number: row.maybe_parsed(
                    "subject_id_number",
                    found.subject_id_number.as_deref(),
                    ResidentId::parse,
                )?,
                address: row.maybe_parsed(
                    "subject_address",
                    found.subject_address.as_deref(),
                    Address::parse,
                )?,
                division_code: row.maybe_parsed(
                    "division_code",
                    found.division_code.as_deref(),
                    DivisionCode::parse,
                )?,
                location,
                age: found.subject_age.map(|age| row.number("subject_age", age)).transpose()?,
            },
            grade,
            scam_type: row.maybe_word("scam_type", found.scam_type.as_deref())?,
            station_id: StationId::new(&found.station_id),
            state,
            plan,
            drill: found.drill,
            version: found.version,
        })
    }
}

fn all(rows: Vec<IncidentRow>) -> Result<Vec<Incident>> {
    rows.into_iter().map(Incident::try_from).collect()
}

/// Opens incidents. A person who got an open incident in the meantime is passed over: the ids that were
/// opened come back.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn open(db: &mut PgConnection, incidents: &[Incident]) -> Result<Vec<IncidentId>> {
    let mut opened = vec![];
    for incident in incidents {
        let subject = &incident.subject;
        let id = sqlx::query_scalar!(
            "-- incident.open
            INSERT INTO incident (id, created_at, origin, subject_phone, subject_name, subject_id_number,
                subject_address, division_code, lat, lon, subject_age, tier, urgent, scam_type, station_id,
                status, drill, version, has_new_facts)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', $16, 1, false)
            ON CONFLICT (subject_phone, drill) WHERE status = 'open' DO NOTHING
            RETURNING id",
            incident.id.uuid(),
            incident.created_at,
            incident.origin.as_str(),
            subject.phone.reveal(),
            subject.name.as_ref().map(PersonName::reveal),
            subject.id_number.as_ref().map(ResidentId::reveal),
            subject.address.as_ref().map(Address::reveal),
            subject.division_code.as_ref().map(DivisionCode::as_str),
            subject.location.map(|location| location.lat),
            subject.location.map(|location| location.lon),
            subject.age.map(i16::from),
            incident.grade.map(|grade| grade.tier.as_str()),
            incident.grade.map(|grade| grade.urgent),
            incident.scam_type.map(|scam_type| scam_type.as_str()),
            incident.station_id.as_str(),
            incident.drill,
        )
        .fetch_optional(&mut *db)
        .await?;
        opened.extend(id.map(IncidentId::from));
    }
    Ok(opened)
}

/// Locks the open incidents of whoever has one of these marks, in the order of their ids, so that two batches
/// that share people cannot lock each other out.
///
/// Each mark is looked up by itself, since one open incident holds it at most, and the incidents by their ids: a join
/// planned while the tables were small cost every call a third of a second once a flood of alerts had filled them.
///
/// # Errors
/// [`Error`] when the database is away or a row is inconsistent.
pub async fn lock_open_of(db: &mut PgConnection, marks: &[Mark], drill: bool) -> Result<Vec<Incident>> {
    let (kinds, values) = marks::columns(marks);
    let rows = select_incidents!(
        "-- incident.lock_open_of\n",
        "WHERE id = ANY(ARRAY(
            SELECT held.incident_id FROM UNNEST($1::text[], $2::text[]) AS mark (kind, value)
            CROSS JOIN LATERAL (SELECT incident_id FROM subject_mark
                WHERE is_open AND drill = $3 AND kind = mark.kind AND value = mark.value LIMIT 1) AS held))
        ORDER BY id FOR UPDATE",
        &kinds as &[&str],
        &values as &[&str],
        drill,
    )
    .fetch_all(db)
    .await?;
    // whoever held the lock before may have closed it
    Ok(all(rows)?.into_iter().filter(Incident::is_open).collect())
}

/// Those of these incidents that are drills.
///
/// # Errors
/// [`Error`] when the database is away.
pub async fn drills_among(db: &mut PgConnection, ids: &[IncidentId]) -> Result<HashSet<IncidentId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found = sqlx::query_scalar!(
        "-- incident.drills_among
        SELECT id FROM incident WHERE drill AND id = ANY($1)",
        &ids,
    )
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Locks one incident.
///
/// # Errors
/// [`Error`] when the database is away or the row is inconsistent.
pub async fn lock(db: &mut PgConnection, id: IncidentId) -> Result<Option<Incident>> {
    let row = select_incidents!("-- incident.lock\n", "WHERE id = $1 FOR UPDATE", id.uuid())
        .fetch_optional(db)
        .await?;
    row.map(Incident::try_from).transpose()
}

/// Reads one incident.
///
/// # Errors
/// [`Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: IncidentId) -> Result<Option<Incident>> {
    let row = select_incidents!("-- incident.get\n", "WHERE id = $1", id.uuid()).fetch_optional(db).await?;
    row.map(Incident::try_from).transpose()
}

/// Takes a batch of incidents with new facts, oldest first, passing over those another worker is at.
///
/// # Errors
/// [`Error`] when the database is away or a row is inconsistent.
pub async fn lock_unassessed(db: &mut PgConnection, limit: i64) -> Result<Vec<Incident>> {
    let rows = select_incidents!(
        "-- incident.lock_unassessed\n",
        "WHERE has_new_facts ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        limit,
    )
    .fetch_all(db)
    .await?;
    all(rows)
}

/// Takes a batch of incidents whose plan may have something to do by `now`.
///
/// # Errors
/// [`Error`] when the database is away or a row is inconsistent.
pub async fn lock_awake(db: &mut PgConnection, now: Instant, limit: i64) -> Result<Vec<Incident>> {
    let rows = select_incidents!(
        "-- incident.lock_awake\n",
        "WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    all(rows)
}

/// Open incidents behind `after`, in the order of their ids, whose plan should be up to date: they have no new
/// facts, and nothing became due between `due_before` and `now`.
///
/// # Errors
/// [`Error`] when the database is away or a row is inconsistent.
pub async fn settled(
    db: &mut PgConnection,
    after: Option<IncidentId>,
    due_before: Instant,
    now: Instant,
    limit: i64,
) -> Result<Vec<Incident>> {
    let rows = select_incidents!(
        "-- incident.settled\n",
        "WHERE status = 'open' AND NOT has_new_facts AND (wake_at IS NULL OR wake_at < $1 OR wake_at > $2)
            AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
        due_before,
        now,
        after.map(|id| id.uuid()) as Option<uuid::Uuid>,
        limit,
    )
    .fetch_all(db)
    .await?;
    all(rows)
}

/// Whether any incident has new facts.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn any_unassessed(db: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"-- incident.any_unassessed
        SELECT EXISTS (SELECT FROM incident WHERE has_new_facts) AS "any!""#
    )
    .fetch_one(db)
    .await?)
}

/// Whether any plan may have something to do by `now`.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn any_awake(db: &mut PgConnection, now: Instant) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"-- incident.any_awake
        SELECT EXISTS (SELECT FROM incident WHERE wake_at <= $1) AS "any!""#,
        now,
    )
    .fetch_one(db)
    .await?)
}

/// Writes what was decided about a locked incident and raises its version.
///
/// # Errors
/// [`Error::Stale`] when somebody else wrote it since it was read.
pub async fn save(db: &mut PgConnection, incident: &mut Incident) -> Result<()> {
    let subject = &incident.subject;
    let closing = match &incident.state {
        State::Open => None,
        State::Closed(closing) => Some(closing),
    };
    let saved = sqlx::query!(
        "-- incident.save
        UPDATE incident SET subject_name = $3, subject_id_number = $4, subject_address = $5, division_code = $6,
            lat = $7, lon = $8, subject_age = $9, tier = $10, urgent = $11, scam_type = $12, station_id = $13,
            status = $14, outcome = $15, prevented_fen = $16, closing_note = $17, closed_at = $18,
            plan_name = $19, plan_hash = $20, plan_begun_at = $21, version = version + 1,
            wake_at = CASE WHEN $14 = 'closed' THEN NULL ELSE wake_at END,
            has_new_facts = has_new_facts AND $14 <> 'closed'
        WHERE id = $1 AND version = $2",
        incident.id.uuid(),
        incident.version,
        subject.name.as_ref().map(PersonName::reveal),
        subject.id_number.as_ref().map(ResidentId::reveal),
        subject.address.as_ref().map(Address::reveal),
        subject.division_code.as_ref().map(DivisionCode::as_str),
        subject.location.map(|location| location.lat),
        subject.location.map(|location| location.lon),
        subject.age.map(i16::from),
        incident.grade.map(|grade| grade.tier.as_str()),
        incident.grade.map(|grade| grade.urgent),
        incident.scam_type.map(|scam_type| scam_type.as_str()),
        incident.station_id.as_str(),
        incident.status().as_str(),
        closing.map(|closing| closing.outcome.as_str()),
        closing.and_then(|closing| closing.prevented).map(domain::money::Fen::fen),
        closing.and_then(|closing| closing.note.as_deref()),
        closing.map(|closing| closing.closed_at),
        incident.plan.as_ref().map(|plan| plan.name.as_str()),
        incident.plan.as_ref().map(|plan| plan.hash.as_str()),
        incident.plan.as_ref().map(|plan| plan.begun_at),
    )
    .execute(db)
    .await?;
    if saved.rows_affected() != 1 {
        return Err(Error::Stale { table: "incident", id: incident.id.to_string() });
    }
    incident.version += 1;
    Ok(())
}

/// Says whether these incidents wait to be assessed.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn mark_new_facts(db: &mut PgConnection, ids: &[IncidentId], waits: bool) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "-- incident.mark_new_facts
        UPDATE incident SET has_new_facts = $2 WHERE id = ANY($1) AND status = 'open'",
        &ids,
        waits,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Sets when the plan may have something to do next; `None` means that only people can move it.
///
/// # Errors
/// [`Error::Fault`] when the database is away.
pub async fn wake_at(db: &mut PgConnection, id: IncidentId, at: Option<Instant>) -> Result<()> {
    sqlx::query!(
        "-- incident.wake_at
        UPDATE incident SET wake_at = $2 WHERE id = $1 AND status = 'open'",
        id.uuid(),
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}
