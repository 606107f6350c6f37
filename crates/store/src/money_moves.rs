//! Transfers out of stopped accounts: the edges of the money graph. Whoever adds one holds its incident's row lock.

use domain::account::{AccountNumber, BankCode};
use domain::id::{IncidentId, MeasureId};
use domain::money::Fen;
use domain::person::PersonName;
use domain::pursuit::Move;
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;
use crate::stop_payments::account;

/// Writes a transfer that became known; the orders it names are written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, moved: &Move) -> Result<()> {
    sqlx::query!(
        "-- money_move.insert
        INSERT INTO money_move (id, incident_id, from_id, to_id, payee_kind, payee_number, payee_holder,
            payee_bank_code, amount_fen, claim_fen, moved_at, reference, followed, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        moved.id.uuid(),
        moved.incident_id.uuid(),
        moved.from_id.uuid(),
        moved.to_id.map(MeasureId::uuid),
        moved.account.kind.as_str(),
        moved.account.number.as_ref().map(AccountNumber::reveal),
        moved.account.holder.as_ref().map(PersonName::reveal),
        moved.account.bank_code.as_ref().map(BankCode::as_str),
        moved.amount.map(Fen::fen),
        moved.claim.fen(),
        moved.moved_at,
        moved.reference,
        moved.followed.as_str(),
        moved.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The transfers of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Move>> {
    let rows = sqlx::query!(
        "-- money_move.of_incident
        SELECT id, incident_id, from_id, to_id, payee_kind, payee_number, payee_holder, payee_bank_code, amount_fen,
            claim_fen, moved_at, reference, followed, created_at
        FROM money_move WHERE incident_id = $1 ORDER BY created_at, id",
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "money_move", id: &found.id };
            let payee =
                (Some(found.payee_kind), found.payee_number, found.payee_holder, found.payee_bank_code);
            Ok(Move {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                from_id: found.from_id.into(),
                to_id: found.to_id.map(MeasureId::from),
                account: account(row, payee)?.ok_or_else(|| row.inconsistent("payee_kind is missing"))?,
                amount: row.fen("amount_fen", found.amount_fen)?,
                claim: row.fen("claim_fen", Some(found.claim_fen))?.unwrap_or_default(),
                moved_at: found.moved_at,
                reference: found.reference,
                followed: row.word("followed", &found.followed)?,
                created_at: found.created_at,
            })
        })
        .collect()
}
