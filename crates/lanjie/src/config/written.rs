//! A TOML file as a tree whose keys know where they stand.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

/// The value of one key.
#[derive(PartialEq, Eq)]
pub(super) enum Leaf {
    /// Also a number or a truth value, as the environment has them: what they mean, the setting knows.
    Text(String),
    List(Vec<String>),
    /// Of a type that no setting has.
    Other,
}

pub(super) enum Written {
    Table(Vec<(Spanned<String>, Written)>),
    Leaf(Leaf),
}

impl Written {
    /// Every value with the path of its key and the key's offset in the text.
    pub(super) fn leaves(self) -> Vec<(Vec<String>, usize, Leaf)> {
        let mut leaves = Vec::new();
        self.collect(&[], 0, &mut leaves);
        leaves
    }

    fn collect(self, path: &[String], at: usize, leaves: &mut Vec<(Vec<String>, usize, Leaf)>) {
        match self {
            Self::Leaf(leaf) => leaves.push((path.to_vec(), at, leaf)),
            Self::Table(entries) => {
                for (key, value) in entries {
                    let at = key.span().start;
                    value.collect(&[path, &[key.into_inner()]].concat(), at, leaves);
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_str<E>(self, text: &str) -> Result<Written, E> {
        Ok(Written::Leaf(Leaf::Text(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Written, E> {
        Ok(Written::Leaf(Leaf::Text(number.to_string())))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Written, E> {
        Ok(Written::Leaf(Leaf::Text(truth.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Written, E> {
        Ok(Written::Leaf(Leaf::Other))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Written, A::Error> {
        let mut list = Some(Vec::new());
        while let Some(element) = elements.next_element()? {
            match (&mut list, element) {
                (Some(list), Written::Leaf(Leaf::Text(text))) => list.push(text),
                _ => list = None,
            }
        }
        Ok(Written::Leaf(list.map_or(Leaf::Other, Leaf::List)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Written, A::Error> {
        let mut table = Vec::new();
        loop {
            match entries.next_key() {
                Ok(Some(key)) => table.push((key, entries.next_value()?)),
                Ok(None) => return Ok(Written::Table(table)),
                // a date comes as a table whose key stands nowhere
                Err(_) => return Ok(Written::Leaf(Leaf::Other)),
            }
        }
    }
}
