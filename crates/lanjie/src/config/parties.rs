//! The outside parties, as far as this process is told of them: each role gets only the secrets it needs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use channels::Endpoint;
use channels::caller::NotEndpoint;
use channels::webhook::{NotSecret, Secret};
use domain::account::BankCode;
use domain::station::StationId;
use interception::{AutoCaller, Bank, Outside, Party};

use super::ConfigError;
use super::settings::Settings;

/// The longest number of an issuer (ISO/IEC 7812), in digits.
const ISSUER_MAX_DIGITS: usize = 10;

pub(super) fn outside(settings: &mut Settings) -> Result<Outside, ConfigError> {
    Ok(Outside {
        banks: banks(settings)?,
        carriers: carriers(settings)?,
        sms: sms(settings)?,
        auto_calls: auto_calls(settings)?,
        station_systems: station_systems(settings)?,
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
        reachable: reachable.unwrap_or(connected),
        party,
    };
    match BankCode::parse(id) {
        Ok(code) => Ok((code, bank)),
        Err(error) => Err(settings.fault(&key, error.to_string())),
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

fn sms(settings: &mut Settings) -> Result<BTreeMap<String, Party>, ConfigError> {
    let ids = settings.ids("sms");
    let provider = |id: String| {
        let key = format!("sms.{id}");
        let http = |kind: &str| (kind == "http").then_some(());
        settings.read(&format!("{key}.kind"), "\"http\" (\"smpp\" follows)", http)?;
        let signing = secrets(settings, &format!("{key}.secret"))?;
        let mut party = party(settings, &key, signing.clone())?;
        // a provider need not have a secret of its own: it signs receipts with the one we sign with
        if party.callback_secrets.is_empty() {
            party.callback_secrets = signing;
        }
        Ok((id, party))
    };
    ids.into_iter().map(provider).collect()
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
        Ok((StationId::new(&id), Party { endpoint, callback_secrets: Vec::new() }))
    };
    ids.into_iter().map(system).collect()
}

/// A party with its own secret for callbacks; `signing` signs what we send.
fn party(settings: &mut Settings, key: &str, signing: Vec<Secret>) -> Result<Party, ConfigError> {
    Ok(Party {
        endpoint: endpoint(settings, key, signing)?,
        callback_secrets: secrets(settings, &format!("{key}.callback_secret"))?,
    })
}

fn endpoint(
    settings: &mut Settings,
    key: &str,
    signing: Vec<Secret>,
) -> Result<Option<Endpoint>, ConfigError> {
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

/// The secrets of a setting: several, separated by white space, while one is being changed.
fn secrets(settings: &mut Settings, key: &str) -> Result<Vec<Secret>, ConfigError> {
    let Some((key, text)) = settings.secret(key)? else { return Ok(Vec::new()) };
    let secrets: Result<Vec<Secret>, NotSecret> = text.split_whitespace().map(Secret::parse).collect();
    match secrets {
        Ok(secrets) if !secrets.is_empty() => Ok(secrets),
        Ok(_) | Err(NotSecret) => Err(settings.fault(&key, NotSecret.to_string())),
    }
}
