//! What every event we send has in common: its envelope, and how money, time and accounts are written.

use chrono::SecondsFormat;
use domain::account::{Account, AccountKind};
use domain::clock::{Instant, at_the_glass};
use domain::money::Fen;
use serde::Serialize;

/// `{"type":"...","timestamp":"...","data":{...}}`
#[derive(Serialize)]
pub(crate) struct Event<D> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// When it was decided, not when it is sent: a second try has the same body.
    pub(crate) timestamp: String,
    pub(crate) data: D,
}

/// `{"amount":"128000.00","currency":"CNY"}`
#[derive(Serialize)]
pub(crate) struct Money {
    amount: String,
    currency: &'static str,
}

impl From<Fen> for Money {
    fn from(amount: Fen) -> Self {
        Self { amount: amount.to_string(), currency: "CNY" }
    }
}

/// One side of a transfer.
#[derive(Serialize)]
pub(crate) struct WireAccount<'a> {
    pub(crate) kind: AccountKind,
    pub(crate) number: Option<&'a str>,
    pub(crate) holder: Option<&'a str>,
    pub(crate) bank_code: Option<&'a str>,
}

impl<'a> From<&'a Account> for WireAccount<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            kind: account.kind,
            number: account.number.as_ref().map(|number| number.reveal()),
            holder: account.holder.as_ref().map(|holder| holder.reveal()),
            bank_code: account.bank_code.as_ref().map(|code| code.as_str()),
        }
    }
}

/// RFC 3339 as a person in China reads it: with +08:00.
pub(crate) fn moment(instant: Instant) -> String {
    at_the_glass(instant).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
