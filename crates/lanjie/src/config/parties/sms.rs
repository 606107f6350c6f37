//! The SMS providers: over SMPP or over HTTP, each with its place in the order in which they are asked.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use channels::sms::smpp::{
    Account, Numbers, PASSWORD_MAX, Password, SENDER_MAX, SYSTEM_ID_MAX, Session, Terms,
};
use channels::webhook::Secrets;
use interception::sms_provider::USUAL_PRIORITY;
use interception::{SmsProvider, SmsWay};

use super::{ConfigError, Settings, endpoint, secrets};

/// What most providers grant without being asked.
const USUAL_RATE_PER_SEC: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// A window of ten is the usual one.
const USUAL_WINDOW: usize = 10;
const WINDOW_MAX: usize = 1_000;
const USUAL_ENQUIRE_EVERY: Duration = Duration::from_secs(30);
const ENQUIRE_EVERY_MAX_SECS: u64 = 600;
const USUAL_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// A text must be answered before its lease runs out.
const ANSWERS_WITHIN_MAX_SECS: u64 = 10;

/// What a provider speaks.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Http,
    Smpp,
}

pub(super) fn providers(settings: &mut Settings) -> Result<BTreeMap<String, SmsProvider>, ConfigError> {
    let ids = settings.ids("sms");
    ids.into_iter().map(|id| Ok((id.clone(), provider(settings, &id)?))).collect()
}

fn provider(settings: &mut Settings, id: &str) -> Result<SmsProvider, ConfigError> {
    let key = format!("sms.{id}");
    let kind = |text: &str| match text {
        "http" => Some(Kind::Http),
        "smpp" => Some(Kind::Smpp),
        _ => None,
    };
    let kind = settings.read(&format!("{key}.kind"), "\"smpp\" or \"http\"", kind)?;
    let priority =
        settings.read(&format!("{key}.priority"), "a number, the lowest first", |text| text.parse().ok())?;
    let priority = priority.unwrap_or(USUAL_PRIORITY);
    match kind.unwrap_or(Kind::Http) {
        Kind::Http => {
            let signing = secrets(settings, &format!("{key}.secret"))?;
            let way = endpoint(settings, &key, signing.clone())?.map_or(SmsWay::Elsewhere, SmsWay::Http);
            // a provider need not have a secret of its own: it signs receipts with the one we sign with
            let callback = secrets(settings, &format!("{key}.callback_secret"))?;
            Ok(SmsProvider::new(priority, way, if callback.is_empty() { signing } else { callback }))
        }
        Kind::Smpp => {
            let session = Session::new(id, account(settings, &key)?, terms(settings, &key)?);
            Ok(SmsProvider::new(priority, SmsWay::Smpp(session), Secrets::default()))
        }
    }
}

fn account(settings: &mut Settings, key: &str) -> Result<Account, ConfigError> {
    let octets = |max: usize| move |text: &str| fits(text, max).then(|| text.to_owned());
    let numbers = |text: &str| match text {
        "national" => Some(Numbers::National),
        "international" => Some(Numbers::International),
        _ => None,
    };
    Ok(Account {
        host: settings.required(&format!("{key}.host"), "a name or an address", |text| {
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        })?,
        port: settings.required(&format!("{key}.port"), "a port from 1 to 65535", |text| {
            text.parse().ok().filter(|port| *port > 0)
        })?,
        system_id: settings.required(
            &format!("{key}.system_id"),
            &format!("1 to {SYSTEM_ID_MAX} characters of ASCII"),
            octets(SYSTEM_ID_MAX),
        )?,
        password: password(settings, &format!("{key}.password"))?,
        sender: settings.read(
            &format!("{key}.sender"),
            &format!("a number or a name of 1 to {SENDER_MAX} characters of ASCII"),
            octets(SENDER_MAX),
        )?,
        numbers: settings
            .read(&format!("{key}.numbers"), "\"national\" or \"international\"", numbers)?
            .unwrap_or_default(),
    })
}

fn password(settings: &mut Settings, key: &str) -> Result<Password, ConfigError> {
    let expected = format!("1 to {PASSWORD_MAX} characters of ASCII");
    match settings.secret(key)? {
        None => Err(settings.fault(key, format!("is not set: expected {expected}, here or in {key}_file"))),
        Some(told) if fits(&told.text, PASSWORD_MAX) => Ok(Password::new(told.text)),
        Some(told) => Err(settings.fault(&told.key, format!("expected {expected}"))),
    }
}

fn terms(settings: &mut Settings, key: &str) -> Result<Terms, ConfigError> {
    let seconds = |max: u64| {
        move |text: &str| {
            let secs: u64 = text.parse().ok()?;
            (1..=max).contains(&secs).then(|| Duration::from_secs(secs))
        }
    };
    let rate = settings
        .read(&format!("{key}.rate_per_sec"), "a number of messages from 1", |text| text.parse().ok())?;
    let window = settings.read(
        &format!("{key}.window"),
        &format!("a number of messages, from 1 to {WINDOW_MAX}"),
        |text| text.parse().ok().filter(|window| (1..=WINDOW_MAX).contains(window)),
    )?;
    let enquire_every = settings.read(
        &format!("{key}.enquire_link_secs"),
        &format!("seconds, from 1 to {ENQUIRE_EVERY_MAX_SECS}"),
        seconds(ENQUIRE_EVERY_MAX_SECS),
    )?;
    let answers_within = settings.read(
        &format!("{key}.answer_secs"),
        &format!("seconds, from 1 to {ANSWERS_WITHIN_MAX_SECS}"),
        seconds(ANSWERS_WITHIN_MAX_SECS),
    )?;
    Ok(Terms {
        rate_per_sec: rate.unwrap_or(USUAL_RATE_PER_SEC),
        window: window.unwrap_or(USUAL_WINDOW),
        enquire_every: enquire_every.unwrap_or(USUAL_ENQUIRE_EVERY),
        answers_within: answers_within.unwrap_or(USUAL_ANSWERS_WITHIN),
    })
}

/// Whether an SMPP field of so many octets holds it.
fn fits(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}
