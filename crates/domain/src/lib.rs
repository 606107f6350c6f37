//! Facts, states and decisions of fraud interception.
//!
//! Everything here is a pure function of facts and a given time: no async, no I/O, no SQL, no HTTP. That
//! is the proof that a decision can be replayed in court. Start at [`incident`], then [`grading`] (how bad
//! is it), [`plan`] (what is done next) and [`stop_payment`] (the race for the money).

pub mod account;
pub mod alert_kind;
pub mod clock;
pub mod contact_outcome;
pub mod id;
pub mod measure_kind;
pub mod money;
pub mod person;
pub mod scam_type;
pub mod text;
pub mod tier;
pub mod words;
