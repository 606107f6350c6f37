//! Having a person called by a machine (自动语音劝阻), and hearing how it went.

pub mod provider_webhook;

use domain::auto_call::Answer;
use domain::clock::Instant;
use domain::id::MeasureId;
use domain::person::PhoneNumber;

/// What a provider is asked about one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRequest {
    /// The same on every try of the same request.
    pub message_id: String,
    /// When the request was decided; the same on every try.
    pub asked_at: Instant,
    /// What is wanted.
    pub ask: Ask,
    /// The call.
    pub contact_id: MeasureId,
    /// Whom to dial.
    pub to: PhoneNumber,
    /// What to speak.
    pub script: String,
}

/// What is wanted of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Call them.
    Call,
    /// What became of it?
    Status,
}

/// A provider's answer with the call it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallResult {
    /// The call.
    pub contact_id: MeasureId,
    /// The answer.
    pub answer: Answer,
}
