//! The outside parties, as far as this process is told of them: each role gets only the secrets it needs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use channels::Endpoint;
use channels::caller::NotEndpoint;
use channels::webhook::Secrets;
use chrono::TimeDelta;
use domain::account::{Adapter, BankCode};
use domain::station::StationId;
use interception::{AutoCaller, Bank, Outside, Party, SecondRoute};

use super::ConfigError;
use super::settings::Settings;
use crate::secret_files::SecretFile;

mod sms;

/// The longest silence after which an order goes by the second way too; later a person phones.
const SECOND_ROUTE_AFTER_MAX_SECS: i64 = 1_800;
/// The longest number of an issuer (ISO/IEC 7812), in digits.
const ISSUER_MAX_DIGITS: usize = 10;

pub(super) fn outside(settings: &mut Settings) -> Result<Outside, ConfigError> {
    Ok(Outside {
        banks: banks(settings)?,
        carriers: carriers(settings)?,
        sms: sms::providers(settings)?,
        auto_calls: auto_calls(settings)?,
        station_systems: station_systems(settings)?,
        directory: Arc::default(),
    })
}

fn banks(settings: &mut Settings) -> Result<BTreeMap<BankCode, Bank>, ConfigError> {
    let ids = settings.ids("banks");
    ids.into_iter().map(|id| bank(settings, &id)).collect()
}

/// The banks' own tables of result codes.
pub(super) fn result_codes(settings: &mut Settings) -> Result<BTreeMap<BankCode, PathBuf>, ConfigError> {
    let mut files = BTreeMap::new();
    for id in settings.ids("banks") {
        let file = settings.text(&format!("banks.{id}.result_codes"))?;
        // an id that is no code is refused where the banks are read
        if let (Some(file), Ok(code)) = (file, BankCode::parse(&id)) {
            files.insert(code, PathBuf::from(file));
        }
    }
    Ok(files)
}

fn bank(settings: &mut Settings, id: &str) -> Result<(BankCode, Bank), ConfigError> {
    let key = format!("banks.{id}");
    let signing = secrets(settings, &format!("{key}.secret"))?;
    let party = party(settings, &key, signing)?;
    let connected = party.endpoint.is_some() || !party.callback_secrets.is_empty();
    let reachable = settings.read(&format!("{key}.reachable"), "true or false", |text| text.parse().ok())?;
    let bank = Bank {
        name: settings.text(&format!("{key}.name"))?.unwrap_or_else(|| id.to_owned()),
        phone: settings.text(&format!("{key}.phone"))?,
        issuers: issuers(settings, &format!("{key}.issuers"))?,
        adapter: adapter(settings, &format!("{key}.adapter"))?,
        second: second_route(settings, &format!("{key}.second"))?,
        reachable: reachable.unwrap_or(connected),
        party,
    };
    match BankCode::parse(id) {
        Ok(code) => Ok((code, bank)),
        Err(error) => Err(settings.fault(&key, error.to_string())),
    }
}

fn adapter(settings: &mut Settings, key: &str) -> Result<Adapter, ConfigError> {
    let adapter = settings.read(key, "\"webhook\" or \"iso20022\"", |word| word.parse().ok())?;
    Ok(adapter.unwrap_or_default())
}

/// A second way needs only to be timed where another process speaks to it.
fn second_route(settings: &mut Settings, key: &str) -> Result<Option<SecondRoute>, ConfigError> {
    let adapter = adapter(settings, &format!("{key}.adapter"))?;
    let signing = secrets(settings, &format!("{key}.secret"))?;
    let endpoint = endpoint(settings, key, signing)?;
    let after_secs = format!("{key}.after_secs");
    let expected = format!("seconds, from 1 to {SECOND_ROUTE_AFTER_MAX_SECS}");
    let after = settings.read(&after_secs, &expected, |text| {
        let secs: i64 = text.parse().ok()?;
        (1..=SECOND_ROUTE_AFTER_MAX_SECS).contains(&secs).then(|| TimeDelta::seconds(secs))
    })?;
    match (endpoint, after) {
        (None, None) => Ok(None),
        (endpoint, Some(after)) => Ok(Some(SecondRoute { adapter, endpoint, after })),
        (Some(_), None) => Err(settings.fault(&after_secs, format!("is not set: expected {expected}"))),
    }
}

fn issuers(settings: &mut Settings, key: &str) -> Result<Vec<String>, ConfigError> {
    let issuers = settings.list(key)?;
    let is_issuer = |text: &String| {
        (1..=ISSUER_MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if issuers.iter().all(is_issuer) {
        Ok(issuers)
    } else {
        Err(settings.fault(key, "expected the first digits of cards, such as \"622848\""))
    }
}

fn carriers(settings: &mut Settings) -> Result<BTreeMap<String, Party>, ConfigError> {
    let ids = settings.ids("carriers");
    let carrier = |id: String| {
        let key = format!("carriers.{id}");
        let signing = secrets(settings, &format!("{key}.secret"))?;
        Ok((id, party(settings, &key, signing)?))
    };
    ids.into_iter().map(carrier).collect()
}

fn auto_calls(settings: &mut Settings) -> Result<BTreeMap<String, AutoCaller>, ConfigError> {
    let ids = settings.ids("auto_calls");
    let provider = |id: String| {
        let key = format!("auto_calls.{id}");
        let signing = secrets(settings, &format!("{key}.secret"))?;
        let party = party(settings, &key, signing)?;
        let connected = party.endpoint.is_some() || !party.callback_secrets.is_empty();
        let reachable =
            settings.read(&format!("{key}.reachable"), "true or false", |text| text.parse().ok())?;
        Ok((id, AutoCaller { party, reachable: reachable.unwrap_or(connected) }))
    };
    ids.into_iter().map(provider).collect()
}

fn station_systems(settings: &mut Settings) -> Result<BTreeMap<StationId, Party>, ConfigError> {
    let ids = settings.ids("stations.systems");
    let system = |id: String| {
        let key = format!("stations.systems.{id}");
        let signing = secrets(settings, &format!("{key}.secret"))?;
        let endpoint = endpoint(settings, &key, signing)?;
        Ok((StationId::new(&id), Party { endpoint, callback_secrets: Secrets::default() }))
    };
    ids.into_iter().map(system).collect()
}

/// A party with its own secret for callbacks; `signing` signs what we send.
fn party(settings: &mut Settings, key: &str, signing: Secrets) -> Result<Party, ConfigError> {
    Ok(Party {
        endpoint: endpoint(settings, key, signing)?,
        callback_secrets: secrets(settings, &format!("{key}.callback_secret"))?,
    })
}

fn endpoint(settings: &mut Settings, key: &str, signing: Secrets) -> Result<Option<Endpoint>, ConfigError> {
    let address = format!("{key}.endpoint");
    let Some(url) = settings.text(&address)? else { return Ok(None) };
    let endpoint = Endpoint::parse(&url, signing);
    endpoint.map(Some).map_err(|error| match error {
        NotEndpoint::Address => settings.fault(&address, error.to_string()),
        NotEndpoint::NoSecret => {
            settings.fault(&address, format!("{error}: expected {key}.secret or {key}.secret_file"))
        }
    })
}

/// The secrets of a setting: several, separated by white space, while one is being changed. What comes from a file is
/// read again while the program runs.
fn secrets(settings: &mut Settings, key: &str) -> Result<Secrets, ConfigError> {
    let Some(told) = settings.secret(key)? else { return Ok(Secrets::default()) };
    let secrets: Secrets = match Secrets::parse(&told.text) {
        Ok(secrets) => secrets.into(),
        Err(not_secret) => return Err(settings.fault(&told.key, not_secret.to_string())),
    };
    if let Some(path) = told.file {
        settings.secret_files.push(SecretFile::new(told.key, path, secrets.clone()));
    }
    Ok(secrets)
}
