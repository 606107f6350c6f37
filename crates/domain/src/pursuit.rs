//! Following money (延伸止付): what each onward transfer carries of the victim's claim, and whether the account it
//! leads to is stopped.
//!
//! Money mixes in a mule's account, so the rule is written down here once:
//!
//! 1. What was *lost* at an account is what was claimed there and is not held. A bank that says it holds the whole
//!    claim and names transfers all the same speaks of other money of the same mule: then the claim itself is the
//!    bound.
//! 2. Transfers carry the loss in the order of their time, each up to its own amount, until nothing of it is left:
//!    the children of one order never claim more together than was lost at it.
//! 3. A bank must refuse a stop whose amount is not that of the transfer (银发〔2016〕86号 二(一)2). So an order names
//!    the amount that was moved and asks to hold no more than its claim.
//! 4. An account is stopped once in one incident. Another transfer to it adds a claim, and an order only where its
//!    bank has told of more than it holds (see `money_graph/raise.rs`); money that comes back to an account it has
//!    passed is a line in the graph; the victim's own account is never stopped.

use crate::account::Account;
use crate::clock::Instant;
use crate::id::{IncidentId, MeasureId, MoveId};
use crate::money::Fen;
use crate::stop_payment::Onward;
use crate::words::words;

mod incident;
#[cfg(test)]
mod tests;

pub use incident::follow_in;

words! {
    /// What was made of an onward transfer.
    pub enum Followed {
        /// The account it leads to got its order.
        Ordered = "ordered",
        /// The account is chased already in this incident.
        KnownAccount = "known_account",
        /// The money came back to the victim.
        VictimsOwn = "victims_own",
        /// Nothing of the claim is left for it.
        BeyondClaim = "beyond_claim",
        /// Too little to chase.
        BelowFloor = "below_floor",
        /// It has passed as many accounts as money is followed over.
        HopLimit = "hop_limit",
        /// The incident has as many orders as one may have.
        OrderLimit = "order_limit",
    }
}

/// How far money is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Over so many accounts behind the first.
    pub max_hops: u8,
    /// A transfer that carries less of the claim gets no order.
    pub floor: Fen,
    /// An incident holds at most so many stop-payments; a bank that names more is not believed.
    pub max_orders: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_hops: 10, floor: Fen::ZERO, max_orders: 200 }
    }
}

/// One transfer out of a stopped account: an edge of the money graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Its id.
    pub id: MoveId,
    /// Whose money it carries.
    pub incident_id: IncidentId,
    /// The order for the account it left.
    pub from_id: MeasureId,
    /// The order for the account it reached, where there is one.
    pub to_id: Option<MeasureId>,
    /// Whither.
    pub account: Account,
    /// How much was moved, where the bank told.
    pub amount: Option<Fen>,
    /// How much of the claim it carried when it became known.
    pub claim: Fen,
    /// When.
    pub moved_at: Option<Instant>,
    /// The bank's serial.
    pub reference: Option<String>,
    /// What was made of it.
    pub followed: Followed,
    /// When it became known.
    pub created_at: Instant,
}

impl Move {
    /// Whether a transfer that is named now is this one, named again: by the bank's serial where both have one,
    /// else by account, amount and time.
    fn is(&self, named: &Onward) -> bool {
        let (account, amount) = (self.account.clone(), self.amount);
        let (transferred_at, reference) = (self.moved_at, self.reference.clone());
        Onward { account, amount, transferred_at, reference }.is(named)
    }
}

impl Onward {
    fn is(&self, other: &Self) -> bool {
        self.account.is_same_as(&other.account)
            && match (&self.reference, &other.reference) {
                (Some(one), Some(other)) => one == other,
                _ => self.amount == other.amount && self.transferred_at == other.transferred_at,
            }
    }
}

/// What is known where the money is followed from.
#[derive(Debug, Clone)]
pub struct Trail<'a> {
    /// What was claimed at the account it leaves; `None`: nobody has said yet.
    pub claim: Option<Fen>,
    /// What of it is held there.
    pub held: Fen,
    /// Accounts passed before that one.
    pub hop: u8,
    /// Transfers out of it that are known already.
    pub known: &'a [Move],
    /// Every account that has an order in this incident.
    pub chased: &'a [(MeasureId, Account)],
    /// The victim's own accounts.
    pub own: &'a [Account],
}

/// What is made of one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The transfer.
    pub onward: Onward,
    /// How much of the claim it carries.
    pub claim: Fen,
    /// Whether its account is stopped, or why not.
    pub followed: Followed,
    /// The order that its account has already.
    pub known: Option<MeasureId>,
}

/// Decides about the transfers a bank names; those that are known already are passed over.
#[must_use]
pub fn follow(trail: &Trail<'_>, named: &[Onward], limits: &Limits) -> Vec<Step> {
    let mut new: Vec<&Onward> = Vec::new();
    for onward in named {
        if !trail.known.iter().any(|known| known.is(onward)) && !new.iter().any(|earlier| earlier.is(onward))
        {
            new.push(onward);
        }
    }
    // whose time nobody knows may have been the last; equal times keep the bank's order
    new.sort_by_key(|onward| (onward.transferred_at.is_none(), onward.transferred_at));
    let carried: Fen = trail.known.iter().map(|known| known.claim).sum();
    let mut left = trail.claim.map(|claim| lost(claim, trail.held).saturating_sub(carried));
    let mut ordered: Vec<&Account> = Vec::new();
    let mut steps = Vec::new();
    for onward in new {
        let claim = match (onward.amount, left) {
            (Some(amount), Some(left)) => amount.min(left),
            (Some(amount), None) => amount,
            // it claims once its amount is told
            (None, _) => Fen::ZERO,
        };
        left = left.map(|left| left.saturating_sub(claim));
        let known = trail.chased.iter().find(|(_, chased)| chased.is_same_as(&onward.account));
        let ordered_now = ordered.iter().any(|account| account.is_same_as(&onward.account));
        let followed = if trail.own.iter().any(|own| own.is_same_as(&onward.account)) {
            Followed::VictimsOwn
        } else if known.is_some() || ordered_now {
            Followed::KnownAccount
        } else if onward.amount.is_some() && claim == Fen::ZERO {
            Followed::BeyondClaim
        } else if trail.hop >= limits.max_hops {
            Followed::HopLimit
        } else if onward.amount.is_some() && claim < limits.floor {
            Followed::BelowFloor
        } else if trail.chased.len() + ordered.len() >= limits.max_orders {
            Followed::OrderLimit
        } else {
            ordered.push(&onward.account);
            Followed::Ordered
        };
        steps.push(Step { onward: onward.clone(), claim, followed, known: known.map(|(id, _)| *id) });
    }
    steps
}

/// What may be claimed of the next accounts.
fn lost(claim: Fen, held: Fen) -> Fen {
    match claim.saturating_sub(held) {
        Fen::ZERO => claim,
        lost => lost,
    }
}

/// Shares what is held among those who claim it, in proportion to their claims (银监发〔2016〕41号: what cannot be told
/// apart is shared pro rata). The shares add up to what is held, as far as it was claimed.
#[must_use]
pub fn pro_rata(held: Fen, claims: &[Fen]) -> Vec<Fen> {
    let total: Fen = claims.iter().copied().sum();
    let shared = held.min(total);
    let up_to = |claimed: Fen| match i128::from(total.fen()) {
        0 => 0,
        total => i128::from(shared.fen()) * i128::from(claimed.fen()) / total,
    };
    let mut before = Fen::ZERO;
    claims
        .iter()
        .map(|claim| {
            let after = [before, *claim].into_iter().sum();
            let share = up_to(after) - up_to(before);
            before = after;
            i64::try_from(share).ok().and_then(Fen::new).unwrap_or_default()
        })
        .collect()
}
