//! What rules may ask about, and what kind of value each signal has.

use std::fmt;

use super::GradingFacts;
use crate::alert_kind::AlertKind;
use crate::money::Fen;
use crate::scam_type::ScamType;
use crate::tier::Tier;
use crate::words::words;

words! {
    /// Something known about an alert, by the name it has in a rule.
    pub enum Signal {
        /// Word: the channel, as in the contract's `kind`.
        Kind = "kind",
        /// Word: the source's own grading, `low`, `medium` or `high`.
        SourceLevel = "source_level",
        /// Word: the kind of fraud, as the source or a person named it.
        ScamType = "scam_type",
        /// Number: years.
        Age = "age",
        /// Number: hour of the day in China, 0 to 23.
        Hour = "hour",
        /// Number: length of the suspect call, in seconds.
        CallSeconds = "call_seconds",
        /// Number: suspect calls in the last 24 hours.
        Calls24h = "calls_24h",
        /// Flag: the fraudster sees the screen.
        ScreenSharing = "screen_sharing",
        /// Flag: on the line with the fraudster.
        InCall = "in_call",
        /// Number: what may be lost, in whole yuan, rounded down.
        AmountAtRiskYuan = "amount_at_risk_yuan",
        /// Number: earlier alerts about the same person in 30 days.
        EarlierAlerts30d = "earlier_alerts_30d",
        /// Number: incidents of others with the same suspect's number in 30 days.
        SuspectIncidents30d = "suspect_incidents_30d",
        /// Flag: the text reads like fraud.
        TextFraud = "text_fraud",
        /// Word: the kind of fraud the text reads like.
        TextScamType = "text_scam_type",
    }
}

/// What a signal says of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Flag(bool),
    Word(&'static str),
}

/// The kind of value a signal has.
pub(super) enum ValueKind {
    Number,
    Flag,
    /// One of these.
    Word(Vec<&'static str>),
}

impl Signal {
    pub(super) fn value_kind(self) -> ValueKind {
        match self {
            Self::Kind => ValueKind::Word(AlertKind::ALL.iter().map(|kind| kind.as_str()).collect()),
            Self::SourceLevel => ValueKind::Word(Tier::ALL.iter().map(|tier| tier.as_str()).collect()),
            Self::ScamType | Self::TextScamType => {
                ValueKind::Word(ScamType::ALL.iter().map(|scam_type| scam_type.as_str()).collect())
            }
            Self::ScreenSharing | Self::InCall | Self::TextFraud => ValueKind::Flag,
            Self::Age
            | Self::Hour
            | Self::CallSeconds
            | Self::Calls24h
            | Self::AmountAtRiskYuan
            | Self::EarlierAlerts30d
            | Self::SuspectIncidents30d => ValueKind::Number,
        }
    }

    /// What the facts say, where they say anything.
    pub(super) fn value(self, facts: &GradingFacts) -> Option<Value> {
        let number = |number: u32| Value::Number(number.into());
        let text = facts.text.as_ref();
        match self {
            Self::Kind => facts.kind.map(|kind| Value::Word(kind.as_str())),
            Self::SourceLevel => facts.source_level.map(|level| Value::Word(level.as_str())),
            Self::ScamType => facts.scam_type.map(|scam_type| Value::Word(scam_type.as_str())),
            Self::Age => facts.age.map(number),
            Self::Hour => facts.hour.map(number),
            Self::CallSeconds => facts.call_seconds.map(number),
            Self::Calls24h => facts.calls_24h.map(number),
            Self::ScreenSharing => facts.screen_sharing.map(Value::Flag),
            Self::InCall => facts.in_call.map(Value::Flag),
            Self::AmountAtRiskYuan => facts.amount_at_risk.map(whole_yuan),
            Self::EarlierAlerts30d => facts.history.earlier_alerts_30d.map(number),
            Self::SuspectIncidents30d => facts.history.suspect_incidents_30d.map(number),
            Self::TextFraud => text.map(|text| Value::Flag(text.fraud)),
            Self::TextScamType => {
                text.and_then(|text| text.scam_type).map(|scam_type| Value::Word(scam_type.as_str()))
            }
        }
    }
}

fn whole_yuan(amount: Fen) -> Value {
    Value::Number(amount.fen() / 100)
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(word) => word.fmt(f),
        }
    }
}
