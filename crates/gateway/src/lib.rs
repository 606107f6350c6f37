//! The HTTP face of Lanjie: axum in front of the use cases.
//!
//! One file is one endpoint, in the order: refusals, response, docs, handler, tests. A handler names what it
//! needs in its arguments and makes one call:
//!
//! - [`access::Allowed`] proves who calls and what they may do;
//! - [`parameters`] and [`body`] read the request, and refuse it with every bad field named;
//! - [`wire`] is the contract's JSON, mapped to and from the domain;
//! - [`acting`] begins the act, with its idempotency key, and commits it with its answer;
//! - [`problem::Problem`] is every refusal, [`page::Page`] every list.
//!
//! [`app::router`] puts the endpoints together, [`layers::surround`] goes around all routes, [`pace`] keeps a
//! program gone wild from the others, [`server`] listens. Not here: rules (they are in `domain`) and SQL. To add an
//! endpoint, copy the file of one that does the like.

pub mod access;
pub mod acting;
pub mod app;
pub mod body;
pub mod docs;
mod endpoints;
pub mod layers;
pub mod openapi;
pub mod operations;
pub mod pace;
pub mod page;
pub mod paper_form;
pub mod parameters;
pub mod problem;
pub mod reading;
pub mod server;
pub mod wire;

#[cfg(test)]
mod testing;
