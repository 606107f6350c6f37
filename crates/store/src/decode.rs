//! From columns to values. A column that holds no such value is an inconsistency, named by table and row.

use std::fmt::Display;
use std::str::FromStr;

use domain::money::Fen;

use crate::{Error, Result};

/// One row under decoding.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a dyn Display,
}

impl Row<'_> {
    pub(crate) fn inconsistent(self, detail: impl Into<String>) -> Error {
        Error::Inconsistent { table: self.table, id: self.id.to_string(), detail: detail.into() }
    }

    /// A word of a closed list.
    pub(crate) fn word<T: FromStr>(self, column: &str, word: &str) -> Result<T> {
        word.parse().map_err(|_| self.inconsistent(format!("{column} is no listed word")))
    }

    pub(crate) fn maybe_word<T: FromStr>(self, column: &str, word: Option<&str>) -> Result<Option<T>> {
        word.map(|word| self.word(column, word)).transpose()
    }

    /// A value that its own `parse` accepted when it came in.
    pub(crate) fn parsed<T, E>(
        self,
        column: &str,
        text: &str,
        parse: impl Fn(&str) -> std::result::Result<T, E>,
    ) -> Result<T> {
        parse(text).map_err(|_| self.inconsistent(format!("{column} cannot be read back")))
    }

    pub(crate) fn maybe_parsed<T, E>(
        self,
        column: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> std::result::Result<T, E>,
    ) -> Result<Option<T>> {
        text.map(|text| self.parsed(column, text, &parse)).transpose()
    }

    pub(crate) fn fen(self, column: &str, fen: Option<i64>) -> Result<Option<Fen>> {
        fen.map(|fen| Fen::new(fen).ok_or_else(|| self.inconsistent(format!("{column} is negative"))))
            .transpose()
    }

    pub(crate) fn number<T: TryFrom<i64>>(self, column: &str, number: impl Into<i64>) -> Result<T> {
        T::try_from(number.into()).map_err(|_| self.inconsistent(format!("{column} is out of range")))
    }
}
