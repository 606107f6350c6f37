//! The papers of a freeze that is asked for, until the bank has agreed.

use domain::id::MeasureId;
use domain::money::Fen;
use domain::stop_payment::{Freeze, FreezeTerms};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

/// Keeps the papers of a freeze that is to be asked for.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep_freeze(db: &mut PgConnection, id: MeasureId, freeze: &Freeze) -> Result<()> {
    let terms = &freeze.terms;
    sqlx::query!(
        "-- stop_payment.keep_freeze
        UPDATE stop_payment SET case_number = $2, document = $3, approved_by = $4, frozen_fen = $5, term_months = $6,
            scope = $7, includes_yield = $8
        WHERE id = $1",
        id.uuid(),
        freeze.case_number,
        freeze.document,
        terms.approved_by,
        terms.amount.map(Fen::fen),
        terms.term_months.map(i16::from),
        terms.scope,
        terms.includes_yield,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The papers of a freeze that was asked for.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn kept_freeze(db: &mut PgConnection, id: MeasureId) -> Result<Option<Freeze>> {
    let found = sqlx::query!(
        "-- stop_payment.kept_freeze
        SELECT case_number, document, approved_by, frozen_fen, term_months, scope, includes_yield
        FROM stop_payment WHERE id = $1",
        id.uuid(),
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let row = Row { table: "stop_payment", id: &id };
    let terms = FreezeTerms {
        approved_by: found.approved_by,
        amount: row.fen("frozen_fen", found.frozen_fen)?,
        term_months: found.term_months.map(|months| row.number("term_months", months)).transpose()?,
        scope: found.scope,
        includes_yield: found.includes_yield,
    };
    let papers = found.case_number.zip(found.document);
    Ok(papers.map(|(case_number, document)| Freeze { case_number, document, terms }))
}
