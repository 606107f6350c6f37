//! Reading JSON into values, noting every fault on the way.
//!
//! A derived `serde::Deserialize` ends at the first wrong field and quotes the value that was wrong, which
//! may be a citizen's number. Collectors built on serde's streaming parser name several faults, but lose
//! the rest of the document once a list stands where a text should. So a body is first parsed whole and
//! then read here, field by field; the sentences are ours and never hold a value.
//!
//! `request!` declares a body or query and reads all its fields. Members it
//! does not know are passed over, everywhere.

use std::fmt;

use domain::clock::Instant;
use serde_json::Value;

use crate::problem::FieldFault;

/// What can be read from JSON.
pub trait Read: Sized {
    /// Reads the value at `place`; `None` exactly when a fault was noted.
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self>;
}

/// Reads a document.
///
/// # Errors
/// Every fault with its pointer. A NUL in any text is a fault, also in members nobody reads, because
/// documents are kept whole and PostgreSQL keeps no NUL.
pub fn read<T: Read>(document: &Value, now: Instant) -> Result<T, Vec<FieldFault>> {
    let mut reading = Reading { now, faults: Vec::new(), room_bytes: POINTERS_MAX_BYTES };
    let value = T::read(&Place::whole(document), &mut reading);
    reading.refuse_nul(document, &Path::Document);
    match value {
        Some(value) if reading.faults.is_empty() => Ok(value),
        _ => Err(reading.one_fault_a_place()),
    }
}

/// How long all pointers may be together: more than the worst body of the contract needs, and too little for
/// an answer that is many times as long as a hostile body. Later faults are not told.
const POINTERS_MAX_BYTES: usize = 64 << 10;

/// One reading of one document: what has been found wrong so far.
#[derive(Debug)]
pub struct Reading {
    now: Instant,
    faults: Vec<FieldFault>,
    room_bytes: usize,
}

/// A place in a document, and what stands there.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    json: Option<&'a Value>,
    path: Path<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Path<'a> {
    Document,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Reading {
    /// When the request is read.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Notes what is wrong at a place. `detail` must not hold what stands there.
    pub fn note(&mut self, place: &Place<'_>, detail: impl Into<String>) {
        self.note_at(&place.path, detail.into());
    }

    fn note_at(&mut self, path: &Path<'_>, detail: String) {
        if self.room_bytes > 0 {
            let pointer = path.to_string();
            self.room_bytes = self.room_bytes.saturating_sub(pointer.len() + 1);
            self.faults.push(FieldFault { pointer, detail });
        }
    }

    /// Sorted by pointer; of several faults at one place the first, which knows the field.
    fn one_fault_a_place(mut self) -> Vec<FieldFault> {
        self.faults.sort_by(|one, other| one.pointer.cmp(&other.pointer));
        self.faults.dedup_by(|later, first| later.pointer == first.pointer);
        self.faults
    }

    // the parser bounds the depth, so this cannot exhaust the stack
    fn refuse_nul(&mut self, json: &Value, path: &Path<'_>) {
        const DETAIL: &str = "contains the character U+0000, which cannot be kept";
        match json {
            Value::String(text) if text.contains('\0') => self.note_at(path, DETAIL.to_owned()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.refuse_nul(item, &Path::Item(path, place));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    if name.contains('\0') {
                        self.note_at(path, format!("the name of a member {DETAIL}"));
                    }
                    self.refuse_nul(member, &Path::Field(path, name));
                }
            }
        }
    }
}

impl<'a> Place<'a> {
    fn whole(document: &'a Value) -> Self {
        Self { json: Some(document), path: Path::Document }
    }

    /// A member of the object that stands here.
    #[must_use]
    pub fn field<'b>(&'b self, name: &'b str) -> Place<'b> {
        Place { json: self.json.and_then(|json| json.get(name)), path: Path::Field(&self.path, name) }
    }

    /// An object must stand here.
    pub fn object(&self, reading: &mut Reading) -> Option<&'a Value> {
        self.expect(reading, "an object", |json| json.is_object().then_some(json))
    }

    /// A text must stand here.
    pub fn text(&self, reading: &mut Reading) -> Option<&'a str> {
        self.expect(reading, "a string", Value::as_str)
    }

    /// A list of at most `max` items must stand here.
    pub fn list<T: Read>(&self, max: usize, reading: &mut Reading) -> Option<Vec<T>> {
        let items = self.expect(reading, "an array", Value::as_array)?;
        if items.len() > max {
            reading.note(self, format!("holds more than {max} items"));
            return None;
        }
        // every item is read before the first bad one ends the list
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let place = Place { json: Some(item), path: Path::Item(&self.path, index) };
                T::read(&place, reading)
            })
            .collect();
        read.into_iter().collect()
    }

    fn is_given(&self) -> bool {
        self.json.is_some_and(|json| !json.is_null())
    }

    fn expect<T>(
        &self,
        reading: &mut Reading,
        wanted: &str,
        look: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let Some(json) = self.json else {
            reading.note(self, "is required");
            return None;
        };
        let found = look(json);
        if found.is_none() {
            reading.note(self, format!("expected {wanted}, not {}", kind(json)));
        }
        found
    }
}

fn kind(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "such a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A JSON pointer (RFC 6901).
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => Ok(()),
            Self::Field(parent, name) => {
                write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// A member may be missing or null.
impl<T: Read> Read for Option<T> {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        if place.is_given() { T::read(place, reading).map(Some) } else { Some(None) }
    }
}

impl Read for bool {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.expect(reading, "a boolean", Value::as_bool)
    }
}

impl Read for u8 {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.expect(reading, "a whole number from 0 to 255", |json| json.as_u64()?.try_into().ok())
    }
}

impl Read for u32 {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.expect(reading, "a whole number from 0 to 4294967295", |json| json.as_u64()?.try_into().ok())
    }
}

impl Read for f64 {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.expect(reading, "a number", Value::as_f64)
    }
}

/// Declares a body or a query: the struct as written, and [`Read`] over all its fields, so that a field
/// cannot be documented and forgotten, or read and left undocumented.
macro_rules! request {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $type:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        $visibility struct $name { $($(#[$field_meta])* $field_visibility $field: $type),+ }

        impl $crate::reading::Read for $name {
            fn read(
                place: &$crate::reading::Place<'_>,
                reading: &mut $crate::reading::Reading,
            ) -> Option<Self> {
                place.object(reading)?;
                // all fields are read before the first bad one ends it
                $(let $field = <$type as $crate::reading::Read>::read(&place.field(stringify!($field)), reading);)+
                Some(Self { $($field: $field?),+ })
            }
        }
    };
}

pub(crate) use request;
