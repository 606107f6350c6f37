//! The parts of a long text, and finding the one that a receipt means.
//!
//! An SMS centre knows each part by an id of its own. It names it twice: when it takes the part, and in the receipt.
//! Some write the same number first in hexadecimal and then in decimal, or the other way round, with leading zeros or
//! without; SMPP 3.4 calls the id an octet string and leaves it there.

use super::Receipt;

/// Smaller numbers are never converted between decimal and hexadecimal: where an SMS centre counts from one, another
/// text may bear the number that would come out. From here on the two are sixteen times apart or more, further than
/// the texts that wait for a receipt reach.
pub const CONVERTED_FROM: u64 = 1 << 20;

/// One part of a text, as the provider that took it knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The provider's id of the part, as it wrote it.
    pub provider_ref: String,
    /// What became of it, once that is known.
    pub receipt: Option<Receipt>,
}

/// A receipt as an SMS centre words it, by its own id of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// The provider's id of the part, as the receipt spells it.
    pub provider_ref: String,
    /// What became of the part.
    pub receipt: Receipt,
    /// The network's own code.
    pub code: Option<String>,
}

/// What the parts' receipts say of the whole: it failed with the first part that did, and is there when all are.
#[must_use]
pub fn receipt_of_all(parts: &[Part]) -> Option<Receipt> {
    let are = |receipt| parts.iter().filter(|part| part.receipt == Some(receipt)).count();
    if are(Receipt::Failed) > 0 {
        Some(Receipt::Failed)
    } else if are(Receipt::Delivered) == parts.len() && !parts.is_empty() {
        Some(Receipt::Delivered)
    } else {
        None
    }
}

/// One spelling of an id: capitals, no leading zeros.
#[must_use]
pub fn reference_key(provider_ref: &str) -> String {
    let key = provider_ref.trim().trim_start_matches('0').to_ascii_uppercase();
    // the id 0 is an id
    if key.is_empty() { "0".to_owned() } else { key }
}

/// The keys that a receipt's id may mean, the likeliest first: the one it spells, then the same number from decimal
/// to hexadecimal, then from hexadecimal to decimal.
#[must_use]
pub fn references_meant(receipt_ref: &str) -> Vec<String> {
    let key = reference_key(receipt_ref);
    let large = |number: &u64| *number >= CONVERTED_FROM;
    let to_hexadecimal = key.parse::<u64>().ok().filter(large).map(|number| format!("{number:X}"));
    let to_decimal = u64::from_str_radix(&key, 16).ok().filter(large).map(|number| number.to_string());
    [Some(key), to_hexadecimal, to_decimal].into_iter().flatten().collect()
}
