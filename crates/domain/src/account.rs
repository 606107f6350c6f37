//! Accounts: where the money left from and where it went.

use std::fmt;

use crate::person::{PersonName, debug_is_masked};
use crate::words::{read_by_parse, words};

/// The shortest and longest identifier of an account, order or terminal, in characters.
pub const ACCOUNT_CHARS: std::ops::RangeInclusive<usize> = 4..=64;
/// The longest bank code, in characters.
pub const BANK_CODE_MAX_CHARS: usize = 16;

words! {
    /// What the number of a counter-account is. A caller who paid by QR code knows only an order number.
    pub enum AccountKind {
        /// A card of 16 to 19 digits.
        BankCard = "bank_card",
        /// A passbook or company account: no check digit.
        BankAccount = "bank_account",
        /// An account at a payment institution.
        PaymentAccount = "payment_account",
        /// A payment institution's order number.
        OrderNumber = "order_number",
        /// The serial of a point-of-sale receipt.
        PosSerial = "pos_serial",
    }
}

impl AccountKind {
    /// Whether the number is that of one payment, by which its payment institution finds the account and its holder
    /// (search keys of the institutions: order number and acquiring serial).
    #[must_use]
    pub fn names_a_payment(self) -> bool {
        match self {
            Self::OrderNumber | Self::PosSerial => true,
            Self::BankCard | Self::BankAccount | Self::PaymentAccount => false,
        }
    }
}

/// The number of an account, card, order or terminal, without the spaces people write in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(String);

/// The text is no account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 4 to 64 letters, digits, hyphens, dots, underscores or @")]
pub struct NotAccountNumber;

impl AccountNumber {
    /// Reads a number as people write it; spaces are dropped.
    ///
    /// # Errors
    /// [`NotAccountNumber`] if it is too short, too long or holds other characters.
    pub fn parse(text: &str) -> Result<Self, NotAccountNumber> {
        let number: String = text.chars().filter(|character| *character != ' ').collect();
        let readable = number
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '@'));
        if readable && ACCOUNT_CHARS.contains(&number.len()) {
            Ok(Self(number))
        } else {
            Err(NotAccountNumber)
        }
    }

    /// Whether a card's last digit agrees with the Luhn formula (ISO/IEC 7812). `false` means: read it
    /// back to the caller; it is never a reason to refuse.
    #[must_use]
    pub fn luhn_checks(&self) -> bool {
        if !self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let sum: u32 = self
            .0
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, byte)| match (place % 2, u32::from(byte - b'0')) {
                (0, digit) => digit,
                (_, digit) if digit < 5 => digit * 2,
                (_, digit) => digit * 2 - 9,
            })
            .sum();
        sum.is_multiple_of(10)
    }

    /// The whole number.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// `6228****8309`
impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = &self.0[self.0.len().saturating_sub(4)..];
        if self.0.len() >= 12 { write!(f, "{}****{tail}", &self.0[..4]) } else { write!(f, "****{tail}") }
    }
}

debug_is_masked!(AccountNumber);
read_by_parse!(AccountNumber, BankCode);

/// The short code of a bank or payment institution (`ABC`, `ICBC`), upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankCode(String);

/// The text is no bank code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 2 to 16 letters, digits or underscores, such as ABC")]
pub struct NotBankCode;

impl BankCode {
    /// Reads a code; ids of outside parties are matched without regard to case.
    ///
    /// # Errors
    /// [`NotBankCode`] if it is too short, too long or holds other characters.
    pub fn parse(text: &str) -> Result<Self, NotBankCode> {
        let code = text.trim().to_ascii_uppercase();
        let readable = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if readable && (2..=BANK_CODE_MAX_CHARS).contains(&code.len()) {
            Ok(Self(code))
        } else {
            Err(NotBankCode)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BankCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

words! {
    /// How a bank is spoken to.
    #[derive(Default)]
    pub enum Adapter {
        /// In the contract's JSON webhooks.
        #[default]
        Webhook = "webhook",
        /// In ISO 20022 messages.
        Iso20022 = "iso20022",
    }
}

/// One side of a transfer, as far as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What the number is.
    pub kind: AccountKind,
    /// The caller may not know it yet.
    pub number: Option<AccountNumber>,
    /// Whose it is: a bank must not stop without the name.
    pub holder: Option<PersonName>,
    /// Where it is kept.
    pub bank_code: Option<BankCode>,
}

impl Account {
    /// Whether both are the same account, as far as is known: a bank that was not named contradicts none. An account
    /// whose number nobody knows is no other's.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let banks = self.bank_code.as_ref().zip(other.bank_code.as_ref());
        self.number.is_some() && self.number == other.number && banks.is_none_or(|(one, other)| one == other)
    }

    /// Whether this is a card whose check digit disagrees; accounts without check digit never fail.
    #[must_use]
    pub fn fails_luhn(&self) -> bool {
        self.kind == AccountKind::BankCard && self.number.as_ref().is_some_and(|number| !number.luhn_checks())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_checks_by_luhn_and_a_slip_of_the_tongue_does_not() {
        assert!(AccountNumber::parse("6228 4826 0181 5908 309").unwrap().luhn_checks());
        assert!(!AccountNumber::parse("6228482601815908308").unwrap().luhn_checks());
    }

    #[test]
    fn an_account_prints_masked() {
        let number = AccountNumber::parse("6228482601815908309").unwrap();
        assert_eq!(format!("{number:?}"), "6228****8309");
        assert_eq!(format!("{:?}", AccountNumber::parse("a1b2").unwrap()), "****a1b2");
    }

    #[test]
    fn a_bank_code_is_read_without_regard_to_case() {
        assert_eq!(BankCode::parse("abc"), BankCode::parse("ABC"));
        assert!(BankCode::parse("").is_err());
        assert!(BankCode::parse("中国银行").is_err());
    }
}
