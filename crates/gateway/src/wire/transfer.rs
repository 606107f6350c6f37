//! Transfers and the accounts on both sides.

use domain::{account, call};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::Money;
use super::spelled::{AccountKind, AccountNumber, BankCode, Past, PastTime, PersonName, Reference};
use super::text::Text;
use crate::reading::request;

request! {
    /// One side of a transfer, as far as the caller knows it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Account {
        /// What the number is.
        kind: AccountKind,
        /// The caller may not know it yet.
        number: Option<AccountNumber>,
        /// The bank; found from the card's issuer number where that is known.
        bank_code: Option<BankCode>,
        /// Whose it is: a bank must not stop without the name.
        holder: Option<PersonName>,
    }
}

impl From<Account> for account::Account {
    fn from(wire: Account) -> Self {
        Self {
            kind: wire.kind.0,
            number: wire.number.map(|Text(number)| number),
            holder: wire.holder.map(|Text(holder)| holder),
            bank_code: wire.bank_code.map(|Text(code)| code),
        }
    }
}

impl From<&account::Account> for Account {
    fn from(account: &account::Account) -> Self {
        Self {
            kind: Text(account.kind),
            number: account.number.clone().map(Text),
            bank_code: account.bank_code.clone().map(Text),
            holder: account.holder.clone().map(Text),
        }
    }
}

request! {
    /// One payment from the victim to a counter-account. What is missing keeps its order a draft.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Transfer {
        /// Whence.
        payer: Option<Account>,
        /// Whither: the account to stop.
        payee: Option<Account>,
        /// How much.
        amount: Option<Money>,
        /// When.
        transferred_at: Option<PastTime>,
        /// `mobile_bank`, `atm`, `counter`...
        channel: Option<Reference>,
        /// The bank's serial of the payment.
        reference: Option<Reference>,
    }
}

impl From<Transfer> for call::Transfer {
    fn from(wire: Transfer) -> Self {
        Self {
            payer: wire.payer.map(Into::into),
            payee: wire.payee.map(Into::into),
            amount: wire.amount.map(|money| money.fen()),
            transferred_at: wire.transferred_at.map(|Text(Past(at))| at),
            channel: wire.channel.map(Into::into),
            reference: wire.reference.map(Into::into),
        }
    }
}

impl From<&call::Transfer> for Transfer {
    fn from(transfer: &call::Transfer) -> Self {
        Self {
            payer: transfer.payer.as_ref().map(Into::into),
            payee: transfer.payee.as_ref().map(Into::into),
            amount: transfer.amount.map(Into::into),
            transferred_at: transfer.transferred_at.map(|at| Text(Past(at))),
            channel: transfer.channel.as_ref().map(Into::into),
            reference: transfer.reference.as_ref().map(Into::into),
        }
    }
}
