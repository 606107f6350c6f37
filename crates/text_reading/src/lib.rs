//! Reading a text: fraud or not, which kind of fraud, and by which words.
//!
//! A message, a transcript or a narrative is put into one spelling ([`normal`]), its stretches of characters, the
//! notions of a lexicon ([`lexicon`]) and its shape are counted, and a linear model weighs them: multinomial logistic
//! regression over "not fraud" and the kinds of fraud. No network, no runtime, some tens of microseconds a text.
//! It is a suggestion: a person's choice stands.
//!
//! What it learns from is written down in `config/text`: a lexicon, a corpus of templates by several hands
//! ([`corpus`]), and texts that nothing is ever learnt from, to measure by. [`train`] learns, the same on every
//! machine; [`measure`] tells how well, on templates and authors that were held out. Pure functions as in `domain`,
//! but a craft of its own: hence a crate. Start at [`TextReader::read`].

pub mod class;
pub mod corpus;
mod draws;
mod features;
pub mod lexicon;
pub mod measure;
mod model;
pub mod normal;
mod shape;
pub mod train;
mod words;

#[cfg(test)]
mod tests;

pub use model::{BadModel, TextReader};
