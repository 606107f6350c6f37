//! Following money with all that is known of its incident: what an order may claim on depends on what other transfers
//! brought to its account, and what was named before by whichever order.

use crate::account::Account;
use crate::call::Transfer;
use crate::clock::Instant;
use crate::id::{MeasureId, MoveId};
use crate::money::Fen;
use crate::money_graph::{Chased, MoneyGraph};
use crate::stop_payment::{Onward, StopPayment};

use super::{Limits, Move, Step, Trail, follow};

/// Decides about the transfers that `order`'s bank names. `ordered` are the incident's orders, oldest first, `moves`
/// the transfers that its banks named before.
#[must_use]
pub fn follow_in(
    order: &StopPayment,
    ordered: &[Chased],
    moves: &[Move],
    named: &[Onward],
    limits: &Limits,
) -> Vec<Step> {
    let graph = MoneyGraph::of(ordered, moves, &[]);
    let here = graph.accounts.into_iter().find(|node| node.orders.iter().any(|(id, _)| *id == order.id));
    let here = here.unwrap_or_default();
    let from_here =
        |moved: &&Move| moved.from_id == order.id || here.orders.iter().any(|(id, _)| *id == moved.from_id);
    let known: Vec<Move> = moves.iter().filter(from_here).cloned().collect();
    let orders = || ordered.iter().map(|chased| &chased.order);
    let account = |order: &StopPayment| Some((order.id, order.transfer.payee.clone()?));
    let chased: Vec<(MeasureId, Account)> = orders().filter_map(account).collect();
    let first = orders().filter(|order| order.parent_id.is_none());
    let own: Vec<Account> = first.filter_map(|order| order.transfer.payer.clone()).collect();
    let trail = Trail {
        // other transfers may have brought more of the victim's money here than the order was told to claim
        claim: order.claimed().map(|claim| claim.max(here.claimed)),
        held: [here.held, here.held_beyond].into_iter().sum(),
        hop: order.hop,
        known: &known,
        chased: &chased,
        own: &own,
    };
    follow(&trail, named, limits)
}

impl Step {
    /// The line that is kept of it: of a transfer from the account of `from`, towards the order `to_id` where one is for
    /// the next account.
    #[must_use]
    pub fn kept(self, id: MoveId, from: &StopPayment, to_id: Option<MeasureId>, now: Instant) -> Move {
        Move {
            id,
            incident_id: from.incident_id,
            from_id: from.id,
            to_id,
            account: self.onward.account,
            amount: self.onward.amount,
            claim: self.claim,
            moved_at: self.onward.transferred_at,
            reference: self.onward.reference,
            followed: self.followed,
            created_at: now,
        }
    }
}

impl Onward {
    /// What the bank of the next account is told: the transfer as it was made, which it finds in its books, and how
    /// much of it is claimed where that is less.
    #[must_use]
    pub fn next_order(self, from: &StopPayment, claim: Fen) -> (Transfer, Option<Fen>) {
        let Self { account, amount, transferred_at, reference } = self;
        let transfer = Transfer {
            payer: from.transfer.payee.clone(),
            payee: Some(account),
            amount,
            transferred_at,
            channel: None,
            reference,
        };
        (transfer, amount.filter(|amount| claim < *amount).map(|_| claim))
    }
}
