//! Money: `{"amount":"128000.00","currency":"CNY"}`.

use std::borrow::Cow;

use domain::clock::Instant;
use domain::money::Fen;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;

use super::text::{Spelled, Text, string};
use crate::reading::request;

request! {
    /// An amount of money, greater than zero.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Money {
        /// Yuan with exactly two decimal places.
        amount: Amount,
        /// The one currency there is.
        currency: Currency,
    }
}

/// Yuan as a decimal text.
pub type Amount = Text<Fen>;
/// `CNY`.
pub type Currency = Text<Yuan>;

impl Money {
    /// The amount in fen.
    #[must_use]
    pub fn fen(&self) -> Fen {
        self.amount.0
    }
}

impl From<Fen> for Money {
    fn from(amount: Fen) -> Self {
        Self { amount: Text(amount), currency: Text(Yuan) }
    }
}

/// A balance or a total: an amount that may be zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sum {
    /// Yuan with exactly two decimal places.
    #[schema(pattern = "^[0-9]+\\.[0-9]{2}$", example = "0.00")]
    amount: String,
    /// The one currency there is.
    currency: Currency,
}

impl From<Fen> for Sum {
    fn from(amount: Fen) -> Self {
        Self { amount: amount.to_string(), currency: Text(Yuan) }
    }
}

impl Spelled for Fen {
    fn name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        Self::parse(text).map_err(|refused| refused.to_string())
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn describe() -> ObjectBuilder {
        string("Yuan with exactly two decimal places, greater than zero.")
            .pattern(Some("^(?!0+\\.00$)[0-9]{1,11}\\.[0-9]{2}$"))
            .examples([serde_json::json!("128000.00")])
    }
}

/// Chinese yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yuan;

impl Spelled for Yuan {
    fn name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        if text == "CNY" { Ok(Self) } else { Err("expected CNY".to_owned()) }
    }

    fn to_text(&self) -> Cow<'_, str> {
        "CNY".into()
    }

    fn describe() -> ObjectBuilder {
        string("ISO 4217.").enum_values(Some(["CNY"]))
    }
}
