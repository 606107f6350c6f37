//! What the past tells of an alert: of its person, and of the number, account and address on the other side.

use std::collections::HashMap;

use domain::account::AccountNumber;
use domain::alert::Suspect;
use domain::clock::Instant;
use domain::grading::History;
use domain::id::IncidentId;
use domain::incident::Subject;
use domain::person::{PhoneNumber, ResidentId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// The history of each incident at `now`, in one query for the whole batch: of its person, and of whatever numbers,
/// accounts and addresses its alerts name.
///
/// A person's past is that of every incident that shares a line or the identity number with this one; where nobody has
/// told the number this time, that of whoever had one of these lines before. Drills are nobody's past.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn histories(
    db: &mut PgConnection,
    ids: &[IncidentId],
    now: Instant,
) -> Result<HashMap<IncidentId, History>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_as!(
        HistoryRow,
        r#"-- alert.histories
        WITH side AS (
            SELECT incident_id AS id, array_agg(DISTINCT suspect_phone) FILTER (WHERE suspect_phone IS NOT NULL) AS phones,
                array_agg(DISTINCT suspect_account) FILTER (WHERE suspect_account IS NOT NULL) AS accounts,
                array_agg(DISTINCT suspect_url) FILTER (WHERE suspect_url IS NOT NULL) AS urls
            FROM alert WHERE incident_id = ANY($1) GROUP BY incident_id
        ), mark AS (
            SELECT incident_id, kind, value FROM subject_mark WHERE incident_id = ANY($1)
            UNION
            SELECT own.incident_id, known.kind, known.value
            FROM subject_mark own
                JOIN subject_mark same ON same.kind = own.kind AND same.value = own.value AND NOT same.drill
                JOIN subject_mark known ON known.incident_id = same.incident_id AND known.kind = 'id_number'
            WHERE own.incident_id = ANY($1) AND own.kind = 'phone' AND NOT EXISTS (SELECT FROM subject_mark told
                WHERE told.incident_id = own.incident_id AND told.kind = 'id_number')
        ), past AS (
            SELECT DISTINCT mark.incident_id AS here, other.incident_id AS id
            FROM mark JOIN subject_mark other ON other.kind = mark.kind AND other.value = mark.value
            WHERE other.incident_id <> mark.incident_id AND NOT other.drill
        ), practised AS (SELECT id FROM incident WHERE drill)
        SELECT incident.id AS "id!", person.h1 AS "person_1h!", person.h24 AS "person_24h!", person.d7 AS "person_7d!",
            person.d30 AS "person_30d!", phone.h1 AS "phone_1h!", phone.h24 AS "phone_24h!", phone.d7 AS "phone_7d!",
            phone.d30 AS "phone_30d!", phone.incidents AS "phone_incidents!", account.h1 AS "account_1h!",
            account.h24 AS "account_24h!", account.d7 AS "account_7d!", account.d30 AS "account_30d!",
            url.h1 AS "url_1h!", url.h24 AS "url_24h!", url.d7 AS "url_7d!", url.d30 AS "url_30d!",
            side.phones IS NOT NULL AS "has_phone!", side.accounts IS NOT NULL AS "has_account!",
            side.urls IS NOT NULL AS "has_url!",
            (SELECT outcome FROM past JOIN incident earlier ON earlier.id = past.id WHERE past.here = incident.id
                AND earlier.status = 'closed' AND earlier.outcome <> 'duplicate' AND earlier.closed_at <= $2::timestamptz
                ORDER BY closed_at DESC LIMIT 1) AS prior_outcome,
            (SELECT count(*) FROM past JOIN incident earlier ON earlier.id = past.id WHERE past.here = incident.id
                AND earlier.status = 'closed' AND earlier.outcome = 'not_fraud'
                AND earlier.closed_at BETWEEN $2::timestamptz - interval '365 days' AND $2) AS "false_alarms!",
            (SELECT max(confidence) FROM listed WHERE kind = 'number' AND list = 'suspect' AND value = ANY(side.phones)
                AND (expires_at IS NULL OR expires_at > $2)) AS phone_confidence,
            (SELECT max(confidence) FROM listed WHERE kind = 'account' AND list = 'suspect'
                AND value = ANY(side.accounts) AND (expires_at IS NULL OR expires_at > $2)) AS account_confidence,
            (SELECT max(confidence) FROM listed WHERE kind = 'url' AND list = 'suspect' AND value = ANY(side.urls)
                AND (expires_at IS NULL OR expires_at > $2)) AS url_confidence,
            EXISTS (SELECT FROM listed WHERE kind = 'number' AND list = 'protected' AND value = ANY(side.phones)
                AND (expires_at IS NULL OR expires_at > $2)) AS "protected!"
        FROM incident LEFT JOIN side ON side.id = incident.id
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE incident_id IN (SELECT past.id FROM past WHERE past.here = incident.id)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) person
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30,
            count(DISTINCT incident_id) AS incidents
            FROM alert WHERE suspect_phone = ANY(side.phones) AND incident_id <> incident.id
                AND incident_id NOT IN (SELECT id FROM practised)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) phone
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE suspect_account = ANY(side.accounts) AND incident_id <> incident.id
                AND incident_id NOT IN (SELECT id FROM practised)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) account
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE suspect_url = ANY(side.urls) AND incident_id <> incident.id
                AND incident_id NOT IN (SELECT id FROM practised)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) url
        WHERE incident.id = ANY($1)"#,
        &ids,
        now,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|found| Ok((found.id.into(), found.history()?))).collect()
}

/// The history of an alert that has not come in, for explaining a grading. It would join the person's open incident,
/// whose alerts are not its past.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn history_of(
    db: &mut PgConnection,
    subject: &Subject,
    suspect: &Suspect,
    now: Instant,
) -> Result<History> {
    let found = sqlx::query_as!(
        HistoryRow,
        r#"-- alert.history_of
        WITH told AS (
            SELECT 'phone' AS kind, $1::text AS value UNION ALL SELECT 'id_number', $6::text WHERE $6 IS NOT NULL
        ), mark AS (
            SELECT kind, value FROM told
            UNION
            SELECT known.kind, known.value
            FROM subject_mark same
                JOIN subject_mark known ON known.incident_id = same.incident_id AND known.kind = 'id_number'
            WHERE $6::text IS NULL AND same.kind = 'phone' AND same.value = $1 AND NOT same.drill
        ), own AS (
            SELECT incident_id AS id FROM subject_mark JOIN told USING (kind, value) WHERE is_open AND NOT drill
        ), past AS (
            SELECT DISTINCT incident_id AS id FROM subject_mark JOIN mark USING (kind, value)
            WHERE NOT drill AND incident_id NOT IN (SELECT id FROM own)
        ), elsewhere AS (SELECT id FROM own UNION ALL SELECT id FROM incident WHERE drill)
        SELECT gen_random_uuid() AS "id!", person.h1 AS "person_1h!", person.h24 AS "person_24h!",
            person.d7 AS "person_7d!", person.d30 AS "person_30d!", phone.h1 AS "phone_1h!", phone.h24 AS "phone_24h!",
            phone.d7 AS "phone_7d!", phone.d30 AS "phone_30d!", phone.incidents AS "phone_incidents!",
            account.h1 AS "account_1h!", account.h24 AS "account_24h!", account.d7 AS "account_7d!",
            account.d30 AS "account_30d!", url.h1 AS "url_1h!", url.h24 AS "url_24h!", url.d7 AS "url_7d!",
            url.d30 AS "url_30d!", $3::text IS NOT NULL AS "has_phone!", $4::text IS NOT NULL AS "has_account!",
            $5::text IS NOT NULL AS "has_url!",
            (SELECT outcome FROM incident WHERE id IN (SELECT id FROM past) AND status = 'closed'
                AND outcome <> 'duplicate' AND closed_at <= $2::timestamptz
                ORDER BY closed_at DESC LIMIT 1) AS prior_outcome,
            (SELECT count(*) FROM incident WHERE id IN (SELECT id FROM past) AND status = 'closed' AND outcome = 'not_fraud'
                AND closed_at BETWEEN $2::timestamptz - interval '365 days' AND $2) AS "false_alarms!",
            (SELECT max(confidence) FROM listed WHERE kind = 'number' AND list = 'suspect' AND value = $3
                AND (expires_at IS NULL OR expires_at > $2)) AS phone_confidence,
            (SELECT max(confidence) FROM listed WHERE kind = 'account' AND list = 'suspect' AND value = $4
                AND (expires_at IS NULL OR expires_at > $2)) AS account_confidence,
            (SELECT max(confidence) FROM listed WHERE kind = 'url' AND list = 'suspect' AND value = $5
                AND (expires_at IS NULL OR expires_at > $2)) AS url_confidence,
            EXISTS (SELECT FROM listed WHERE kind = 'number' AND list = 'protected' AND value = $3
                AND (expires_at IS NULL OR expires_at > $2)) AS "protected!"
        FROM (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE incident_id IN (SELECT id FROM past)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) person
        CROSS JOIN (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30,
            count(DISTINCT incident_id) AS incidents
            FROM alert WHERE suspect_phone = $3 AND incident_id NOT IN (SELECT id FROM elsewhere)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) phone
        CROSS JOIN (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE suspect_account = $4 AND incident_id NOT IN (SELECT id FROM elsewhere)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) account
        CROSS JOIN (SELECT count(*) FILTER (WHERE received_at > $2::timestamptz - interval '1 hour') AS h1,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '24 hours') AS h24,
            count(*) FILTER (WHERE received_at > $2::timestamptz - interval '7 days') AS d7, count(*) AS d30
            FROM alert WHERE suspect_url = $5 AND incident_id NOT IN (SELECT id FROM elsewhere)
                AND received_at BETWEEN $2::timestamptz - interval '30 days' AND $2) url"#,
        subject.phone.reveal(),
        now,
        suspect.phone.as_ref().map(PhoneNumber::reveal),
        suspect.account.as_ref().map(AccountNumber::reveal),
        suspect.url,
        subject.id_number.as_ref().map(ResidentId::reveal),
    )
    .fetch_one(db)
    .await?;
    found.history()
}

struct HistoryRow {
    id: Uuid,
    person_1h: i64,
    person_24h: i64,
    person_7d: i64,
    person_30d: i64,
    phone_1h: i64,
    phone_24h: i64,
    phone_7d: i64,
    phone_30d: i64,
    phone_incidents: i64,
    account_1h: i64,
    account_24h: i64,
    account_7d: i64,
    account_30d: i64,
    url_1h: i64,
    url_24h: i64,
    url_7d: i64,
    url_30d: i64,
    has_phone: bool,
    has_account: bool,
    has_url: bool,
    prior_outcome: Option<String>,
    false_alarms: i64,
    phone_confidence: Option<i16>,
    account_confidence: Option<i16>,
    url_confidence: Option<i16>,
    protected: bool,
}

impl HistoryRow {
    /// What the alerts do not name has no history: it is not known, which is not the same as none.
    fn history(&self) -> Result<History> {
        let row = Row { table: "incident", id: &self.id };
        let count = |number: i64| u32::try_from(number).ok();
        let of = |named: bool, number: i64| count(number).filter(|_| named);
        let sure = |named: bool, confidence: Option<i16>| of(named, confidence.unwrap_or(0).into());
        Ok(History {
            earlier_alerts_1h: count(self.person_1h),
            earlier_alerts_24h: count(self.person_24h),
            earlier_alerts_7d: count(self.person_7d),
            earlier_alerts_30d: count(self.person_30d),
            suspect_alerts_1h: of(self.has_phone, self.phone_1h),
            suspect_alerts_24h: of(self.has_phone, self.phone_24h),
            suspect_alerts_7d: of(self.has_phone, self.phone_7d),
            suspect_alerts_30d: of(self.has_phone, self.phone_30d),
            suspect_incidents_30d: of(self.has_phone, self.phone_incidents),
            account_alerts_1h: of(self.has_account, self.account_1h),
            account_alerts_24h: of(self.has_account, self.account_24h),
            account_alerts_7d: of(self.has_account, self.account_7d),
            account_alerts_30d: of(self.has_account, self.account_30d),
            url_alerts_1h: of(self.has_url, self.url_1h),
            url_alerts_24h: of(self.has_url, self.url_24h),
            url_alerts_7d: of(self.has_url, self.url_7d),
            url_alerts_30d: of(self.has_url, self.url_30d),
            prior_outcome: row.maybe_word("outcome", self.prior_outcome.as_deref())?,
            false_alarms_365d: count(self.false_alarms),
            suspect_listed_confidence: sure(self.has_phone, self.phone_confidence),
            account_listed_confidence: sure(self.has_account, self.account_confidence),
            url_listed_confidence: sure(self.has_url, self.url_confidence),
            suspect_protected: self.has_phone.then_some(self.protected),
        })
    }
}
