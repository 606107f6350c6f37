//! The rules for every text that leaves: no link, no phone number, no card or ID number.

use crate::person::PhoneNumber;

/// The longest text: five parts of a long message, 67 UCS-2 characters each.
pub const TEXT_MAX_CHARS: usize = 335;

/// The longest run of digits in a text: the tail of a number, never the number.
pub const DIGITS_MAX: usize = 4;

/// Why a text must not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitText {
    /// Fraudsters send links, so we never do.
    #[error("a text must not contain a link")]
    Link,
    /// More than [`DIGITS_MAX`] digits: a card, an ID or a phone number.
    #[error("a text must not contain a number of more than {DIGITS_MAX} digits")]
    LongNumber,
    /// A short number such as 110: a text asks nobody to call back.
    #[error("a text must not contain a phone number, not even a short one")]
    PhoneNumber,
    /// Longer than [`TEXT_MAX_CHARS`].
    #[error("a text must not be longer than {TEXT_MAX_CHARS} characters")]
    TooLong,
    /// Nothing to say.
    #[error("a text must not be empty")]
    Empty,
}

/// Checks a text against the rules for everything that leaves.
///
/// # Errors
/// The first rule it breaks.
pub fn check_fit(text: &str) -> Result<(), UnfitText> {
    if text.trim().is_empty() {
        return Err(UnfitText::Empty);
    }
    if text.chars().count() > TEXT_MAX_CHARS {
        return Err(UnfitText::TooLong);
    }
    if has_link(text) {
        return Err(UnfitText::Link);
    }
    for number in numbers(text) {
        if number.len() > DIGITS_MAX {
            return Err(UnfitText::LongNumber);
        }
        if PhoneNumber::parse(&number).is_ok() {
            return Err(UnfitText::PhoneNumber);
        }
    }
    Ok(())
}

/// A scheme, or letters and digits of any script joined by a dot to Latin letters, as at the end of a host's name.
fn has_link(text: &str) -> bool {
    let joined_by_dot = |letters: &[char]| {
        letters[1] == '.' && letters[0].is_alphanumeric() && letters[2].is_ascii_alphabetic()
    };
    let characters: Vec<char> = text.chars().map(half_width).collect();
    text.contains("://") || characters.windows(3).any(joined_by_dot)
}

/// The numbers in a text, read as a person reads them: full-width digits are digits, and spaces or
/// hyphens inside a number do not end it.
fn numbers(text: &str) -> Vec<String> {
    let mut numbers = vec![String::new()];
    for character in text.chars().map(half_width) {
        let number_so_far = numbers.last_mut().filter(|number| !number.is_empty());
        match (character, number_so_far) {
            ('0'..='9', Some(number)) => number.push(character),
            ('0'..='9', None) => numbers.push(character.to_string()),
            (' ' | '-', _) | (_, None) => {}
            (_, Some(_)) => numbers.push(String::new()),
        }
    }
    numbers.retain(|number| !number.is_empty());
    numbers
}

fn half_width(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}
