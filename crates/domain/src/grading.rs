//! How bad is it: from what is known about an alert to a tier, a score and the reasons (研判定级).
//!
//! The rules are a file (`config/grading.toml`):
//!
//! ```toml
//! [thresholds]                 # a score from here on is at least this tier
//! medium = 35
//! high = 65
//!
//! [[rule]]
//! id = "long_call"
//! when = [{ signal = "call_seconds", at_least = 600 }]   # all of these must hold
//! weight = 20                                            # what it adds to the score
//! says = "与可疑号码通话{value}秒"                         # {value}: of the first signal
//!
//! [[rule]]
//! id = "impersonating_authorities"
//! when = [{ signal = "scam_type", is = "impersonating_authorities" }]
//! floor = "high"               # at least this tier, whatever the score
//! urgent = true                # and urgent, which is always high
//! says = "冒充公检法"
//! ```
//!
//! A condition is `is`, `one_of`, or `at_least` and `at_most` (both inclusive). A signal that is not known
//! satisfies none. The signals are listed in [`Signal`].
//!
//! [`GradingFacts::of`] gathers what the rules ask about, [`Rules::assess`] judges it. Facts are stored with each
//! assessment and the rules under their hash, so the same answer can be had again years later.

use chrono::Timelike;
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Signals};
use crate::alert_kind::AlertKind;
use crate::clock::{Instant, at_the_glass};
use crate::money::Fen;
use crate::scam_type::ScamType;
use crate::text_reading::{TextReader, TextReading};
use crate::tier::{Grade, Tier};

mod parse;
mod signal;

pub use signal::Signal;
use signal::Value;

/// One version of the grading rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// SHA-256 of the file's text, in hex.
    pub version: String,
    /// The file as it was read.
    pub text: String,
    thresholds: Thresholds,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Thresholds {
    medium: i32,
    high: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    id: String,
    when: Vec<Condition>,
    weight: i32,
    floor: Option<Tier>,
    urgent: bool,
    says: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    signal: Signal,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    OneOf(Vec<Value>),
    /// Both inclusive.
    Within {
        at_least: Option<i64>,
        at_most: Option<i64>,
    },
}

/// What the rules ask about. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GradingFacts {
    /// The channel the source saw.
    pub kind: Option<AlertKind>,
    /// The source's own grading.
    pub source_level: Option<Tier>,
    /// The kind of fraud, as the source or a person named it.
    pub scam_type: Option<ScamType>,
    /// The subject's age in years.
    pub age: Option<u32>,
    /// Hour of the day in China, 0 to 23, when it was observed.
    pub hour: Option<u32>,
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

/// What is known from the 30 days before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Earlier alerts about the same person.
    pub earlier_alerts_30d: Option<u32>,
    /// Incidents of other people with the same suspect's number.
    pub suspect_incidents_30d: Option<u32>,
}

/// The judgement, with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// High, medium or low.
    pub tier: Tier,
    /// Whether it goes before all others; then the tier is high.
    pub urgent: bool,
    /// The sum of the weights.
    pub score: i32,
    /// The version of the rules that judged.
    pub rules_version: String,
    /// The rules that fired, in the file's order.
    pub reasons: Vec<Reason>,
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's id.
    pub rule: String,
    /// The value of its first signal.
    pub value: String,
    /// What it added to the score.
    pub weight: i32,
    /// The reason as a sentence.
    pub says: String,
}

/// The part of an alert that is graded.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
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

impl GradingFacts {
    /// What the rules ask about one alert.
    #[must_use]
    pub fn of(evidence: Evidence<'_>, history: History, texts: &TextReader) -> Self {
        let signals = evidence.signals;
        Self {
            kind: Some(evidence.kind),
            source_level: evidence.source_level,
            scam_type: evidence.scam_type,
            age: evidence.age.map(u32::from),
            hour: Some(at_the_glass(evidence.observed_at).hour()),
            call_seconds: signals.call_seconds,
            calls_24h: signals.calls_24h,
            screen_sharing: signals.screen_sharing,
            in_call: signals.in_call,
            amount_at_risk: signals.amount_at_risk,
            history,
            text: evidence.text.map(|text| texts.read(text)),
        }
    }
}

impl Rules {
    /// Judges the facts.
    #[must_use]
    pub fn assess(&self, facts: &GradingFacts) -> Verdict {
        let fired: Vec<(&Rule, Value)> =
            self.rules.iter().filter_map(|rule| rule.fires(facts).map(|value| (rule, value))).collect();
        let score = fired.iter().fold(0_i32, |sum, (rule, _)| sum.saturating_add(rule.weight));
        let urgent = fired.iter().any(|(rule, _)| rule.urgent);
        let floor = fired.iter().filter_map(|(rule, _)| rule.floor).max();
        let tier = match floor.unwrap_or(Tier::Low).max(self.thresholds.tier(score)) {
            _ if urgent => Grade::URGENT.tier,
            tier => tier,
        };
        let reasons = fired.into_iter().map(|(rule, value)| rule.reason(&value)).collect();
        Verdict { tier, urgent, score, rules_version: self.version.clone(), reasons }
    }
}

impl Verdict {
    /// The tier with its mark of urgency.
    #[must_use]
    pub fn grade(&self) -> Grade {
        Grade { urgent: self.urgent, tier: self.tier }
    }
}

impl Thresholds {
    fn tier(self, score: i32) -> Tier {
        if score >= self.high {
            Tier::High
        } else if score >= self.medium {
            Tier::Medium
        } else {
            Tier::Low
        }
    }
}

impl Rule {
    /// The value of the first signal, if all conditions hold.
    fn fires(&self, facts: &GradingFacts) -> Option<Value> {
        let mut values = self.when.iter().map(|condition| condition.holds(facts));
        let first = values.next()??;
        values.all(|value| value.is_some()).then_some(first)
    }

    fn reason(&self, value: &Value) -> Reason {
        let value = value.to_string();
        Reason { rule: self.id.clone(), weight: self.weight, says: self.says.replace(VALUE, &value), value }
    }
}

/// Where a sentence shows the value.
const VALUE: &str = "{value}";

impl Condition {
    /// The signal's value, if it is known and passes the test.
    fn holds(&self, facts: &GradingFacts) -> Option<Value> {
        let value = self.signal.value(facts)?;
        let passes = match (&self.test, &value) {
            (Test::OneOf(values), value) => values.contains(value),
            (Test::Within { at_least, at_most }, Value::Number(number)) => {
                at_least.is_none_or(|least| *number >= least) && at_most.is_none_or(|most| *number <= most)
            }
            (Test::Within { .. }, Value::Flag(_) | Value::Word(_)) => false,
        };
        passes.then_some(value)
    }
}

#[cfg(test)]
mod tests;
