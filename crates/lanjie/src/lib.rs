//! The program: configuration, secrets, telemetry and the command line.
//!
//! It decides nothing about an incident. Start at [`cli`] (what can be asked for), then [`config`] (what can be
//! set) and [`loaded`] (the data that people edit).

pub mod check;
pub mod cli;
pub mod config;
pub mod loaded;
pub mod operators;
pub mod telemetry;
