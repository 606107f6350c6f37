//! What one try to tell the outside something came to.
//!
//! The difference that matters: *not delivered* may be sent again, *unknown* must be asked about first.
//! Details are for the operator and the record of tries; they hold no personal data, no secret and nothing of
//! a body.

use chrono::TimeDelta;

use crate::form::answers_later;

/// What came of one try; `A` is what the party may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<A> {
    /// The answer came in the same breath.
    Answered(A),
    /// A 2xx without an answer: the party has the request and answers later, if at all.
    Accepted,
    /// A 2xx with a body that is not understood. To be treated like [`Told::Unknown`], and seen by a person.
    Unreadable {
        /// What is wrong with the body.
        detail: String,
    },
    /// An explicit no of the transport: a 4xx that sending again will not change.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it means, in words.
        detail: String,
    },
    /// The party was asked about an order it does not know: it never arrived and may be sent again.
    UnknownOrder,
    /// It certainly was not acted upon (no connection, no trust, 3xx, 408, 425, 429, 503): sending it again is safe.
    NotDelivered {
        /// Why.
        detail: String,
        /// How long the party asks us to wait, where it does.
        retry_after: Option<TimeDelta>,
    },
    /// It left and nothing is known (silence, a broken connection, 5xx): ask before sending it again.
    Unknown {
        /// Why.
        detail: String,
    },
}

impl<A> Told<A> {
    /// The same with another form of the answer.
    #[must_use]
    pub fn map<B>(self, form: impl FnOnce(A) -> B) -> Told<B> {
        self.and_then(|answer| Told::Answered(form(answer)))
    }

    /// Continues from an answer; everything else stays as it is.
    pub(crate) fn and_then<B>(self, next: impl FnOnce(A) -> Told<B>) -> Told<B> {
        match self {
            Self::Answered(answer) => next(answer),
            Self::Accepted => Told::Accepted,
            Self::Unreadable { detail } => Told::Unreadable { detail },
            Self::Refused { status, detail } => Told::Refused { status, detail },
            Self::UnknownOrder => Told::UnknownOrder,
            Self::NotDelivered { detail, retry_after } => Told::NotDelivered { detail, retry_after },
            Self::Unknown { detail } => Told::Unknown { detail },
        }
    }
}

impl Told<Vec<u8>> {
    /// Looks for the answer in the body of a 2xx; without the field that decides it is only a receipt.
    pub(crate) fn look_for<A>(
        self,
        decisive: &str,
        read: impl FnOnce(&[u8]) -> Result<A, String>,
    ) -> Told<A> {
        self.and_then(|body| {
            if answers_later(&body, decisive) {
                return Told::Accepted;
            }
            match read(&body) {
                Ok(answer) => Told::Answered(answer),
                Err(detail) => Told::Unreadable { detail },
            }
        })
    }
}
