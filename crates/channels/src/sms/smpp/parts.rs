//! Cutting a text into what one short message carries (3GPP TS 23.040): 70 characters of UCS-2, or 67 beside the
//! header that says which part of which text it is.

use std::iter;

/// UTF-16 units in a text of one part.
const WHOLE_UNITS: usize = 70;
/// UTF-16 units in one of several parts: 140 octets less the header's six.
const PART_UNITS: usize = 67;

/// One part as it goes onto the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Whether the octets begin with a user data header.
    pub(super) has_header: bool,
    pub(super) octets: Vec<u8>,
}

/// Cuts a text; `reference` tells the parts of one text from those of another to the same phone. No part ends in the
/// middle of a character.
pub(super) fn cut(text: &str, reference: u8) -> Vec<Part> {
    if text.encode_utf16().count() <= WHOLE_UNITS {
        return vec![Part { has_header: false, octets: ucs2(text).collect() }];
    }
    let pieces = pieces(text);
    // a text is far shorter than 255 parts: `domain::template::TEXT_MAX_CHARS`
    let total = u8::try_from(pieces.len()).unwrap_or(u8::MAX);
    iter::zip(1..=total, pieces)
        .map(|(place, piece)| {
            // five more octets; element 0, concatenated message with an 8-bit reference, of three octets
            let header = [5, 0, 3, reference, total, place];
            Part { has_header: true, octets: header.into_iter().chain(ucs2(piece)).collect() }
        })
        .collect()
}

fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = vec![];
    let (mut begins, mut units) = (0, 0);
    for (at, character) in text.char_indices() {
        if units + character.len_utf16() > PART_UNITS {
            pieces.push(&text[begins..at]);
            (begins, units) = (at, 0);
        }
        units += character.len_utf16();
    }
    pieces.push(&text[begins..]);
    pieces
}

fn ucs2(text: &str) -> impl Iterator<Item = u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text that a phone puts together.
    fn joined(parts: &[Part]) -> String {
        let octets = parts.iter().flat_map(|part| &part.octets[if part.has_header { 6 } else { 0 }..]);
        let octets: Vec<u8> = octets.copied().collect();
        let units: Vec<u16> = octets.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn seventy_characters_are_one_part_and_seventy_one_are_two() {
        assert_eq!(cut(&"好".repeat(70), 7).len(), 1);
        let parts = cut(&"好".repeat(71), 7);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].octets[..6], [5, 0, 3, 7, 2, 1]);
        assert_eq!(parts[1].octets[..6], [5, 0, 3, 7, 2, 2]);
        assert_eq!((parts[0].octets.len(), parts[1].octets.len()), (140, 6 + 8));
    }

    #[test]
    fn a_character_of_two_units_is_not_cut_in_half() {
        let text = format!("{}😀{}", "好".repeat(66), "好".repeat(10));
        let parts = cut(&text, 0);
        assert_eq!(parts[0].octets.len(), 6 + 66 * 2);
        assert_eq!(joined(&parts), text);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_text_and_each_fits(text in "[a-z好😀 ]{1,335}", reference in any::<u8>()) {
            let parts = cut(&text, reference);
            prop_assert_eq!(joined(&parts), text);
            prop_assert!(parts.iter().all(|part| part.octets.len() <= 140 && part.has_header == (parts.len() > 1)));
        }
    }
}
