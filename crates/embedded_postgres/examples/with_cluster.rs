//! Runs a command beside a cluster that lives as long as it: `with_cluster COMMAND [ARGUMENT...]`.
//! The command finds the address in `DATABASE_URL`.

use std::env;
use std::process::{Command, ExitCode};

use embedded_postgres::throwaway;

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("usage: with_cluster COMMAND [ARGUMENT...]");
        return ExitCode::FAILURE;
    };
    let url = throwaway::shared().url("postgres");
    match Command::new(&program)
        .args(words)
        .env("DATABASE_URL", url)
        .status()
    {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run {}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}
