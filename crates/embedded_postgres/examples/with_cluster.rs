//! Runs a command beside a cluster that lives as long as it: `with_cluster COMMAND [ARGUMENT...]`.
//! The command finds the address in `DATABASE_URL`.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use embedded_postgres::throwaway;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the command succeeded.
fn run() -> Result<bool, Box<dyn Error>> {
    let mut words = env::args_os().skip(1);
    let program = words.next().ok_or("usage: with_cluster COMMAND [ARGUMENT...]")?;
    let cluster = throwaway::start()?;
    let mut command = Command::new(program);
    command.args(words).env("DATABASE_URL", cluster.url("postgres"));
    Ok(command.status()?.success())
}
