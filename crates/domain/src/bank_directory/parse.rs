//! From the directory's file to [`BankDirectory`]: names, digits and overlaps are checked here.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use toml::Spanned;

use super::{BankDirectory, Cnaps, ISSUER_DIGITS, Index, Institution, InstitutionKind, NumberRange};
use crate::account::{ACCOUNT_CHARS, AccountNumber, BankCode};
use crate::config_text::{ConfigText, Faults, FileFault};
use crate::person::PhoneNumber;

/// How many digits a card may have (ISO/IEC 7812; 12 to 19).
const CARD_DIGITS: RangeInclusive<usize> = 12..=19;
/// The longest name, in characters.
const NAME_MAX_CHARS: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDirectory {
    #[serde(default)]
    bank: Vec<WrittenBank>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBank {
    code: Spanned<String>,
    name: Spanned<String>,
    kind: Spanned<InstitutionKind>,
    cnaps: Option<Spanned<String>>,
    phone: Option<Spanned<String>>,
    adapter: Option<Spanned<String>>,
    #[serde(default)]
    issuers: Vec<WrittenRange>,
    #[serde(default)]
    order_numbers: Vec<WrittenRange>,
    #[serde(default)]
    pos_serials: Vec<WrittenRange>,
    #[serde(default)]
    white_list: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRange {
    prefixes: Vec<Spanned<String>>,
    lengths: Spanned<Vec<usize>>,
}

/// What numbers of one kind look like.
#[derive(Clone)]
struct Shape {
    beginning: RangeInclusive<usize>,
    whole: RangeInclusive<usize>,
    digits: bool,
}

impl Shape {
    const CARD: Self = Self { beginning: ISSUER_DIGITS, whole: CARD_DIGITS, digits: true };
    const PAYMENT: Self = Self { beginning: 1..=10, whole: ACCOUNT_CHARS, digits: false };
}

impl BankDirectory {
    /// Reads a directory.
    ///
    /// # Errors
    /// Every fault with its line: unknown keys, codes given twice, wrong check digits, numbers that two institutions
    /// claim. No account number is repeated.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenDirectory = source.read()?;
        let mut faults = Faults::new(source);
        let mut directory = Self { version: source.hash(), ..Self::default() };
        for bank in written.bank {
            let place = bank.code.span();
            let Some(read) = read_bank(bank, &mut directory, &mut faults) else { continue };
            let code = read.code.clone();
            if directory.institutions.insert(code.clone(), read).is_some() {
                faults.note(&place, format!("{code} stands here twice"));
            }
        }
        faults.unless_any(directory)
    }
}

fn read_bank(
    written: WrittenBank,
    directory: &mut BankDirectory,
    faults: &mut Faults<'_>,
) -> Option<Institution> {
    let place = written.code.span();
    let code = BankCode::parse(written.code.get_ref()).map_err(|error| faults.note(&place, error)).ok()?;
    let name = written.name.get_ref().trim();
    if name.is_empty() || name.chars().count() > NAME_MAX_CHARS {
        faults.note(&written.name.span(), format!("expected a name of 1 to {NAME_MAX_CHARS} characters"));
    }
    let kind = *written.kind.get_ref();
    if kind == InstitutionKind::Bank && written.cnaps.is_none() {
        faults.note(&place, format!("{code} lacks `cnaps`, the twelve digits of its head office"));
    }
    if kind == InstitutionKind::PaymentInstitution && !written.issuers.is_empty() {
        faults.note(&place, format!("{code} is no bank: it issues no cards"));
    }
    let cnaps = read(written.cnaps, Cnaps::parse, faults);
    if let Some(cnaps) = &cnaps
        && let Some(other) = directory.institutions().find(|other| other.cnaps.as_ref() == Some(cnaps))
    {
        faults.note(&place, format!("the head office {cnaps} is that of {} already", other.code));
    }
    let mut ranges = |written, shape, index: &mut Index| read_ranges(written, &shape, &code, index, faults);
    let issuers = ranges(written.issuers, Shape::CARD, &mut directory.issuers);
    let order_numbers = ranges(written.order_numbers, Shape::PAYMENT, &mut directory.order_numbers);
    let pos_serials = ranges(written.pos_serials, Shape::PAYMENT, &mut directory.pos_serials);
    let mut white_list = BTreeSet::new();
    for number in written.white_list {
        let place = number.span();
        match AccountNumber::parse(number.get_ref()) {
            Ok(number) if white_list.insert(number.clone()) => {}
            Ok(number) => faults.note(&place, format!("{number} stands here twice")),
            Err(error) => faults.note(&place, error),
        }
    }
    Some(Institution {
        name: name.to_owned(),
        kind,
        cnaps,
        phone: read(written.phone, PhoneNumber::parse, faults),
        adapter: read(written.adapter, adapter, faults),
        issuers,
        order_numbers,
        pos_serials,
        white_list,
        code,
    })
}

fn read<T, E: std::fmt::Display>(
    written: Option<Spanned<String>>,
    parse: impl Fn(&str) -> Result<T, E>,
    faults: &mut Faults<'_>,
) -> Option<T> {
    let written = written?;
    parse(written.get_ref()).map_err(|error| faults.note(&written.span(), error)).ok()
}

fn adapter(text: &str) -> Result<String, &'static str> {
    let readable =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if readable && (2..=32).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err("expected 2 to 32 small letters, digits or underscores, such as \"webhook\"")
    }
}

fn read_ranges(
    written: Vec<WrittenRange>,
    shape: &Shape,
    code: &BankCode,
    index: &mut Index,
    faults: &mut Faults<'_>,
) -> Vec<NumberRange> {
    let mut ranges = Vec::new();
    for WrittenRange { prefixes, lengths } in written {
        let place = lengths.span();
        let lengths: BTreeSet<usize> = lengths.into_inner().into_iter().collect();
        if lengths.is_empty() || !lengths.iter().all(|length| shape.whole.contains(length)) {
            let (least, most) = (shape.whole.start(), shape.whole.end());
            faults.note(&place, format!("expected how long the numbers are: from {least} to {most}"));
            continue;
        }
        for prefix in prefixes {
            let range = NumberRange { prefix: prefix.get_ref().clone(), lengths: lengths.clone() };
            if check(&range, &prefix.span(), shape, code, index, faults) {
                index.add(&range, code);
                ranges.push(range);
            }
        }
    }
    ranges
}

fn check(
    range: &NumberRange,
    place: &Range<usize>,
    shape: &Shape,
    code: &BankCode,
    index: &Index,
    faults: &mut Faults<'_>,
) -> bool {
    let fits = |byte: u8| byte.is_ascii_digit() || !shape.digits && byte.is_ascii_alphanumeric();
    if !shape.beginning.contains(&range.prefix.len()) || !range.prefix.bytes().all(fits) {
        let (least, most) = (shape.beginning.start(), shape.beginning.end());
        let what = if shape.digits { "digits" } else { "letters or digits" };
        faults.note(place, format!("expected how numbers begin: {least} to {most} {what}"));
        return false;
    }
    let mut same = index.0.get(&range.prefix).into_iter().flatten();
    let taken = same.find(|(lengths, _)| !lengths.is_disjoint(&range.lengths));
    match taken {
        Some((_, owner)) if owner == code => {
            faults.note(place, format!("{} stands here twice", range.prefix));
        }
        Some((_, owner)) => {
            faults.note(place, format!("{} of that length is a number of {owner} already", range.prefix));
        }
        None => return true,
    }
    false
}
