//! Reads what a party wrote the way a clerk reads a form: to its end, noting every field that is wrong.

use std::fmt;

use chrono::{DateTime, SubsecRound, Utc};
use domain::clock::Instant;
use domain::id::MeasureId;
use domain::money::Fen;
use domain::text::bounded;
use domain::words::UnknownWord;
use serde_json::Value;

/// A body that is not what the party should have written. Nothing of the body is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// Not JSON at all (400).
    NotJson,
    /// JSON, with these fields wrong (422).
    Fields(Vec<BadField>),
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    /// Where it stands: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What was expected.
    pub detail: String,
}

impl std::error::Error for Malformed {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("not JSON"),
            Self::Fields(fields) => {
                for (place, field) in fields.iter().enumerate() {
                    let separator = if place == 0 { "" } else { "; " };
                    write!(f, "{separator}{}: {}", field.pointer, field.detail)?;
                }
                Ok(())
            }
        }
    }
}

/// The notes taken while reading.
#[derive(Default)]
pub(crate) struct Form {
    bad: Vec<BadField>,
}

/// A place in the document; what is not there is null.
pub(crate) struct Field<'a> {
    pointer: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    pub(crate) fn get(&self, name: &str) -> Field<'a> {
        Field {
            pointer: format!("{}/{name}", self.pointer),
            value: self.value.get(name).unwrap_or(&Value::Null),
        }
    }
}

/// Reads a body that must be a JSON object.
///
/// # Errors
/// [`Malformed`] with every field that `read` noted.
pub(crate) fn read<T>(
    body: &[u8],
    read: impl FnOnce(&mut Form, &Field<'_>) -> Option<T>,
) -> Result<T, Malformed> {
    let document: Value = serde_json::from_slice(body).map_err(|_| Malformed::NotJson)?;
    let root = Field { pointer: String::new(), value: &document };
    let mut form = Form::default();
    if !document.is_object() {
        form.note(&root, "expected an object");
    }
    match read(&mut form, &root) {
        Some(read) if form.bad.is_empty() => Ok(read),
        _ => Err(Malformed::Fields(form.bad)),
    }
}

/// Whether a response leaves its answer for later: nothing in it, or an object without the field that decides.
pub(crate) fn answers_later(body: &[u8], decisive: &str) -> bool {
    if body.trim_ascii().is_empty() {
        return true;
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(document @ Value::Object(_)) => [document.get(decisive), document["data"].get(decisive)]
            .into_iter()
            .all(|field| field.is_none_or(Value::is_null)),
        _ => false,
    }
}

impl Form {
    fn note(&mut self, field: &Field<'_>, detail: impl Into<String>) {
        self.bad.push(BadField { pointer: field.pointer.clone(), detail: detail.into() });
    }

    /// A field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        field: &Field<'_>,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        if field.value.is_null() {
            self.note(field, "is required");
        }
        self.optional(field, read)
    }

    /// A field that may be absent or null.
    pub(crate) fn optional<T>(
        &mut self,
        field: &Field<'_>,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        if field.value.is_null() {
            return None;
        }
        read(field.value).map_err(|detail| self.note(field, detail)).ok()
    }

    /// The `data` of an event, whose type is `kind` where it says so.
    pub(crate) fn data_of<'a>(&mut self, event: &Field<'a>, kind: &str) -> Field<'a> {
        let of_kind = |word: &str| {
            if word == kind { Ok(()) } else { Err(format!("expected {kind}")) }
        };
        self.optional(&event.get("type"), text(of_kind));
        let data = event.get("data");
        self.object(&data);
        data
    }

    /// Whether there is an object to look into.
    pub(crate) fn object(&mut self, field: &Field<'_>) -> bool {
        let shape = |value: &Value| value.is_object().then_some(()).ok_or("expected an object".to_owned());
        self.optional(field, shape).is_some()
    }

    /// The places of a list; none where it is absent.
    pub(crate) fn list<'a>(&mut self, field: &Field<'a>, max: usize) -> Vec<Field<'a>> {
        match field.value {
            Value::Null => vec![],
            Value::Array(values) if values.len() <= max => values
                .iter()
                .enumerate()
                .map(|(place, value)| Field { pointer: format!("{}/{place}", field.pointer), value })
                .collect(),
            _ => {
                self.note(field, format!("expected a list of at most {max}"));
                vec![]
            }
        }
    }

    /// `{"amount":"128000.00","currency":"CNY"}`; an empty account has a balance of `"0.00"`.
    pub(crate) fn money(&mut self, field: &Field<'_>) -> Option<Fen> {
        if !self.object(field) {
            return None;
        }
        let yuan = |word: &str| {
            if word == "CNY" { Ok(()) } else { Err("expected CNY") }
        };
        self.required(&field.get("currency"), text(yuan));
        self.required(&field.get("amount"), text(Fen::parse_or_zero))
    }

    /// Money that must be there.
    pub(crate) fn required_money(&mut self, field: &Field<'_>) -> Option<Fen> {
        if field.value.is_null() {
            self.note(field, "is required");
        }
        self.money(field)
    }

    /// Free text of the party; blank is as good as absent.
    pub(crate) fn free_text(&mut self, field: &Field<'_>, max_chars: usize) -> Option<String> {
        let read = |words: &str| match words.trim() {
            "" => Ok(None),
            words => bounded(words, max_chars).map(Some),
        };
        self.optional(field, text(read)).flatten()
    }
}

/// Reads a string by `parse`.
pub(crate) fn text<T, E: fmt::Display>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&Value) -> Result<T, String> {
    |value| {
        let text = value.as_str().ok_or("expected a string")?;
        parse(text).map_err(|error| error.to_string())
    }
}

/// One of the contract's words.
pub(crate) fn word<T: std::str::FromStr<Err = UnknownWord>>(value: &Value) -> Result<T, String> {
    text(str::parse)(value)
}

/// The id we gave the measure.
pub(crate) fn measure_id(value: &Value) -> Result<MeasureId, String> {
    text(|id| id.parse().map_err(|_| "expected an id (UUID)"))(value)
}

/// RFC 3339 with offset, kept to the microsecond.
pub(crate) fn moment(value: &Value) -> Result<Instant, String> {
    text(|moment| {
        DateTime::parse_from_rfc3339(moment)
            .map(|moment| moment.with_timezone(&Utc).trunc_subsecs(6))
            .map_err(|_| "expected a time with offset (RFC 3339), such as 2026-03-01T22:05:00+08:00")
    })(value)
}
