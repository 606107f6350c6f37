//! Values that are one string in JSON: how each is read, written and described. One place for all three,
//! so that the OpenAPI document cannot promise what the reader refuses.

use std::borrow::Cow;

use domain::clock::Instant;
use domain::text::bounded;
use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::reading::{Place, Read, Reading};

/// A value that is one string in JSON.
pub trait Spelled: Sized {
    /// Its name among the schemas.
    fn name() -> Cow<'static, str>;

    /// Reads the string.
    ///
    /// # Errors
    /// What was expected; never the string itself.
    fn read_text(text: &str, now: Instant) -> Result<Self, String>;

    /// Writes the string.
    fn to_text(&self) -> Cow<'_, str>;

    /// Describes the string.
    fn describe() -> ObjectBuilder;
}

/// A domain value on the wire, as a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T: Spelled> Read for Text<T> {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        let text = place.text(reading)?;
        match T::read_text(text, reading.now()) {
            Ok(value) => Some(Self(value)),
            Err(expected) => {
                reading.note(place, expected);
                None
            }
        }
    }
}

impl<T: Spelled> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_text())
    }
}

impl<T: Spelled> PartialSchema for Text<T> {
    fn schema() -> RefOr<Schema> {
        T::describe().into()
    }
}

impl<T: Spelled> ToSchema for Text<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }
}

/// Free text of 1 to `MAX` characters, trimmed, without control characters but tabs and line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded<const MAX: usize>(pub String);

impl<const MAX: usize> Spelled for Bounded<MAX> {
    fn name() -> Cow<'static, str> {
        format!("TextUpTo{MAX}").into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        bounded(text, MAX).map(Self).map_err(|unreadable| unreadable.to_string())
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn describe() -> ObjectBuilder {
        free_text("Free text; spaces around it are dropped.", MAX)
    }
}

impl<const MAX: usize> From<Text<Bounded<MAX>>> for String {
    fn from(text: Text<Bounded<MAX>>) -> Self {
        text.0.0
    }
}

/// Text that was bounded when it came in.
impl<const MAX: usize> From<&String> for Text<Bounded<MAX>> {
    fn from(text: &String) -> Self {
        Self(Bounded(text.clone()))
    }
}

/// The schema of what [`bounded`] takes: something to read, no control character but tabs and line breaks.
pub(crate) fn free_text(description: &str, max_chars: usize) -> ObjectBuilder {
    const CONTROL: &str = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F";
    string(description)
        .max_length(Some(max_chars))
        .pattern(Some(format!(r"^[^{CONTROL}]*[^{CONTROL}\s][^{CONTROL}]*$")))
}

/// The schema of a string, to be narrowed.
pub(crate) fn string(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(utoipa::openapi::Type::String).description(Some(description))
}
