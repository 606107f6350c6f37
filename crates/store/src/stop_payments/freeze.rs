//! The papers of a freeze that is asked for, extended or lifted, until the bank has agreed.

use domain::id::MeasureId;
use domain::measure::Request;
use domain::money::Fen;
use domain::stop_payment::{Freeze, FreezeNotice, FreezeTerms};
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

/// Keeps the notice by which a freeze is to be extended or lifted, in place of one that came to nothing.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep_freeze_notice(
    db: &mut PgConnection,
    id: MeasureId,
    request: Request,
    notice: &FreezeNotice,
) -> Result<()> {
    sqlx::query!(
        "-- freeze_notice.keep
        INSERT INTO freeze_notice (stop_payment_id, request, document, approved_by, term_months)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (stop_payment_id, request) DO UPDATE SET document = excluded.document,
            approved_by = excluded.approved_by, term_months = excluded.term_months",
        id.uuid(),
        request.as_str(),
        notice.document,
        notice.approved_by,
        notice.term_months.map(i16::from),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The notice by which a freeze is to be extended or lifted.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn freeze_notice(
    db: &mut PgConnection,
    id: MeasureId,
    request: Request,
) -> Result<Option<FreezeNotice>> {
    let found = sqlx::query!(
        "-- freeze_notice.get
        SELECT document, approved_by, term_months FROM freeze_notice WHERE stop_payment_id = $1 AND request = $2",
        id.uuid(),
        request.as_str(),
    )
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let row = Row { table: "freeze_notice", id: &id };
    let term_months = found.term_months.map(|months| row.number("term_months", months)).transpose()?;
    Ok(Some(FreezeNotice { document: found.document, approved_by: found.approved_by, term_months }))
}
