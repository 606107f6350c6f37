//! What must hold when a step starts.

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, de};

use crate::clock::{Instant, at_the_glass};
use crate::money::Fen;
use crate::scam_type::ScamType;
use crate::tier::{Grade, Tier};

/// What must hold when a step starts; nothing named, nothing required. What is not known is none of those named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// One of these tiers.
    pub tier: Option<Vec<Tier>>,
    /// Whether the incident must be urgent, or must not.
    pub urgent: Option<bool>,
    /// Whether a relative must be known.
    pub has_relatives: Option<bool>,
    /// Whether a suspect's number that may be blocked must be known.
    pub has_suspect_number: Option<bool>,
    /// One of these kinds of fraud.
    pub scam_type: Option<Vec<ScamType>>,
    /// None of these.
    pub scam_type_not: Vec<ScamType>,
    /// An alert of one of these sources.
    pub source: Option<Vec<String>>,
    /// At least so much is at risk, in yuan, by what the alerts say: `"50000.00"`.
    #[serde(deserialize_with = "amount")]
    pub amount_min: Option<Fen>,
    /// The subject is at least so old, in years.
    pub age_min: Option<u8>,
    /// The subject is at most so old, in years.
    pub age_max: Option<u8>,
    /// The time of day, in Asia/Shanghai.
    pub hours: Option<Hours>,
}

/// What conditions are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFacts {
    /// The incident's grade.
    pub grade: Grade,
    /// The kind of fraud, where known.
    pub scam_type: Option<ScamType>,
    /// Whether there is a relative to call.
    pub has_relatives: bool,
    /// Whether there is a suspect's number that may be blocked.
    pub has_suspect_number: bool,
    /// Who sent the incident's alerts.
    pub sources: Vec<String>,
    /// The subject's age in years, where known.
    pub age: Option<u8>,
    /// The most that any alert says is at risk.
    pub amount_at_risk: Option<Fen>,
}

/// A part of the day, written `08:00-21:30`; one that ends before it begins goes over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: NaiveTime,
    to: NaiveTime,
}

impl Condition {
    /// Whether `facts` allow it at `now`.
    #[must_use]
    pub fn holds(&self, facts: &PlanFacts, now: Instant) -> bool {
        let as_wanted = |wanted: Option<bool>, is| wanted.is_none_or(|wanted| wanted == is);
        let among = |types: &[ScamType]| facts.scam_type.is_some_and(|known| types.contains(&known));
        let sent_by = |sources: &[String]| facts.sources.iter().any(|source| sources.contains(source));
        as_wanted(self.urgent, facts.grade.urgent)
            && as_wanted(self.has_relatives, facts.has_relatives)
            && as_wanted(self.has_suspect_number, facts.has_suspect_number)
            && self.tier.as_ref().is_none_or(|tiers| tiers.contains(&facts.grade.tier))
            && self.scam_type.as_deref().is_none_or(among)
            && !among(&self.scam_type_not)
            && self.source.as_deref().is_none_or(sent_by)
            && self.amount_min.is_none_or(|least| facts.amount_at_risk.is_some_and(|amount| amount >= least))
            && self.age_min.is_none_or(|least| facts.age.is_some_and(|age| age >= least))
            && self.age_max.is_none_or(|most| facts.age.is_some_and(|age| age <= most))
            && self.hours.is_none_or(|hours| hours.contain(now))
    }

    /// Whether no facts at all could satisfy it.
    pub(super) fn is_impossible(&self) -> bool {
        let allowed = |types: &Vec<ScamType>| types.iter().any(|known| !self.scam_type_not.contains(known));
        !self.scam_type.as_ref().is_none_or(allowed)
            || matches!((self.age_min, self.age_max), (Some(least), Some(most)) if least > most)
            || self.tier.as_ref().is_some_and(Vec::is_empty)
            || self.source.as_ref().is_some_and(Vec::is_empty)
            // urgent is the top of high
            || self.urgent == Some(true) && self.tier.as_ref().is_some_and(|tiers| !tiers.contains(&Tier::High))
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Fen>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let amount = Fen::parse(&text).map_err(|_| de::Error::custom("expected yuan, such as \"50000.00\""))?;
    Ok(Some(amount))
}

impl Hours {
    fn contain(self, at: Instant) -> bool {
        let time = at_the_glass(at).time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        text.split_once('-')
            .and_then(|(from, to)| Some(Self { from: time(from)?, to: time(to)? }))
            .filter(|hours| hours.from != hours.to)
            .ok_or_else(|| de::Error::custom("expected a part of the day, such as \"08:00-21:30\""))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn facts() -> PlanFacts {
        PlanFacts {
            grade: Grade { urgent: false, tier: Tier::Medium },
            scam_type: Some(ScamType::Romance),
            has_relatives: false,
            has_suspect_number: true,
            sources: vec!["CMCC".to_owned()],
            age: Some(67),
            amount_at_risk: Fen::parse("50000.00").ok(),
        }
    }

    fn condition(text: &str) -> Condition {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_member_must_hold() {
        for (text, holds) in [
            ("", true),
            ("tier = ['medium', 'high']", true),
            ("tier = ['low']", false),
            ("source = ['BANK', 'CMCC']", true),
            ("source = ['BANK']", false),
            ("age_min = 60", true),
            ("age_min = 68", false),
            ("age_max = 67", true),
            ("age_max = 18", false),
            ("age_min = 60\nhas_relatives = true", false),
            ("amount_min = '50000.00'", true),
            ("amount_min = '50000.01'", false),
            ("scam_type = ['romance']\nurgent = false", true),
            ("scam_type_not = ['romance']", false),
        ] {
            assert_eq!(condition(text).holds(&facts(), Instant::UNIX_EPOCH), holds, "{text}");
        }
        let unknown = PlanFacts { age: None, scam_type: None, ..facts() };
        assert!(!condition("age_min = 1").holds(&unknown, Instant::UNIX_EPOCH));
        assert!(condition("scam_type_not = ['romance']").holds(&unknown, Instant::UNIX_EPOCH));
    }

    #[test]
    fn hours_are_those_of_the_place_and_may_go_over_midnight() {
        // 1970-01-01T00:00Z is eight in the morning
        let at = |hour: i64| Instant::UNIX_EPOCH + TimeDelta::hours(hour - 8);
        let (day, night) = (condition("hours = '08:00-21:30'"), condition("hours = '21:30-08:00'"));
        for (hour, is_day) in [(8, true), (12, true), (21, true), (22, false), (24, false), (31, false)] {
            assert_eq!(day.holds(&facts(), at(hour)), is_day, "{hour}");
            assert_eq!(night.holds(&facts(), at(hour)), !is_day, "{hour}");
        }
        for text in ["hours = '8'", "hours = '08:00-08:00'", "hours = '08:00-25:00'"] {
            assert!(toml::from_str::<Condition>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_nothing_could_satisfy_is_known() {
        for text in [
            "scam_type = ['romance']\nscam_type_not = ['romance']",
            "age_min = 60\nage_max = 18",
            "urgent = true\ntier = ['low']",
        ] {
            assert!(condition(text).is_impossible(), "{text}");
        }
        assert!(!condition("age_min = 18\nage_max = 60\nurgent = false").is_impossible());
    }
}
