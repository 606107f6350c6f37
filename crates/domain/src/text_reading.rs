//! What reading a text tells. How it is read is the business of the crate `text_reading`.

use serde::{Deserialize, Serialize};

use crate::scam_type::ScamType;

/// What a text tells by its words. A suggestion: a person's choice stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextReading {
    /// Whether it reads like fraud.
    pub fraud: bool,
    /// How likely, 0 to 1.
    pub probability: f64,
    /// Which kind of fraud it reads like, if it does.
    pub scam_type: Option<ScamType>,
    /// The words that decided, as they stand in the text.
    pub words: Vec<String>,
    /// The version of what read it; `None` where it was read before versions were kept.
    #[serde(default)]
    pub model: Option<String>,
}
