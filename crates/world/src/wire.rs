//! The wire forms of the contract, as the outside writes and reads them.

use chrono::SecondsFormat;
use domain::account::Account;
use domain::clock::{Instant, at_the_glass};
use domain::money::Fen;
use serde::Deserialize;
use serde_json::{Value, json};

/// `{"amount":"128000.00","currency":"CNY"}`
pub(crate) fn money(amount: Fen) -> Value {
    json!({"amount": amount.to_string(), "currency": "CNY"})
}

/// RFC 3339 with the +08:00 offset.
pub(crate) fn moment(instant: Instant) -> String {
    at_the_glass(instant).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// One side of a transfer.
pub(crate) fn account(account: &Account) -> Value {
    json!({
        "kind": account.kind,
        "number": account.number.as_ref().map(|number| number.reveal()),
        "holder": account.holder.as_ref().map(|holder| holder.reveal()),
        "bank_code": account.bank_code.as_ref().map(|code| code.as_str()),
    })
}

/// A webhook's body.
pub(crate) fn event(kind: &str, now: Instant, data: Value) -> Value {
    json!({"type": kind, "timestamp": moment(now), "data": data})
}

/// An amount as it comes in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Money {
    amount: String,
}

impl Money {
    /// The amount, where it is one greater than zero.
    pub(crate) fn fen(&self) -> Option<Fen> {
        Fen::parse(&self.amount).ok()
    }
}
