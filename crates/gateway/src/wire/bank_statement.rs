//! A list of transactions that a bank sent, and what was made of it.

use domain::bank_statement::{self, MAX_TRANSACTIONS};
use domain::pursuit::Move;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, items};
use super::money::{Money, Sum};
use super::spelled::{MeasureId, MoneyDirection, MoneyFollowed, MoveId, Past, PastTime, Reference, Time};
use super::stop_payment::StopPayment;
use super::text::Text;
use super::transfer::Account;
use crate::reading::request;

/// The lines of the list.
pub type Transactions = List<Transaction, MAX_TRANSACTIONS>;

request! {
    /// One line of the list.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct Transaction {
        /// In or out of the account.
        direction: MoneyDirection,
        /// The other side.
        counterparty: Account,
        /// How much.
        amount: Money,
        /// When, by the bank's books.
        at: PastTime,
        /// The bank's serial.
        reference: Option<Reference>,
    }
}

request! {
    /// An account's transactions, as its bank sent them.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = TransactionList)]
    pub struct Statement {
        /// In any order.
        transactions: Transactions,
    }
}

impl From<Transaction> for bank_statement::Transaction {
    fn from(wire: Transaction) -> Self {
        let Text(Past(at)) = wire.at;
        Self {
            direction: wire.direction.0,
            counterparty: wire.counterparty.into(),
            amount: wire.amount.fen(),
            at,
            reference: wire.reference.map(Into::into),
        }
    }
}

impl From<Statement> for Vec<bank_statement::Transaction> {
    fn from(wire: Statement) -> Self {
        items(Some(wire.transactions))
    }
}

/// What was made of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowedTransactions {
    /// The transfers that were not known before.
    pub transfers: Vec<FollowedTransfer>,
    /// The next hops' orders that left, or wait for a fact.
    pub stop_payments: Vec<StopPayment>,
}

/// One transfer that became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowedTransfer {
    /// Its id.
    id: MoveId,
    /// Whither.
    account: Account,
    /// How much was moved.
    amount: Option<Money>,
    /// How much of the victim's claim it carries.
    claimed: Sum,
    /// When, by the bank's books.
    transferred_at: Option<Time>,
    /// What was made of it.
    followed: MoneyFollowed,
    /// The order for the account it reached, where there is one.
    stop_payment_id: Option<MeasureId>,
}

impl From<&Move> for FollowedTransfer {
    fn from(moved: &Move) -> Self {
        Self {
            id: Text(moved.id),
            account: (&moved.account).into(),
            amount: moved.amount.map(Into::into),
            claimed: moved.claim.into(),
            transferred_at: moved.moved_at.map(Text),
            followed: Text(moved.followed),
            stop_payment_id: moved.to_id.map(Text),
        }
    }
}
