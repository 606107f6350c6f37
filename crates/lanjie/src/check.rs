//! `lanjie check`: what would be used, and everything that is wrong with it.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use domain::plan::Plan;
use interception::{Bank, Party, SecondRoute, SmsProvider, SmsWay};

use crate::config::{BUILT_IN_NAME, Config};
use crate::loaded::{Faults, Loaded};

/// How much of a version is shown.
const VERSION_CHARS: usize = 12;

/// What would be used, without its secrets.
#[derive(Debug)]
pub struct Report<'a> {
    config: &'a Config,
    /// The data that people edit, or what is wrong with it.
    pub loaded: Result<Loaded, Faults>,
}

impl<'a> Report<'a> {
    /// Reads every file that the configuration names.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        Self { config, loaded: Loaded::read(config) }
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let config = self.config;
        match &config.file {
            Some(file) => line(f, "configuration", file.display())?,
            None => line(f, "configuration", BUILT_IN_NAME)?,
        }
        for (key, place) in config.changed() {
            line(f, "", format_args!("{key} from {place}"))?;
        }
        match &config.database_url {
            Some(url) => {
                let (most, urgent) = (config.max_connections, config.urgent_connections);
                line(
                    f,
                    "database",
                    format_args!("{url}, {most} connections at most and {urgent} kept for calls and banks"),
                )?;
            }
            None => {
                line(f, "database", "not set: DATABASE_URL or database.url_file (the demo brings its own)")?;
            }
        }
        let pace = config.gateway_requests_per_sec;
        line(
            f,
            "gateway",
            format_args!("{}, {pace} requests a second of each token", config.gateway_listen),
        )?;
        line(f, "operations", config.operations_listen)?;
        line(
            f,
            "organisation",
            format_args!("{} {}", config.organisation.code, config.organisation.operator),
        )?;
        line(f, "log", &config.log)?;
        for (code, bank) in &config.outside.banks {
            line(f, &format!("bank {code}"), Known(bank))?;
        }
        for (id, carrier) in &config.outside.carriers {
            line(f, &format!("carrier {id}"), Reached(carrier))?;
        }
        for (id, provider) in &config.outside.auto_calls {
            line(f, &format!("auto_calls {id}"), Reached(&provider.party))?;
        }
        for (id, provider) in &config.outside.sms {
            line(f, &format!("sms {id}"), Sending(provider))?;
        }
        for (id, system) in &config.outside.station_systems {
            line(f, &format!("station {id}"), Reached(system))?;
        }
        match &self.loaded {
            Ok(loaded) => self.data(f, loaded),
            Err(faults) => faults.0.iter().try_for_each(|fault| line(f, "FAULT", fault)),
        }
    }
}

impl Report<'_> {
    fn data(&self, f: &mut Formatter<'_>, loaded: &Loaded) -> fmt::Result {
        let config = self.config;
        let duty = loaded.stations.get(&config.duty).map_or("", |station| &station.name);
        let count = loaded.stations.iter().count();
        let map = Source(config.map.as_deref());
        line(f, "stations", format_args!("{map}, {count} stations, on duty {} {duty}", config.duty))?;
        match &config.rosters {
            Some(file) => {
                line(
                    f,
                    "rosters",
                    format_args!("{}, {} stations", file.display(), loaded.rosters.stations()),
                )?;
            }
            None => line(f, "rosters", "not set: the stations' duty phones are rung")?,
        }
        line(f, "templates", Source(config.templates.as_deref()))?;
        let rules = Source(config.rules.as_deref());
        line(f, "grading rules", format_args!("{rules}, version {}", version(&loaded.rules.version)))?;
        let model = Source(config.text_model.as_deref());
        line(f, "text model", format_args!("{model}, version {}", version(&loaded.texts.version)))?;
        let codes = loaded.result_codes.common.iter().count();
        let table = Source(config.result_codes.as_deref());
        line(f, "result codes", format_args!("{table}, {codes} codes"))?;
        for (bank, own) in &config.result_codes_of {
            line(f, "", format_args!("of {bank} {}", own.display()))?;
        }
        let rounds = config.rounds;
        let extension = if rounds.extension_counts { "counts" } else { "does not count" };
        line(f, "stop-payments", format_args!("{} of an account, an extension {extension}", rounds.max))?;
        let directory = Source(config.bank_directory.as_deref());
        let banks = loaded.bank_directory.institutions().count();
        let known = version(&loaded.bank_directory.version);
        line(f, "bank directory", format_args!("{directory}, {banks} institutions, version {known}"))?;
        for Plan { name, title, hash, steps, .. } in loaded.plans.all().map(AsRef::as_ref) {
            let (directory, steps) = (Source(config.plans.as_deref()), steps.len());
            line(
                f,
                &format!("plan {name}"),
                format_args!("{directory}, {title}, {steps} steps, version {}", version(hash)),
            )?;
        }
        Ok(())
    }
}

fn line(f: &mut Formatter<'_>, what: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "{what:<18} {value}")
}

fn version(hash: &str) -> &str {
    hash.get(..VERSION_CHARS).unwrap_or(hash)
}

struct Source<'a>(Option<&'a Path>);

impl Display for Source<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => path.display().fmt(f),
            None => f.write_str(BUILT_IN_NAME),
        }
    }
}

struct Known<'a>(&'a Bank);

impl Display for Known<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Bank { name, phone, issuers, party, adapter, second, reachable } = self.0;
        write!(f, "{name}, ")?;
        match phone {
            Some(phone) => write!(f, "{phone}, ")?,
            None => f.write_str("no 24-hour number, ")?,
        }
        write!(f, "{} issuer numbers, by {adapter}, {}", issuers.len(), Reached(party))?;
        if *reachable && party.endpoint.is_none() {
            f.write_str(", told by another process")?;
        }
        match second {
            Some(SecondRoute { adapter, endpoint: Some(endpoint), after }) => {
                write!(f, ", after {} s also by {adapter} {endpoint:?} signed with ****", after.num_seconds())
            }
            Some(SecondRoute { adapter: _, endpoint: None, after }) => {
                write!(f, ", after {} s also told by another process", after.num_seconds())
            }
            None => Ok(()),
        }
    }
}

struct Sending<'a>(&'a SmsProvider);

impl Display for Sending<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let SmsProvider { priority, way, callback_secrets, .. } = self.0;
        match way {
            SmsWay::Elsewhere => f.write_str("no endpoint")?,
            SmsWay::Http(endpoint) => write!(f, "{endpoint:?} signed with ****")?,
            SmsWay::Smpp(session) => {
                write!(f, "{session:?} with ****, {} a second", session.rate_per_sec())?;
            }
        }
        if !callback_secrets.is_empty() {
            f.write_str(", callbacks checked with ****")?;
        }
        write!(f, ", priority {priority}")
    }
}

struct Reached<'a>(&'a Party);

impl Display for Reached<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.endpoint {
            Some(endpoint) => write!(f, "{endpoint:?} signed with ****")?,
            None => f.write_str("no endpoint")?,
        }
        match self.0.callback_secrets.len() {
            0 => Ok(()),
            _ => f.write_str(", callbacks checked with ****"),
        }
    }
}
