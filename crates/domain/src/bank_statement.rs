//! A list of an account's transactions as its bank sends it: what left the account after the victim's money came in
//! is where that money went.

use chrono::TimeDelta;

use crate::account::Account;
use crate::clock::Instant;
use crate::money::Fen;
use crate::stop_payment::Onward;
use crate::words::words;

/// The most transactions of one list.
pub const MAX_TRANSACTIONS: usize = 500;
/// How far a caller's memory of the time may lie from the bank's books.
const MEMORY_IS_OFF_BY: TimeDelta = TimeDelta::hours(1);

words! {
    /// Whither a transaction moved money.
    pub enum Direction {
        /// Into the account.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// In or out.
    pub direction: Direction,
    /// The other side.
    pub counterparty: Account,
    /// How much.
    pub amount: Fen,
    /// When, by the bank's books.
    pub at: Instant,
    /// The bank's serial.
    pub reference: Option<String>,
}

/// What left the account once `amount` had come in about `paid_at`. The bank's own time of that deposit goes before
/// the caller's memory; where neither is known, everything that left is named.
#[must_use]
pub fn onward(statement: &[Transaction], amount: Option<Fen>, paid_at: Option<Instant>) -> Vec<Onward> {
    let distance = |line: &&Transaction| paid_at.map(|paid_at| (line.at - paid_at).abs());
    let deposit = statement
        .iter()
        .filter(|line| line.direction == Direction::In && Some(line.amount) == amount)
        .filter(|line| distance(line).is_some_and(|distance| distance <= MEMORY_IS_OFF_BY))
        .min_by_key(|line| distance(line));
    let since = deposit.map(|line| line.at).or(paid_at);
    statement
        .iter()
        .filter(|line| line.direction == Direction::Out && since.is_none_or(|since| line.at >= since))
        .map(|line| Onward {
            account: line.counterparty.clone(),
            amount: Some(line.amount),
            transferred_at: Some(line.at),
            reference: line.reference.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountKind, AccountNumber};

    fn line(direction: Direction, amount: i64, minutes: i64) -> Transaction {
        Transaction {
            direction,
            counterparty: Account {
                kind: AccountKind::BankCard,
                number: AccountNumber::parse("6228482601815908309").ok(),
                holder: None,
                bank_code: None,
            },
            amount: Fen::new(amount).unwrap(),
            at: Instant::UNIX_EPOCH + TimeDelta::minutes(minutes),
            reference: None,
        }
    }

    fn amounts(statement: &[Transaction], paid_at: Option<i64>) -> Vec<i64> {
        let paid_at = paid_at.map(|minutes| Instant::UNIX_EPOCH + TimeDelta::minutes(minutes));
        let named = onward(statement, Fen::new(100), paid_at);
        named.iter().map(|onward| onward.amount.unwrap().fen()).collect()
    }

    #[test]
    fn what_left_after_the_deposit_by_the_banks_books_is_named() {
        let statement = [
            line(Direction::Out, 1, 5),
            line(Direction::In, 100, 10),
            line(Direction::Out, 2, 11),
            line(Direction::In, 999, 12),
            line(Direction::Out, 3, 30),
        ];
        assert_eq!(amounts(&statement, Some(20)), [2, 3], "the caller remembered a later time");
        assert_eq!(amounts(&statement, Some(4)), [2, 3], "or an earlier one");
        assert_eq!(amounts(&statement, Some(400)), [0_i64; 0], "a deposit of another day is another's");
        assert_eq!(amounts(&statement, None), [1, 2, 3]);
    }

    #[test]
    fn of_two_like_deposits_the_nearer_one_is_meant() {
        let statement = [
            line(Direction::In, 100, 0),
            line(Direction::Out, 1, 5),
            line(Direction::In, 100, 10),
            line(Direction::Out, 2, 15),
        ];
        assert_eq!(amounts(&statement, Some(9)), [2]);
        assert_eq!(amounts(&statement, Some(1)), [1, 2]);
    }
}
