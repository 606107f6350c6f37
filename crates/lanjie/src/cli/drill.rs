//! Drills (演练).

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use domain::clock::SystemClock;
use world::race::{self, Assumptions, Rules};

use super::{ConfigFile, open};
use crate::centre::centre;
use crate::config::Config;
use crate::drill::{self, live};
use crate::loaded::{Loaded, result_codes};

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
    /// Report so many of the payments to the running services as well: a drill, real but for the outside, marked and
    /// never counted
    #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    live: Option<u32>,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) async fn run(asked: &Drill) -> anyhow::Result<()> {
    match asked {
        Drill::Race(asked) => race(asked).await,
    }
}

async fn race(asked: &Raced) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let cases = asked.cases.map(|cases| cases as usize);
    let assumptions = drill::assumptions(cases, asked.assumptions.as_deref())?;
    let rules = Rules { result_codes: result_codes(&config)?, pursuit: config.pursuit };
    print!("{}", drill::race(asked.seed, &assumptions, &rules, asked.picture.as_deref())?);
    match asked.live {
        Some(calls) => drive(asked.seed, calls, &assumptions, &config).await,
        None => Ok(()),
    }
}

async fn drive(seed: u64, calls: u32, assumptions: &Assumptions, config: &Config) -> anyhow::Result<()> {
    let loaded = Loaded::read(config)?;
    let centre = centre(config, loaded, config.outside.clone(), open(config)?, Arc::new(SystemClock))?;
    let mut few = assumptions.clone();
    few.cases = calls as usize;
    let payments = race::payments(seed, &few);
    let drilled = live::drive(&centre, &payments).await?;
    print!("\n{}", drilled.beside(assumptions.desks.first()));
    Ok(())
}
