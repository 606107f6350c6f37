//! What rules may ask about, what kind of value each signal has, and the sheet of numbers that is judged.

use std::fmt;

use super::GradingFacts;
use crate::alert_kind::AlertKind;
use crate::incident::Outcome;
use crate::money::Fen;
use crate::scam_type::ScamType;
use crate::tier::Tier;
use crate::words::words;

words! {
    /// Something known about an alert, by the name it has in a rule.
    pub enum Signal {
        /// Word: the channel, as in the contract's `kind`.
        Kind = "kind",
        /// Name: who sent the alert, such as `CMCC`.
        Source = "source",
        /// Word: the source's own grading, `low`, `medium` or `high`.
        SourceLevel = "source_level",
        /// Word: the kind of fraud, as the source or a person named it.
        ScamType = "scam_type",
        /// Number: years.
        Age = "age",
        /// Number: hour of the day in China, 0 to 23.
        Hour = "hour",
        /// Number: day of the week in China, 1 for Monday to 7 for Sunday.
        Weekday = "weekday",
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
        /// Number: alerts about the same person in earlier incidents, in the last hour.
        EarlierAlerts1h = "earlier_alerts_1h",
        /// Number: the same in 24 hours.
        EarlierAlerts24h = "earlier_alerts_24h",
        /// Number: the same in 7 days.
        EarlierAlerts7d = "earlier_alerts_7d",
        /// Number: the same in 30 days.
        EarlierAlerts30d = "earlier_alerts_30d",
        /// Number: alerts of other incidents with the same suspect's number, in the last hour.
        SuspectAlerts1h = "suspect_alerts_1h",
        /// Number: the same in 24 hours.
        SuspectAlerts24h = "suspect_alerts_24h",
        /// Number: the same in 7 days.
        SuspectAlerts7d = "suspect_alerts_7d",
        /// Number: the same in 30 days.
        SuspectAlerts30d = "suspect_alerts_30d",
        /// Number: other incidents with the same suspect's number in 30 days.
        SuspectIncidents30d = "suspect_incidents_30d",
        /// Number: alerts of other incidents with the same suspect's account, in the last hour.
        AccountAlerts1h = "account_alerts_1h",
        /// Number: the same in 24 hours.
        AccountAlerts24h = "account_alerts_24h",
        /// Number: the same in 7 days.
        AccountAlerts7d = "account_alerts_7d",
        /// Number: the same in 30 days.
        AccountAlerts30d = "account_alerts_30d",
        /// Number: alerts of other incidents with the same address on the web, in the last hour.
        UrlAlerts1h = "url_alerts_1h",
        /// Number: the same in 24 hours.
        UrlAlerts24h = "url_alerts_24h",
        /// Number: the same in 7 days.
        UrlAlerts7d = "url_alerts_7d",
        /// Number: the same in 30 days.
        UrlAlerts30d = "url_alerts_30d",
        /// Word: how the person's last incident was closed; one that was the duplicate of another does not count.
        PriorOutcome = "prior_outcome",
        /// Number: the person's incidents of 365 days that were closed as no fraud.
        FalseAlarms365d = "false_alarms_365d",
        /// Number: how sure the list of suspect numbers is, 0 (not on it) to 100.
        SuspectListedConfidence = "suspect_listed_confidence",
        /// Number: the same of the account.
        AccountListedConfidence = "account_listed_confidence",
        /// Number: the same of the address on the web.
        UrlListedConfidence = "url_listed_confidence",
        /// Flag: the suspect's number is a protected one, such as a bank's own.
        SuspectProtected = "suspect_protected",
        /// Flag: the text reads like fraud.
        TextFraud = "text_fraud",
        /// Word: the kind of fraud the text reads like.
        TextScamType = "text_scam_type",
        /// Number: how likely the text is fraud, in percent, rounded down.
        TextProbabilityPercent = "text_probability_percent",
    }
}

/// What a signal says of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(i64),
    Flag(bool),
    /// The word and its place in its list.
    Word(usize, &'static str),
    Name(&'a str),
}

/// The kind of value a signal has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Both inclusive.
    Number {
        least: i64,
        most: i64,
    },
    Flag,
    /// One of these.
    Word(Vec<&'static str>),
    /// Any text.
    Name,
}

/// More than any count or amount of yuan can be.
const MOST: i64 = i64::MAX / 4;

impl Signal {
    pub(super) fn value_kind(self) -> ValueKind {
        let scam_types = || ScamType::ALL.iter().map(|scam_type| scam_type.as_str()).collect();
        let up_to = |most| ValueKind::Number { least: 0, most };
        match self {
            Self::Kind => ValueKind::Word(AlertKind::ALL.iter().map(|kind| kind.as_str()).collect()),
            Self::Source => ValueKind::Name,
            Self::SourceLevel => ValueKind::Word(Tier::ALL.iter().map(|tier| tier.as_str()).collect()),
            Self::ScamType | Self::TextScamType => ValueKind::Word(scam_types()),
            Self::PriorOutcome => {
                ValueKind::Word(Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect())
            }
            Self::ScreenSharing | Self::InCall | Self::SuspectProtected | Self::TextFraud => ValueKind::Flag,
            Self::Age => up_to(u8::MAX.into()),
            Self::Hour => up_to(23),
            Self::Weekday => ValueKind::Number { least: 1, most: 7 },
            Self::SuspectListedConfidence
            | Self::AccountListedConfidence
            | Self::UrlListedConfidence
            | Self::TextProbabilityPercent => up_to(100),
            Self::CallSeconds
            | Self::Calls24h
            | Self::AmountAtRiskYuan
            | Self::EarlierAlerts1h
            | Self::EarlierAlerts24h
            | Self::EarlierAlerts7d
            | Self::EarlierAlerts30d
            | Self::SuspectAlerts1h
            | Self::SuspectAlerts24h
            | Self::SuspectAlerts7d
            | Self::SuspectAlerts30d
            | Self::SuspectIncidents30d
            | Self::AccountAlerts1h
            | Self::AccountAlerts24h
            | Self::AccountAlerts7d
            | Self::AccountAlerts30d
            | Self::UrlAlerts1h
            | Self::UrlAlerts24h
            | Self::UrlAlerts7d
            | Self::UrlAlerts30d
            | Self::FalseAlarms365d => up_to(MOST),
        }
    }

    /// What the facts say, where they say anything.
    pub(super) fn value(self, facts: &GradingFacts) -> Option<Value<'_>> {
        let number = |number: u32| Value::Number(number.into());
        let text = facts.text.as_ref();
        let past = &facts.history;
        match self {
            Self::Kind => facts.kind.map(|kind| Value::Word(kind as usize, kind.as_str())),
            Self::Source => facts.source.as_deref().map(Value::Name),
            Self::SourceLevel => facts.source_level.map(|level| Value::Word(level as usize, level.as_str())),
            Self::ScamType => facts.scam_type.map(scam_type_word),
            Self::Age => facts.age.map(number),
            Self::Hour => facts.hour.map(number),
            Self::Weekday => facts.weekday.map(number),
            Self::CallSeconds => facts.call_seconds.map(number),
            Self::Calls24h => facts.calls_24h.map(number),
            Self::ScreenSharing => facts.screen_sharing.map(Value::Flag),
            Self::InCall => facts.in_call.map(Value::Flag),
            Self::AmountAtRiskYuan => facts.amount_at_risk.map(whole_yuan),
            Self::EarlierAlerts1h => past.earlier_alerts_1h.map(number),
            Self::EarlierAlerts24h => past.earlier_alerts_24h.map(number),
            Self::EarlierAlerts7d => past.earlier_alerts_7d.map(number),
            Self::EarlierAlerts30d => past.earlier_alerts_30d.map(number),
            Self::SuspectAlerts1h => past.suspect_alerts_1h.map(number),
            Self::SuspectAlerts24h => past.suspect_alerts_24h.map(number),
            Self::SuspectAlerts7d => past.suspect_alerts_7d.map(number),
            Self::SuspectAlerts30d => past.suspect_alerts_30d.map(number),
            Self::SuspectIncidents30d => past.suspect_incidents_30d.map(number),
            Self::AccountAlerts1h => past.account_alerts_1h.map(number),
            Self::AccountAlerts24h => past.account_alerts_24h.map(number),
            Self::AccountAlerts7d => past.account_alerts_7d.map(number),
            Self::AccountAlerts30d => past.account_alerts_30d.map(number),
            Self::UrlAlerts1h => past.url_alerts_1h.map(number),
            Self::UrlAlerts24h => past.url_alerts_24h.map(number),
            Self::UrlAlerts7d => past.url_alerts_7d.map(number),
            Self::UrlAlerts30d => past.url_alerts_30d.map(number),
            Self::PriorOutcome => {
                past.prior_outcome.map(|outcome| Value::Word(outcome as usize, outcome.as_str()))
            }
            Self::FalseAlarms365d => past.false_alarms_365d.map(number),
            Self::SuspectListedConfidence => past.suspect_listed_confidence.map(number),
            Self::AccountListedConfidence => past.account_listed_confidence.map(number),
            Self::UrlListedConfidence => past.url_listed_confidence.map(number),
            Self::SuspectProtected => past.suspect_protected.map(Value::Flag),
            Self::TextFraud => text.map(|text| Value::Flag(text.fraud)),
            Self::TextScamType => text.and_then(|text| text.scam_type).map(scam_type_word),
            Self::TextProbabilityPercent => text.map(|text| percent(text.probability)),
        }
    }
}

fn scam_type_word(scam_type: ScamType) -> Value<'static> {
    Value::Word(scam_type as usize, scam_type.as_str())
}

fn whole_yuan(amount: Fen) -> Value<'static> {
    Value::Number(amount.fen() / 100)
}

fn percent(probability: f64) -> Value<'static> {
    // between 0 and 100 nothing is lost
    Value::Number((probability.clamp(0.0, 1.0) * 100.0) as i64)
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(_, word) => word.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// The names of sources that one file of rules speaks of: a condition knows each by its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// The place of a name, which is taken down if it is new.
    pub(super) fn place(&mut self, name: &str) -> i64 {
        if !self.0.iter().any(|known| known == name) {
            self.0.push(name.to_owned());
        }
        self.find(name)
    }

    /// The place of a name; of one that no rule speaks of, the place behind all.
    fn find(&self, name: &str) -> i64 {
        let place = self.0.iter().position(|known| known == name).unwrap_or(self.0.len());
        i64::try_from(place).unwrap_or(i64::MAX)
    }
}

/// The facts as numbers: a flag is 0 or 1, a word or a name its place in its list.
pub(super) struct Sheet {
    values: [i64; Signal::ALL.len()],
    /// One bit a signal.
    known: u64,
}

const _: () = assert!(Signal::ALL.len() <= 64, "a sheet marks what is known in 64 bits");

impl Sheet {
    pub(super) fn new(facts: &GradingFacts, names: &Names) -> Self {
        let mut sheet = Self { values: [0; Signal::ALL.len()], known: 0 };
        for signal in Signal::ALL {
            let value = match signal.value(facts) {
                None => continue,
                Some(Value::Number(number)) => number,
                Some(Value::Flag(flag)) => flag.into(),
                Some(Value::Name(name)) => names.find(name),
                Some(Value::Word(place, _)) => i64::try_from(place).unwrap_or(i64::MAX),
            };
            sheet.values[*signal as usize] = value;
            sheet.known |= 1 << *signal as usize;
        }
        sheet
    }

    /// The value of a signal that is known.
    pub(super) fn get(&self, signal: Signal) -> Option<i64> {
        let place = signal as usize;
        (self.known >> place & 1 == 1).then(|| self.values[place])
    }
}
