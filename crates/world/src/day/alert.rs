//! One alert of the day.

use domain::alert_kind::AlertKind;
use domain::clock::Instant;
use domain::money::Fen;
use domain::scam_type::ScamType;
use domain::tier::Tier;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::{scam_type, yuan};
use crate::people::{self, Person, weighted};
use crate::scripts::scripts;
use crate::wire;

/// How many of a hundred alerts come by each channel. Only callers and senders of texts have a number to
/// block: between one alert in five and one in six, as the published blocks ask for.
const KINDS: [(AlertKind, u32); 5] = [
    (AlertKind::Call, 11),
    (AlertKind::Sms, 7),
    (AlertKind::App, 28),
    (AlertKind::Url, 39),
    (AlertKind::Funds, 15),
];
/// How often one fraudster's number is met with several subjects.
const SAME_SUSPECT_SHARE: f64 = 0.1;
/// How often a source names the kind of fraud.
const TYPE_NAMED_SHARE: f64 = 0.6;
/// How often a source knows somebody close to the subject.
const RELATIVE_KNOWN_SHARE: f64 = 0.3;
/// The mean of a sum at risk, in yuan.
const MEAN_AT_RISK_YUAN: f64 = 18_000.0;

/// A machine's notice, and the truth behind it.
#[derive(Debug, Clone)]
pub struct Alert {
    /// The source's own reference.
    pub source_ref: String,
    /// By which channel the fraudster came.
    pub kind: AlertKind,
    /// What kind of fraud it truly is; the alert may not say.
    pub scam_type: ScamType,
    /// The person to protect.
    pub subject: Person,
    /// How sure the source is.
    pub source_level: Tier,
    /// The fraudster's number, where there is one.
    pub suspect_phone: Option<String>,
    seen: Seen,
}

/// What the source saw besides, as far as its channel shows it.
#[derive(Debug, Clone)]
struct Seen {
    suspect: Value,
    signals: Value,
    relatives: Vec<Value>,
    text: Option<String>,
    named_type: Option<ScamType>,
}

impl Alert {
    /// An alert about somebody new; now and then the fraudster of `colleague` is behind it as well.
    pub(super) fn generate(rng: &mut StdRng, source_ref: String, colleague: Option<&Self>) -> Self {
        let kind = weighted(rng, &KINDS, |(_, weight)| *weight).0;
        let scam_type = scam_type(rng);
        let subject = people::person(rng);
        let source_level = level(rng, kind);
        let known_number = colleague.and_then(|alert| alert.suspect_phone.clone());
        let suspect_phone = match kind {
            AlertKind::Call | AlertKind::Sms => known_number
                .filter(|_| rng.random_bool(SAME_SUSPECT_SHARE))
                .or_else(|| Some(suspect_phone(rng))),
            AlertKind::App | AlertKind::Url | AlertKind::Funds => None,
        };
        Self {
            source_ref,
            kind,
            scam_type,
            source_level,
            suspect_phone,
            seen: Seen::generate(rng, kind, scam_type, source_level, &subject),
            subject,
        }
    }

    /// A further alert about the same subject and fraud; the source has not become less sure.
    pub(super) fn repeated(&self, rng: &mut StdRng, source_ref: String) -> Self {
        let source_level = self.source_level.max(level(rng, self.kind));
        Self {
            source_ref,
            source_level,
            seen: Seen::generate(rng, self.kind, self.scam_type, source_level, &self.subject),
            ..self.clone()
        }
    }

    /// The body for `POST /v1/alerts`.
    #[must_use]
    pub fn body(&self, observed_at: Instant) -> Value {
        let Self { subject, seen, .. } = self;
        let mut suspect = seen.suspect.clone();
        suspect["phone"] = json!(self.suspect_phone);
        json!({
            "source_ref": self.source_ref,
            "observed_at": wire::moment(observed_at),
            "kind": self.kind,
            "subject": {
                "phone": subject.phone, "name": subject.name, "id_number": null, "address": subject.address,
                "division_code": subject.division_code, "age": subject.age,
                "location": {"lat": subject.location.lat, "lon": subject.location.lon},
            },
            "relatives": seen.relatives,
            "suspect": suspect,
            "source_level": self.source_level,
            "scam_type": seen.named_type,
            "text": seen.text,
            "signals": seen.signals,
        })
    }
}

/// How sure the source is: most of what is seen on the net is low, money on its way is high.
fn level(rng: &mut StdRng, kind: AlertKind) -> Tier {
    let [high, medium, low] = match kind {
        AlertKind::Call => [30, 40, 30],
        AlertKind::Sms => [5, 25, 70],
        AlertKind::App => [20, 50, 30],
        AlertKind::Url => [5, 30, 65],
        AlertKind::Funds => [60, 35, 5],
    };
    let levels = [(Tier::High, high), (Tier::Medium, medium), (Tier::Low, low)];
    weighted(rng, &levels, |(_, weight)| *weight).0
}

/// A number fraud comes from: a virtual operator's, or one from abroad.
fn suspect_phone(rng: &mut StdRng) -> String {
    const VIRTUAL: [&str; 6] = ["162", "165", "167", "170", "171", "192"];
    match rng.random_range(0..10) {
        0..2 => format!("+8526{:07}", rng.random_range(0..10_000_000)),
        2 => format!("+44740{:07}", rng.random_range(0..10_000_000)),
        _ => {
            let prefix = VIRTUAL.choose(rng).copied().unwrap_or_default();
            format!("{prefix}{:08}", rng.random_range(0..100_000_000))
        }
    }
}

impl Seen {
    fn generate(
        rng: &mut StdRng,
        kind: AlertKind,
        scam_type: ScamType,
        level: Tier,
        subject: &Person,
    ) -> Self {
        let grave = level == Tier::High;
        let yuan_at_risk = yuan(rng, MEAN_AT_RISK_YUAN);
        let shares_screen = matches!(
            scam_type,
            ScamType::ImpersonatingAuthorities
                | ScamType::ImpersonatingCustomerService
                | ScamType::FakeCreditRecord
        );
        let (suspect, signals, text_share) = match kind {
            AlertKind::Call => {
                let signals = json!({
                    "call_seconds": rng.random_range(if grave { 600..3_600 } else { 30..900 }),
                    "calls_24h": rng.random_range(1..=if grave { 8 } else { 3 }),
                    "screen_sharing": shares_screen && rng.random_bool(if grave { 0.5 } else { 0.1 }),
                    "in_call": grave && rng.random_bool(0.3),
                });
                (json!({}), signals, 0.6)
            }
            AlertKind::Sms => (json!({}), json!({}), 1.0),
            AlertKind::App => {
                let app = format!("com.app{:06}", rng.random_range(0..1_000_000));
                let signals = json!({"screen_sharing": shares_screen && rng.random_bool(0.3)});
                (json!({"app": app}), signals, 0.3)
            }
            AlertKind::Url => {
                let url = format!("https://{:08x}.example/pay", rng.random_range(0..u32::MAX));
                (json!({"url": url}), json!({}), 0.3)
            }
            AlertKind::Funds => {
                let at_risk = Fen::new(yuan_at_risk * 100).unwrap_or_default();
                let signals = json!({"amount_at_risk": wire::money(at_risk)});
                (json!({"account": people::card(rng).number}), signals, 0.0)
            }
        };
        let script = scripts(scam_type).choose(rng).filter(|_| rng.random_bool(text_share));
        let knows_relative = rng.random_bool(RELATIVE_KNOWN_SHARE);
        Self {
            suspect,
            signals,
            relatives: knows_relative.then(|| people::relative(rng, subject)).into_iter().collect(),
            text: script.map(|script| script.replace("{amount}", &yuan_at_risk.to_string())),
            named_type: rng.random_bool(TYPE_NAMED_SHARE).then_some(scam_type),
        }
    }
}
