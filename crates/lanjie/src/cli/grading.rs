//! What analysts ask for: grading again, replaying, judging how good it was, and what reads texts.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use chrono::DateTime;
use clap::{Args, Subcommand};
use domain::clock::Instant;
use domain::id::AssessmentId;
use interception::gather_lessons::{Lessons, gather_lessons};

use super::{ConfigFile, open};
use crate::gradings;
use crate::loaded::{rules, texts};
use crate::texts::{Course, classify, learn};

#[derive(Debug, Args)]
pub(super) struct BacktestOptions {
    /// The rules, such as config/grading.toml
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    #[command(flatten)]
    span: Span,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
struct Span {
    /// Gradings made from this moment on, such as 2026-03-01T00:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Instant,
    /// Gradings made up to but not at this moment
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Instant,
}

#[derive(Debug, Subcommand)]
pub(super) enum Grading {
    /// Make a grading again from what was kept of it and say whether it comes out the same
    Replay(Replayed),
    /// Print how good the gradings of a span were: precision and recall by tier and by rule
    Report(ReportOptions),
    /// Learn to read texts, and tell how well beside what is in use. Nothing is taken into use: see grading.text_model
    Learn(Learnt),
    /// Read each line of a file as a text and print what it tells, a line of JSON each
    Classify(Classified),
}

#[derive(Debug, Args)]
pub(super) struct Replayed {
    /// The grading's id, as an incident shows it
    #[arg(value_name = "ASSESSMENT")]
    id: AssessmentId,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    #[command(flatten)]
    span: Span,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct Learnt {
    /// Where the lexicon, the corpus and the texts to measure by are
    #[arg(long, value_name = "DIR", default_value = "config/text")]
    from: PathBuf,
    /// Learn also from the texts of incidents closed since then, such as 2026-11-01T00:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Instant>,
    /// Write what was learnt to this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct Classified {
    /// A text a line; - is the standard input
    #[arg(value_name = "FILE")]
    texts: PathBuf,
    #[command(flatten)]
    file: ConfigFile,
}

fn moment(text: &str) -> Result<Instant, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| "expected a time as 2026-11-01T00:00:00+08:00".to_owned())
}

/// Does what was asked for about gradings.
pub(super) async fn run(asked: Grading) -> anyhow::Result<()> {
    match asked {
        Grading::Replay(asked) => replay(&asked).await,
        Grading::Report(asked) => report(&asked).await,
        Grading::Learn(asked) => learn_texts(&asked).await,
        Grading::Classify(asked) => classify_texts(&asked),
    }
}

pub(super) async fn backtest(asked: &BacktestOptions) -> anyhow::Result<()> {
    let store = open(&asked.file.load()?)?;
    print!("{}", gradings::backtest(&store, &asked.rules, asked.span.both()?).await?);
    Ok(())
}

async fn replay(asked: &Replayed) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let told = gradings::replay(&open(&config)?, rules(&config)?, asked.id).await?;
    print!("{told}");
    Ok(())
}

async fn report(asked: &ReportOptions) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    print!("{}", gradings::report(&open(&config)?, rules(&config)?, asked.span.both()?).await?);
    Ok(())
}

impl Span {
    fn both(&self) -> anyhow::Result<(Instant, Instant)> {
        ensure!(self.from < self.to, "--from must lie before --to");
        Ok((self.from, self.to))
    }
}

async fn learn_texts(asked: &Learnt) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let course = Course::read(&asked.from)?;
    let lessons = match asked.since {
        Some(since) => gather_lessons(&open(&config)?, since).await?,
        None => Lessons::default(),
    };
    let old =
        texts(&config).inspect_err(|faults| eprintln!("lanjie: only the new is measured: {faults}")).ok();
    print!("{}", learn(&course, lessons, old.as_deref(), asked.write.as_deref())?);
    Ok(())
}

fn classify_texts(asked: &Classified) -> anyhow::Result<()> {
    let reader = texts(&asked.file.load()?)?;
    let readings = BufWriter::new(io::stdout().lock());
    if asked.texts.as_os_str() == "-" {
        return classify(&reader, io::stdin().lock(), readings);
    }
    let texts = File::open(&asked.texts).with_context(|| format!("cannot read {}", asked.texts.display()))?;
    classify(&reader, BufReader::new(texts), readings)
}
