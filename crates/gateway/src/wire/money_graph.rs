//! The money of an incident: accounts, the transfers between them, and what became of the claim.

use domain::account::{AccountNumber, BankCode};
use domain::money_graph::{self, MoneyGraph};
use domain::person::PersonName;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{Money, Sum};
use super::spelled::{AccountKind, MeasureId, MoneyFollowed, MoveId, StopPaymentStatus, Time};
use super::text::Text;

/// Where the victim's money went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentMoney {
    /// The accounts it passed, those that the victim paid first.
    pub accounts: Vec<MoneyAccount>,
    /// The transfers between them, in the order in which they became known.
    pub transfers: Vec<MoneyTransfer>,
    /// What became of it.
    pub totals: MoneyTotals,
}

/// One account. `claimed` is the sum of `held`, `let_go`, `passed_on`, `returned`, `escaped` and `unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyAccount {
    /// Names the account in `transfers`.
    place: u32,
    /// What the number is; null while nobody knows the account.
    kind: Option<AccountKind>,
    /// Masked; the order has it in full.
    #[schema(example = "6228****8309")]
    number: Option<String>,
    /// Masked; the order has it in full.
    #[schema(example = "李*")]
    holder: Option<String>,
    /// Where it is kept.
    bank_code: Option<String>,
    /// The fewest accounts the money passed before this one.
    hop: u8,
    /// The orders that stop it, the first first; a corrected one counts in the place of the old one.
    stop_payments: Vec<MoneyOrder>,
    /// Why it has no order.
    not_ordered: Option<MoneyFollowed>,
    /// What of the victim's money reached it.
    claimed: Sum,
    /// What was in it before the stop, where the bank told.
    found: Option<Sum>,
    /// What of the claim is held there.
    held: Sum,
    /// What was held, and was released or ran out.
    let_go: Sum,
    /// What went on to other accounts.
    passed_on: Sum,
    /// What came back to the victim.
    returned: Sum,
    /// What is neither held nor found elsewhere.
    escaped: Sum,
    /// What no bank has answered for.
    unknown: Sum,
    /// What is held there beyond the claim of this incident.
    held_beyond: Sum,
    /// Who else claims it; null where nobody does.
    shared: Option<MoneyShared>,
}

/// One order for an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyOrder {
    /// Its id.
    id: MeasureId,
    /// Where it stands.
    status: StopPaymentStatus,
}

/// An account that several incidents claim: one hold, of which each has its share in proportion to its claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyShared {
    /// How many other orders claim it.
    count: usize,
    /// Which; empty for those who see their own station's incidents only.
    stop_payment_ids: Vec<MeasureId>,
    /// What all claim together.
    claimed: Sum,
    /// What is held for all together.
    held: Sum,
}

/// One transfer from account to account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyTransfer {
    /// Its id.
    id: MoveId,
    /// The place of the account it left.
    from: u32,
    /// The place of the account it reached.
    to: u32,
    /// How much was moved, where the bank told.
    amount: Option<Money>,
    /// How much of the claim it carried.
    claimed: Sum,
    /// When, by the bank's books.
    transferred_at: Option<Time>,
    /// The bank's serial.
    reference: Option<String>,
    /// What was made of it when it became known.
    followed: MoneyFollowed,
    /// Whether it leads back to an account the money has passed; such a transfer carries nothing, so that no circle
    /// is counted twice.
    comes_back: bool,
}

/// What became of the victim's money. `claimed` is the sum of the others: every yuan is counted at one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyTotals {
    /// What the victim paid in.
    claimed: Sum,
    /// What is held.
    held: Sum,
    /// What was held, and was released or ran out.
    let_go: Sum,
    /// What came back to the victim.
    returned: Sum,
    /// What is gone: neither held nor found elsewhere.
    escaped: Sum,
    /// What no bank has answered for.
    unknown: Sum,
}

impl IncidentMoney {
    /// `names_others`: whether the caller may see other incidents' orders.
    #[must_use]
    pub fn of(graph: MoneyGraph, names_others: bool) -> Self {
        let accounts = (0..).zip(graph.accounts);
        Self {
            accounts: accounts.map(|(place, node)| MoneyAccount::of(place, node, names_others)).collect(),
            transfers: graph.transfers.into_iter().map(Into::into).collect(),
            totals: graph.totals.into(),
        }
    }
}

impl MoneyAccount {
    fn of(place: u32, node: money_graph::Node, names_others: bool) -> Self {
        let account = node.account.as_ref();
        Self {
            place,
            kind: account.map(|account| Text(account.kind)),
            number: account.and_then(|account| account.number.as_ref()).map(AccountNumber::to_string),
            holder: account.and_then(|account| account.holder.as_ref()).map(PersonName::to_string),
            bank_code: account.and_then(|account| account.bank_code.as_ref()).map(BankCode::to_string),
            hop: node.hop,
            stop_payments: node
                .orders
                .into_iter()
                .map(|(id, status)| MoneyOrder { id: Text(id), status: Text(status) })
                .collect(),
            not_ordered: node.not_ordered.map(Text),
            claimed: node.claimed.into(),
            found: node.found.map(Into::into),
            held: node.held.into(),
            let_go: node.let_go.into(),
            passed_on: node.passed_on.into(),
            returned: node.returned.into(),
            escaped: node.escaped.into(),
            unknown: node.unknown.into(),
            held_beyond: node.held_beyond.into(),
            shared: node.shared.map(|shared| MoneyShared {
                count: shared.orders.len(),
                stop_payment_ids: shared.orders.into_iter().filter(|_| names_others).map(Text).collect(),
                claimed: shared.claimed.into(),
                held: shared.held.into(),
            }),
        }
    }
}

impl From<money_graph::Edge> for MoneyTransfer {
    fn from(edge: money_graph::Edge) -> Self {
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self {
            id: Text(edge.id),
            from: place(edge.from),
            to: place(edge.to),
            amount: edge.amount.map(Into::into),
            claimed: edge.claim.into(),
            transferred_at: edge.moved_at.map(Text),
            reference: edge.reference,
            followed: Text(edge.followed),
            comes_back: edge.comes_back,
        }
    }
}

impl From<money_graph::Totals> for MoneyTotals {
    fn from(totals: money_graph::Totals) -> Self {
        Self {
            claimed: totals.claimed.into(),
            held: totals.held.into(),
            let_go: totals.let_go.into(),
            returned: totals.returned.into(),
            escaped: totals.escaped.into(),
            unknown: totals.unknown.into(),
        }
    }
}
