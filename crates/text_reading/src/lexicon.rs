//! Words by what they speak of: a hundred ways to say "commission" are one fact to the classifier, so that it knows
//! also the ninety of them that no training text happened to use.
//!
//! ```text
//! [commission]        # a notion
//! 佣金 返佣 酬劳        # its words, in the spelling of crate::normal
//! ```

use aho_corasick::AhoCorasick;

use crate::normal::Normal;

/// What the classifier counts of one notion: one word, two different ones, three or more.
pub(crate) const DEGREES: u32 = 3;

/// Notions and their words.
#[derive(Debug, Clone)]
pub struct Lexicon {
    /// The file as it was read.
    pub(crate) text: String,
    notions: Vec<String>,
    /// For each word its notions.
    meanings: Vec<Vec<u32>>,
    words: AhoCorasick,
}

/// Why a lexicon is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct BadLexicon {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
}

/// A word that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) word: u32,
    pub(crate) notion: u32,
    /// Its place in [`Normal::read`].
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Lexicon {
    /// Reads a lexicon.
    ///
    /// # Errors
    /// The first line with a word outside any notion, a notion named twice, or a word that is
    /// shorter than two characters in the one spelling.
    pub fn parse(text: &str) -> Result<Self, BadLexicon> {
        let mut notions: Vec<String> = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let mut meanings: Vec<Vec<u32>> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for (line, written) in text.lines().enumerate() {
            let bad = |cause: String| BadLexicon { line: line + 1, cause };
            let written = written.split('#').next().unwrap_or_default().trim();
            if let Some(notion) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                if notions.iter().any(|known| known == notion) {
                    return Err(bad(format!("the notion {notion} stands here twice")));
                }
                notions.push(notion.to_owned());
                continue;
            }
            for word in written.split_whitespace() {
                let Some(notion) = notions.len().checked_sub(1).and_then(|place| u32::try_from(place).ok())
                else {
                    return Err(bad(format!("{word} belongs to no notion")));
                };
                let word = Normal::of(word).text;
                if word.chars().nth(1).is_none() {
                    return Err(bad(format!(
                        "{written} holds a word that is shorter than two characters as it is read"
                    )));
                }
                let place = *places.entry(word.clone()).or_insert_with(|| {
                    words.push(word.clone());
                    meanings.push(Vec::new());
                    words.len() - 1
                });
                let Some(of_word) = meanings.get_mut(place) else { continue };
                // two spellings of one word are one
                if !of_word.contains(&notion) {
                    of_word.push(notion);
                }
            }
        }
        let words =
            AhoCorasick::new(&words).map_err(|error| BadLexicon { line: 0, cause: error.to_string() })?;
        Ok(Self { text: text.to_owned(), notions, meanings, words })
    }

    /// How many notions there are.
    #[must_use]
    pub fn notions(&self) -> usize {
        self.notions.len()
    }

    /// How many different words there are.
    #[must_use]
    pub fn words(&self) -> usize {
        self.meanings.len()
    }

    pub(crate) fn find(&self, normal: &Normal) -> Vec<Found> {
        let mut found = Vec::new();
        for word in self.words.find_overlapping_iter(&normal.text) {
            let place = word.pattern().as_usize();
            for notion in self.meanings.get(place).into_iter().flatten() {
                found.push(Found {
                    word: word.pattern().as_u32(),
                    notion: *notion,
                    from: normal.place(word.start()),
                    to: normal.place(word.end()),
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_however_it_is_written() {
        let lexicon = Lexicon::parse("[safe]\n安全账户 账户 # a comment\n[contact]\n加微信").unwrap();
        assert_eq!((lexicon.notions(), lexicon.words()), (2, 3));
        let found = lexicon.find(&Normal::of("转到安 全·賬 户，加V信"));
        let found: Vec<_> = found.iter().map(|found| (found.notion, found.from, found.to)).collect();
        assert_eq!(found, [(0, 2, 6), (0, 4, 6), (1, 6, 9)]);
    }

    #[test]
    fn a_faulty_lexicon_is_refused_with_its_line() {
        for (text, line) in [("佣金", 1), ("[a]\n佣", 2), ("[a]\n佣金\n[a]", 3), ("[a]\n\n...", 3)] {
            assert_eq!(Lexicon::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
