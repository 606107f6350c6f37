//! Numbers, accounts and addresses on a list (涉诈名单、保护名单): each with who says so, how sure, and until when.

use std::fmt;

use crate::account::AccountNumber;
use crate::clock::Instant;
use crate::id::ListedId;
use crate::person::PhoneNumber;
use crate::words::words;

/// The longest address on the web, in characters.
pub const URL_MAX_CHARS: usize = 2_000;

words! {
    /// Which list.
    pub enum List {
        /// A fraudster's.
        Suspect = "suspect",
        /// To be protected from a mistake, such as a bank's own number.
        Protected = "protected",
    }
}

words! {
    /// What is listed.
    pub enum Kind {
        /// A telephone number.
        Number = "number",
        /// An account, card or payment account.
        Account = "account",
        /// An address on the web.
        Url = "url",
    }
}

impl Kind {
    /// The value as alerts keep it, so that it is found.
    ///
    /// # Errors
    /// What was expected.
    pub fn normalised(self, value: &str) -> Result<ListedValue, String> {
        let normalised = match self {
            Self::Number => PhoneNumber::parse(value)
                .map(|number| number.reveal().to_owned())
                .map_err(|error| error.to_string()),
            Self::Account => AccountNumber::parse(value)
                .map(|number| number.reveal().to_owned())
                .map_err(|error| error.to_string()),
            Self::Url => crate::text::bounded(value, URL_MAX_CHARS).map_err(|error| error.to_string()),
        };
        normalised.map(ListedValue)
    }
}

/// A number, account or address as alerts keep it.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedValue(String);

impl ListedValue {
    /// The whole value.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ListedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: ListedId,
    /// On which list.
    pub list: List,
    /// What it is.
    pub kind: Kind,
    /// As alerts keep it.
    pub value: ListedValue,
    /// Who says so.
    pub source: String,
    /// How sure, 1 to 100.
    pub confidence: u8,
    /// From when on it counts no more; `None`: never.
    pub expires_at: Option<Instant>,
    /// Why.
    pub note: Option<String>,
    /// The operator who entered it.
    pub added_by: String,
    /// When.
    pub created_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_as_alerts_keep_it_and_shown_to_nobody_by_accident() {
        let number = Kind::Number.normalised("+86 138-4720-0001").unwrap();
        assert_eq!((number.reveal(), format!("{number:?}").as_str()), ("13847200001", "****"));
        assert_eq!(
            Kind::Account.normalised("6228 4826 0181 5908 309").unwrap().reveal(),
            "6228482601815908309"
        );
        assert!(Kind::Number.normalised("abc").is_err() && Kind::Url.normalised(" ").is_err());
    }
}
