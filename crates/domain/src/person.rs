//! People and how to reach them. Personal data prints masked in `Debug` and `Display`;
//! `reveal()` is the only way out, so that every leak can be found by searching for it.

use std::fmt;

use crate::text::{Unreadable, bounded};
use crate::words::{read_by_parse, words};

/// The longest name kept, in characters.
pub const NAME_MAX_CHARS: usize = 64;
/// The longest address kept, in characters.
pub const ADDRESS_MAX_CHARS: usize = 256;
/// E.164 allows fifteen digits after the plus sign.
const E164_MAX_DIGITS: usize = 15;
const E164_MIN_DIGITS: usize = 7;

/// Numbers that must never be blocked or taken for a private person's line: emergency services,
/// the anti-fraud line, the ministry's alert line and the carriers' own desks.
const SERVICE_NUMBERS: [&str; 12] =
    ["110", "119", "120", "122", "12110", "12123", "12345", "12381", "96110", "10000", "10010", "10086"];

/// A telephone number, normalised: Chinese numbers without country code, all others as E.164.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// What kind of line a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A Chinese mobile number: 11 digits.
    Mobile,
    /// A Chinese landline with its area code.
    Landline,
    /// A short number such as 110 or 96110; not E.164.
    Service,
    /// A number of another country, kept as E.164.
    Foreign,
}

/// The text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a telephone number: a Chinese mobile or landline, or E.164 such as +85261234567")]
pub struct NotPhone;

impl PhoneNumber {
    /// Reads a number as people write it: spaces, hyphens, parentheses, +86 and 0086 are understood.
    ///
    /// # Errors
    /// [`NotPhone`] if no numbering plan has such a number.
    pub fn parse(text: &str) -> Result<Self, NotPhone> {
        let compact: String =
            text.chars().filter(|character| !matches!(character, ' ' | '-' | '(' | ')')).collect();
        let unprefixed = compact
            .strip_prefix("+86")
            .or_else(|| compact.strip_prefix("0086"))
            .or_else(|| compact.strip_prefix("86").filter(|rest| is_mobile(rest)))
            .unwrap_or(&compact);
        if is_mobile(unprefixed) || is_landline(unprefixed) || is_service(unprefixed) {
            return Ok(Self(unprefixed.to_owned()));
        }
        // a landline dialled after +86 loses its leading zero
        let landline = format!("0{unprefixed}");
        if compact.len() != unprefixed.len() && is_landline(&landline) {
            return Ok(Self(landline));
        }
        let foreign = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00")).ok_or(NotPhone)?;
        if is_foreign(foreign) { Ok(Self(format!("+{foreign}"))) } else { Err(NotPhone) }
    }

    /// What kind of line it is.
    #[must_use]
    pub fn line(&self) -> Line {
        match self.0.as_str() {
            number if number.starts_with('+') => Line::Foreign,
            number if is_mobile(number) => Line::Mobile,
            number if is_landline(number) => Line::Landline,
            _ => Line::Service,
        }
    }

    /// Whether blocking this number would cut a public service.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.line() == Line::Service
    }

    /// The whole number.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_mobile(text: &str) -> bool {
    text.len() == 11 && all_digits(text) && text.starts_with('1') && matches!(text.as_bytes()[1], b'3'..=b'9')
}

fn is_landline(text: &str) -> bool {
    (10..=12).contains(&text.len()) && all_digits(text) && text.starts_with('0') && !text.starts_with("00")
}

fn is_service(text: &str) -> bool {
    let bank_or_customer_line = text.len() == 5 && text.starts_with('9') && all_digits(text);
    let toll_free =
        text.len() == 10 && (text.starts_with("400") || text.starts_with("800")) && all_digits(text);
    SERVICE_NUMBERS.contains(&text) || bank_or_customer_line || toll_free
}

fn is_foreign(text: &str) -> bool {
    (E164_MIN_DIGITS..=E164_MAX_DIGITS).contains(&text.len())
        && all_digits(text)
        && !text.starts_with('0')
        && !text.starts_with("86")
}

/// A resident identity number (GB 11643): 6 digits of region, 8 of birth date, 3 of sequence, one
/// check character. A wrong check character is read back to the caller, never a refusal, so the type
/// holds any 18 characters of the right shape.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResidentId(String);

/// The text has not the shape of a resident identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 18 characters: 17 digits and a digit or X")]
pub struct NotResidentId;

impl ResidentId {
    /// Reads 17 digits and a digit or X, in either case.
    ///
    /// # Errors
    /// [`NotResidentId`] if the shape is another.
    pub fn parse(text: &str) -> Result<Self, NotResidentId> {
        let number = text.trim().to_ascii_uppercase();
        let shaped = number.len() == 18
            && number.is_ascii()
            && all_digits(&number[..17])
            && (number.ends_with('X') || all_digits(&number[17..]));
        if shaped { Ok(Self(number)) } else { Err(NotResidentId) }
    }

    /// Whether the check character agrees (ISO 7064 MOD 11-2). `false` means: read it back.
    #[must_use]
    pub fn checks(&self) -> bool {
        let weighted =
            self.0.bytes().take(17).fold(0_u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
        let check = (12 - weighted) % 11;
        let expected = if check == 10 { b'X' } else { b'0' + u8::try_from(check).unwrap_or(0) };
        self.0.as_bytes()[17] == expected
    }

    /// The whole number.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// A person's name, in any script, 1 to [`NAME_MAX_CHARS`] characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Trims and keeps a name.
    ///
    /// # Errors
    /// [`Unreadable`] if it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        bounded(text, NAME_MAX_CHARS).map(Self)
    }

    /// The whole name.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// A postal address, 1 to [`ADDRESS_MAX_CHARS`] characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// Trims and keeps an address.
    ///
    /// # Errors
    /// [`Unreadable`] if it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        bounded(text, ADDRESS_MAX_CHARS).map(Self)
    }

    /// The whole address.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

words! {
    /// How a relative stands to the subject.
    pub enum Relation {
        /// 配偶
        Spouse = "spouse",
        /// 子女
        Child = "child",
        /// 父母
        Parent = "parent",
        /// 兄弟姐妹
        Sibling = "sibling",
        /// Anyone else who may be told.
        Other = "other",
    }
}

/// A person who may be called in the subject's stead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relative {
    /// Where known.
    pub name: Option<PersonName>,
    /// Where known.
    pub relation: Option<Relation>,
    /// Whom to dial.
    pub phone: PhoneNumber,
}

// Masks: what a log line or a panic may show.

/// `138****0001`
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line() == Line::Service {
            return f.write_str(&self.0);
        }
        write!(f, "{}****{}", &self.0[..3], &self.0[self.0.len() - 4..])
    }
}

/// `150203****1220`: region and the tail.
impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}********{}", &self.0[..6], &self.0[14..])
    }
}

/// `王*`
impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().next().map_or(Ok(()), |first| write!(f, "{first}*"))
    }
}

/// `[address]`
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}

macro_rules! debug_is_masked {
    ($($name:ty),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )+};
}
pub(crate) use debug_is_masked;

debug_is_masked!(PhoneNumber, ResidentId, PersonName, Address);
read_by_parse!(PhoneNumber, ResidentId, PersonName, Address);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (text, normalised, line) in [
            ("13847200001", "13847200001", Line::Mobile),
            ("+86 138-4720-0001", "13847200001", Line::Mobile),
            ("008613847200001", "13847200001", Line::Mobile),
            ("8613847200001", "13847200001", Line::Mobile),
            ("(0472) 5123456", "04725123456", Line::Landline),
            ("+864725123456", "04725123456", Line::Landline),
            ("+85261234567", "+85261234567", Line::Foreign),
            ("0085261234567", "+85261234567", Line::Foreign),
            ("96110", "96110", Line::Service),
            ("95588", "95588", Line::Service),
        ] {
            let number = PhoneNumber::parse(text).expect(text);
            assert_eq!((number.reveal(), number.line()), (normalised, line), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "1",
            "12847200001",
            "1384720000",
            "138472000011",
            "abc",
            "+",
            "+0123456789",
            "１３８４７２０００１",
            "+86",
            "+8611111",
            "1384720000\u{0}",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(NotPhone), "{text}");
        }
    }

    #[test]
    fn an_identity_number_checks_by_mod_11_2() {
        assert!(ResidentId::parse("11010519491231002X").unwrap().checks());
        assert!(ResidentId::parse("11010519491231002x").unwrap().checks());
        assert!(!ResidentId::parse("110105194912310021").unwrap().checks());
        assert!(ResidentId::parse("1101051949123100").is_err());
    }

    #[test]
    fn personal_data_prints_masked() {
        let phone = PhoneNumber::parse("13847200001").unwrap();
        assert_eq!(format!("{phone:?} {phone}"), "138****0001 138****0001");
        let name = PersonName::parse("王芳").unwrap();
        assert_eq!(format!("{name:?}"), "王*");
        let id = ResidentId::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{id:?}"), "110105********002X");
    }
}
