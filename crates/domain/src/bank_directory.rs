//! The bank directory: who issues which card, where a head office is, who answers its telephone at night, and which
//! accounts are never stopped. An administrator keeps it as one file; what is wrong in it is named with its line.
//!
//! It holds public facts alone. Where orders are sent, and the secrets that sign them, are configuration.

mod parse;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::account::{Account, AccountKind, AccountNumber, BankCode};
use crate::person::PhoneNumber;
use crate::words::words;

/// The shortest and longest number of an issuer (ISO/IEC 7812), in digits.
pub const ISSUER_DIGITS: std::ops::RangeInclusive<usize> = 3..=10;

words! {
    /// What keeps the accounts.
    pub enum InstitutionKind {
        /// It issues cards and keeps accounts.
        Bank = "bank",
        /// It keeps payment accounts, and finds a payment by its number.
        PaymentInstitution = "payment_institution",
    }
}

/// Twelve digits that name a bank's office in the payment system (联行号).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cnaps(String);

/// The text is no CNAPS code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCnaps {
    /// Too long, too short, or not digits.
    #[error("expected twelve digits, such as \"102100099996\"")]
    Malformed,
    /// The last digit is not the one that the others give.
    #[error("the last digit does not agree with the others (ISO 7064 MOD 11,10): look the code up again")]
    WrongCheckDigit,
}

impl Cnaps {
    /// Reads a code and checks its last digit.
    ///
    /// # Errors
    /// [`NotCnaps`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotCnaps> {
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotCnaps::Malformed);
        }
        // ISO 7064 MOD 11,10, a hybrid system: the running product goes modulo 11, the sum modulo 10
        let (digits, check) = text.split_at(11);
        let product = digits.bytes().fold(10, |product, digit| {
            let sum = (product + u32::from(digit - b'0')) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
        let expected = (11 - product) % 10;
        if check.parse::<u32>() == Ok(expected) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotCnaps::WrongCheckDigit)
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cnaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Numbers that begin so and are so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRange {
    /// How they begin.
    pub prefix: String,
    /// How many characters they have; never empty.
    pub lengths: BTreeSet<usize>,
}

/// One bank or payment institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// Its short code.
    pub code: BankCode,
    /// Its name.
    pub name: String,
    /// Bank or payment institution.
    pub kind: InstitutionKind,
    /// The head office, which alone takes orders (银发〔2016〕86号); a payment institution may have none.
    pub cnaps: Option<Cnaps>,
    /// Answered day and night.
    pub phone: Option<PhoneNumber>,
    /// How it is spoken to, as the configuration calls that.
    pub adapter: Option<String>,
    /// The cards it issues.
    pub issuers: Vec<NumberRange>,
    /// The order numbers that are its own.
    pub order_numbers: Vec<NumberRange>,
    /// The serials of receipts that are its own.
    pub pos_serials: Vec<NumberRange>,
    /// Accounts that are never stopped: public funds, its own accounts.
    pub white_list: BTreeSet<AccountNumber>,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct BankDirectory {
    /// SHA-256 of the file, in hex.
    pub version: String,
    institutions: BTreeMap<BankCode, Institution>,
    issuers: Index,
    order_numbers: Index,
    pos_serials: Index,
}

/// How the numbers begin that lead to an institution.
#[derive(Debug, Clone, Default)]
struct Index(BTreeMap<String, Vec<(BTreeSet<usize>, BankCode)>>);

impl Index {
    fn add(&mut self, range: &NumberRange, code: &BankCode) {
        self.0.entry(range.prefix.clone()).or_default().push((range.lengths.clone(), code.clone()));
    }

    /// Who has a number: the longest beginning that fits with its length.
    fn find(&self, number: &str) -> Option<(usize, &BankCode)> {
        self.beginnings(number).find_map(|(beginning, found)| {
            let (_, code) = found.iter().find(|(lengths, _)| lengths.contains(&number.len()))?;
            Some((beginning, code))
        })
    }

    /// Who would have it, were its length right: a digit was dropped or heard twice.
    fn find_misheard(&self, number: &str) -> Option<(&BTreeSet<usize>, &BankCode)> {
        let (_, found) = self.beginnings(number).next()?;
        match found.as_slice() {
            [(lengths, code)] => Some((lengths, code)),
            _ => None,
        }
    }

    /// The beginnings of a number that are known, the longest first: a handful of look-ups, whatever the size.
    fn beginnings<'a, 'n>(
        &'a self,
        number: &'n str,
    ) -> impl Iterator<Item = (usize, &'a Vec<(BTreeSet<usize>, BankCode)>)> + use<'a, 'n> {
        let longest = number.len().min(*ISSUER_DIGITS.end());
        (1..=longest).rev().filter_map(|end| Some((end, self.0.get(number.get(..end)?)?)))
    }
}

impl BankDirectory {
    /// Every institution, by code.
    pub fn institutions(&self) -> impl Iterator<Item = &Institution> {
        self.institutions.values()
    }

    /// One institution.
    #[must_use]
    pub fn get(&self, code: &BankCode) -> Option<&Institution> {
        self.institutions.get(code)
    }

    /// Who issued a card, and by how many of its first digits that is known.
    #[must_use]
    pub fn issuer(&self, card: &str) -> Option<(usize, &BankCode)> {
        self.issuers
            .find(card)
            .or_else(|| self.issuers.find_misheard(card).map(|(_, code)| (*ISSUER_DIGITS.start(), code)))
    }

    /// Who keeps an account or knows a payment, by its number alone.
    #[must_use]
    pub fn keeper(&self, account: &Account) -> Option<&BankCode> {
        let number = account.number.as_ref()?.reveal();
        match account.kind {
            AccountKind::BankCard => self.issuer(number).map(|(_, code)| code),
            AccountKind::OrderNumber => self.order_numbers.find(number).map(|(_, code)| code),
            AccountKind::PosSerial => self.pos_serials.find(number).map(|(_, code)| code),
            AccountKind::BankAccount | AccountKind::PaymentAccount => None,
        }
    }

    /// How many digits a card should have that has another number of them.
    #[must_use]
    pub fn card_lengths(&self, account: &Account) -> Option<&BTreeSet<usize>> {
        let number = account.number.as_ref().filter(|_| account.kind == AccountKind::BankCard)?.reveal();
        match self.issuers.find(number) {
            Some(_) => None,
            None => self.issuers.find_misheard(number).map(|(lengths, _)| lengths),
        }
    }

    /// Whether the account is never stopped.
    #[must_use]
    pub fn is_white_listed(&self, account: &Account) -> bool {
        let institution = account.bank_code.as_ref().and_then(|code| self.get(code));
        institution
            .zip(account.number.as_ref())
            .is_some_and(|(institution, number)| institution.white_list.contains(number))
    }
}
