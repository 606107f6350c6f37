//! To whom frozen money is returned.

use domain::fund_return;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, items};
use super::money::{Money, Sum};
use super::spelled::{Reference, ReturnMethod, Time};
use super::text::Text;
use crate::reading::request;

/// The most deposits or outflows of one calculation.
const MAX_ENTRIES: usize = 1_000;

/// What victims paid in.
pub type Deposits = List<Deposit, MAX_ENTRIES>;
/// What left.
pub type Outflows = List<Outflow, MAX_ENTRIES>;

request! {
    /// Money a victim paid into the account.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = FundReturnDeposit)]
    pub struct Deposit {
        /// Whose money it is: any name that tells victims apart.
        victim: Reference,
        /// How much.
        amount: Money,
        /// When the account had it.
        at: Time,
    }
}

request! {
    /// Money that left the account.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = FundReturnOutflow)]
    pub struct Outflow {
        /// How much.
        amount: Money,
        /// When.
        at: Time,
    }
}

request! {
    /// The history of an account and what is frozen in it.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = FundReturnCase)]
    pub struct Case {
        /// What victims paid in.
        deposits: Deposits,
        /// What left.
        outflows: Option<Outflows>,
        /// What is frozen.
        frozen: Money,
    }
}

impl From<Deposit> for fund_return::Deposit {
    fn from(wire: Deposit) -> Self {
        Self { victim: wire.victim.into(), amount: wire.amount.fen(), at: wire.at.0 }
    }
}

impl From<Outflow> for fund_return::Outflow {
    fn from(wire: Outflow) -> Self {
        Self { amount: wire.amount.fen(), at: wire.at.0 }
    }
}

impl Case {
    /// Divides the frozen sum.
    ///
    /// # Errors
    /// The pointer of what cannot be true, and why.
    pub fn divide(self) -> Result<Division, (String, String)> {
        let deposits: Vec<fund_return::Deposit> = items(Some(self.deposits));
        let outflows: Vec<fund_return::Outflow> = items(self.outflows);
        let frozen = self.frozen.fen();
        let parts = fund_return::divide(deposits, &outflows, frozen).map_err(|refused| {
            let pointer = match refused {
                fund_return::DoesNotAddUp::NoDeposit | fund_return::DoesNotAddUp::TooMuch => {
                    "/deposits".to_owned()
                }
                fund_return::DoesNotAddUp::Overdrawn { outflow } => format!("/outflows/{outflow}/amount"),
                fund_return::DoesNotAddUp::MoreThanThere => "/frozen".to_owned(),
            };
            (pointer, refused.to_string())
        })?;
        Ok(Division::of(&parts, frozen))
    }
}

/// Who gets what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FundReturnDivision)]
pub struct Division {
    /// What is divided; the shares add up to it.
    frozen: Sum,
    /// What each victim gets, in the order of their first deposits.
    shares: Vec<Share>,
    /// What becomes of each deposit, in the order of time.
    parts: Vec<Part>,
    /// The rule for the fen that are left over.
    remainder_rule: &'static str,
}

/// What one victim gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FundReturnShare)]
pub struct Share {
    victim: String,
    paid_in: Sum,
    returned: Sum,
}

/// What becomes of one deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FundReturnPart)]
pub struct Part {
    victim: String,
    at: Time,
    amount: Money,
    /// How its part was found.
    method: ReturnMethod,
    returned: Sum,
}

const REMAINDER_RULE: &str = "Each part is cut to the fen; the fen left over go one each to the largest remainders, of \
                              equal ones to the earlier deposit.";

impl Division {
    fn of(parts: &[fund_return::Part], frozen: domain::money::Fen) -> Self {
        let mut victims: Vec<&str> = vec![];
        for part in parts {
            if !victims.contains(&part.deposit.victim.as_str()) {
                victims.push(&part.deposit.victim);
            }
        }
        let share = |victim: &str| {
            let theirs = || parts.iter().filter(|part| part.deposit.victim == victim);
            Share {
                victim: victim.to_owned(),
                paid_in: theirs().map(|part| part.deposit.amount).sum::<domain::money::Fen>().into(),
                returned: theirs().map(|part| part.returned).sum::<domain::money::Fen>().into(),
            }
        };
        Self {
            frozen: frozen.into(),
            shares: victims.into_iter().map(share).collect(),
            parts: parts.iter().map(Into::into).collect(),
            remainder_rule: REMAINDER_RULE,
        }
    }
}

impl From<&fund_return::Part> for Part {
    fn from(part: &fund_return::Part) -> Self {
        Self {
            victim: part.deposit.victim.clone(),
            at: Text(part.deposit.at),
            amount: part.deposit.amount.into(),
            method: Text(part.method),
            returned: part.returned.into(),
        }
    }
}
