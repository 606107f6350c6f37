//! The clocks of stops that stand, as stored times: a restart forgets none.

use domain::account::{AccountNumber, BankCode};
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::stop_payment::{ResultCode, RoundsUsed};
use sqlx::PgConnection;

use crate::Result;

/// Stops and freezes that ran out.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn run_out(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- stop_payment.run_out
        SELECT stop_payment.id, incident_id FROM stop_payment JOIN measure USING (id)
        WHERE status IN ('active', 'partial') AND expires_at <= $1 OR status = 'frozen' AND freeze_ends_at <= $1
        ORDER BY expires_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}

/// Sets when somebody is told next that a stop or freeze which stands ends; `None`: not again.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn set_alarm(db: &mut PgConnection, id: MeasureId, at: Option<Instant>) -> Result<()> {
    sqlx::query!(
        "-- stop_payment.set_alarm\nUPDATE stop_payment SET next_alarm_at = $2 WHERE id = $1",
        id.uuid(),
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Stops and freezes whose alarm is due, the most overdue first.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn alarms_due(
    db: &mut PgConnection,
    now: Instant,
    limit: i64,
) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- stop_payment.alarms_due
        SELECT stop_payment.id, incident_id FROM stop_payment JOIN measure USING (id)
        WHERE next_alarm_at IS NOT NULL AND next_alarm_at <= $1 ORDER BY next_alarm_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}

/// What an account has had of stops, by whichever of our orders, and whether its bank has said that there were as many
/// as may be. Drills stop nothing, and in a drill nothing else counts.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn rounds_used(
    db: &mut PgConnection,
    bank: &BankCode,
    number: &AccountNumber,
    drill: bool,
) -> Result<RoundsUsed> {
    let no_more = ResultCode::stops_exceeded();
    let counted = sqlx::query!(
        r#"-- stop_payment.rounds_used
        SELECT count(*) FILTER (WHERE made) AS "stops!", coalesce(sum(round - 1) FILTER (WHERE made), 0) AS "extensions!",
            coalesce(bool_or(EXISTS (SELECT FROM bank_answer
                WHERE stop_payment_id = ordered.id AND bank_answer.result_code = $4)), false) AS "exceeded!"
        FROM (SELECT stop_payment.id, round, held_fen IS NOT NULL OR stop_payment.status = 'empty' AS made
            FROM stop_payment JOIN measure USING (id) JOIN incident ON incident.id = incident_id
            WHERE payee_bank_code = $1 AND payee_number = $2 AND drill = $3) AS ordered"#,
        bank.as_str(),
        number.reveal(),
        drill,
        no_more.as_str(),
    )
    .fetch_one(db)
    .await?;
    let many = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(RoundsUsed {
        stops: many(counted.stops),
        extensions: many(counted.extensions),
        exceeded: counted.exceeded,
    })
}
