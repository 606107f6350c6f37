//! Facts, states and decisions of fraud interception.
//!
//! Everything here is a pure function of facts and a given time: no async, no I/O, no SQL, no HTTP. That
//! is the proof that a decision can be replayed in court. Start at [`incident`], then [`grading`] (how bad
//! is it), [`plan`] (what is done next) and [`stop_payment`] (the race for the money).

pub mod account;
pub mod alert;
pub mod alert_kind;
pub mod appeal;
pub mod approval;
pub mod attention;
pub mod auto_call;
pub mod bank_directory;
pub mod bank_statement;
pub mod call;
pub mod call_block;
pub mod circuit;
pub mod clock;
pub mod config_text;
pub mod contact;
pub mod contact_outcome;
pub mod coordinates;
pub mod dispatch;
pub mod fatigue;
pub mod filing;
pub mod fund_return;
pub mod grading;
pub mod hand_over;
pub mod id;
pub mod incident;
pub mod listed;
pub mod measure;
pub mod measure_kind;
pub mod message;
pub mod money;
pub mod money_graph;
pub mod operator;
pub mod person;
pub mod plan;
pub mod protected_numbers;
pub mod pursuit;
pub mod read_back;
pub mod roster;
pub mod same_person;
pub mod scam_type;
pub mod seal;
pub mod station;
pub mod stop_payment;
pub mod template;
pub mod text;
pub mod text_reading;
pub mod tier;
pub mod timeline;
pub mod words;
