//! A configuration file's text, read so that every fault names the file, the line and the cause.
//!
//! Plans, grading rules and message templates are data that people edit; whoever reads one of them gives
//! its text to `ConfigText` and reports what it refuses as [`FileFault`]s.

use std::fmt::{self, Display, Write};
use std::ops::Range;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Why a file is refused, and where: prints as `high.toml:12: ...`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {cause}")]
pub struct FileFault {
    /// The file as it was named to the reader.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub cause: String,
}

/// A file's name and its text.
#[derive(Clone, Copy)]
pub(crate) struct ConfigText<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl ConfigText<'_> {
    /// Reads the text as TOML; the first thing that does not fit is the one fault.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Vec<FileFault>> {
        toml::from_str(self.text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            vec![self.fault(&place, in_plain_words(error.message()))]
        })
    }

    /// A fault at a place in the text.
    pub(crate) fn fault(self, place: &Range<usize>, cause: impl Display) -> FileFault {
        let before = self.text.bytes().take(place.start);
        FileFault {
            file: self.file.to_owned(),
            line: 1 + before.filter(|byte| *byte == b'\n').count(),
            cause: cause.to_string(),
        }
    }

    /// SHA-256 of the text in hex: the version by which an incident remembers what it was handled by.
    pub(crate) fn hash(self) -> String {
        Sha256::digest(self.text).iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// On one line, as whoever keeps these files speaks: they know numbers, not their types.
fn in_plain_words(told: &str) -> String {
    let numbers = [
        ("expected i32", "expected a whole number"),
        ("expected u32", "expected a whole number, not below zero"),
        ("floating point", "the number"),
    ];
    numbers.iter().fold(told.replace('\n', "; "), |told, (theirs, ours)| told.replace(theirs, ours))
}

/// The faults found so far in one file.
pub(crate) struct Faults<'a> {
    source: ConfigText<'a>,
    found: Vec<FileFault>,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(source: ConfigText<'a>) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Notes a fault at a place in the text.
    pub(crate) fn note(&mut self, place: &Range<usize>, cause: impl Display) {
        self.found.push(self.source.fault(place, cause));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// `value`, if nothing was noted; else the faults in the order of their lines.
    pub(crate) fn unless_any<T>(mut self, value: T) -> Result<T, Vec<FileFault>> {
        if self.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|fault| fault.line);
        Err(self.found)
    }
}

/// Names for a sentence: `a, b or c`.
pub(crate) struct OneOf<'a>(pub(crate) &'a [&'a str]);

impl fmt::Display for OneOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("nothing"),
            [only] => f.write_str(only),
            [firsts @ .., last] => write!(f, "{} or {last}", firsts.join(", ")),
        }
    }
}
