//! Numbers that are never blocked, whoever asks: 110, 96110, the banks, and whatever a centre adds. A fraudster
//! who calls under a forged 110 must not bring us to cut the real one.

use std::collections::BTreeSet;

use crate::person::PhoneNumber;

/// The shortest beginning that can be protected, in digits: a shorter one would protect half a country.
pub const PREFIX_MIN_DIGITS: usize = 3;

/// The list. The services of [`PhoneNumber::is_protected`] are on it always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProtectedNumbers {
    numbers: BTreeSet<PhoneNumber>,
    beginnings: BTreeSet<String>,
}

/// The text is neither a number nor a beginning of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a telephone number, or the first digits of numbers and a star, such as \"0472511*\"")]
pub struct NotProtectable;

impl ProtectedNumbers {
    /// Reads numbers, and beginnings of numbers that end in a star.
    ///
    /// # Errors
    /// [`NotProtectable`] for anything else.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, NotProtectable> {
        let mut list = Self::default();
        for entry in entries {
            match entry.trim().strip_suffix('*') {
                Some(beginning) => {
                    let digits = beginning.strip_prefix('+').unwrap_or(beginning);
                    let fits = digits.len() >= PREFIX_MIN_DIGITS
                        && digits.bytes().all(|digit| digit.is_ascii_digit());
                    list.beginnings.insert(fits.then(|| beginning.to_owned()).ok_or(NotProtectable)?);
                }
                None => list.add(PhoneNumber::parse(entry).map_err(|_| NotProtectable)?),
            }
        }
        Ok(list)
    }

    /// Puts one more number on the list.
    pub fn add(&mut self, number: PhoneNumber) {
        self.numbers.insert(number);
    }

    /// Whether this number is never blocked.
    #[must_use]
    pub fn holds(&self, number: &PhoneNumber) -> bool {
        number.is_protected()
            || self.numbers.contains(number)
            || self.beginnings.iter().any(|beginning| number.reveal().starts_with(beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(entries: &[&str], number: &str) -> bool {
        let list = ProtectedNumbers::parse(entries.iter().copied()).unwrap();
        list.holds(&PhoneNumber::parse(number).unwrap())
    }

    #[test]
    fn public_services_are_always_on_the_list() {
        for number in ["110", "96110", "12381", "95588", "+86 110", "0086 95599"] {
            assert!(holds(&[], number), "{number}");
        }
        assert!(!holds(&[], "13847200001"));
    }

    #[test]
    fn a_centre_adds_numbers_and_beginnings_of_numbers() {
        let list = ["0472 5550001", "0472511*", "+8526*"];
        for number in ["04725550001", "+864725550001", "04725112110", "+85261234567"] {
            assert!(holds(&list, number), "{number}");
        }
        for number in ["04725550002", "04725120000", "+85291234567"] {
            assert!(!holds(&list, number), "{number}");
        }
    }

    #[test]
    fn what_would_protect_half_a_country_or_nothing_is_refused() {
        for entry in ["*", "13*", "+8*", "abc*", "04 72*", "", "12"] {
            assert_eq!(ProtectedNumbers::parse([entry]), Err(NotProtectable), "{entry}");
        }
    }
}
