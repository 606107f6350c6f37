//! The figures: what happened between two moments, counted from the rows. Drills are never counted.

use std::collections::BTreeMap;

use domain::clock::Instant;
use domain::money::Fen;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// What is counted. Each count's definition is that of the contract's field of the same name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Alerts stored, duplicates not counted.
    pub alerts_received: i64,
    /// Texts that a provider took.
    pub sms_sent: i64,
    /// Numbers that a carrier blocked.
    pub calls_blocked: i64,
    /// Stop-payment orders whose facts were complete.
    pub stop_payments_submitted: i64,
    /// Orders for which a bank holds or held something.
    pub stop_payments_succeeded: i64,
    /// What those hold or held; money that several orders hold together is counted once, for the first.
    pub amount_stopped: Fen,
    /// Orders to stations.
    pub dispatches: i64,
    /// Dispatches whose officers saw the subject.
    pub seen_in_person: i64,
    /// Incidents whose subject paid although an alert had come before.
    pub cheated_after_alert: i64,
}

/// By what the counts are broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Not at all: one line.
    Total,
    /// The incident's tier.
    Tier,
    /// The incident's station.
    Station,
    /// The incident's kind of fraud.
    ScamType,
    /// The source of the incident's first alert, or `110`.
    Source,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Tier => "tier",
            Self::Station => "station",
            Self::ScamType => "scam_type",
            Self::Source => "source",
        }
    }
}

/// Counts what happened from `from` until before `to`, by the moment each thing happened. What an incident
/// does not know of itself is counted under the empty key.
///
/// # Errors
/// [`crate::Error`] when the database is away.
pub async fn count(
    db: &mut PgConnection,
    from: Instant,
    to: Instant,
    by: By,
) -> Result<BTreeMap<String, Counts>> {
    let rows = sqlx::query!(
        r#"-- statistics.count
        WITH happened AS (
            SELECT incident_id, 'alert' AS what, 0::bigint AS fen FROM alert
                WHERE received_at >= $1 AND received_at < $2
            UNION ALL SELECT incident_id, 'sms', 0 FROM message JOIN measure USING (id)
                WHERE submitted_at >= $1 AND submitted_at < $2
            UNION ALL SELECT incident_id, 'block', 0 FROM call_block JOIN measure USING (id)
                WHERE blocked_at >= $1 AND blocked_at < $2
            UNION ALL SELECT incident_id, 'stop', 0 FROM stop_payment JOIN measure USING (id)
                WHERE submitted_at >= $1 AND submitted_at < $2
            UNION ALL SELECT incident_id, 'stopped', CASE WHEN held_before = 0 OR balance_fen IS NULL THEN held_fen
                    ELSE least(held_fen, greatest(0, balance_fen - held_before)) END
                FROM stop_payment JOIN measure USING (id), LATERAL (
                    -- what of the balance was held already, for whoever claimed the account before
                    SELECT coalesce(sum(earlier.held_fen), 0)::bigint AS held_before
                    FROM stop_payment AS earlier JOIN measure AS its ON its.id = earlier.id
                    JOIN incident AS whose ON whose.id = its.incident_id
                    WHERE earlier.payee_number = stop_payment.payee_number
                      AND earlier.payee_bank_code = stop_payment.payee_bank_code
                      AND earlier.status IN ('active', 'partial', 'frozen', 'expired') AND NOT whose.drill
                      AND (earlier.answered_at, earlier.id) < (stop_payment.answered_at, stop_payment.id)
                      AND (stop_payment.stopped_at < earlier.expires_at OR earlier.status = 'frozen')) AS standing
                WHERE held_fen IS NOT NULL AND answered_at >= $1 AND answered_at < $2
            UNION ALL SELECT incident_id, 'dispatch', 0 FROM dispatch JOIN measure USING (id)
                WHERE created_at >= $1 AND created_at < $2
            UNION ALL SELECT incident_id, 'seen', 0 FROM dispatch JOIN measure USING (id)
                WHERE (feedback->>'seen')::boolean AND ended_at >= $1 AND ended_at < $2
            UNION ALL SELECT id, 'cheated', 0 FROM incident
                WHERE cheated_after_alert_at >= $1 AND cheated_after_alert_at < $2
        )
        SELECT CASE $3
                WHEN 'tier' THEN coalesce(tier, '')
                WHEN 'station' THEN station_id
                WHEN 'scam_type' THEN coalesce(scam_type, '')
                WHEN 'source' THEN coalesce(
                    (SELECT source FROM alert WHERE alert.incident_id = incident.id ORDER BY alert.id LIMIT 1), '110')
                ELSE '' END AS "key!",
            count(*) FILTER (WHERE what = 'alert') AS "alerts!",
            count(*) FILTER (WHERE what = 'sms') AS "sms!",
            count(*) FILTER (WHERE what = 'block') AS "blocks!",
            count(*) FILTER (WHERE what = 'stop') AS "stops!",
            count(*) FILTER (WHERE what = 'stopped') AS "stopped!",
            coalesce(sum(fen), 0)::bigint AS "fen!",
            count(*) FILTER (WHERE what = 'dispatch') AS "dispatches!",
            count(*) FILTER (WHERE what = 'seen') AS "seen!",
            count(*) FILTER (WHERE what = 'cheated') AS "cheated!"
        FROM happened JOIN incident ON incident.id = incident_id
        WHERE NOT drill GROUP BY 1"#,
        from,
        to,
        by.as_str(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "statistics", id: &found.key };
            let counts = Counts {
                alerts_received: found.alerts,
                sms_sent: found.sms,
                calls_blocked: found.blocks,
                stop_payments_submitted: found.stops,
                stop_payments_succeeded: found.stopped,
                amount_stopped: row.fen("held_fen", Some(found.fen))?.unwrap_or_default(),
                dispatches: found.dispatches,
                seen_in_person: found.seen,
                cheated_after_alert: found.cheated,
            };
            Ok((found.key, counts))
        })
        .collect()
}

/// What waits at this moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backlog {
    /// Requests to the outside that are due, by kind of measure: how many, and how long the oldest has been, in
    /// seconds.
    pub requests: BTreeMap<String, (i64, f64)>,
    /// Incidents with facts that nobody has graded.
    pub incidents_unassessed: i64,
    /// Steps of open incidents that run past their due time.
    pub steps_overdue: i64,
    /// Dispatches that nobody signed in time.
    pub dispatches_unsigned: i64,
    /// Stop-payments of open incidents whose bank never answered: a person must phone it.
    pub stop_payments_failed: i64,
}

/// Counts what waits. Drills are never counted.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn backlog(db: &mut PgConnection, now: Instant) -> Result<Backlog> {
    let requests = sqlx::query!(
        r#"-- statistics.requests_due
        SELECT kind, count(*) AS "due!", extract(epoch FROM $1 - min(send_at))::double precision AS "oldest_secs!"
        FROM measure WHERE send_at <= $1 AND incident_id NOT IN (SELECT id FROM incident WHERE drill)
        GROUP BY kind"#,
        now,
    )
    .fetch_all(&mut *db)
    .await?;
    let counted = sqlx::query!(
        r#"-- statistics.backlog
        SELECT (SELECT count(*) FROM incident WHERE has_new_facts AND NOT drill) AS "unassessed!",
            (SELECT count(*) FROM step_run JOIN incident ON incident.id = incident_id
                WHERE step_run.status = 'running' AND due_at <= $1 AND incident.status = 'open' AND NOT drill)
                AS "overdue!",
            (SELECT count(*) FROM dispatch JOIN measure USING (id) WHERE status = 'created' AND accept_due_at <= $1
                AND incident_id NOT IN (SELECT id FROM incident WHERE drill)) AS "unsigned!",
            (SELECT count(*) FROM stop_payment JOIN measure USING (id) JOIN incident ON incident.id = incident_id
                WHERE stop_payment.status = 'failed' AND incident.status = 'open' AND NOT drill) AS "failed!""#,
        now,
    )
    .fetch_one(db)
    .await?;
    Ok(Backlog {
        requests: requests.into_iter().map(|found| (found.kind, (found.due, found.oldest_secs))).collect(),
        incidents_unassessed: counted.unassessed,
        steps_overdue: counted.overdue,
        dispatches_unsigned: counted.unsigned,
        stop_payments_failed: counted.failed,
    })
}

/// The middle and the slow end of a time, in seconds; `None` where nothing was timed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Percentiles {
    /// Half were faster.
    pub p50_secs: Option<f64>,
    /// Nine in ten were faster.
    pub p90_secs: Option<f64>,
    /// Ninety-nine in a hundred were faster.
    pub p99_secs: Option<f64>,
}

/// How long things took that ended in the window.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn times(
    db: &mut PgConnection,
    from: Instant,
    to: Instant,
) -> Result<BTreeMap<String, Percentiles>> {
    let rows = sqlx::query!(
        r#"-- statistics.times
        WITH taken AS (
            SELECT 'report_to_submitted' AS what, submitted_at - call.received_at AS took, submitted_at AS ended,
                measure.incident_id FROM stop_payment JOIN measure USING (id) JOIN call ON call.id = call_id
            UNION ALL SELECT 'submitted_to_stopped', answered_at - submitted_at, answered_at, incident_id
                FROM stop_payment JOIN measure USING (id) WHERE held_fen IS NOT NULL
            UNION ALL SELECT 'alert_to_first_contact', first_try_at - first_alert, first_try_at, incident_id
                FROM (SELECT incident_id, min(first_try_at) AS first_try_at,
                        (SELECT min(received_at) FROM alert WHERE alert.incident_id = measure.incident_id) AS first_alert
                      FROM contact JOIN measure USING (id) GROUP BY incident_id) AS first_contact
            UNION ALL SELECT 'dispatch_to_accepted', accepted_at - created_at, accepted_at, incident_id
                FROM dispatch JOIN measure USING (id)
            UNION ALL SELECT 'dispatch_to_seen', coalesce(arrived_at, ended_at) - created_at, ended_at, incident_id
                FROM dispatch JOIN measure USING (id) WHERE (feedback->>'seen')::boolean
        )
        SELECT what AS "what!", percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (
            ORDER BY extract(epoch FROM took)::double precision) AS "secs!"
        FROM taken JOIN incident ON incident.id = incident_id
        WHERE took IS NOT NULL AND ended >= $1 AND ended < $2 AND NOT drill GROUP BY what"#,
        from,
        to,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|found| {
            let at = |place: usize| found.secs.get(place).copied();
            (found.what, Percentiles { p50_secs: at(0), p90_secs: at(1), p99_secs: at(2) })
        })
        .collect())
}
