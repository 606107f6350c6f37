//! What the rules ask about: everything known of an alert, its person and the other side when it was graded.

use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Signals};
use crate::alert_kind::AlertKind;
use crate::clock::{Instant, at_the_glass};
use crate::incident::Outcome;
use crate::money::Fen;
use crate::person::PhoneNumber;
use crate::protected_numbers::ProtectedNumbers;
use crate::scam_type::ScamType;
use crate::text_reading::TextReading;
use crate::tier::Tier;

/// What the rules ask about. What is not known is `None`. Stored with each assessment: fields may be added, and
/// one that is missing in an old record is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GradingFacts {
    /// The channel the source saw.
    pub kind: Option<AlertKind>,
    /// Who sent the alert.
    pub source: Option<String>,
    /// The source's own grading.
    pub source_level: Option<Tier>,
    /// The kind of fraud, as the source or a person named it.
    pub scam_type: Option<ScamType>,
    /// The subject's age in years.
    pub age: Option<u32>,
    /// Hour of the day in China, 0 to 23, when it was observed.
    pub hour: Option<u32>,
    /// Day of the week in China, 1 for Monday to 7 for Sunday.
    pub weekday: Option<u32>,
    /// Length of the suspect call, in seconds.
    pub call_seconds: Option<u32>,
    /// Suspect calls in the last 24 hours.
    pub calls_24h: Option<u32>,
    /// Whether the fraudster sees the subject's screen.
    pub screen_sharing: Option<bool>,
    /// Whether the subject is on the line with the fraudster.
    pub in_call: Option<bool>,
    /// What may be lost.
    pub amount_at_risk: Option<Fen>,
    /// What the past tells.
    pub history: History,
    /// What the text or transcript tells.
    pub text: Option<TextReading>,
}

impl GradingFacts {
    /// What the rules ask about one alert, whose text was read before.
    #[must_use]
    pub fn of(evidence: Evidence<'_>, history: History, text: Option<TextReading>) -> Self {
        let signals = evidence.signals;
        let observed_at = at_the_glass(evidence.observed_at);
        Self {
            kind: Some(evidence.kind),
            source: Some(evidence.source.to_owned()),
            source_level: evidence.source_level,
            scam_type: evidence.scam_type,
            age: evidence.age.map(u32::from),
            hour: Some(observed_at.hour()),
            weekday: Some(observed_at.weekday().number_from_monday()),
            call_seconds: signals.call_seconds,
            calls_24h: signals.calls_24h,
            screen_sharing: signals.screen_sharing,
            in_call: signals.in_call,
            amount_at_risk: signals.amount_at_risk,
            history,
            text,
        }
    }
}

/// What is known from before the grading. A count of a number, account or address is known where the alerts of
/// the incident name one; confidences and protection likewise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Alerts about the same person in earlier incidents, in the last hour.
    pub earlier_alerts_1h: Option<u32>,
    /// In 24 hours.
    pub earlier_alerts_24h: Option<u32>,
    /// In 7 days.
    pub earlier_alerts_7d: Option<u32>,
    /// In 30 days.
    pub earlier_alerts_30d: Option<u32>,
    /// Alerts of other incidents with the same suspect's number, in the last hour.
    pub suspect_alerts_1h: Option<u32>,
    /// In 24 hours.
    pub suspect_alerts_24h: Option<u32>,
    /// In 7 days.
    pub suspect_alerts_7d: Option<u32>,
    /// In 30 days.
    pub suspect_alerts_30d: Option<u32>,
    /// Other incidents with the same suspect's number in 30 days.
    pub suspect_incidents_30d: Option<u32>,
    /// Alerts of other incidents with the same suspect's account, in the last hour.
    pub account_alerts_1h: Option<u32>,
    /// In 24 hours.
    pub account_alerts_24h: Option<u32>,
    /// In 7 days.
    pub account_alerts_7d: Option<u32>,
    /// In 30 days.
    pub account_alerts_30d: Option<u32>,
    /// Alerts of other incidents with the same address on the web, in the last hour.
    pub url_alerts_1h: Option<u32>,
    /// In 24 hours.
    pub url_alerts_24h: Option<u32>,
    /// In 7 days.
    pub url_alerts_7d: Option<u32>,
    /// In 30 days.
    pub url_alerts_30d: Option<u32>,
    /// How the person's last incident was closed, duplicates of others apart.
    pub prior_outcome: Option<Outcome>,
    /// The person's incidents of 365 days that were closed as no fraud.
    pub false_alarms_365d: Option<u32>,
    /// How sure the list of suspect numbers is, 0 to 100; 0 where the number is not on it.
    pub suspect_listed_confidence: Option<u32>,
    /// The same of the account.
    pub account_listed_confidence: Option<u32>,
    /// The same of the address on the web.
    pub url_listed_confidence: Option<u32>,
    /// Whether the suspect's number is one that is protected, such as a bank's own.
    pub suspect_protected: Option<bool>,
}

impl History {
    /// What the configuration tells of the suspect's number: a public service, a bank's or a station's own number is
    /// protected without being listed.
    #[must_use]
    pub fn with_protected(mut self, suspect: Option<&PhoneNumber>, protected: &ProtectedNumbers) -> Self {
        if suspect.is_some_and(|number| protected.holds(number)) {
            self.suspect_protected = Some(true);
        }
        self
    }

    /// Of a person and a number that nobody has heard of.
    pub const NONE: Self = Self {
        earlier_alerts_1h: Some(0),
        earlier_alerts_24h: Some(0),
        earlier_alerts_7d: Some(0),
        earlier_alerts_30d: Some(0),
        suspect_alerts_1h: Some(0),
        suspect_alerts_24h: Some(0),
        suspect_alerts_7d: Some(0),
        suspect_alerts_30d: Some(0),
        suspect_incidents_30d: Some(0),
        account_alerts_1h: Some(0),
        account_alerts_24h: Some(0),
        account_alerts_7d: Some(0),
        account_alerts_30d: Some(0),
        url_alerts_1h: Some(0),
        url_alerts_24h: Some(0),
        url_alerts_7d: Some(0),
        url_alerts_30d: Some(0),
        prior_outcome: None,
        false_alarms_365d: Some(0),
        suspect_listed_confidence: Some(0),
        account_listed_confidence: Some(0),
        url_listed_confidence: Some(0),
        suspect_protected: Some(false),
    };
}

/// The part of an alert that is graded.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Who sent it.
    pub source: &'a str,
    /// What the source saw.
    pub kind: AlertKind,
    /// When it saw it.
    pub observed_at: Instant,
    /// The source's own grading.
    pub source_level: Option<Tier>,
    /// The source's own classification.
    pub scam_type: Option<ScamType>,
    /// The subject's age in years.
    pub age: Option<u8>,
    /// The text or transcript.
    pub text: Option<&'a str>,
    /// What was measured.
    pub signals: &'a Signals,
}

impl<'a> From<&'a Alert> for Evidence<'a> {
    fn from(alert: &'a Alert) -> Self {
        Self {
            source: &alert.source,
            kind: alert.kind,
            observed_at: alert.observed_at,
            source_level: alert.source_level,
            scam_type: alert.scam_type,
            age: alert.subject.age,
            text: alert.text.as_deref(),
            signals: &alert.signals,
        }
    }
}
