//! What an auditor asks for: whether the record is as it was written.

use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use domain::seal::Seal;
use interception::seal_record::verify_record;

use super::{ConfigFile, open};

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walk the timeline line by line and fail at the first that was altered, taken out or put in; nothing is changed
    Verify(Verified),
}

#[derive(Debug, Args)]
pub(super) struct Verified {
    /// A head that an earlier walk printed and somebody wrote down elsewhere: it must still be part of the record, so
    /// that nobody sealed another record in its place
    #[arg(long, value_name = "SEAL")]
    head: Option<Seal>,
    #[command(flatten)]
    file: ConfigFile,
}

/// Does what was asked for about the record.
pub(super) async fn run(Audit::Verify(asked): Audit) -> anyhow::Result<()> {
    let walked = verify_record(&open(&asked.file.load()?)?, asked.head).await?;
    let (whole, seal) = (walked.whole.position, walked.whole.seal);
    if let Some(broken) = walked.broken {
        bail!("the record was altered: {broken}; the {whole} lines before it are whole");
    }
    if let Some(head) = asked.head {
        ensure!(walked.met, "the record was altered: {head} is no part of it any more");
    }
    println!("the record is whole: {whole} lines sealed, {} wait for their seal", walked.waiting);
    println!("head {seal}");
    Ok(())
}
