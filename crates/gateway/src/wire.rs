//! JSON as the contract writes it, and its one mapping to and from the domain.
//!
//! One file a noun. A request is declared with `request!` and becomes domain values without a further
//! check, because every check is made where the field is read; an answer is a plain `Serialize` struct.
//! How a phone, a time or a word is spelled stands in [`spelled`] and only there. Times are answered in
//! UTC with `Z`.

pub mod alert;
pub mod appeal;
pub mod approval;
pub mod assessment;
pub mod auto_call;
pub mod bank;
pub mod bank_directory;
pub mod bank_statement;
pub mod call;
pub mod call_block;
pub mod contact;
pub mod dispatch;
pub mod export;
pub mod filing;
pub mod fund_return;
pub mod grading;
pub mod hand_over;
pub mod incident;
pub mod list;
pub mod listed;
pub mod message;
pub mod money;
pub mod money_graph;
pub mod person;
pub mod result_codes;
pub mod roster;
pub mod rules;
pub mod spelled;
pub mod stats;
pub mod step;
pub mod stop_payment;
pub mod text;
pub mod timeline;
pub mod transfer;
pub mod webhook;

#[cfg(test)]
mod tests;
