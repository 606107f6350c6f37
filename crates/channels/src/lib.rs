//! The outside world Lanjie speaks to: banks, carriers, providers of texts and automatic calls, stations.
//!
//! A channel tells one party one thing and says what came of it, as [`Told`]: the caller records that and
//! decides when to try again. No channel retries, remembers or logs, but an SMPP session: it lasts, and comes back by
//! itself. What comes back later, at a callback route or in a session, is read here too, so that a vendor's wire form
//! stands in one place.
//!
//! Each vendor is two files: its behaviour, and its wire form with the one mapping to ours (ISO 20022 keeps its published
//! definitions and their check beside them). Start at
//! [`told`] (what a try can tell), then [`stop_payment::bank_webhook`]; [`drill`] stands in for them all.

pub mod auto_call;
pub mod call_block;
pub mod caller;
pub mod dispatch;
pub mod drill;
mod event;
pub mod form;
pub mod sms;
pub mod stop_payment;
pub mod told;
pub mod webhook;

pub use caller::{Caller, Endpoint};
pub use form::Malformed;
pub use told::Told;

#[cfg(test)]
mod outside;
