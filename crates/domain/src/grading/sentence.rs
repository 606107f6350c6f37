//! The sentence of a rule, with the places where it shows what is known.

use std::fmt::Write;

use super::GradingFacts;
use super::expression::unknown;
use super::signal::Signal;

/// Where a sentence shows the value of the rule's first signal.
const VALUE: &str = "value";
/// What stands where a signal is not known.
const NOT_KNOWN: &str = "?";

/// A sentence in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Signal),
}

impl Sentence {
    /// Reads a sentence; `shows` is what `{value}` stands for.
    pub(super) fn read(text: &str, shows: Signal) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, opened)) = rest.split_once('{') {
            let (name, after) = opened.split_once('}').ok_or("a { is never closed")?;
            pieces.push(Piece::Text(closed(before)?));
            pieces.push(Piece::Value(match name {
                VALUE => shows,
                name => name
                    .parse()
                    .map_err(|_| unknown("signal", name, Signal::ALL.iter().map(|signal| signal.as_str())))?,
            }));
            rest = after;
        }
        pieces.push(Piece::Text(closed(rest)?));
        if text.trim().is_empty() {
            return Err("expected a sentence".to_owned());
        }
        Ok(Self(pieces))
    }

    /// The sentence about these facts.
    pub(super) fn about(&self, facts: &GradingFacts) -> String {
        let mut sentence = String::with_capacity(96);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => sentence.push_str(text),
                Piece::Value(signal) => match signal.value(facts) {
                    Some(value) => {
                        let _ = write!(sentence, "{value}");
                    }
                    None => sentence.push_str(NOT_KNOWN),
                },
            }
        }
        sentence
    }
}

fn closed(text: &str) -> Result<String, String> {
    if text.contains('}') {
        return Err("a } was never opened".to_owned());
    }
    Ok(text.to_owned())
}
