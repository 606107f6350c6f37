//! How banks answer, told from the rows: whoever asks, in whichever process, gets the same answer.

use domain::circuit::{Circuit, OPENS_AFTER};
use domain::clock::Instant;
use domain::measure::{AttemptResult, Route};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// How one bank answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The bank.
    pub code: String,
    /// Requests that wait for it or for its answer.
    pub open_requests: i64,
    /// When an answer of its own last changed an order.
    pub last_answer_at: Option<Instant>,
    /// From an order's leaving to the bank's first answer: half were faster, in seconds; of those answered in the
    /// window.
    pub answer_p50_secs: Option<f64>,
    /// Nine in ten were faster.
    pub answer_p90_secs: Option<f64>,
}

/// How these banks answered since `from`. A drill asks no bank.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn answers(db: &mut PgConnection, banks: &[String], from: Instant) -> Result<Vec<Answers>> {
    let rows = sqlx::query_as!(
        Answers,
        r#"-- bank.answers
        WITH drilled AS (SELECT measure.id FROM measure JOIN incident ON incident.id = incident_id WHERE drill)
        SELECT code AS "code!", open_requests AS "open_requests!", last_answer_at, secs[1] AS answer_p50_secs,
            secs[2] AS answer_p90_secs
        FROM unnest($1::text[]) AS bank (code)
        CROSS JOIN LATERAL (SELECT count(*) AS open_requests FROM measure
            WHERE kind = 'stop_payment' AND counterparty = code AND send_at IS NOT NULL) AS waiting
        CROSS JOIN LATERAL (SELECT max(answered_at) AS last_answer_at FROM stop_payment
            WHERE payee_bank_code = code AND answered_at IS NOT NULL AND id NOT IN (SELECT id FROM drilled)) AS answered
        CROSS JOIN LATERAL (SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
                ORDER BY extract(epoch FROM answered_at - submitted_at)::double precision) AS secs
            FROM stop_payment WHERE payee_bank_code = code AND answered_at >= $2
                AND id NOT IN (SELECT id FROM drilled)) AS lately
        ORDER BY code"#,
        banks,
        from,
    )
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// A bank's circuit as its latest finished tries by a route would have left it. The workers keep theirs in memory, each
/// process its own; this is what all of them together saw.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn circuit(db: &mut PgConnection, bank: &str, route: Route) -> Result<Circuit> {
    let ends = sqlx::query!(
        r#"-- attempt.latest_ends
        SELECT id, ended_at AS "ended_at!", result AS "result!" FROM attempt
        WHERE counterparty = $1 AND route = $2 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT $3"#,
        bank,
        route.as_str(),
        i64::from(OPENS_AFTER),
    )
    .fetch_all(db)
    .await?;
    ends.into_iter().rev().try_fold(Circuit::default(), |circuit, end| {
        let row = Row { table: "attempt", id: &end.id };
        Ok(match row.word("result", &end.result)? {
            AttemptResult::Accepted | AttemptResult::Refused => circuit.answered(),
            AttemptResult::NotDelivered | AttemptResult::Unknown => circuit.met_silence(end.ended_at),
        })
    })
}
