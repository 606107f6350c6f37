//! Money in whole fen (one hundredth of a yuan). No float can enter.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// An amount of Chinese yuan in fen; never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(i64);

/// The largest amount one wire field may carry: one hundred billion yuan.
pub const MAX_AMOUNT: Fen = Fen(10_000_000_000_000);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Not digits, a point and two digits.
    #[error("expected yuan with exactly two decimal places, such as \"128000.00\"")]
    Malformed,
    /// Nothing to stop, claim or save.
    #[error("the amount must be greater than zero")]
    Zero,
    /// Above [`MAX_AMOUNT`].
    #[error("the amount is larger than 100000000000.00")]
    TooLarge,
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// An amount of `fen`, or `None` if negative.
    #[must_use]
    pub fn new(fen: i64) -> Option<Self> {
        (fen >= 0).then_some(Self(fen))
    }

    /// The number of fen.
    #[must_use]
    pub fn fen(self) -> i64 {
        self.0
    }

    /// Reads `"128000.00"`: yuan with exactly two decimal places, greater than zero.
    ///
    /// # Errors
    /// [`NotMoney`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        match Self::parse_or_zero(text)? {
            Self::ZERO => Err(NotMoney::Zero),
            amount => Ok(amount),
        }
    }

    /// Like [`Fen::parse`], but `"0.00"` is a balance.
    ///
    /// # Errors
    /// [`NotMoney`] says what is wrong.
    pub fn parse_or_zero(text: &str) -> Result<Self, NotMoney> {
        let (yuan, cents) = text.split_once('.').ok_or(NotMoney::Malformed)?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(yuan) || !digits(cents) || cents.len() != 2 {
            return Err(NotMoney::Malformed);
        }
        if yuan.len() > 18 {
            return Err(NotMoney::TooLarge);
        }
        let parse = |part: &str| part.parse::<i64>().map_err(|_| NotMoney::Malformed);
        let fen = parse(yuan)?.checked_mul(100).and_then(|whole| whole.checked_add(parse(cents).ok()?));
        match fen.map(Self) {
            Some(amount) if amount <= MAX_AMOUNT => Ok(amount),
            _ => Err(NotMoney::TooLarge),
        }
    }

    /// The sum, or `None` beyond what a database bigint holds.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// What is left after taking `other` away; zero where `other` is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |total, amount| total.saturating_add(amount.0)))
    }
}

/// Yuan with two decimal places: `128000.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_refused_with_its_cause() {
        for (text, cause) in [
            ("0.00", NotMoney::Zero),
            ("-1.00", NotMoney::Malformed),
            ("1", NotMoney::Malformed),
            ("1.5", NotMoney::Malformed),
            ("1e9", NotMoney::Malformed),
            ("1.000", NotMoney::Malformed),
            ("٣.00", NotMoney::Malformed),
            ("100000000000.01", NotMoney::TooLarge),
            ("99999999999999999999999.00", NotMoney::TooLarge),
        ] {
            assert_eq!(Fen::parse(text), Err(cause), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(fen in 1..=MAX_AMOUNT.fen()) {
            let amount = Fen(fen);
            prop_assert_eq!(Fen::parse(&amount.to_string()), Ok(amount));
        }
    }
}
