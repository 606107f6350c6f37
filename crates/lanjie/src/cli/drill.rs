//! Drills (演练).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use world::race::Rules;

use super::ConfigFile;
use crate::drill;
use crate::loaded::result_codes;

#[derive(Debug, Subcommand)]
pub(super) enum Drill {
    /// Race the fraudsters' money in virtual time, by the decisions of the real desk, and compare it with slower desks
    Race(Raced),
}

#[derive(Debug, Args)]
pub(super) struct Raced {
    /// What the victims, the mules and the banks are drawn from; the same seed is the same race
    #[arg(long, value_name = "N", default_value_t = 110)]
    seed: u64,
    /// How many victims; without it as many as the assumptions say
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    cases: Option<u32>,
    /// The assumptions; without it those of config/race.toml that are compiled in
    #[arg(long, value_name = "FILE")]
    assumptions: Option<PathBuf>,
    /// Draw the race into this file (SVG)
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) fn run(asked: &Drill) -> anyhow::Result<()> {
    match asked {
        Drill::Race(asked) => race(asked),
    }
}

fn race(asked: &Raced) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let cases = asked.cases.map(|cases| cases as usize);
    let assumptions = drill::assumptions(cases, asked.assumptions.as_deref())?;
    let rules = Rules { result_codes: result_codes(&config)?, pursuit: config.pursuit };
    print!("{}", drill::race(asked.seed, &assumptions, &rules, asked.picture.as_deref())?);
    Ok(())
}
