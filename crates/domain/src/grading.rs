//! How bad is it: from what is known about an alert to a tier, a score and the reasons (研判定级).
//!
//! The rules are a file (`config/grading.toml`):
//!
//! ```toml
//! [thresholds]                 # a score from here on is at least this tier
//! medium = 35
//! high = 65
//!
//! [[group]]                    # rules that tell of the same thing: together they count no more than this
//! id = "line"
//! cap = 60
//!
//! [[rule]]
//! id = "long_call"
//! group = "line"
//! when = "call_seconds >= 300 && call_seconds < 900"
//! weight = 10                  # what it adds to the score
//! max_rate = 0.5               # stops counting once it fires in more than half of the alerts
//! says = "与可疑号码通话{value}秒"  # {value}: of the first signal; {age}: of that one
//! says_en = "on the line with the suspect's number for {value} s"
//!
//! [[rule]]
//! id = "screen_shared_on_a_call"
//! when = "screen_sharing && in_call"
//! floor = "medium"             # at least this tier, whatever the score
//! urgent = true                # urgent, which is always high
//! says = "..."
//! says_en = "..."
//!
//! [[override]]                 # by the kind of fraud: the first that holds is the one that counts
//! id = "false_superior_and_large_transfer"
//! scam_types = ["impersonating_acquaintance"]
//! when = "amount_at_risk_yuan >= 200000"
//! urgent = true
//! says = "..."
//! says_en = "..."
//! ```
//!
//! A condition is an expression in the syntax of CEL: signals by their names, whole numbers, words in quotes,
//! `&& || !`, `== != < <= > >=`, `in [...]` and `+ - * / %`. A comparison with a signal that is not known is
//! neither true nor false: `&&` is false if one side is, `||` true if one side is, `!` leaves it unknown. A rule
//! fires where its condition is true. The signals are listed in [`Signal`].
//!
//! [`GradingFacts::of`] gathers what the rules ask about, [`Rules::assess`] judges it. Facts are stored with each
//! assessment and the rules under their hash, so the same answer can be had again years later.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::tier::{Grade, Tier};

mod check;
mod condition;
mod expression;
mod facts;
pub mod outcome;
mod parse;
mod ranges;
mod sentence;
mod signal;

use condition::Condition;
pub use facts::{Evidence, GradingFacts, History};
use sentence::Sentence;
pub use signal::Signal;
use signal::{Names, Sheet};

/// One version of the grading rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// SHA-256 of the file's text, in hex.
    pub version: String,
    /// The file as it was read.
    pub text: String,
    thresholds: Thresholds,
    groups: Vec<Group>,
    rules: Vec<Rule>,
    /// By the kind of fraud; the first that holds counts.
    overrides: Vec<Rule>,
    brake_window: u32,
    names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Thresholds {
    medium: i32,
    high: i32,
}

/// Rules that tell of the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    id: String,
    /// What their weights come to at most.
    cap: i32,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    id: String,
    when: Condition,
    /// The first signal of the condition: its value is the rule's.
    shows: Signal,
    weight: i32,
    /// Its place among the groups.
    group: Option<usize>,
    floor: Option<Tier>,
    urgent: bool,
    /// Beyond this share of alerts it is stopped.
    max_rate: Option<f64>,
    says: Sentence,
    says_en: Sentence,
}

/// The judgement, with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// High, medium or low.
    pub tier: Tier,
    /// Whether it goes before all others; then the tier is high.
    pub urgent: bool,
    /// The sum of the reasons' weights.
    pub score: i32,
    /// The version of the rules that judged.
    pub rules_version: String,
    /// The rules that fired, in the file's order; then the override, then what was too much for a group's cap.
    pub reasons: Vec<Reason>,
    /// The rules that held, but are stopped and did not count.
    #[serde(default)]
    pub stopped: Vec<String>,
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's id; `cap:` and the group's id where a group came to more than its cap.
    pub rule: String,
    /// The value of its first signal.
    pub value: String,
    /// What it added to the score.
    pub weight: i32,
    /// The reason as a sentence.
    pub says: String,
    /// The same in English; empty in records from before there was one.
    #[serde(default)]
    pub says_en: String,
}

/// A rule that fired too often, and is to be stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Runaway {
    /// Its id.
    pub rule: String,
    /// How often it fired.
    pub hits: u32,
    /// In how many gradings.
    pub of: u32,
    /// The share it should have kept to.
    pub max_rate: f64,
}

impl Rules {
    /// Judges the facts by every rule.
    #[must_use]
    pub fn assess(&self, facts: &GradingFacts) -> Verdict {
        self.assess_without(facts, &BTreeSet::new())
    }

    /// Judges the facts; the rules that are stopped do not count.
    #[must_use]
    pub fn assess_without(&self, facts: &GradingFacts, stopped: &BTreeSet<String>) -> Verdict {
        let sheet = Sheet::new(facts, &self.names);
        let held = self.rules.iter().filter(|rule| rule.when.holds(&sheet));
        let (halted, mut fired): (Vec<&Rule>, Vec<&Rule>) = held.partition(|rule| stopped.contains(&rule.id));
        let mut halted: Vec<String> = halted.into_iter().map(|rule| rule.id.clone()).collect();
        for candidate in self.overrides.iter().filter(|rule| rule.when.holds(&sheet)) {
            if !stopped.contains(&candidate.id) {
                fired.push(candidate);
                break;
            }
            halted.push(candidate.id.clone());
        }
        let mut reasons: Vec<Reason> = fired.iter().map(|rule| rule.reason(facts)).collect();
        reasons.extend(self.capped(&fired));
        let score = reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.weight));
        let urgent = fired.iter().any(|rule| rule.urgent);
        let floor = fired.iter().filter_map(|rule| rule.floor).max();
        let tier = match floor.unwrap_or(Tier::Low).max(self.thresholds.tier(score)) {
            _ if urgent => Grade::URGENT.tier,
            tier => tier,
        };
        Verdict { tier, urgent, score, rules_version: self.version.clone(), reasons, stopped: halted }
    }

    /// What is taken off again where a group comes to more than its cap.
    fn capped(&self, fired: &[&Rule]) -> Vec<Reason> {
        let mut sums = vec![0_i32; self.groups.len()];
        for rule in fired {
            if let Some(sum) = rule.group.and_then(|place| sums.get_mut(place)) {
                *sum = sum.saturating_add(rule.weight);
            }
        }
        let over = self.groups.iter().zip(sums).filter(|(group, sum)| *sum > group.cap);
        over.map(|(Group { id, cap }, sum)| Reason {
            rule: format!("cap:{id}"),
            value: sum.to_string(),
            weight: cap - sum,
            says: format!("同类理由合计{sum}分，按上限计{cap}分"),
            says_en: format!("reasons of one kind come to {sum}; at most {cap} count"),
        })
        .collect()
    }

    /// The ids of all rules and overrides, in the file's order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().chain(&self.overrides).map(|rule| rule.id.as_str())
    }

    /// Over how many gradings a rule's hits are counted; `None` where no rule has a bound.
    #[must_use]
    pub fn brake_window(&self) -> Option<u32> {
        let bounded = self.rules.iter().chain(&self.overrides).any(|rule| rule.max_rate.is_some());
        bounded.then_some(self.brake_window)
    }

    /// The rules that fired beyond their bound in the last `of` gradings: nothing is said before the window is
    /// full.
    #[must_use]
    pub fn runaways(&self, hits: &BTreeMap<String, u32>, of: u32) -> Vec<Runaway> {
        if of < self.brake_window {
            return vec![];
        }
        let bounded = self.rules.iter().chain(&self.overrides);
        bounded
            .filter_map(|rule| {
                let (hits, max_rate) = (hits.get(&rule.id).copied().unwrap_or(0), rule.max_rate?);
                let over = f64::from(hits) > max_rate * f64::from(of);
                over.then(|| Runaway { rule: rule.id.clone(), hits, of, max_rate })
            })
            .collect()
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
    fn reason(&self, facts: &GradingFacts) -> Reason {
        Reason {
            rule: self.id.clone(),
            value: self.shows.value(facts).map_or_else(String::new, |value| value.to_string()),
            weight: self.weight,
            says: self.says.about(facts),
            says_en: self.says_en.about(facts),
        }
    }
}

#[cfg(test)]
mod tests;
