//! The money has moved on: each account it reached gets its order in the same act, all at once where it split; none
//! is stopped twice in one incident. What is decided is in [`domain::pursuit`], what became of it in
//! [`domain::money_graph`].

use domain::account::{Account, AccountNumber};
use domain::bank_statement::{self, Transaction};
use domain::id::{IncidentId, MeasureId, MoveId};
use domain::money::Fen;
use domain::money_graph::{Chased, MoneyGraph};
use domain::pursuit::{self, Followed, Move, Step};
use domain::stop_payment::{Onward, StopPayment};
use domain::timeline::Happening;
use serde_json::json;
use store::stop_payments::Recorded;
use store::{money_moves, stop_payments};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::order_measures::{self as order, Money};

/// Follows what left an account by a list of transactions that its bank sent; the order tells which deposit is the
/// victim's. Returns the transfers that are new, and the orders they became.
///
/// # Errors
/// [`Error`] when there is no such order, or it never left or was wrong.
pub async fn follow_transactions(
    act: &mut Act<'_>,
    id: MeasureId,
    statement: &[Transaction],
) -> Result<(Vec<Move>, Vec<Recorded>)> {
    let unknown = || Error::Unknown("stop-payment");
    let seen = stop_payments::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    act.lock(seen.order.incident_id).await?;
    let Recorded { order, .. } = stop_payments::get(&mut act.tx, id).await?.ok_or_else(unknown)?;
    order.may_be_followed()?;
    let named = bank_statement::onward(statement, order.transfer.amount, order.transfer.transferred_at);
    let moves = follow(act, &order, &named).await?;
    let mut orders = vec![];
    for moved in moves.iter().filter(|moved| moved.followed == Followed::Ordered) {
        if let Some(to) = moved.to_id {
            orders.extend(stop_payments::get(&mut act.tx, to).await?);
        }
    }
    Ok((moves, orders))
}

/// Follows what a bank names; what it named before is passed over. The incident is locked. Returns what is new.
pub(crate) async fn follow(act: &mut Act<'_>, order: &StopPayment, named: &[Onward]) -> Result<Vec<Move>> {
    if named.is_empty() {
        return Ok(vec![]);
    }
    let named: Vec<Onward> = named.iter().cloned().map(|onward| with_bank(act, onward)).collect();
    let ordered = stop_payments::of_incident(&mut act.tx, order.incident_id).await?;
    let moves = money_moves::of_incident(&mut act.tx, order.incident_id).await?;
    let steps = pursuit::follow_in(order, &chased_orders(&ordered), &moves, &named, &act.centre.pursuit);
    let mut next: Vec<(MeasureId, Account)> = vec![];
    let mut moves = vec![];
    for step in steps {
        let to_id = match step.followed {
            Followed::Ordered => {
                let id = next_hop(act, order, step.onward.clone(), step.claim).await?;
                next.push((id, step.onward.account.clone()));
                Some(id)
            }
            Followed::KnownAccount => {
                let same = |(_, account): &&(MeasureId, Account)| account.is_same_as(&step.onward.account);
                step.known.or_else(|| next.iter().find(same).map(|(id, _)| *id))
            }
            Followed::VictimsOwn
            | Followed::BeyondClaim
            | Followed::BelowFloor
            | Followed::HopLimit
            | Followed::OrderLimit => None,
        };
        moves.push(keep(act, order, step, to_id).await?);
    }
    if !moves.is_empty() {
        raise_claims(act, order.incident_id).await?;
    }
    Ok(moves)
}

/// Where more of the victim's money has reached an account than its bank was asked to hold, and more is there, the rest
/// is asked for in a further order. The incident is locked.
pub(crate) async fn raise_claims(act: &mut Act<'_>, incident: IncidentId) -> Result<()> {
    let moves = money_moves::of_incident(&mut act.tx, incident).await?;
    if moves.is_empty() {
        return Ok(());
    }
    let ordered = stop_payments::of_incident(&mut act.tx, incident).await?;
    let chased = chased_orders(&ordered);
    let raises = MoneyGraph::of(&chased, &moves, &[]).raises(&chased, &moves, &act.centre.pursuit);
    for raise in raises {
        let moved = moves.iter().find(|moved| moved.id == raise.moved);
        let from = moved.and_then(|moved| ordered.iter().find(|recorded| recorded.order.id == moved.from_id));
        let Some((moved, from)) = moved.zip(from) else { continue };
        let mut payees = ordered.iter().filter_map(|recorded| recorded.order.transfer.payee.as_ref());
        let known = payees.find(|account| account.is_same_as(&moved.account));
        let onward = Onward {
            account: known.unwrap_or(&moved.account).clone(),
            amount: moved.amount,
            transferred_at: moved.moved_at,
            reference: moved.reference.clone(),
        };
        next_hop(act, &from.order, onward, raise.claim).await?;
    }
    Ok(())
}

fn with_bank(act: &Act<'_>, onward: Onward) -> Onward {
    Onward { account: act.centre.outside.with_bank(onward.account), ..onward }
}

async fn next_hop(act: &mut Act<'_>, order: &StopPayment, onward: Onward, claim: Fen) -> Result<MeasureId> {
    let (transfer, claim) = onward.next_order(order, claim);
    let money = Money { parent: Some(order.id), hop: order.hop + 1, claim, ..Money::default() };
    Ok(order::stop_payment(act, order.incident_id, transfer, money).await?.id)
}

async fn keep(act: &mut Act<'_>, order: &StopPayment, step: Step, to_id: Option<MeasureId>) -> Result<Move> {
    let moved = step.kept(MoveId::new(act.now), order, to_id, act.now);
    money_moves::insert(&mut act.tx, &moved).await?;
    let data = json!({ "transfer_id": moved.id, "from_id": moved.from_id, "to_id": moved.to_id,
        "amount": moved.amount.map(|amount| amount.to_string()), "claim": moved.claim.to_string(),
        "bank_code": moved.account.bank_code.as_ref().map(|code| code.as_str()), "followed": moved.followed });
    act.note(order.incident_id, Happening::MoneyMoved, data);
    Ok(moved)
}

/// The money of an incident, as far as it is known now.
pub(crate) async fn graph(
    db: &mut store::Db,
    incident: IncidentId,
    ordered: &[Recorded],
) -> Result<MoneyGraph> {
    let moves = money_moves::of_incident(db, incident).await?;
    let numbers: Vec<&str> = ordered
        .iter()
        .filter_map(|recorded| recorded.order.transfer.payee.as_ref()?.number.as_ref())
        .map(AccountNumber::reveal)
        .collect();
    let others = stop_payments::claims_of_others(db, incident, &numbers).await?;
    Ok(MoneyGraph::of(&chased_orders(ordered), &moves, &others))
}

fn chased_orders(ordered: &[Recorded]) -> Vec<Chased> {
    let chased = |recorded: &Recorded| Chased { order: recorded.order.clone(), balance: recorded.balance };
    ordered.iter().map(chased).collect()
}
