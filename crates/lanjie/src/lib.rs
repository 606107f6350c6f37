//! The program: configuration, secrets, telemetry and the command line.
//!
//! It decides nothing about an incident. Start at [`cli`] (what can be asked for), then [`config`] (what can be
//! set), [`loaded`] (the data that people edit), [`simulate`] (what a plan would do), [`drill`] (the race for the money,
//! and drills), `texts` (how what reads texts learns), [`serve`] (the services) and [`demo`] (all of it on one machine).

pub mod centre;
pub mod check;
pub mod cli;
pub mod config;
pub mod demo;
pub mod drill;
pub mod gradings;
pub mod loaded;
pub mod operators;
pub mod secret_files;
pub mod serve;
pub mod simulate;
mod taken_up;
pub mod telemetry;
mod texts;
mod watched_file;
