//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use domain::bank_directory::BankDirectory;
use domain::clock::{Clock, SystemClock};
use domain::operator::Role as Post;
use domain::plan::simulate::Imagined;
use interception::Act;
use interception::bank_directory::{NotLoaded, load_bank_directory};
use store::Store;

use crate::centre::{centre, protected};
use crate::check::Report;
use crate::config::Config;
use crate::demo::{self, demo};
use crate::loaded::{Faults, Loaded, rules, stations, templates, texts};
use crate::operators;
use crate::serve::{Role, serve};
use crate::simulate::{Judgement, simulate};

mod audit;
mod drill;
mod grading;

use audit::Audit;
use drill::Drill;
use grading::{BacktestOptions, Grading};

/// The exit code of a command line that is not understood.
const MISUSED: u8 = 2;
/// A command does one thing after the other.
const CONNECTIONS: u32 = 1;

/// Interception of telecom fraud: alerts, 110 calls, stop-payments, dispatches.
#[derive(Debug, Parser)]
#[command(name = "lanjie", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine: PostgreSQL, all services, a simulated outside and a day of traffic
    Demo(DemoOptions),
    /// Run the services against the configured PostgreSQL
    Serve(Services),
    /// Bring the database to this version; safe to run twice and at the same time
    Migrate(ConfigFile),
    /// Show what would be used, secrets masked, and name everything that is wrong with it
    Check(ConfigFile),
    /// Look at plans
    #[command(subcommand)]
    Plan(Plan),
    /// Grade history again with other rules and print what would change; nothing is stored
    Backtest(BacktestOptions),
    /// Look after what is known of banks
    #[command(subcommand)]
    Banks(Banks),
    /// Look at gradings, and after what reads texts
    #[command(subcommand)]
    Grading(Grading),
    /// Drill the desk
    #[command(subcommand)]
    Drill(Drill),
    /// Prove the record
    #[command(subcommand)]
    Audit(Audit),
    /// Look after the people who use Lanjie
    #[command(subcommand)]
    User(User),
    /// Look after the tokens of people and machine clients
    #[command(subcommand)]
    Token(Token),
}

#[derive(Debug, Subcommand)]
enum Plan {
    /// Print what a plan would do for an alert: which step, when, to whom. Nothing is stored and nobody is told
    Simulate(Simulated),
}

#[derive(Debug, Args)]
struct Simulated {
    /// The plan, such as config/plans/high.toml
    #[arg(value_name = "FILE")]
    plan: PathBuf,
    /// The alert, as a source would post it
    #[arg(long, value_name = "FILE")]
    alert: PathBuf,
    /// How calls, texts, blocks and visits go, in their order: no_answer,busy,reached_convinced,not_seen ...;
    /// after that nobody answers, texts are sent, blocks take effect and visits meet the subject
    #[arg(long, value_name = "OUTCOMES", value_delimiter = ',')]
    outcomes: Vec<Imagined>,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Banks {
    /// Put a bank directory into use in every process, within a second and without a restart
    Load(NewDirectory),
}

#[derive(Debug, Args)]
struct NewDirectory {
    /// The directory, such as config/banks/directory.toml
    #[arg(value_name = "FILE")]
    directory: PathBuf,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum User {
    /// Add a person
    Add(NewUser),
}

#[derive(Debug, Subcommand)]
enum Token {
    /// Make a token and print it, this once
    Create(NewToken),
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration; without it config/lanjie.toml, if there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct DemoOptions {
    /// The API's port; health and metrics are on the next one
    #[arg(long, default_value_t = 8110)]
    port: u16,
    /// Where the database, the log and demo.json are kept
    #[arg(long, value_name = "DIR", default_value = "data")]
    data_dir: PathBuf,
    /// How many seconds of the day pass in one second: 288 plays it in five minutes
    #[arg(long, value_name = "N", default_value_t = 288.0, value_parser = speed)]
    speed: f64,
    /// Leave the day of traffic out
    #[arg(long)]
    no_replay: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| speed.is_finite() && *speed > 0.0);
    speed.ok_or_else(|| "expected a number greater than zero".to_owned())
}

#[derive(Debug, Args)]
struct Services {
    /// Any of gateway, engine, sms, call-block, dispatch, stop-payment, with commas; without it all of them
    #[arg(long, value_name = "ROLES", value_delimiter = ',')]
    roles: Vec<Role>,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
struct NewUser {
    /// What the timeline calls them
    #[arg(long)]
    name: String,
    /// dispatcher, supervisor, station_officer, auditor or admin
    #[arg(long)]
    role: Post,
    /// The id of a station officer's station
    #[arg(long)]
    station: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Args)]
struct NewToken {
    /// dispatcher, supervisor, station_officer, source, auditor or admin
    #[arg(long)]
    role: Post,
    /// The id of a station officer's station
    #[arg(long)]
    station: Option<String>,
    /// The name under which a source posts alerts, such as CMCC
    #[arg(long)]
    source: Option<String>,
    /// Whose token it is, a new name or one of `user add`; without it, a client of its own
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

/// Who loads a directory at the command line, as its versions name them.
const ADMINISTRATOR: &str = "the command line";

/// Does what the arguments ask for. An error is one line on stderr.
pub async fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(refusal) => return refused(&refusal),
    };
    match run(cli.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lanjie: {}", one_line(&told(&error)));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(options) => run_demo(options).await,
        Command::Serve(services) => serve_roles(services).await,
        Command::Migrate(file) => migrate(&file).await,
        Command::Check(file) => check(&file),
        Command::Plan(Plan::Simulate(asked)) => simulate_plan(&asked),
        Command::Backtest(asked) => grading::backtest(&asked).await,
        Command::Grading(asked) => grading::run(asked).await,
        Command::Banks(Banks::Load(new)) => load_banks(&new).await,
        Command::Drill(asked) => drill::run(&asked).await,
        Command::Audit(asked) => audit::run(asked).await,
        Command::User(User::Add(user)) => add_user(&user).await,
        Command::Token(Token::Create(token)) => create_token(&token).await,
    }
}

async fn run_demo(options: DemoOptions) -> anyhow::Result<()> {
    let DemoOptions { port, data_dir, speed, no_replay } = options;
    demo(Config::load(None)?, demo::Options { port, data_dir, speed, replay: !no_replay }).await
}

async fn serve_roles(services: Services) -> anyhow::Result<()> {
    let roles = if services.roles.is_empty() { Role::ALL.to_vec() } else { services.roles };
    serve(&services.file.load()?, &roles.into_iter().collect()).await
}

async fn migrate(file: &ConfigFile) -> anyhow::Result<()> {
    let store = open(&file.load()?)?;
    store.migrate().await?;
    println!("the database is at this version");
    Ok(())
}

fn check(file: &ConfigFile) -> anyhow::Result<()> {
    let config = file.load()?;
    let report = Report::new(&config);
    print!("{report}");
    match report.loaded {
        Ok(_) => Ok(()),
        Err(Faults(faults)) => bail!("faults found: {}", faults.len()),
    }
}

fn simulate_plan(asked: &Simulated) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let (rules, texts, templates) = (rules(&config)?, texts(&config)?, templates(&config)?);
    let protected = protected(&config, &config.outside, &stations(&config)?);
    let by = Judgement { rules: &rules, texts: &texts, templates: &templates, protected: &protected };
    let told = simulate(&asked.plan, &asked.alert, &asked.outcomes, by, SystemClock.now())?;
    print!("{told}");
    Ok(())
}

async fn load_banks(new: &NewDirectory) -> anyhow::Result<()> {
    let name = new.directory.display();
    let text = std::fs::read_to_string(&new.directory).with_context(|| format!("cannot read {name}"))?;
    // what is wrong with the file is told also where no database is
    BankDirectory::parse(&name.to_string(), &text).map_err(Faults::from)?;
    let config = new.file.load()?;
    let outside = config.outside.clone();
    let centre = centre(&config, Loaded::read(&config)?, outside, open(&config)?, Arc::new(SystemClock))?;
    let mut act = Act::of(&centre, ADMINISTRATOR.to_owned()).await?;
    match load_bank_directory(&mut act, &text).await {
        Ok(directory) => {
            act.commit().await?;
            println!(
                "in use: {} institutions, version {}",
                directory.institutions().count(),
                directory.version
            );
            Ok(())
        }
        Err(NotLoaded::Faults(faults)) => Err(Faults::from(faults).into()),
        Err(NotLoaded::Error(error)) => Err(error.into()),
    }
}

async fn add_user(user: &NewUser) -> anyhow::Result<()> {
    ensure!(user.role != Post::Source, "a source is no person: see `lanjie token create`");
    let config = user.file.load()?;
    let post = operators::post(user.role, user.station.as_deref(), None, &stations(&config)?)?;
    let added = operators::add(&open(&config)?, &user.name, post, SystemClock.now()).await?;
    println!("added {} as {}", added.name, added.post.role());
    Ok(())
}

async fn create_token(asked: &NewToken) -> anyhow::Result<()> {
    let config = asked.file.load()?;
    let (station, source) = (asked.station.as_deref(), asked.source.as_deref());
    let post = operators::post(asked.role, station, source, &stations(&config)?)?;
    let store = open(&config)?;
    let (holder, token) = operators::grant(&store, asked.name.as_deref(), post, SystemClock.now()).await?;
    // the token alone on stdout, so that a script can take it
    eprintln!("the token of {}, which is shown only now:", holder.name);
    println!("{}", token.reveal());
    Ok(())
}

fn open(config: &Config) -> anyhow::Result<Store> {
    Ok(Store::open(config.database_url()?.reveal(), CONNECTIONS)?)
}

impl ConfigFile {
    fn load(&self) -> anyhow::Result<Config> {
        Ok(Config::load(self.config.as_deref())?)
    }
}

/// Help and version go out as they are; of a refusal what matters is put on one line.
fn refused(refusal: &clap::Error) -> ExitCode {
    match refusal.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{refusal}");
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{refusal}");
            ExitCode::from(MISUSED)
        }
        _ => {
            let text = refusal.to_string();
            let told = text.split("\n\nUsage:").next().unwrap_or_default();
            let told = told.split("\n\nFor more").next().unwrap_or_default();
            eprintln!("lanjie: {} (see --help)", one_line(told.trim_start_matches("error: ")));
            ExitCode::from(MISUSED)
        }
    }
}

/// The error with its causes, each said once: some repeat what caused them.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        said if said.contains(&cause) => told,
        said => format!("{said}: {cause}"),
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn explained(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{command} says nothing");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{command} {argument} says nothing");
        }
        command.get_subcommands().for_each(explained);
    }

    #[test]
    fn every_command_and_argument_is_explained() {
        Cli::command().debug_assert();
        explained(&Cli::command());
    }

    #[test]
    fn an_error_tells_each_cause_once() {
        let error = anyhow::anyhow!("away").context("cannot migrate: away").context("lanjie migrate");
        assert_eq!(told(&error), "lanjie migrate: cannot migrate: away");
    }
}
