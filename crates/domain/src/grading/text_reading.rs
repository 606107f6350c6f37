//! Reading a text by its phrases: each phrase found adds its log-odds to those of fraud in general.
//!
//! A first reading by hand-set weights, not a trained classifier: the probability orders texts, and at
//! one half it decides.

use serde::{Deserialize, Serialize};

use crate::scam_type::ScamType;

/// What a text tells by its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextReading {
    /// Whether it reads like fraud.
    pub fraud: bool,
    /// How likely, 0 to 1.
    pub probability: f64,
    /// Which kind of fraud it reads like, if it does.
    pub scam_type: Option<ScamType>,
    /// The phrases that spoke for fraud.
    pub words: Vec<String>,
}

/// The phrases and what each is worth, in log-odds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexicon {
    /// Of a text without any phrase.
    pub(super) prior: f64,
    pub(super) phrases: Vec<Phrase>,
}

/// A phrase, as it stands in a text without its white space.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    pub(super) text: String,
    /// `None` for the phrases of honest notices, which speak against fraud.
    pub(super) scam_type: Option<ScamType>,
    pub(super) log_odds: f64,
}

impl Lexicon {
    pub(super) fn read(&self, text: &str) -> TextReading {
        let text = squeezed(text);
        let found: Vec<&Phrase> = self.phrases.iter().filter(|phrase| text.contains(&phrase.text)).collect();
        let mut words: Vec<String> = Vec::new();
        let mut log_odds = self.prior;
        for phrase in &found {
            // a phrase of several kinds of fraud speaks once for fraud in general
            if words.contains(&phrase.text) {
                continue;
            }
            log_odds += phrase.log_odds;
            if phrase.scam_type.is_some() {
                words.push(phrase.text.clone());
            }
        }
        let probability = 1.0 / (1.0 + (-log_odds).exp());
        let fraud = probability >= 0.5;
        TextReading { fraud, probability, scam_type: if fraud { likeliest(&found) } else { None }, words }
    }
}

/// Fraudsters put spaces between characters to get past filters.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn likeliest(found: &[&Phrase]) -> Option<ScamType> {
    let weight = |scam_type: ScamType| -> f64 {
        found.iter().filter(|phrase| phrase.scam_type == Some(scam_type)).map(|phrase| phrase.log_odds).sum()
    };
    ScamType::ALL
        .iter()
        .copied()
        .filter(|scam_type| weight(*scam_type) > 0.0)
        .max_by(|one, other| weight(*one).total_cmp(&weight(*other)))
}
