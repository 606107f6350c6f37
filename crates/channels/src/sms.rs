//! Handing a warning text to an SMS provider, and hearing whether it reached the phone.

pub mod http;
pub mod smpp;

use domain::clock::Instant;
use domain::id::MeasureId;
use domain::message::Receipt;
use domain::person::PhoneNumber;

/// One text to one phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Ours; a provider over HTTP knows the text by it.
    pub message_id: MeasureId,
    /// Whose phone.
    pub to: PhoneNumber,
    /// What they read.
    pub text: String,
    /// Shown at once and not stored.
    pub flash: bool,
}

/// What the provider knows of a text's fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Ours.
    pub message_id: MeasureId,
    /// Whether it is on the phone.
    pub receipt: Receipt,
    /// When that was known, where the provider tells.
    pub at: Option<Instant>,
    /// The network's own code.
    pub code: Option<String>,
}
