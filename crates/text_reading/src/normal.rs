//! A text as it is read: one spelling for what fraudsters spell in a hundred ways.
//!
//! Full-width and styled characters become plain ones, traditional characters simplified ones, and what stands
//! between the characters (spaces, dots, stars, emoji) is left out: it carries no meaning that a dictionary could
//! hold, and is what filters are dodged with. Numbers and addresses become one token each (see [`Token`]), homophones
//! of contact and payment words their common spelling. Every character remembers which of the original ones it
//! stands for, so that the words that decided can be shown as they were written.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use unicode_normalization::UnicodeNormalization;

mod numbers;
mod spelling;

/// Longer texts are read by their beginning and their end, in characters.
pub const READ_MAX_CHARS: usize = 4_000;
/// Of these, how many at the end.
const READ_AT_END_CHARS: usize = 1_500;

/// What a number, an address or a masked name becomes: capitals, which no other character does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// A web address.
    Url,
    /// A mobile or landline number.
    Phone,
    /// A short service number: 95588, 10086, 400....
    Hotline,
    /// A sum of money.
    Money,
    /// A date or a time.
    Time,
    /// A card or an account: twelve digits or more.
    Account,
    /// Any other number.
    Number,
    /// A share of a hundred.
    Percent,
    /// A name or place that was blotted out.
    Masked,
}

impl Token {
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Url => 'U',
            Self::Phone => 'P',
            Self::Hotline => 'H',
            Self::Money => 'M',
            Self::Time => 'T',
            Self::Account => 'A',
            Self::Number => 'D',
            Self::Percent => 'R',
            Self::Masked => 'X',
        }
    }
}

/// A character as it is read, and the original characters it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) character: char,
    /// The first original character.
    pub(crate) from: u32,
    /// One past the last.
    pub(crate) to: u32,
}

/// A text in its one spelling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Normal {
    /// The original, as far as it is read.
    pub(crate) original: Vec<char>,
    /// What is read of it.
    pub(crate) read: Vec<Read>,
    /// The same as a string.
    pub(crate) text: String,
    /// For each byte where a character of `text` begins, that character's place in `read`.
    places: Vec<u32>,
}

impl Normal {
    pub(crate) fn of(text: &str) -> Self {
        let original = bounded(text);
        let plain = plain(&original);
        let read = respelled(&numbers::tokens(&plain));
        let mut normal = Self { original, read, text: String::new(), places: Vec::new() };
        for (place, read) in normal.read.iter().enumerate() {
            normal.text.push(read.character);
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            normal.places.resize(normal.text.len(), place);
        }
        normal
    }

    /// The place in `read` of the character at a byte of `text`.
    pub(crate) fn place(&self, byte: usize) -> usize {
        self.places.get(byte).map_or(self.read.len(), |place| *place as usize)
    }

    /// The original characters behind a stretch of `read`.
    pub(crate) fn as_written(&self, from: usize, to: usize) -> String {
        let Some(stretch) = self.read.get(from..to).filter(|stretch| !stretch.is_empty()) else {
            return String::new();
        };
        let first = stretch.first().map_or(0, |read| read.from as usize);
        let last = stretch.iter().map(|read| read.to as usize).max().unwrap_or(first);
        self.original.get(first..last).map(|written| written.iter().collect()).unwrap_or_default()
    }
}

/// The text, or its beginning and end.
fn bounded(text: &str) -> Vec<char> {
    let mut characters: Vec<char> = text.chars().take(READ_MAX_CHARS).collect();
    if characters.len() == READ_MAX_CHARS {
        let mut end: Vec<char> = text.chars().skip(READ_MAX_CHARS).collect();
        let kept = end.split_off(end.len().saturating_sub(READ_AT_END_CHARS));
        characters.truncate(READ_MAX_CHARS - kept.len());
        characters.extend(kept);
    }
    characters
}

/// Compatible forms resolved and characters simplified; capitals stay, since masks are written in them.
fn plain(original: &[char]) -> Vec<Read> {
    let mut plain = Vec::with_capacity(original.len());
    for (place, character) in original.iter().copied().enumerate() {
        let from = u32::try_from(place).unwrap_or(u32::MAX);
        let mut push = |character| plain.push(Read { character, from, to: from + 1 });
        match character {
            '\u{20}'..='\u{7e}' | '\u{3001}' | '\u{3002}' | '\u{3010}' | '\u{3011}' => push(character),
            '\u{4e00}'..='\u{9fff}' => push(spelling::simplified(character)),
            '\u{ff01}'..='\u{ff5e}' => {
                push(char::from_u32(u32::from(character) - 0xff01 + 0x21).unwrap_or(character));
            }
            // invisible: zero-width characters, joiners, variation selectors, byte order marks
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
            _ => std::iter::once(character).nfkc().map(spelling::simplified).for_each(push),
        }
    }
    plain
}

/// Homophones and disguised words in their common spelling.
fn respelled(tokens: &[Read]) -> Vec<Read> {
    static DISGUISES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let disguises = spelling::DISGUISES.iter().map(|(disguise, _)| *disguise);
        AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(disguises).ok()
    });
    let Some(disguises) = DISGUISES.as_ref() else { return tokens.to_vec() };
    let text: String = tokens.iter().map(|read| read.character).collect();
    let mut respelled: Vec<Read> = Vec::with_capacity(tokens.len());
    let mut bytes = 0;
    let mut place = 0;
    let mut next = |bytes: &mut usize| -> Option<Read> {
        let read = tokens.get(place).copied()?;
        place += 1;
        *bytes += read.character.len_utf8();
        Some(read)
    };
    for found in disguises.find_iter(&text) {
        while bytes < found.start() {
            respelled.extend(next(&mut bytes));
        }
        let mut disguised: Vec<Read> = Vec::new();
        while bytes < found.end() {
            let Some(read) = next(&mut bytes) else { break };
            disguised.push(read);
        }
        let word = spelling::DISGUISES.get(found.pattern().as_usize()).map_or("", |(_, word)| *word);
        let from = disguised.first().map_or(0, |read| read.from);
        let to = disguised.last().map_or(0, |read| read.to);
        // character by character where there are as many, so that no more than the word itself is shown for it
        let one_by_one = word.chars().count() == disguised.len();
        let whole = Read { character: ' ', from, to };
        respelled.extend(word.chars().enumerate().map(|(place, character)| {
            let stands_for = disguised.get(place).filter(|_| one_by_one).copied().unwrap_or(whole);
            Read { character, ..stands_for }
        }));
    }
    while let Some(read) = next(&mut bytes) {
        respelled.push(read);
    }
    respelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Normal::of(text).text
    }

    #[test]
    fn what_stands_between_the_characters_is_left_out() {
        assert_eq!(read("安 全·账*户"), "安全账户");
        assert_eq!(read("刷\u{200b}单，返~利。"), "刷单返利");
        assert_eq!(read("高薪🔥兼💰职"), "高薪兼职");
    }

    #[test]
    fn styled_and_traditional_characters_are_plain() {
        assert_eq!(read("ＡＢｃ"), "abc");
        assert_eq!(read("貸款轉賬"), "贷款转账");
        assert_eq!(read("③⑧"), read("38"));
    }

    #[test]
    fn disguised_words_get_their_common_spelling() {
        for disguised in ["加薇信", "加威信", "加 V 信", "加v.x", "加WX", "加徽信"] {
            assert_eq!(read(disguised), "加微信", "{disguised}");
        }
        assert_eq!(read("贷kuan"), "贷款");
        assert_eq!(read("扣扣"), "qq");
    }

    #[test]
    fn numbers_and_addresses_are_tokens() {
        assert_eq!(read("http://a.b.cn/x?y=1 登录"), "U登录");
        assert_eq!(read("点t.cn/A6xyz领取"), "点U领取");
        assert_eq!(read("拨打13800000000"), "拨打P");
        assert_eq!(read("咨询95588"), "咨询H");
        assert_eq!(read("转账5,000.00元"), "转账M元");
        assert_eq!(read("12月3日15:20"), "T月T日T");
        assert_eq!(read("尾号1234"), "尾号D");
        assert_eq!(read("账号6222020000000000000"), "账号A");
        assert_eq!(read("利率3.5%"), "利率R");
        assert_eq!(read("NAME您好DIGIT元URL"), "X您好M元U");
    }

    #[test]
    fn the_words_are_shown_as_they_were_written() {
        let normal = Normal::of("请加 薇-信 联系");
        assert_eq!(normal.text, "请加微信联系");
        assert_eq!(normal.as_written(2, 4), "薇-信");
        assert_eq!(normal.as_written(9, 12), "");
    }

    #[test]
    fn a_huge_text_is_read_by_its_beginning_and_its_end() {
        let normal = Normal::of(&("甲".repeat(50_000) + "安全账户"));
        assert_eq!(normal.original.len(), READ_MAX_CHARS);
        assert!(normal.text.ends_with("安全账户"));
    }
}
