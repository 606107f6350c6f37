//! Why a use case did nothing: the rules said no, or the infrastructure failed, or our own data is wrong.

use serde_json::Value;

/// A use case that changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not for this operator to see.
    #[error("no such {0}")]
    Unknown(&'static str),
    /// The present state does not allow it.
    #[error("{detail}")]
    Conflict {
        /// Stable, for machines.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// A field does not fit the facts we hold.
    #[error("{detail}")]
    Invalid {
        /// JSON pointer of the field.
        pointer: &'static str,
        /// What was expected.
        detail: String,
    },
    /// It was there, and its time is over.
    #[error("{0}")]
    Gone(&'static str),
    /// Not with this role.
    #[error("{0}")]
    Forbidden(&'static str),
    /// This very request was answered before.
    #[error("the request was answered before")]
    Replayed {
        /// HTTP status of the first answer.
        status: u16,
        /// The first answer.
        body: Value,
    },
    /// The database is away, or our data is wrong.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn conflict(code: &'static str, refusal: impl std::fmt::Display) -> Self {
        Self::Conflict { code, detail: refusal.to_string() }
    }
}

macro_rules! refusals {
    ($($refusal:ty => $code:literal),+ $(,)?) => {$(
        impl From<$refusal> for Error {
            fn from(refusal: $refusal) -> Self {
                Self::conflict($code, refusal)
            }
        }
    )+};
}

refusals! {
    domain::contact::Refusal => "contact_not_available",
    domain::dispatch::WrongState => "dispatch_wrong_state",
    domain::stop_payment::Refusal => "stop_payment_wrong_state",
    domain::approval::Refusal => "approval_not_decidable",
    domain::appeal::Refusal => "appeal_not_decidable",
    domain::hand_over::NotPending => "no_hand_over_pending",
}

impl From<domain::incident::CloseRefusal> for Error {
    fn from(refusal: domain::incident::CloseRefusal) -> Self {
        use domain::incident::CloseRefusal::{AlreadyClosed, NobodySawOrHeardTheSubject};
        let code = match refusal {
            AlreadyClosed => "incident_closed",
            NobodySawOrHeardTheSubject => "subject_not_contacted",
        };
        Self::conflict(code, refusal)
    }
}

impl From<domain::call_block::Refusal> for Error {
    fn from(refusal: domain::call_block::Refusal) -> Self {
        use domain::call_block::Refusal::{InThePast, NotBlocked, Protected, TooLong};
        match refusal {
            Protected => Self::Invalid { pointer: "/number", detail: refusal.to_string() },
            InThePast | TooLong => Self::Invalid { pointer: "/until", detail: refusal.to_string() },
            NotBlocked(_) => Self::conflict("call_block_wrong_state", refusal),
        }
    }
}
