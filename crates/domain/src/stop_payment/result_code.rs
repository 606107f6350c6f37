//! The four-digit result codes of the banks, as observed in public code of 2016. Nobody has published
//! that they are unchanged, so an unlisted code is never guessed at: a person sees it.

use std::fmt;

/// A bank's four-digit answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultCode(String);

/// The text is not four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a result code of four digits")]
pub struct NotResultCode;

/// What a code means for the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Done as asked.
    Success,
    /// Stopped, but less than claimed was there.
    Partial,
    /// A fact does not agree; the bank must not stop until it is corrected.
    Mismatch,
    /// Somebody already holds the account.
    HeldByOther,
    /// Never for this account: white list, or the stops are used up.
    Refused,
    /// The bank is not able now: the same order is sent again.
    Retry,
    /// The renewal came too late: the stop had expired.
    RenewalTooLate,
    /// The release came too late: the stop had expired.
    ReleaseTooLate,
    /// Not in the table.
    Unlisted,
}

impl ResultCode {
    /// Reads four digits.
    ///
    /// # Errors
    /// [`NotResultCode`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotResultCode> {
        let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if four_digits { Ok(Self(text.to_owned())) } else { Err(NotResultCode) }
    }

    /// The four digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the code means.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        match self.0.as_str() {
            "0000" => Meaning::Success,
            // identity document, amount, account, transaction, field, document, organisation, date
            "0100" | "0199" | "0200" | "0299" | "0300" | "0301" | "0303" | "0304" | "0399" | "0400"
            | "0499" | "0500" | "0501" | "0599" | "0600" | "0699" | "0700" | "0701" | "0799" | "0800"
            | "0801" | "0802" | "0899" => Meaning::Mismatch,
            "0302" | "0999" | "1000" | "1099" | "1304" => Meaning::Refused,
            "0900" | "1301" | "1302" | "1303" => Meaning::HeldByOther,
            "1100" | "1101" | "1199" | "1300" | "1399" => Meaning::Retry,
            "1200" | "1299" => Meaning::Partial,
            "1800" | "1899" => Meaning::RenewalTooLate,
            "1900" | "1999" => Meaning::ReleaseTooLate,
            _ => Meaning::Unlisted,
        }
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
