//! The parts of texts as their providers know them, and the receipts that nobody can place yet.
//!
//! A receipt may come before it is written down that its text was taken. It is then laid aside, and whoever writes the
//! parts down takes it up. Neither can miss the other: parts are written under a lock that is shared, a receipt is laid
//! aside under the same lock held alone, and each looks for the other behind it.

use chrono::TimeDelta;
use domain::clock::Instant;
use domain::id::MeasureId;
use domain::message::{Part, PartReceipt, Receipt, reference_key, references_meant};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;
use crate::decode::Row;

/// Receipts that were laid aside go after this time: nobody told us of the text they are about.
const ASIDE_FOR: TimeDelta = TimeDelta::days(7);

/// Writes down how a provider knows the parts of a text, in place of what an earlier try left. Gives back the receipts
/// that came before, which say what became of these parts.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn write(
    db: &mut PgConnection,
    message: MeasureId,
    provider: &str,
    references: &[String],
) -> Result<Vec<PartReceipt>> {
    sqlx::query!(
        "-- message_part.share\nSELECT pg_advisory_xact_lock_shared(hashtextextended('receipt_aside:' || $1, 0))",
        provider,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("-- message_part.forget\nDELETE FROM message_part WHERE message_id = $1", message.uuid())
        .execute(&mut *db)
        .await?;
    let keys: Vec<String> = references.iter().map(|reference| reference_key(reference)).collect();
    sqlx::query!(
        "-- message_part.write
        INSERT INTO message_part (message_id, place, provider, provider_ref, ref_key)
        SELECT $1, place - 1, $2, provider_ref, ref_key
        FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS part (provider_ref, ref_key, place)",
        message.uuid(),
        provider,
        references,
        &keys,
    )
    .execute(&mut *db)
    .await?;
    let meant: Vec<String> = references.iter().flat_map(|reference| references_meant(reference)).collect();
    let rows = sqlx::query!(
        "-- receipt_aside.take_up
        DELETE FROM receipt_aside WHERE provider = $1 AND ref_key = ANY($2)
        RETURNING id, provider_ref, receipt, code",
        provider,
        &meant,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "receipt_aside", id: &found.id };
            let receipt = row.word("receipt", &found.receipt)?;
            Ok(PartReceipt { provider_ref: found.provider_ref, receipt, code: found.code })
        })
        .collect()
}

/// Lays a receipt aside whose part nobody has written down. Gives back the text instead where that has happened in the
/// meantime; then nothing was laid aside.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn lay_aside(
    db: &mut PgConnection,
    provider: &str,
    told: &PartReceipt,
    now: Instant,
) -> Result<Option<MeasureId>> {
    sqlx::query!(
        "-- message_part.hold_alone\nSELECT pg_advisory_xact_lock(hashtextextended('receipt_aside:' || $1, 0))",
        provider,
    )
    .execute(&mut *db)
    .await?;
    if let Some((message, _)) = find(db, provider, &told.provider_ref).await? {
        return Ok(Some(message));
    }
    sqlx::query!(
        "-- receipt_aside.keep
        WITH gone AS (DELETE FROM receipt_aside WHERE received_at < $8)
        INSERT INTO receipt_aside (id, provider, provider_ref, ref_key, receipt, code, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        Uuid::now_v7(),
        provider,
        told.provider_ref,
        reference_key(&told.provider_ref),
        told.receipt.as_str(),
        told.code,
        now,
        now - ASIDE_FOR,
    )
    .execute(db)
    .await?;
    Ok(None)
}

/// The part that a receipt's id means: the one it spells, else one in another spelling that still waits for its
/// receipt; the newest, where a provider has used an id twice.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn find(
    db: &mut PgConnection,
    provider: &str,
    provider_ref: &str,
) -> Result<Option<(MeasureId, i16)>> {
    let meant = references_meant(provider_ref);
    let found = sqlx::query!(
        "-- message_part.find
        SELECT message_id, place FROM message_part
        WHERE provider = $1 AND ref_key = ANY($2) AND (receipt IS NULL OR ref_key = $3)
        ORDER BY array_position($2, ref_key), receipt IS NOT NULL, message_id DESC LIMIT 1",
        provider,
        &meant,
        reference_key(provider_ref),
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|part| (part.message_id.into(), part.place)))
}

/// Notes what became of a part. The first receipt stands.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn note(db: &mut PgConnection, message: MeasureId, place: i16, receipt: Receipt) -> Result<()> {
    sqlx::query!(
        "-- message_part.note
        UPDATE message_part SET receipt = $3 WHERE message_id = $1 AND place = $2 AND receipt IS NULL",
        message.uuid(),
        place,
        receipt.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The parts of a text, in reading order; none of a text that was taken as a whole.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_message(db: &mut PgConnection, message: MeasureId) -> Result<Vec<Part>> {
    let rows = sqlx::query!(
        "-- message_part.of_message
        SELECT provider_ref, receipt FROM message_part WHERE message_id = $1 ORDER BY place",
        message.uuid(),
    )
    .fetch_all(db)
    .await?;
    let row = Row { table: "message_part", id: &message };
    rows.into_iter()
        .map(|found| {
            let receipt = row.maybe_word("receipt", found.receipt.as_deref())?;
            Ok(Part { provider_ref: found.provider_ref, receipt })
        })
        .collect()
}
