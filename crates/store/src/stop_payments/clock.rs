//! The clocks of stops that stand, as stored times: a restart forgets none.

use domain::account::{AccountNumber, BankCode};
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId};
use domain::stop_payment::RoundsUsed;
use sqlx::PgConnection;

use crate::Result;

/// Holds that ran out.
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
        WHERE status IN ('active', 'partial') AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}

/// Sets when somebody is told next that a stop which stands ends; `None`: not again.
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

/// Stops whose alarm is due, the most overdue first.
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

/// What an account has had of stops, by whichever of our orders; a drill stops nothing.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn rounds_used(
    db: &mut PgConnection,
    bank: &BankCode,
    number: &AccountNumber,
) -> Result<RoundsUsed> {
    let counted = sqlx::query!(
        r#"-- stop_payment.rounds_used
        SELECT count(*) AS "stops!", coalesce(sum(round - 1), 0) AS "extensions!" FROM stop_payment
        WHERE payee_bank_code = $1 AND payee_number = $2 AND held_fen IS NOT NULL
            AND id NOT IN (SELECT measure.id FROM measure JOIN incident ON incident.id = incident_id WHERE drill)"#,
        bank.as_str(),
        number.reveal(),
    )
    .fetch_one(db)
    .await?;
    let many = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(RoundsUsed { stops: many(counted.stops), extensions: many(counted.extensions) })
}
