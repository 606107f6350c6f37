//! The configuration: `config/lanjie.toml` as it is compiled in, then the operator's file, then the environment.
//!
//! Every setting is taken by its key in [`Config::read`] or in `parties`; what nobody takes is an unknown key and
//! stops the start. No value is ever repeated in an error: it may be a secret at the wrong place.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fmt, fs};

use domain::account::BankCode;
use domain::money::Fen;
use domain::protected_numbers::ProtectedNumbers;
use domain::pursuit::Limits;
use domain::station::StationId;
use domain::stop_payment::{MAX_ROUNDS, Rounds};
use interception::{Organisation, Outside};

mod database_url;
mod parties;
mod settings;
#[cfg(test)]
mod tests;
mod written;

pub use database_url::DatabaseUrl;
use settings::Settings;

use crate::secret_files::SecretFile;

/// The file that is read, if it is there, where the command line names none.
const USUAL_FILE: &str = "config/lanjie.toml";
const BUILT_IN: &str = include_str!("../../../config/lanjie.toml");
/// How faults and `lanjie check` call what is compiled in.
pub(crate) const BUILT_IN_NAME: &str = "built-in";
/// The longest answer time that can be set: a lease on a measure is longer.
const ANSWER_MAX_SECS: u64 = 10;

/// The longest chain that can be set: each hop is a bank's answer, and money is not worth more of them.
const HOPS_MAX: u8 = 100;

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that was read beside the defaults.
    pub file: Option<PathBuf>,
    /// The database; the demo needs none. See [`Config::database_url`].
    pub database_url: Option<DatabaseUrl>,
    /// Connections of this process at most.
    pub max_connections: u32,
    /// As many again, kept for calls, banks and people at work.
    pub urgent_connections: u32,
    /// Where the API and the callbacks are served.
    pub gateway_listen: SocketAddr,
    /// How many requests each holder of a token may make in a second.
    pub gateway_requests_per_sec: NonZeroU32,
    /// Where health and metrics are served.
    pub operations_listen: SocketAddr,
    /// Who we are, as banks are told.
    pub organisation: Organisation,
    /// The map of stations; `None`: the one compiled in.
    pub map: Option<PathBuf>,
    /// The station that answers where no other does; checked against the map when that is read.
    pub duty: StationId,
    /// The file of rosters; `None`: nobody is named, and the stations' phones are rung.
    pub rosters: Option<PathBuf>,
    /// The directory of the plans; `None`: those compiled in.
    pub plans: Option<PathBuf>,
    /// The file of templates; `None`: those compiled in.
    pub templates: Option<PathBuf>,
    /// The file of grading rules; `None`: those compiled in.
    pub rules: Option<PathBuf>,
    /// The file that texts are read by; `None`: the one compiled in.
    pub text_model: Option<PathBuf>,
    /// The file of result codes; `None`: those compiled in.
    pub result_codes: Option<PathBuf>,
    /// The files of banks that map result codes in their own way.
    pub result_codes_of: BTreeMap<BankCode, PathBuf>,
    /// How often an account may be stopped.
    pub rounds: Rounds,
    /// How long a bank has for its answer.
    pub bank_answers_within: Duration,
    /// How long every other party has.
    pub others_answer_within: Duration,
    /// The bank directory to begin with; `None`: the one compiled in.
    pub bank_directory: Option<PathBuf>,
    /// The numbers that are never blocked, on top of public services, banks and stations.
    pub protected: ProtectedNumbers,
    /// How far money is followed.
    pub pursuit: Limits,
    /// The outside parties, also those that are only known by name.
    pub outside: Outside,
    /// The files that hold their secrets, to be read again while the program runs.
    pub secret_files: Vec<SecretFile>,
    /// What is logged: directives as in `RUST_LOG`.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
    places: BTreeMap<String, String>,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A setting that stops the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file and line or the environment variable.
    pub place: String,
    /// The dotted key; `None` where the file cannot be read at all.
    pub key: Option<String>,
    /// What is wrong and what was expected; no value.
    pub cause: String,
}

/// `config/lanjie.toml:12: gateway.listen: expected ...`
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}: {key}: {}", self.place, self.cause),
            None => write!(f, "{}: {}", self.place, self.cause),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads `file`, or `config/lanjie.toml` where it exists, and the environment.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or wrong.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let file = file.or_else(|| usual.exists().then_some(usual));
        // what is not UTF-8 becomes something that no setting accepts
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::read(file, env::vars_os().map(|(name, value)| (text(name), text(value))))
    }

    /// Reads `file`, if there is one, and the environment that is given.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = Settings::default();
        settings.lay_file(BUILT_IN_NAME, BUILT_IN)?;
        if let Some(file) = file {
            let place = file.display().to_string();
            let text = fs::read_to_string(file).map_err(|error| ConfigError {
                place: place.clone(),
                key: None,
                cause: format!("cannot read the configuration: {error}"),
            })?;
            settings.lay_file(&place, &text)?;
        }
        settings.lay_environment(environment)?;

        let config = Self {
            file: file.map(Path::to_owned),
            database_url: database_url(&mut settings)?,
            max_connections: connections(&mut settings, "database.max_connections")?,
            urgent_connections: connections(&mut settings, "database.urgent_connections")?,
            gateway_listen: address(&mut settings, "gateway.listen")?,
            gateway_requests_per_sec: settings.required(
                "gateway.requests_per_sec",
                "a number from 1",
                |text| text.parse().ok(),
            )?,
            operations_listen: address(&mut settings, "operations.listen")?,
            organisation: organisation(&mut settings)?,
            map: path(&mut settings, "stations.map")?,
            duty: settings.required("stations.duty", "the id of a station", |id| Some(StationId::new(id)))?,
            rosters: path(&mut settings, "stations.rosters")?,
            plans: path(&mut settings, "plans.directory")?,
            templates: path(&mut settings, "plans.templates")?,
            rules: path(&mut settings, "grading.rules")?,
            text_model: path(&mut settings, "grading.text_model")?,
            result_codes: path(&mut settings, "stop_payments.result_codes")?,
            result_codes_of: parties::result_codes(&mut settings)?,
            rounds: rounds(&mut settings)?,
            bank_answers_within: answer_time(&mut settings, "outside.bank_answer_secs")?,
            others_answer_within: answer_time(&mut settings, "outside.other_answer_secs")?,
            bank_directory: path(&mut settings, "stop_payments.bank_directory")?,
            protected: protected(&mut settings)?,
            pursuit: pursuit(&mut settings)?,
            outside: parties::outside(&mut settings)?,
            secret_files: std::mem::take(&mut settings.secret_files),
            log: settings.required(
                "telemetry.log",
                "directives such as warn,lanjie=debug",
                |directives| crate::telemetry::understands(directives).then(|| directives.to_owned()),
            )?,
            log_format: settings.required("telemetry.format", "\"text\" or \"json\"", LogFormat::parse)?,
            places: BTreeMap::new(),
        };
        Ok(Self { places: settings.finish()?, ..config })
    }

    /// The address of the database, for what cannot do without.
    ///
    /// # Errors
    /// That it is not set.
    pub fn database_url(&self) -> Result<&DatabaseUrl, ConfigError> {
        let missing = "is not set: expected DATABASE_URL in the environment or database.url_file";
        self.database_url.as_ref().ok_or_else(|| self.fault("database.url", missing))
    }

    /// Each setting that is not a default, with the place that set it.
    pub fn changed(&self) -> impl Iterator<Item = (&str, &str)> {
        let changed = self.places.iter().filter(|(_, place)| !place.starts_with(BUILT_IN_NAME));
        changed.map(|(key, place)| (key.as_str(), place.as_str()))
    }

    /// A fault of a setting that shows only when something else is known.
    pub(crate) fn fault(&self, key: &str, cause: impl Into<String>) -> ConfigError {
        ConfigError {
            place: settings::place(&self.places, key),
            key: Some(key.to_owned()),
            cause: cause.into(),
        }
    }
}

impl LogFormat {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

fn database_url(settings: &mut Settings) -> Result<Option<DatabaseUrl>, ConfigError> {
    let Some(told) = settings.secret("database.url")? else { return Ok(None) };
    match DatabaseUrl::parse(&told.text) {
        Some(url) => Ok(Some(url)),
        None => Err(settings.fault(&told.key, "expected an address as postgres://user@host/database")),
    }
}

fn connections(settings: &mut Settings, key: &str) -> Result<u32, ConfigError> {
    settings.required(key, "a number from 1", |text| text.parse().ok().filter(|number| *number > 0))
}

fn address(settings: &mut Settings, key: &str) -> Result<SocketAddr, ConfigError> {
    settings.required(key, "an address and port such as 127.0.0.1:8110", |text| text.parse().ok())
}

fn organisation(settings: &mut Settings) -> Result<Organisation, ConfigError> {
    let twelve_digits = |text: &str| {
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.to_owned())
    };
    let name = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    Ok(Organisation {
        code: settings.required("organisation.code", "twelve digits", twelve_digits)?,
        operator: settings.required("organisation.operator", "a name", name)?,
    })
}

fn rounds(settings: &mut Settings) -> Result<Rounds, ConfigError> {
    let max = format!("a number from 1 to {MAX_ROUNDS}: the same account may be stopped at most twice");
    Ok(Rounds {
        max: settings.required("stop_payments.rounds_max", &max, |text| {
            text.parse().ok().filter(|rounds| (1..=MAX_ROUNDS).contains(rounds))
        })?,
        extension_counts: settings.required(
            "stop_payments.extension_counts_as_round",
            "true or false",
            |text| text.parse().ok(),
        )?,
    })
}

fn protected(settings: &mut Settings) -> Result<ProtectedNumbers, ConfigError> {
    const KEY: &str = "call_blocks.protected";
    let entries = settings.list(KEY)?;
    ProtectedNumbers::parse(entries.iter().map(String::as_str))
        .map_err(|error| settings.fault(KEY, error.to_string()))
}

fn pursuit(settings: &mut Settings) -> Result<Limits, ConfigError> {
    Ok(Limits {
        max_hops: settings.required("stop_payments.max_hops", "a number from 0 to 100", |text| {
            text.parse().ok().filter(|hops| *hops <= HOPS_MAX)
        })?,
        floor: settings.required("stop_payments.floor_amount", "yuan such as \"500.00\"", |text| {
            Fen::parse_or_zero(text).ok()
        })?,
        max_orders: settings.required("stop_payments.max_orders", "a number from 1", |text| {
            text.parse().ok().filter(|orders| *orders > 0)
        })?,
    })
}

fn path(settings: &mut Settings, key: &str) -> Result<Option<PathBuf>, ConfigError> {
    Ok(settings.text(key)?.map(PathBuf::from))
}

fn answer_time(settings: &mut Settings, key: &str) -> Result<Duration, ConfigError> {
    let expected = format!("seconds, from 1 to {ANSWER_MAX_SECS}");
    settings.required(key, &expected, |text| {
        let secs: u64 = text.parse().ok()?;
        (1..=ANSWER_MAX_SECS).contains(&secs).then(|| Duration::from_secs(secs))
    })
}
