//! The four-digit result codes of the banks, as data (`config/banks/result_codes.toml`).
//!
//! ```toml
//! [[code]]
//! code = "0301"
//! class = "fix_and_resend"
//! zh = "户名与账号不符"
//! en = "name and number do not belong together"
//! ```
//!
//! The codes were observed in public code of 2016 and nobody has published that they are unchanged: so the table is a
//! file, a bank may have one of its own laid over the common one, and a code in neither is never guessed at.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use crate::account::BankCode;
use crate::config_text::{ConfigText, Faults, FileFault, OneOf};
use crate::words::words;

/// A bank's four-digit answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultCode(String);

/// The text is not four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a result code of four digits")]
pub struct NotResultCode;

words! {
    /// What a code means for the order.
    pub enum Class {
        /// Done as asked.
        Success = "success",
        /// Stopped, but less than claimed was there.
        Partial = "partial",
        /// A fact does not agree; the bank must not stop until it is corrected.
        FixAndResend = "fix_and_resend",
        /// Somebody already holds the account.
        HeldByOther = "held_by_other",
        /// Never for this account: white list, or the stops are used up.
        Never = "never",
        /// The bank is not able now: the same order is sent again.
        Retry = "retry",
        /// An extension or a release came too late: the stop had expired.
        TooLate = "too_late",
    }
}

words! {
    /// What a code of the transport below the banks means for a message.
    pub enum TransportClass {
        /// The message is there; the bank has not spoken yet.
        Accepted = "accepted",
        /// It was there before: the same order under the same id.
        Duplicate = "duplicate",
        /// Nothing arrived, or nobody was there: the same message is sent again.
        Retry = "retry",
        /// The message itself is wrong.
        Malformed = "malformed",
        /// We, or this kind of message, are not allowed.
        NotPermitted = "not_permitted",
    }
}

impl ResultCode {
    /// The account is on the bank's white list.
    #[must_use]
    pub fn white_listed() -> Self {
        Self("0302".to_owned())
    }

    /// The account may not be stopped again: it was, as often as is allowed, by whomever.
    #[must_use]
    pub fn stops_exceeded() -> Self {
        Self("1304".to_owned())
    }

    /// Reads four digits.
    ///
    /// # Errors
    /// [`NotResultCode`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotResultCode> {
        if is_digits(text, 4) { Ok(Self(text.to_owned())) } else { Err(NotResultCode) }
    }

    /// The four digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_digits(text: &str, many: usize) -> bool {
    text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the table says of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<C> {
    /// What it means for us.
    pub class: C,
    /// In the bank's language.
    pub zh: String,
    /// In ours.
    pub en: String,
    /// What the desk does next.
    pub next: Option<String>,
}

/// The codes of one bank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultCodes {
    codes: BTreeMap<ResultCode, Listed<Class>>,
    transport: BTreeMap<String, Listed<TransportClass>>,
    /// What the desk does next where a code says nothing else.
    next: BTreeMap<Class, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    #[serde(default)]
    next: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    code: Vec<Written>,
    #[serde(default)]
    transport: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: Spanned<String>,
    class: Spanned<String>,
    zh: String,
    en: String,
    next: Option<String>,
}

impl ResultCodes {
    /// Reads a file.
    ///
    /// # Errors
    /// Every fault with its line: a code given twice or not of four digits (six for the transport), an unknown class.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        Self::parse_over(file, text, Self::default())
    }

    /// Reads a bank's own file; what it does not list is as in `common`.
    ///
    /// # Errors
    /// As [`ResultCodes::parse`].
    pub fn parse_over(file: &str, text: &str, common: Self) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenFile = source.read()?;
        let mut faults = Faults::new(source);
        let mut codes = common;
        for (class, next) in written.next {
            match class.get_ref().parse() {
                Ok(class) => drop(codes.next.insert(class, next)),
                Err(_) => faults.note(&class.span(), unknown(Class::ALL.iter().map(|class| class.as_str()))),
            }
        }
        let mut seen = BTreeMap::new();
        for entry in written.code {
            let class = class(&entry.class, Class::ALL, |class| class.as_str(), &mut faults);
            match ResultCode::parse(entry.code.get_ref()) {
                Ok(code) if seen.insert(code.as_str().to_owned(), ()).is_some() => {
                    faults.note(&entry.code.span(), format!("the code {code} is given already"));
                }
                Ok(code) => {
                    if let Some(class) = class {
                        let (zh, en, next) = (entry.zh, entry.en, entry.next);
                        codes.codes.insert(code, Listed { class, zh, en, next });
                    }
                }
                Err(expected) => faults.note(&entry.code.span(), expected),
            }
        }
        for entry in written.transport {
            let class = class(&entry.class, TransportClass::ALL, |class| class.as_str(), &mut faults);
            let code = entry.code.get_ref().clone();
            if !is_digits(&code, 6) {
                faults.note(&entry.code.span(), "expected a transport code of six digits");
            } else if seen.insert(code.clone(), ()).is_some() {
                faults.note(&entry.code.span(), format!("the code {code} is given already"));
            } else if let Some(class) = class {
                let (zh, en, next) = (entry.zh, entry.en, entry.next);
                codes.transport.insert(code, Listed { class, zh, en, next });
            }
        }
        faults.unless_any(codes)
    }

    /// What a code means; `None`: nobody knows, and a person must see it.
    #[must_use]
    pub fn class(&self, code: &ResultCode) -> Option<Class> {
        self.codes.get(code).map(|listed| listed.class)
    }

    /// What the table says of a code, with what the desk does next.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<Listed<Class>> {
        let listed = self.codes.get(&ResultCode::parse(code).ok()?)?;
        Some(self.whole(listed))
    }

    fn whole(&self, listed: &Listed<Class>) -> Listed<Class> {
        let next = listed.next.clone().or_else(|| self.next.get(&listed.class).cloned());
        Listed { next, ..listed.clone() }
    }

    /// Every code of the banks, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ResultCode, Listed<Class>)> {
        self.codes.iter().map(|(code, listed)| (code, self.whole(listed)))
    }

    /// Every code of the transport, in order.
    pub fn transport(&self) -> impl Iterator<Item = (&str, &Listed<TransportClass>)> {
        self.transport.iter().map(|(code, listed)| (code.as_str(), listed))
    }
}

fn class<C: Copy>(
    written: &Spanned<String>,
    all: &[C],
    word: impl Fn(&C) -> &'static str,
    faults: &mut Faults<'_>,
) -> Option<C> {
    let found = all.iter().find(|class| word(class) == written.get_ref()).copied();
    if found.is_none() {
        faults.note(&written.span(), unknown(all.iter().map(word)));
    }
    found
}

fn unknown<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    format!("unknown class: expected {}", OneOf(&words))
}

/// The tables of all banks: the common one, and those of banks that map codes in their own way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeTables {
    /// Of every bank without one of its own.
    pub common: ResultCodes,
    /// Laid over the common one already.
    pub of_banks: BTreeMap<BankCode, ResultCodes>,
}

impl CodeTables {
    /// The table that a bank speaks by.
    #[must_use]
    pub fn of(&self, bank: Option<&BankCode>) -> &ResultCodes {
        bank.and_then(|bank| self.of_banks.get(bank)).unwrap_or(&self.common)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../../config/banks/result_codes.toml");

    fn faults(text: &str) -> Vec<String> {
        ResultCodes::parse("codes.toml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_shipped_table_gives_every_class_its_codes() {
        let codes = ResultCodes::parse("result_codes.toml", SHIPPED).unwrap();
        let of = |class| -> Vec<String> {
            codes
                .iter()
                .filter(|(_, listed)| listed.class == class)
                .map(|(code, _)| code.to_string())
                .collect()
        };
        assert_eq!(of(Class::Success), ["0000"]);
        assert_eq!(of(Class::Partial), ["1200", "1299"]);
        assert_eq!(of(Class::HeldByOther), ["0900", "1301", "1302", "1303"]);
        assert_eq!(of(Class::TooLate), ["1800", "1900"]);
        assert_eq!(of(Class::Retry), ["1100", "1101", "1199", "1300", "1399"]);
        for never in ["0302", "1304", "1899", "1999"] {
            assert!(of(Class::Never).contains(&never.to_owned()), "{never}");
        }
        for fix in ["0100", "0200", "0300", "0301", "0500", "0600", "0701", "0801"] {
            assert!(of(Class::FixAndResend).contains(&fix.to_owned()), "{fix}");
        }
        assert!(
            codes.iter().all(|(_, listed)| listed.next.is_some()),
            "the desk always knows what to do next"
        );
        assert_eq!(codes.get("4242"), None);
        assert_eq!(
            codes.transport().filter(|(_, listed)| listed.class == TransportClass::Accepted).count(),
            1
        );
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let entry = |code: &str, class: &str| {
            format!("[[code]]\ncode = {code:?}\nclass = {class:?}\nzh = \"一\"\nen = \"one\"\n")
        };
        assert_eq!(
            faults(&(entry("0000", "success") + &entry("0000", "never"))),
            ["codes.toml:7: the code 0000 is given already"]
        );
        assert_eq!(faults(&entry("000", "success")), ["codes.toml:2: expected a result code of four digits"]);
        assert!(
            faults(&entry("0000", "fine"))[0].starts_with("codes.toml:3: unknown class: expected success, ")
        );
        assert!(faults("[next]\nfine = \"x\"\n")[0].starts_with("codes.toml:2: unknown class"));
        let transport = entry("1000", "retry").replace("[[code]]", "[[transport]]");
        assert_eq!(faults(&transport), ["codes.toml:2: expected a transport code of six digits"]);
        assert_eq!(faults("[[code]]\ncode = 1\n").len(), 1);
    }

    #[test]
    fn a_bank_of_its_own_mind_is_laid_over_the_rest() {
        let common = ResultCodes::parse("result_codes.toml", SHIPPED).unwrap();
        let own =
            "[[code]]\ncode = \"0304\"\nclass = \"never\"\nzh = \"账户不存在\"\nen = \"no such account\"\n";
        let own = ResultCodes::parse_over("odd.toml", own, common.clone()).unwrap();
        let tables =
            CodeTables { common, of_banks: BTreeMap::from([(BankCode::parse("ODD").unwrap(), own)]) };
        let class = |bank: &str| {
            let code = ResultCode::parse("0304").unwrap();
            tables.of(BankCode::parse(bank).ok().as_ref()).class(&code)
        };
        assert_eq!((class("ODD"), class("ABC")), (Some(Class::Never), Some(Class::FixAndResend)));
        assert!(tables.of(BankCode::parse("ODD").ok().as_ref()).get("0000").is_some());
    }
}
