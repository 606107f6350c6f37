//! Lists of numbers, accounts and addresses.

use domain::clock::Instant;
use domain::id::ListedId as Id;
use domain::listed;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{ListKind, ListName, ListedId, Note, Reference, Time};
use super::text::{Bounded, Text};
use crate::problem::Problem;
use crate::reading::request;

/// How sure an entry is where nobody says otherwise.
const SURE: u8 = 100;

request! {
    /// A number, account or address for a list. One of the same source about the same thing is replaced.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct NewListed {
        /// Which list.
        pub list: ListName,
        /// What it is.
        pub kind: ListKind,
        /// The number, account or address.
        pub value: Note,
        /// Who says so; the operator where it is not given.
        pub source: Option<Reference>,
        /// How sure, 1 to 100; 100 where it is not given.
        pub confidence: Option<u8>,
        /// From when on it counts no more; never where it is not given.
        pub expires_at: Option<Time>,
        /// Why.
        pub note: Option<Note>,
    }
}

impl NewListed {
    /// The entry.
    ///
    /// # Errors
    /// 422 where the value is none of its kind, or the confidence no percentage.
    pub fn into_domain(self, by: &str, now: Instant) -> Result<listed::Listed, Problem> {
        let Text(kind) = self.kind;
        let value = kind
            .normalised(&String::from(self.value))
            .map_err(|expected| Problem::invalid_field("/value", expected))?;
        let confidence = self.confidence.unwrap_or(SURE);
        if !(1..=100).contains(&confidence) {
            return Err(Problem::invalid_field("/confidence", "expected a whole number from 1 to 100"));
        }
        Ok(listed::Listed {
            id: Id::new(now),
            list: self.list.0,
            kind,
            value,
            source: self.source.map_or_else(|| by.to_owned(), String::from),
            confidence,
            expires_at: self.expires_at.map(|Text(at)| at),
            note: self.note.map(String::from),
            added_by: by.to_owned(),
            created_at: now,
        })
    }
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Listed {
    id: ListedId,
    created_at: Time,
    list: ListName,
    kind: ListKind,
    /// As alerts keep it.
    value: Note,
    /// Who says so.
    source: String,
    /// How sure, in percent.
    confidence: u8,
    expires_at: Option<Time>,
    note: Option<String>,
    /// The operator who entered it.
    added_by: String,
}

impl From<&listed::Listed> for Listed {
    fn from(entry: &listed::Listed) -> Self {
        Self {
            id: Text(entry.id),
            created_at: Text(entry.created_at),
            list: Text(entry.list),
            kind: Text(entry.kind),
            value: Text(Bounded(entry.value.reveal().to_owned())),
            source: entry.source.clone(),
            confidence: entry.confidence,
            expires_at: entry.expires_at.map(Text),
            note: entry.note.clone(),
            added_by: entry.added_by.clone(),
        }
    }
}
