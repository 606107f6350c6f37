//! The SQL: rows to domain and back.
//!
//! Free functions on a connection, one file an aggregate; every statement is checked against the schema at
//! compile time (`.sqlx` at the workspace root) and begins with its name. Nothing here decides anything: no
//! state is changed that the caller has not decided in `domain`. Rows that decode to no listed state are
//! [`Error::Inconsistent`], never a default.
//!
//! Start at [`incidents`] for the shape of a file and at [`measures`] for the queue.

mod connection;
mod decode;
mod error;

pub mod alerts;
pub mod appeals;
pub mod approvals;
pub mod assessments;
pub mod audits;
pub mod auto_calls;
pub mod bank_answers;
pub mod bank_directories;
pub mod banks;
pub mod call_blocks;
pub mod calls;
pub mod contacts;
pub mod dispatches;
pub mod exports;
pub mod filings;
pub mod first_answers;
pub mod hand_overs;
pub mod incidents;
pub mod lessons;
pub mod letters;
pub mod listed;
pub mod measures;
pub mod message_parts;
pub mod messages;
pub mod money_moves;
pub mod operators;
pub mod plans;
pub mod rosters;
pub mod rules;
pub mod seals;
pub mod second_routes;
pub mod statistics;
pub mod steps;
pub mod stop_payments;
pub mod timeline;

pub use connection::{Connection, Listener, Store, Tx};
pub use error::Error;

#[cfg(test)]
mod tests;

/// What the functions here read and write on: a [`Connection`] or a [`Tx`], by dereference.
pub type Db = sqlx::PgConnection;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, Error>;
