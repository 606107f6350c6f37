//! More of the victim's money reached an account than its bank was asked to hold: two transfers met there, or met
//! further up, and that became known when the order had left.
//!
//! A bank knows an order by one set of facts, so what is missing is asked for in a further order about the transfer that
//! carries it, for no more than is missing. And only where there is something to hold: an account is stopped once in
//! one incident unless its bank has told of more than it holds, or the transfer came after the bank had looked.

use crate::clock::Instant;
use crate::id::MoveId;
use crate::money::Fen;
use crate::pursuit::{Followed, Limits, Move};
use crate::stop_payment::State;

use super::{Chased, Edge, MoneyGraph, Node, corrected_by, last_correction, plus};

/// A further order for an account that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raise {
    /// About this transfer.
    pub moved: MoveId,
    /// For so much of it.
    pub claim: Fen,
}

impl MoneyGraph {
    /// What is to be asked for beyond the orders that there are. `self` is drawn of the same orders and transfers.
    #[must_use]
    pub fn raises(&self, chased: &[Chased], moves: &[Move], limits: &Limits) -> Vec<Raise> {
        let room = limits.max_orders.saturating_sub(chased.len());
        let raises = self.accounts.iter().enumerate().flat_map(|(place, node)| {
            let Some(mut there) = There::at(node, chased) else { return vec![] };
            let mut reached: Vec<&Edge> =
                self.transfers.iter().filter(|edge| edge.to == place && !edge.comes_back).collect();
            reached.sort_by_key(|edge| (edge.moved_at.is_none(), edge.moved_at));
            let named = reached.into_iter().filter_map(|edge| {
                let moved = moves.iter().find(|moved| moved.id == edge.id)?;
                let missing = edge.claim.saturating_sub(told(moved, node, chased));
                let claim = there.take(missing, edge.moved_at);
                (claim > Fen::ZERO && claim >= limits.floor).then_some(Raise { moved: edge.id, claim })
            });
            named.collect::<Vec<Raise>>()
        });
        raises.take(room).collect()
    }
}

/// What an account's bank found and does not hold for us.
#[derive(Default)]
struct There {
    /// When the bank stopped it.
    stopped_at: Option<Instant>,
    /// In the account then, held for nobody.
    free: Fen,
}

impl There {
    /// `None` while the bank of an order there has not answered, or nothing is stopped there.
    fn at(node: &Node, chased: &[Chased]) -> Option<Self> {
        let mut there = Self::default();
        let mut taken = Fen::ZERO;
        for one in chased.iter().filter(|one| node.orders.iter().any(|(id, _)| *id == one.order.id)) {
            match &one.order.state {
                State::Active(hold) | State::Partial(hold) => {
                    taken = plus(taken, hold.held);
                    there.stopped_at = there.stopped_at.max(Some(hold.stopped_at));
                    there.free = there.free.max(one.balance.unwrap_or_default());
                }
                State::Empty => {}
                // asked for already: the account is stopped by our own order
                State::HeldByOther => taken = plus(taken, one.order.claimed().unwrap_or_default()),
                State::Draft
                | State::Submitted
                | State::Mismatch
                | State::Refused
                | State::Frozen(..)
                | State::Released(_)
                | State::Expired(_)
                | State::Failed => return None,
            }
        }
        there.stopped_at?;
        Some(Self { free: there.free.saturating_sub(taken), ..there })
    }

    /// So much of what is missing as there can be something of: money that came after the stop is still there.
    fn take(&mut self, missing: Fen, moved_at: Option<Instant>) -> Fen {
        if self.stopped_at.zip(moved_at).is_some_and(|(stopped, moved)| moved > stopped) {
            return missing;
        }
        let claim = missing.min(self.free);
        self.free = self.free.saturating_sub(claim);
        claim
    }
}

/// How much of a transfer the bank of the account it reached was asked for, by the order it became or by a further one
/// about it.
fn told(moved: &Move, node: &Node, chased: &[Chased]) -> Fen {
    let became = moved.to_id.map(|id| last_correction(chased, id));
    let about = |one: &&Chased| {
        let order = &one.order;
        let the_same = order.parent_id == Some(moved.from_id)
            && order.transfer.amount == moved.amount
            && order.transfer.transferred_at == moved.moved_at
            && order.transfer.reference == moved.reference;
        let here = node.orders.iter().any(|(id, _)| *id == order.id);
        let is_first = became == Some(order.id) && moved.followed == Followed::Ordered;
        here && corrected_by(chased, order.id).is_none() && (the_same || is_first)
    };
    chased.iter().filter(about).map(|one| one.order.claimed().unwrap_or_default()).sum()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::tests::{NOW, fen, moved, order};
    use super::*;
    use crate::stop_payment::Hold;

    /// A stop that the bank made after everything that is told of.
    fn held(held: i64) -> State {
        State::Partial(Hold { balance: None, held: fen(held), stopped_at: NOW + TimeDelta::hours(1) })
    }

    fn raised(chased: &[Chased], moves: &[Move]) -> Vec<(usize, i64)> {
        let raises = MoneyGraph::of(chased, moves, &[]).raises(chased, moves, &Limits::default());
        let place = |id| moves.iter().position(|moved| moved.id == id).unwrap();
        raises.iter().map(|raise| (place(raise.moved), raise.claim.fen())).collect()
    }

    fn known(from: &Chased, to: &Chased, place: usize, amount: i64, minutes: i64) -> Move {
        Move { followed: Followed::KnownAccount, ..moved(from, Some(to), place, amount, minutes) }
    }

    #[test]
    fn what_two_transfers_brought_is_asked_for_as_far_as_it_is_there() {
        let first = order(0, 900, None, State::Empty);
        let (left, right) =
            (order(1, 500, Some(&first), State::Empty), order(2, 400, Some(&first), State::Empty));
        let at_last = |state, balance| Chased { balance, ..order(3, 500, Some(&left), state) };
        let raises = |last: Chased| {
            let moves = [
                moved(&first, Some(&left), 1, 500, 1),
                moved(&first, Some(&right), 2, 400, 2),
                moved(&left, Some(&last), 3, 500, 3),
                known(&right, &last, 3, 400, 4),
            ];
            raised(&[first.clone(), left.clone(), right.clone(), last], &moves)
        };
        assert_eq!(raises(at_last(held(500), Some(fen(2000)))), [(3, 400)], "no more than the victim's");
        assert_eq!(raises(at_last(held(500), Some(fen(800)))), [(3, 300)], "no more than there is");
        assert_eq!(raises(at_last(held(500), Some(fen(500)))), [], "everything there is held already");
        assert_eq!(raises(at_last(held(500), None)), [], "nobody has said that more is there");
        for state in [State::Submitted, State::Empty, State::Refused, State::HeldByOther] {
            assert_eq!(raises(at_last(state, Some(fen(2000)))), []);
        }
        let early = State::Active(Hold { balance: None, held: fen(500), stopped_at: NOW });
        assert_eq!(
            raises(at_last(early, Some(fen(500)))),
            [(3, 400)],
            "money only comes in once it is stopped"
        );
    }

    #[test]
    fn what_was_asked_for_once_is_not_asked_for_again() {
        let first = order(0, 900, None, State::Empty);
        let (left, right) =
            (order(1, 500, Some(&first), State::Empty), order(2, 400, Some(&first), State::Empty));
        let last = Chased { balance: Some(fen(2000)), ..order(3, 500, Some(&left), held(500)) };
        let merge = known(&right, &last, 3, 400, 4);
        for state in [State::HeldByOther, State::Submitted, State::Mismatch, held(400)] {
            let mut further = order(4, 400, Some(&right), state);
            further.order.transfer.payee = last.order.transfer.payee.clone();
            further.order.transfer.transferred_at = merge.moved_at;
            let moves = [
                moved(&first, Some(&left), 1, 500, 1),
                moved(&first, Some(&right), 2, 400, 2),
                moved(&left, Some(&last), 3, 500, 3),
                merge.clone(),
            ];
            let chased = [first.clone(), left.clone(), right.clone(), last.clone(), further];
            assert_eq!(raised(&chased, &moves), []);
        }
    }

    #[test]
    fn a_meeting_further_up_raises_the_hop_after_it() {
        let first = order(0, 1000, None, State::Empty);
        let (left, right) =
            (order(1, 500, Some(&first), State::Empty), order(2, 500, Some(&first), State::Empty));
        let met = order(3, 500, Some(&left), State::Empty);
        let mut next = Chased { balance: Some(fen(900)), ..order(4, 900, Some(&met), held(500)) };
        next.order.claim = Some(fen(500));
        let moves = [
            moved(&first, Some(&left), 1, 500, 1),
            moved(&first, Some(&right), 2, 500, 2),
            moved(&left, Some(&met), 3, 500, 3),
            known(&right, &met, 3, 500, 4),
            moved(&met, Some(&next), 4, 900, 5),
        ];
        assert_eq!(raised(&[first, left, right, met, next], &moves), [(4, 400)]);
    }
}
