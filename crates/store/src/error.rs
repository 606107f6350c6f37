//! What can go wrong between us and the database: its fault or our data's, never mixed.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is away, slow or full: try again later.
    #[error("the database did not answer: {0}")]
    Fault(#[source] sqlx::Error),
    /// Somebody else changed the row first: try again from the beginning.
    #[error("{table} {id} was changed by somebody else")]
    Stale {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
    },
    /// Our own data is wrong: stop, and let a person see it.
    #[error("{table} {id} is inconsistent: {detail}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What does not fit; no personal data.
        detail: String,
    },
    /// A value that is unique is taken.
    #[error("{constraint} is taken")]
    Taken {
        /// The constraint's name in the schema.
        constraint: String,
    },
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(told) if told.is_unique_violation() => {
                Self::Taken { constraint: told.constraint().unwrap_or_default().to_owned() }
            }
            _ => Self::Fault(error),
        }
    }
}

impl Error {
    /// Whether a fresh transaction may well succeed: a deadlock, a serialisation failure or a stale version.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Stale { .. } => true,
            Self::Fault(error) => error
                .as_database_error()
                .and_then(|told| told.code().map(|code| matches!(code.as_ref(), "40001" | "40P01")))
                .unwrap_or(false),
            Self::Inconsistent { .. } | Self::Taken { .. } => false,
        }
    }
}
