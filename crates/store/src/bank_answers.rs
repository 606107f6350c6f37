//! Every answer of a bank about a stop-payment. Whoever adds one holds its incident's row lock.

use domain::clock::Instant;
use domain::id::MeasureId;
use domain::measure::Request;
use domain::money::Fen;
use domain::stop_payment::{AnswerEffect, BankAnswer};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What the bank had been asked last.
    pub asked: Request,
    /// Four digits.
    pub result_code: String,
    /// In the account before the stop.
    pub balance: Option<Fen>,
    /// What can no longer leave.
    pub held: Option<Fen>,
    /// By the bank's clock.
    pub stopped_at: Option<Instant>,
    /// The bank's words.
    pub remark: Option<String>,
    /// What it did to the order.
    pub effect: AnswerEffect,
    /// When it was first heard.
    pub first_heard_at: Instant,
    /// When it was last heard without another between.
    pub last_heard_at: Instant,
    /// How often.
    pub times: u32,
}

/// Keeps an answer; `false` where it is the last one over again, which is then counted once more.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep(
    db: &mut PgConnection,
    order: MeasureId,
    asked: Request,
    answer: &BankAnswer,
    effect: AnswerEffect,
    now: Instant,
) -> Result<bool> {
    let repeated = sqlx::query!(
        "-- bank_answer.count_again
        UPDATE bank_answer SET times = times + 1, last_heard_at = greatest(last_heard_at, $8)
        WHERE stop_payment_id = $1 AND seq = (SELECT max(seq) FROM bank_answer WHERE stop_payment_id = $1)
          AND result_code = $2 AND balance_fen IS NOT DISTINCT FROM $3 AND held_fen IS NOT DISTINCT FROM $4
          AND stopped_at IS NOT DISTINCT FROM $5 AND effect = $6 AND asked = $7",
        order.uuid(),
        answer.result_code.as_str(),
        answer.balance.map(Fen::fen),
        answer.held.map(Fen::fen),
        answer.stopped_at,
        effect.as_str(),
        asked.as_str(),
        now,
    )
    .execute(&mut *db)
    .await?;
    if repeated.rows_affected() > 0 {
        return Ok(false);
    }
    sqlx::query!(
        "-- bank_answer.keep
        INSERT INTO bank_answer (stop_payment_id, asked, result_code, balance_fen, held_fen, stopped_at, remark, effect,
            first_heard_at, last_heard_at, times)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1)",
        order.uuid(),
        asked.as_str(),
        answer.result_code.as_str(),
        answer.balance.map(Fen::fen),
        answer.held.map(Fen::fen),
        answer.stopped_at,
        answer.remark,
        effect.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(true)
}

/// The answers about an order, in the order they came.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_order(db: &mut PgConnection, order: MeasureId) -> Result<Vec<KeptAnswer>> {
    let rows = sqlx::query!(
        "-- bank_answer.of_order
        SELECT asked, result_code, balance_fen, held_fen, stopped_at, remark, effect, first_heard_at, last_heard_at,
            times
        FROM bank_answer WHERE stop_payment_id = $1 ORDER BY seq",
        order.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "bank_answer", id: &order };
            Ok(KeptAnswer {
                asked: row.word("asked", &found.asked)?,
                balance: row.fen("balance_fen", found.balance_fen)?,
                held: row.fen("held_fen", found.held_fen)?,
                effect: row.word("effect", &found.effect)?,
                times: row.number("times", found.times)?,
                result_code: found.result_code,
                stopped_at: found.stopped_at,
                remark: found.remark,
                first_heard_at: found.first_heard_at,
                last_heard_at: found.last_heard_at,
            })
        })
        .collect()
}
