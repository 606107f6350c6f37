//! The bank directory as it is shown.

use domain::account;
use domain::bank_directory::{self, Cnaps};
use interception::bank_directory::InUse;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{BankCode, InstitutionKind, PhoneNumber, Time};
use super::text::Text;

/// What is known of banks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankDirectory {
    /// SHA-256 of the file, in hex.
    version: String,
    /// Who loaded it; null where it is the file's of the configuration.
    loaded_by: Option<String>,
    /// When it was loaded.
    loaded_at: Option<Time>,
    /// Every institution, by code.
    banks: Vec<Institution>,
}

/// One bank or payment institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Institution {
    code: BankCode,
    name: String,
    kind: InstitutionKind,
    /// The head office, which takes the orders: twelve digits.
    #[schema(example = "102100099996")]
    cnaps: Option<String>,
    /// Answered day and night.
    phone: Option<PhoneNumber>,
    /// How it is spoken to.
    adapter: Option<String>,
    /// Whether orders can leave for it: whether an endpoint is configured.
    reachable: bool,
    /// How its cards begin, and how many digits they have.
    issuers: Vec<NumberRange>,
    /// How the order numbers begin that it finds.
    order_numbers: Vec<NumberRange>,
    /// How the serials of receipts begin that it finds.
    pos_serials: Vec<NumberRange>,
    /// How many accounts are never stopped.
    white_listed: usize,
}

/// Numbers that begin so and are so long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberRange {
    /// How they begin.
    prefix: String,
    /// How many characters they may have.
    lengths: Vec<usize>,
}

impl BankDirectory {
    /// `reaches` tells whether orders to a bank can leave.
    #[must_use]
    pub fn of(in_use: &InUse, reaches: impl Fn(&account::BankCode) -> bool) -> Self {
        let banks = in_use.directory.institutions().map(|bank| Institution::of(bank, reaches(&bank.code)));
        Self {
            version: in_use.directory.version.clone(),
            loaded_by: in_use.loaded.as_ref().map(|loaded| loaded.by.clone()),
            loaded_at: in_use.loaded.as_ref().map(|loaded| Text(loaded.at)),
            banks: banks.collect(),
        }
    }
}

impl Institution {
    fn of(bank: &bank_directory::Institution, reachable: bool) -> Self {
        let ranges = |ranges: &[bank_directory::NumberRange]| {
            let range = |range: &bank_directory::NumberRange| NumberRange {
                prefix: range.prefix.clone(),
                lengths: range.lengths.iter().copied().collect(),
            };
            ranges.iter().map(range).collect()
        };
        Self {
            code: Text(bank.code.clone()),
            name: bank.name.clone(),
            kind: Text(bank.kind),
            cnaps: bank.cnaps.as_ref().map(Cnaps::to_string),
            phone: bank.phone.clone().map(Text),
            adapter: bank.adapter.clone(),
            reachable,
            issuers: ranges(&bank.issuers),
            order_numbers: ranges(&bank.order_numbers),
            pos_serials: ranges(&bank.pos_serials),
            white_listed: bank.white_list.len(),
        }
    }
}
