//! Alerts: written once, never edited.

use std::collections::HashMap;

use domain::account::AccountNumber;
use domain::alert::{Alert, Signals, Suspect};
use domain::alert_kind::AlertKind;
use domain::clock::Instant;
use domain::grading::Evidence;
use domain::id::{AlertId, IncidentId};
use domain::person::PhoneNumber;
use domain::scam_type::ScamType;
use domain::tier::Tier;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

pub use history::{histories, history_of};

use crate::Result;
use crate::decode::Row;

mod history;

/// What was made of alerts that came before: the alert and its incident by `source_ref`.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn known(
    db: &mut PgConnection,
    source: &str,
    refs: &[String],
) -> Result<HashMap<String, (AlertId, IncidentId)>> {
    let rows = sqlx::query!(
        "-- alert.known
        SELECT source_ref, id, incident_id FROM alert WHERE source = $1 AND source_ref = ANY($2)",
        source,
        refs,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|found| (found.source_ref, (found.id.into(), found.incident_id.into())))
        .collect())
}

/// Writes a batch of alerts with their incidents. An alert that came in at the same time through another
/// door is passed over: the ids that were written come back.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, alerts: &[(Alert, IncidentId)]) -> Result<Vec<AlertId>> {
    fn column<'a, T>(alerts: &'a [(Alert, IncidentId)], of: impl Fn(&'a Alert) -> T) -> Vec<T> {
        alerts.iter().map(|(alert, _)| of(alert)).collect()
    }
    let signals = column(alerts, |alert| serde_json::to_value(&alert.signals).unwrap_or(Value::Null));
    let incidents: Vec<Uuid> = alerts.iter().map(|(_, incident)| incident.uuid()).collect();
    let ids = sqlx::query_scalar!(
        "-- alert.insert
        INSERT INTO alert (id, source, source_ref, incident_id, observed_at, received_at, kind, subject_phone,
            subject_age, suspect_phone, suspect_url, suspect_app, suspect_account, source_level, scam_type, text,
            signals, raw)
        SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[],
            $7::text[], $8::text[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::jsonb[], $18::jsonb[])
        ON CONFLICT (source, source_ref) DO NOTHING RETURNING id",
        &column(alerts, |alert| alert.id.uuid()),
        &column(alerts, |alert| alert.source.as_str()) as &[&str],
        &column(alerts, |alert| alert.source_ref.as_str()) as &[&str],
        &incidents,
        &column(alerts, |alert| alert.observed_at),
        &column(alerts, |alert| alert.received_at),
        &column(alerts, |alert| alert.kind.as_str()) as &[&str],
        &column(alerts, |alert| alert.subject.phone.reveal()) as &[&str],
        &column(alerts, |alert| alert.subject.age.map(i16::from)) as &[Option<i16>],
        &column(alerts, |alert| alert.suspect.phone.as_ref().map(PhoneNumber::reveal)) as &[Option<&str>],
        &column(alerts, |alert| alert.suspect.url.as_deref()) as &[Option<&str>],
        &column(alerts, |alert| alert.suspect.app.as_deref()) as &[Option<&str>],
        &column(alerts, |alert| alert.suspect.account.as_ref().map(AccountNumber::reveal)) as &[Option<&str>],
        &column(alerts, |alert| alert.source_level.map(Tier::as_str)) as &[Option<&str>],
        &column(alerts, |alert| alert.scam_type.map(ScamType::as_str)) as &[Option<&str>],
        &column(alerts, |alert| alert.text.as_deref()) as &[Option<&str>],
        &signals,
        &column(alerts, |alert| alert.raw.clone()),
    )
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(AlertId::from).collect())
}

/// An alert as its incident shows and grades it.
#[derive(Debug, Clone)]
pub struct AlertRecord {
    /// Its id.
    pub id: AlertId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// Who sent it.
    pub source: String,
    /// The source's reference.
    pub source_ref: String,
    /// By the source's clock.
    pub observed_at: Instant,
    /// By ours.
    pub received_at: Instant,
    /// What was seen.
    pub kind: AlertKind,
    /// The subject's age, where told.
    pub subject_age: Option<u8>,
    /// The other side.
    pub suspect: Suspect,
    /// The source's grading.
    pub source_level: Option<Tier>,
    /// The source's classification.
    pub scam_type: Option<ScamType>,
    /// The text or transcript.
    pub text: Option<String>,
    /// What was measured.
    pub signals: Signals,
}

impl AlertRecord {
    /// The part of it that is graded.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            source: &self.source,
            kind: self.kind,
            observed_at: self.observed_at,
            source_level: self.source_level,
            scam_type: self.scam_type,
            age: self.subject_age,
            text: self.text.as_deref(),
            signals: &self.signals,
        }
    }
}

/// The alerts of these incidents, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incidents(db: &mut PgConnection, ids: &[IncidentId]) -> Result<Vec<AlertRecord>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "-- alert.of_incidents
        SELECT id, incident_id, source, source_ref, observed_at, received_at, kind, subject_age, suspect_phone,
            suspect_url, suspect_app, suspect_account, source_level, scam_type, text, signals
        FROM alert WHERE incident_id = ANY($1) ORDER BY incident_id, id",
        &ids,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "alert", id: &found.id };
            Ok(AlertRecord {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                source: found.source,
                source_ref: found.source_ref,
                observed_at: found.observed_at,
                received_at: found.received_at,
                kind: row.word("kind", &found.kind)?,
                subject_age: found.subject_age.map(|age| row.number("subject_age", age)).transpose()?,
                suspect: Suspect {
                    phone: row.maybe_parsed(
                        "suspect_phone",
                        found.suspect_phone.as_deref(),
                        PhoneNumber::parse,
                    )?,
                    url: found.suspect_url,
                    app: found.suspect_app,
                    account: row.maybe_parsed(
                        "suspect_account",
                        found.suspect_account.as_deref(),
                        AccountNumber::parse,
                    )?,
                },
                source_level: row.maybe_word("source_level", found.source_level.as_deref())?,
                scam_type: row.maybe_word("scam_type", found.scam_type.as_deref())?,
                text: found.text,
                signals: serde_json::from_value(found.signals)
                    .map_err(|_| row.inconsistent("signals cannot be read back"))?,
            })
        })
        .collect()
}

/// The bodies of an incident's alerts as they came.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn bodies(db: &mut PgConnection, incident: IncidentId) -> Result<HashMap<AlertId, Value>> {
    let rows = sqlx::query!(
        "-- alert.bodies
        SELECT id, raw FROM alert WHERE incident_id = $1",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.id.into(), found.raw)).collect())
}
