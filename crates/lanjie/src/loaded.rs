//! The data that people edit, as the configuration names it: stations, plans, templates, grading rules, result codes.

use std::fmt::{self, Display};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use domain::bank_directory::BankDirectory;
use domain::config_text::FileFault;
use domain::grading::Rules;
use domain::plan::Plan;
use domain::roster::Rosters;
use domain::station::{BadMap, Stations};
use domain::stop_payment::{CodeTables, ResultCodes};
use domain::template::Templates;
use interception::Plans;
use serde::de::IgnoredAny;
use text_reading::TextReader;

use crate::config::{BUILT_IN_NAME, Config, ConfigError};

/// The setting that names the file of grading rules.
const RULES: &str = "grading.rules";

/// The setting that names the file of what reads texts.
const TEXT_MODEL: &str = "grading.text_model";

const BUILT_IN_TEXT_MODEL: &[u8] = include_bytes!("../../../config/text/model.bin");

/// Everything that the configuration names, read and checked.
#[derive(Debug)]
pub struct Loaded {
    /// The map of stations.
    pub stations: Stations,
    /// Who is on duty at them.
    pub rosters: Rosters,
    /// The grading rules.
    pub rules: Rules,
    /// What reads texts.
    pub texts: Arc<TextReader>,
    /// The texts.
    pub templates: Templates,
    /// The plan of each tier.
    pub plans: Plans,
    /// What the banks' result codes mean.
    pub result_codes: CodeTables,
    /// What is known of banks.
    pub bank_directory: BankDirectory,
}

/// What keeps a file from being used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A setting: a file that cannot be read, a duty station that is not on the map.
    #[error(transparent)]
    Setting(#[from] ConfigError),
    /// A line of a file.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// Everything that was found wrong; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

/// The first fault, and that there are more.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("no fault"),
            [only] => only.fmt(f),
            [first, more @ ..] => write!(f, "{first} (and {} more: see `lanjie check`)", more.len()),
        }
    }
}

impl std::error::Error for Faults {}

impl From<ConfigError> for Faults {
    fn from(error: ConfigError) -> Self {
        Self(vec![error.into()])
    }
}

impl From<FileFault> for Faults {
    fn from(fault: FileFault) -> Self {
        vec![fault].into()
    }
}

impl From<Vec<FileFault>> for Faults {
    fn from(faults: Vec<FileFault>) -> Self {
        Self(faults.into_iter().map(Fault::File).collect())
    }
}

/// A file's name and text.
struct File {
    name: String,
    text: String,
}

impl Loaded {
    /// Reads every file.
    ///
    /// # Errors
    /// Every fault of every file. Plans are judged only once the templates that they name are known, and rosters once
    /// the stations are.
    pub fn read(config: &Config) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut note = |found: Faults| faults.extend(found.0);
        let stations = stations(config).map_err(&mut note).ok();
        let rosters =
            stations.as_ref().and_then(|stations| rosters(config, stations).map_err(&mut note).ok());
        let rules = rules(config).map_err(&mut note).ok();
        let texts = texts(config).map_err(&mut note).ok();
        let templates = templates(config).map_err(&mut note).ok();
        let plans = templates.as_ref().and_then(|templates| plans(config, templates).map_err(&mut note).ok());
        let result_codes = result_codes(config).map_err(&mut note).ok();
        let directory = bank_directory(config).map_err(&mut note).ok();
        match (stations, rosters, rules, texts, templates, plans, result_codes, directory) {
            (
                Some(stations),
                Some(rosters),
                Some(rules),
                Some(texts),
                Some(templates),
                Some(plans),
                Some(result_codes),
                Some(bank_directory),
            ) => Ok(Self { stations, rosters, rules, texts, templates, plans, result_codes, bank_directory }),
            _ => Err(Faults(faults)),
        }
    }
}

/// The map of stations alone.
///
/// # Errors
/// The first fault of the map.
pub fn stations(config: &Config) -> Result<Stations, Faults> {
    let built_in = ("stations.geojson", include_str!("../../../config/stations.geojson"));
    let map = file(config, "stations.map", config.map.as_deref(), built_in)?;
    Stations::parse(&map.text, config.duty.as_str()).map_err(|error| match error {
        BadMap::NoDutyStation(_) => config.fault("stations.duty", format!("{error} ({})", map.name)).into(),
        BadMap::NotGeoJson(cause) => {
            let line = serde_json::from_str::<IgnoredAny>(&map.text).map_or_else(|error| error.line(), |_| 1);
            let cause = format!("not a GeoJSON FeatureCollection: {cause}");
            FileFault { file: map.name, line, cause }.into()
        }
        BadMap::Feature { place, cause } => {
            let line = line_of_feature(&map.text, place);
            FileFault { file: map.name, line, cause }.into()
        }
    })
}

/// The line of the feature at that place, found by the word that every feature has once.
fn line_of_feature(map: &str, place: usize) -> usize {
    let start = map.match_indices("\"Feature\"").nth(place).map_or(0, |(start, _)| start);
    1 + map[..start].matches('\n').count()
}

fn rosters(config: &Config, stations: &Stations) -> Result<Rosters, Faults> {
    let Some(path) = config.rosters.as_deref() else { return Ok(Rosters::default()) };
    let rosters = file(config, "stations.rosters", Some(path), ("rosters.toml", ""))?;
    Rosters::parse(&rosters.name, &rosters.text, stations).map_err(Faults::from)
}

/// The grading rules alone.
///
/// # Errors
/// Every fault of the file.
pub fn rules(config: &Config) -> Result<Rules, Faults> {
    let built_in = ("grading.toml", include_str!("../../../config/grading.toml"));
    let rules = file(config, RULES, config.rules.as_deref(), built_in)?;
    Rules::parse(&rules.name, &rules.text).map_err(Faults::from)
}

/// The grading rules of a file that was read already, or not.
///
/// # Errors
/// That it cannot be read, or every fault of it.
pub(crate) fn rules_of(config: &Config, path: &Path, read: Result<String, String>) -> Result<Rules, Faults> {
    let name = path.display().to_string();
    match read {
        Ok(text) => Rules::parse(&name, &text).map_err(Faults::from),
        Err(cause) => Err(config.fault(RULES, cannot_read(&name, cause)).into()),
    }
}

/// What reads texts, alone.
///
/// # Errors
/// That the file cannot be read, or is no text model of this version.
pub fn texts(config: &Config) -> Result<Arc<TextReader>, Faults> {
    match config.text_model.as_deref() {
        Some(path) => texts_of(config, path, fs::read(path).map_err(|error| error.to_string())),
        None => reader(config, &format!("{BUILT_IN_NAME} model.bin"), BUILT_IN_TEXT_MODEL),
    }
}

/// What reads texts, of a file that was read already, or not.
///
/// # Errors
/// That it cannot be read, or is no text model of this version.
pub(crate) fn texts_of(
    config: &Config,
    path: &Path,
    read: Result<Vec<u8>, String>,
) -> Result<Arc<TextReader>, Faults> {
    let name = path.display().to_string();
    let model = read.map_err(|cause| config.fault(TEXT_MODEL, cannot_read(&name, cause)))?;
    reader(config, &name, &model)
}

fn reader(config: &Config, name: &str, model: &[u8]) -> Result<Arc<TextReader>, Faults> {
    let fault = |bad| config.fault(TEXT_MODEL, format!("{name} {bad}")).into();
    TextReader::parse(model).map(Arc::new).map_err(fault)
}

/// The bank directory alone.
///
/// # Errors
/// Every fault of the file.
pub fn bank_directory(config: &Config) -> Result<BankDirectory, Faults> {
    let built_in = ("banks/directory.toml", include_str!("../../../config/banks/directory.toml"));
    let key = "stop_payments.bank_directory";
    let directory = file(config, key, config.bank_directory.as_deref(), built_in)?;
    BankDirectory::parse(&directory.name, &directory.text).map_err(Faults::from)
}

/// The templates alone.
///
/// # Errors
/// Every fault of the file.
pub fn templates(config: &Config) -> Result<Templates, Faults> {
    let built_in = ("templates.toml", include_str!("../../../config/templates.toml"));
    let templates = file(config, "plans.templates", config.templates.as_deref(), built_in)?;
    Templates::parse(&templates.name, &templates.text).map_err(Faults::from)
}

/// The common table, and that of each bank with one of its own.
///
/// # Errors
/// Every fault of the first table that has any.
pub fn result_codes(config: &Config) -> Result<CodeTables, Faults> {
    let built_in = ("result_codes.toml", include_str!("../../../config/banks/result_codes.toml"));
    let common = file(config, "stop_payments.result_codes", config.result_codes.as_deref(), built_in)?;
    let mut tables =
        CodeTables { common: ResultCodes::parse(&common.name, &common.text)?, ..CodeTables::default() };
    let mut faults = Vec::new();
    for (bank, path) in &config.result_codes_of {
        let key = format!("banks.{bank}.result_codes");
        let read = file(config, &key, Some(path), built_in)
            .map_err(Faults::from)
            .and_then(|own| Ok(ResultCodes::parse_over(&own.name, &own.text, tables.common.clone())?));
        match read {
            Ok(own) => drop(tables.of_banks.insert(bank.clone(), own)),
            Err(found) => faults.extend(found.0),
        }
    }
    if faults.is_empty() { Ok(tables) } else { Err(Faults(faults)) }
}

fn plans(config: &Config, templates: &Templates) -> Result<Plans, Faults> {
    let mut faults = Vec::new();
    let mut read = |built_in| {
        let plan = plan(config, built_in, templates).map_err(|found| faults.extend(found.0));
        plan.ok().map(Arc::new)
    };
    let victim = read(("victim.toml", include_str!("../../../config/plans/victim.toml")));
    let high = read(("high.toml", include_str!("../../../config/plans/high.toml")));
    let medium = read(("medium.toml", include_str!("../../../config/plans/medium.toml")));
    let low = read(("low.toml", include_str!("../../../config/plans/low.toml")));
    match (victim, high, medium, low) {
        (Some(victim), Some(high), Some(medium), Some(low)) => Ok(Plans { victim, high, medium, low }),
        _ => Err(Faults(faults)),
    }
}

fn plan(config: &Config, built_in: (&str, &str), templates: &Templates) -> Result<Plan, Faults> {
    let path = config.plans.as_ref().map(|directory| directory.join(built_in.0));
    let plan = file(config, "plans.directory", path.as_deref(), built_in)?;
    Plan::parse(&plan.name, &plan.text, templates).map_err(Faults::from)
}

fn file(
    config: &Config,
    key: &str,
    path: Option<&Path>,
    (built_in, text): (&str, &str),
) -> Result<File, ConfigError> {
    let Some(path) = path else {
        return Ok(File { name: format!("{BUILT_IN_NAME} {built_in}"), text: text.to_owned() });
    };
    let name = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => Ok(File { name, text }),
        Err(error) => Err(config.fault(key, cannot_read(&name, error))),
    }
}

fn cannot_read(name: &str, error: impl Display) -> String {
    format!("cannot read {name}: {error}")
}
