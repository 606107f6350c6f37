//! Orders to stop an account, and one of them with everything around it.

use domain::id::MeasureId;
use domain::stop_payment::Refusal;
use store::bank_answers::{self, KeptAnswer};
use store::incidents;
use store::measures::{self, Attempt};
use store::stop_payments::{self, Filter, Recorded};

use crate::centre::Centre;
use crate::error::{Error, Result};
use crate::watch_stops::rounds_used;

/// One page of stop-payments, newest first.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn stop_payments(centre: &Centre, filter: &Filter, limit: i64) -> Result<Vec<Recorded>> {
    let mut db = centre.store.read().await?;
    Ok(stop_payments::list(&mut db, filter, limit).await?)
}

/// A stop-payment with the tries to reach its bank and where its money went on to.
#[derive(Debug, Clone)]
pub struct WholeStopPayment {
    /// The order and what its bank said last.
    pub recorded: Recorded,
    /// Every try, oldest first.
    pub attempts: Vec<Attempt>,
    /// The order whose money moved on to this account, if any.
    pub parent: Option<Recorded>,
    /// The next hops' orders, oldest first.
    pub children: Vec<Recorded>,
    /// The order that took its place, if any.
    pub corrected_by: Option<MeasureId>,
    /// Every answer of the bank, oldest first.
    pub answers: Vec<KeptAnswer>,
    /// Our other orders to the same account that none has taken the place of, whoever's money they chase, newest first; of
    /// drills in a drill.
    pub same_account: Vec<Recorded>,
    /// Why a stop that stands has no further 48 hours; `None`: it may be renewed.
    pub not_renewable: Option<Refusal>,
    /// It is an order of a drill.
    pub drill: bool,
}

/// Reads a stop-payment with its tries.
///
/// # Errors
/// [`Error::Unknown`] when there is none.
pub async fn stop_payment(centre: &Centre, id: MeasureId) -> Result<WholeStopPayment> {
    let mut db = centre.store.read().await?;
    let recorded = stop_payments::get(&mut db, id).await?.ok_or(Error::Unknown("stop-payment"))?;
    let incident = incidents::get(&mut db, recorded.order.incident_id).await?;
    let drill = incident.is_some_and(|incident| incident.drill);
    let used = rounds_used(&mut db, &recorded.order, drill).await?;
    let of_incident = stop_payments::of_incident(&mut db, recorded.order.incident_id).await?;
    let same_account = match recorded.order.account() {
        Some(account) => {
            let (account, drill) = (Some(account), Some(drill));
            let filter = Filter { account, drill, ..Filter::default() };
            stop_payments::list(&mut db, &filter, i64::MAX).await?
        }
        None => vec![],
    };
    let replaced =
        |other: &Recorded| same_account.iter().any(|later| later.order.corrects_id == Some(other.order.id));
    let same_account: Vec<Recorded> =
        same_account.iter().filter(|other| other.order.id != id && !replaced(other)).cloned().collect();
    let corrected_by = of_incident.iter().find(|other| other.order.corrects_id == Some(id));
    Ok(WholeStopPayment {
        attempts: measures::attempts(&mut db, id).await?,
        answers: bank_answers::of_order(&mut db, id).await?,
        same_account,
        parent: of_incident.iter().find(|other| Some(other.order.id) == recorded.order.parent_id).cloned(),
        corrected_by: corrected_by.map(|other| other.order.id),
        not_renewable: recorded.order.may_renew(centre.rounds, used).err(),
        children: of_incident.into_iter().filter(|other| other.order.parent_id == Some(id)).collect(),
        drill,
        recorded,
    })
}
