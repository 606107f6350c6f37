//! The program `lanjie`: see [`lanjie::cli`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    lanjie::cli::main(std::env::args_os()).await
}
