//! Free text from outside: bounded and printable before anything keeps it.

/// The longest note, reason or remark, in characters.
pub const NOTE_MAX_CHARS: usize = 2_000;
/// The longest narrative or transcript, in characters.
pub const NARRATIVE_MAX_CHARS: usize = 20_000;
/// The longest foreign reference (`call_ref`, `source_ref`, a bank's serial), in characters.
pub const REFERENCE_MAX_CHARS: usize = 128;

/// Why a text is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than its limit.
    #[error("is longer than {max_chars} characters")]
    TooLong {
        /// The limit.
        max_chars: usize,
    },
    /// PostgreSQL keeps no NUL, and no other control character but tab and line breaks has a meaning.
    #[error("contains a control character")]
    Control,
}

/// Trims `text` and checks it against its limit.
///
/// # Errors
/// [`Unreadable`] says which limit it broke.
pub fn bounded(text: &str, max_chars: usize) -> Result<String, Unreadable> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    if trimmed.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
        return Err(Unreadable::Control);
    }
    if trimmed.chars().count() > max_chars {
        return Err(Unreadable::TooLong { max_chars });
    }
    Ok(trimmed.to_owned())
}
