//! The money of one incident: which accounts it passed, and what of the victim's claim was held, passed on, escaped
//! or is not known yet at each of them.
//!
//! Every yuan of the claim is counted at exactly one account. A transfer carries what was lost at the account it
//! left, in the order of time and up to its own amount; a transfer that comes back to an account the money has passed
//! carries nothing, so that no circle counts a yuan twice. What several victims claim of one account is one hold:
//! each has their share of it, pro rata. See [`crate::pursuit`] for the rule by which orders claim.

use crate::account::Account;
use crate::clock::Instant;
use crate::id::{MeasureId, MoveId};
use crate::money::Fen;
use crate::pursuit::{Followed, Move, pro_rata};
use crate::stop_payment::{Status, StopPayment};

mod raise;
#[cfg(test)]
mod tests;

pub use raise::Raise;

/// One order of the incident with what its bank found.
#[derive(Debug, Clone)]
pub struct Chased {
    /// The order.
    pub order: StopPayment,
    /// In the account before the stop, where the bank told.
    pub balance: Option<Fen>,
}

/// What another incident claims of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherClaim {
    /// Its order.
    pub order_id: MeasureId,
    /// The account.
    pub account: Account,
    /// How much it claims.
    pub claim: Fen,
    /// How much is held for it now.
    pub held: Fen,
}

/// The graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneyGraph {
    /// The accounts, those that the victim paid first.
    pub accounts: Vec<Node>,
    /// The transfers between them, in the order in which they became known.
    pub transfers: Vec<Edge>,
    /// What became of the claim.
    pub totals: Totals,
}

/// One account. `claimed` is `held + let_go + passed_on + returned + escaped + unknown`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Which; `None` while nobody knows.
    pub account: Option<Account>,
    /// The fewest accounts the money passed before this one.
    pub hop: u8,
    /// The orders that stop it, the first first.
    pub orders: Vec<(MeasureId, Status)>,
    /// Why it has no order.
    pub not_ordered: Option<Followed>,
    /// What of the victim's money reached it.
    pub claimed: Fen,
    /// What was in it before the stop, where the bank told.
    pub found: Option<Fen>,
    /// What of the claim is held there.
    pub held: Fen,
    /// What was held, and was released or ran out.
    pub let_go: Fen,
    /// What went on to other accounts.
    pub passed_on: Fen,
    /// What came back to the victim, by a transfer or out of a freeze.
    pub returned: Fen,
    /// What is neither held nor found elsewhere.
    pub escaped: Fen,
    /// What no bank has answered for.
    pub unknown: Fen,
    /// What is held there beyond this incident's claim.
    pub held_beyond: Fen,
    /// Who else claims it.
    pub shared: Option<Shared>,
}

/// An account that several incidents claim: one hold, many claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The other incidents' orders, the first first.
    pub orders: Vec<MeasureId>,
    /// What all claim together.
    pub claimed: Fen,
    /// What is held for all together.
    pub held: Fen,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Its id.
    pub id: MoveId,
    /// Place of the account it left.
    pub from: usize,
    /// Place of the account it reached.
    pub to: usize,
    /// How much was moved, where the bank told.
    pub amount: Option<Fen>,
    /// How much of the claim it carried.
    pub claim: Fen,
    /// When.
    pub moved_at: Option<Instant>,
    /// The bank's serial.
    pub reference: Option<String>,
    /// What was made of it.
    pub followed: Followed,
    /// Whether it leads back to an account the money has passed.
    pub comes_back: bool,
}

/// What became of the claim: `claimed` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What the victim paid in.
    pub claimed: Fen,
    /// What is held.
    pub held: Fen,
    /// What was held, and was released or ran out.
    pub let_go: Fen,
    /// What came back to the victim.
    pub returned: Fen,
    /// What is gone.
    pub escaped: Fen,
    /// What no bank has answered for.
    pub unknown: Fen,
}

impl MoneyGraph {
    /// Draws the graph of an incident's orders, oldest first, the transfers that banks told of, and what other
    /// incidents claim of the same accounts.
    #[must_use]
    pub fn of(chased: &[Chased], moves: &[Move], others: &[OtherClaim]) -> Self {
        let mut drawing = Drawing::default();
        let standing: Vec<&Chased> =
            chased.iter().filter(|one| corrected_by(chased, one.order.id).is_none()).collect();
        for one in &standing {
            drawing.add_order(one);
        }
        let place_of = |drawing: &Drawing, id: MeasureId| {
            let last = last_correction(chased, id);
            drawing.nodes.iter().position(|node| node.node.orders.iter().any(|(order, _)| *order == last))
        };
        let mut moves: Vec<&Move> = moves.iter().collect();
        moves.sort_by_key(|moved| (moved.created_at, moved.moved_at.is_none(), moved.moved_at, moved.id));
        for moved in moves {
            if let Some(from) = place_of(&drawing, moved.from_id) {
                let to = moved.to_id.and_then(|id| place_of(&drawing, id));
                let to = to.unwrap_or_else(|| drawing.place(Some(&moved.account), Some(moved.followed)));
                drawing.add_move(from, to, moved);
            }
        }
        drawing.share(others);
        drawing.flow();
        drawing.finish()
    }
}

fn plus(one: Fen, other: Fen) -> Fen {
    [one, other].into_iter().sum()
}

/// The order that corrects this one.
fn corrected_by(chased: &[Chased], id: MeasureId) -> Option<MeasureId> {
    chased.iter().find(|other| other.order.corrects_id == Some(id)).map(|other| other.order.id)
}

/// The order that stands in the end; orders correct older ones, so this ends.
fn last_correction(chased: &[Chased], mut id: MeasureId) -> MeasureId {
    for _ in chased {
        match corrected_by(chased, id) {
            Some(later) => id = later,
            None => break,
        }
    }
    id
}

/// The graph while it is being drawn.
#[derive(Default)]
struct Drawing {
    nodes: Vec<Drawn>,
    edges: Vec<Edge>,
}

#[derive(Default)]
struct Drawn {
    node: Node,
    /// What the victim paid in here.
    paid_in: Fen,
    /// What each order here claims, as banks were told.
    claims: Vec<(MeasureId, Fen)>,
    held_now: Fen,
    held_once: Fen,
    /// What freezes gave back to the victim.
    given_back: Fen,
    /// What of the hold is this incident's, where others claim it too.
    share: Option<Fen>,
}

impl Drawing {
    /// The place of an account, found or made.
    fn place(&mut self, account: Option<&Account>, not_ordered: Option<Followed>) -> usize {
        let same = |drawn: &Drawn| {
            drawn.node.account.as_ref().zip(account).is_some_and(|(one, other)| one.is_same_as(other))
        };
        self.nodes.iter().position(same).unwrap_or_else(|| {
            let node = Node { account: account.cloned(), not_ordered, ..Node::default() };
            self.nodes.push(Drawn { node, ..Drawn::default() });
            self.nodes.len() - 1
        })
    }

    fn add_order(&mut self, Chased { order, balance }: &Chased) {
        let place = self.place(order.transfer.payee.as_ref(), None);
        let drawn = &mut self.nodes[place];
        let claim = order.claimed().unwrap_or_default();
        if order.parent_id.is_none() {
            drawn.paid_in = plus(drawn.paid_in, claim);
        }
        drawn.node.orders.push((order.id, order.status()));
        drawn.claims.push((order.id, claim));
        drawn.node.found = (*balance).or(drawn.node.found);
        let sum = match order.status() {
            Status::Active | Status::Partial | Status::Frozen => &mut drawn.held_now,
            Status::Released
            | Status::Expired
            | Status::Draft
            | Status::Submitted
            | Status::Empty
            | Status::Mismatch
            | Status::HeldByOther
            | Status::Refused
            | Status::Failed => &mut drawn.held_once,
        };
        let caught = order.hold().map(|hold| hold.held).unwrap_or_default();
        *sum = plus(*sum, caught.saturating_sub(order.returned));
        drawn.given_back = plus(drawn.given_back, order.returned);
    }

    fn add_move(&mut self, from: usize, to: usize, moved: &Move) {
        let comes_back = self.reaches(to, from);
        self.edges.push(Edge {
            id: moved.id,
            from,
            to,
            amount: moved.amount,
            claim: Fen::ZERO,
            moved_at: moved.moved_at,
            reference: moved.reference.clone(),
            followed: moved.followed,
            comes_back,
        });
    }

    /// Whether money gets from one account to another by the transfers that carry it.
    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut next = vec![from];
        while let Some(place) = next.pop() {
            if place == to {
                return true;
            }
            if !std::mem::replace(&mut seen[place], true) {
                let out = self.edges.iter().filter(|edge| edge.from == place && !edge.comes_back);
                next.extend(out.map(|edge| edge.to));
            }
        }
        false
    }

    /// Gives each account that others claim too its share of the one hold.
    fn share(&mut self, others: &[OtherClaim]) {
        for drawn in &mut self.nodes {
            let Some(account) = &drawn.node.account else { continue };
            let others: Vec<&OtherClaim> =
                others.iter().filter(|other| other.account.is_same_as(account)).collect();
            if others.is_empty() {
                continue;
            }
            let held: Fen = others.iter().map(|other| other.held).chain([drawn.held_now]).sum();
            let of_others = others.iter().map(|other| (other.order_id, other.claim));
            let mut claims: Vec<(MeasureId, Fen)> = of_others.chain(drawn.claims.iter().copied()).collect();
            claims.sort_unstable_by_key(|(order, _)| *order);
            let amounts: Vec<Fen> = claims.iter().map(|(_, claim)| *claim).collect();
            let ours = |order: &MeasureId| drawn.claims.iter().any(|(own, _)| own == order);
            let shares = pro_rata(held, &amounts);
            let own = claims.iter().zip(shares).filter(|((order, _), _)| ours(order));
            drawn.share = Some(own.map(|(_, share)| share).sum());
            drawn.node.shared = Some(Shared {
                orders: claims.iter().map(|(order, _)| *order).filter(|order| !ours(order)).collect(),
                claimed: amounts.into_iter().sum(),
                held,
            });
        }
    }

    /// Lets the claim flow through the accounts, each after all that lead to it.
    fn flow(&mut self) {
        let mut waiting: Vec<usize> = vec![0; self.nodes.len()];
        for edge in self.edges.iter().filter(|edge| !edge.comes_back) {
            waiting[edge.to] += 1;
        }
        let mut ready: Vec<usize> = (0..waiting.len()).filter(|place| waiting[*place] == 0).collect();
        for drawn in &mut self.nodes {
            drawn.node.claimed = drawn.paid_in;
        }
        while let Some(place) = ready.pop() {
            let mut left = self.nodes[place].settle();
            let mut out: Vec<usize> = (0..self.edges.len())
                .filter(|edge| self.edges[*edge].from == place && !self.edges[*edge].comes_back)
                .collect();
            out.sort_by_key(|edge| (self.edges[*edge].moved_at.is_none(), self.edges[*edge].moved_at, *edge));
            for edge in out {
                let edge = &mut self.edges[edge];
                edge.claim = edge.amount.unwrap_or_default().min(left);
                left = left.saturating_sub(edge.claim);
                let (carried, to) = (edge.claim, edge.to);
                let from = &mut self.nodes[place].node;
                from.passed_on = plus(from.passed_on, carried);
                let reached = &mut self.nodes[to].node;
                reached.claimed = plus(reached.claimed, carried);
                waiting[to] -= 1;
                if waiting[to] == 0 {
                    ready.push(to);
                }
            }
            self.nodes[place].node.put_down(left);
        }
    }

    fn finish(self) -> MoneyGraph {
        let hops = self.hops();
        let mut totals = Totals::default();
        let add = |total: &mut Fen, more: Fen| *total = plus(*total, more);
        for drawn in &self.nodes {
            add(&mut totals.claimed, drawn.paid_in);
            add(&mut totals.held, drawn.node.held);
            add(&mut totals.let_go, drawn.node.let_go);
            add(&mut totals.returned, drawn.node.returned);
            add(&mut totals.escaped, drawn.node.escaped);
            add(&mut totals.unknown, drawn.node.unknown);
        }
        let accounts =
            self.nodes.into_iter().zip(hops).map(|(drawn, hop)| Node { hop, ..drawn.node }).collect();
        MoneyGraph { accounts, transfers: self.edges, totals }
    }

    /// The fewest transfers from an account that the victim paid to each account.
    fn hops(&self) -> Vec<u8> {
        let reached = |place: usize| self.edges.iter().any(|edge| edge.to == place);
        let of_victim = |place: &usize| self.nodes[*place].paid_in > Fen::ZERO || !reached(*place);
        let mut hops: Vec<Option<u8>> =
            (0..self.nodes.len()).map(|place| of_victim(&place).then_some(0)).collect();
        // each round settles at least the accounts that are one transfer further
        for _ in 0..self.nodes.len() {
            for edge in &self.edges {
                if let Some(hop) = hops[edge.from].map(|hop| hop.saturating_add(1))
                    && hops[edge.to].is_none_or(|known| hop < known)
                {
                    hops[edge.to] = Some(hop);
                }
            }
        }
        hops.into_iter().map(Option::unwrap_or_default).collect()
    }
}

impl Drawn {
    /// Sets apart what was given back, and what is, or was, held of the claim; what is left went on, or nobody knows.
    fn settle(&mut self) -> Fen {
        let node = &mut self.node;
        node.returned = self.given_back.min(node.claimed);
        let claimed = node.claimed.saturating_sub(node.returned);
        node.held = self.share.unwrap_or(self.held_now).min(claimed);
        if self.share.is_none() {
            node.held_beyond = self.held_now.saturating_sub(node.held);
        }
        let left = claimed.saturating_sub(node.held);
        node.let_go = self.held_once.min(left);
        left.saturating_sub(node.let_go)
    }
}

impl Node {
    /// What is left when the transfers have carried their part.
    fn put_down(&mut self, left: Fen) {
        let unanswered = |(_, status): &(MeasureId, Status)| match status {
            Status::Draft | Status::Submitted | Status::Mismatch | Status::HeldByOther | Status::Failed => {
                true
            }
            Status::Active
            | Status::Partial
            | Status::Empty
            | Status::Refused
            | Status::Frozen
            | Status::Released
            | Status::Expired => false,
        };
        match self.not_ordered {
            Some(Followed::VictimsOwn) => self.returned = plus(self.returned, left),
            _ if self.orders.iter().any(unanswered) => self.unknown = left,
            _ => self.escaped = left,
        }
    }
}
