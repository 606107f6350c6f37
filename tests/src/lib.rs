//! The town: a whole Lanjie on a database of its own, with a clock that is moved by hand, in the simulated world.
//!
//! Tests tell stories: somebody calls, an alert comes in, a bank is down, time passes. The world remembers, so a
//! test can ask "is this account held?" rather than "was that URL called?". [`Town::end`] fails when anything was
//! sent, held, blocked or ordered that the story did not expect, or when anything was left undone.

mod client;
mod database;
mod expectations;
pub mod reports;
mod town;

pub use client::{Answer, Client};
pub use town::Town;
