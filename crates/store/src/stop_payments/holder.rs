//! Claims that wait for the end of another hold on their account.

use domain::id::{IncidentId, MeasureId};
use sqlx::PgConnection;

use crate::Result;

/// Sets for whose end a claim waits; `None`: for nobody's of ours.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn set_holder(db: &mut PgConnection, claim: MeasureId, holder: Option<MeasureId>) -> Result<()> {
    sqlx::query!(
        "-- stop_payment.set_holder\nUPDATE stop_payment SET held_by_id = $2 WHERE id = $1",
        claim.uuid(),
        holder.map(MeasureId::uuid),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Claims whose holder neither holds the account any more nor is about to, who claimed first first.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn let_go(db: &mut PgConnection, limit: i64) -> Result<Vec<(IncidentId, MeasureId)>> {
    let rows = sqlx::query!(
        "-- stop_payment.let_go
        SELECT claim.id, incident_id FROM stop_payment AS claim
            JOIN measure ON measure.id = claim.id JOIN stop_payment AS holder ON holder.id = claim.held_by_id
        WHERE claim.held_by_id IS NOT NULL
          AND holder.status NOT IN ('draft', 'submitted', 'active', 'partial', 'frozen')
        ORDER BY measure.created_at, claim.id LIMIT $1",
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|found| (found.incident_id.into(), found.id.into())).collect())
}
