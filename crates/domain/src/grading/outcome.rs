//! Gradings set against how things ended: what other rules would have changed, and how good those are that counted.
//!
//! An incident counts once, by the worst of its gradings in the span. How it was closed is the label: what was
//! prevented and who became a victim was fraud; what was closed as no fraud was none; the rest says nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::GradingFacts;
use crate::id::IncidentId;
use crate::incident::Outcome;
use crate::station::StationId;
use crate::tier::{Grade, Tier};

/// A grading of the past, with what became of its incident.
#[derive(Debug, Clone, PartialEq)]
pub struct PastGrading {
    /// The incident.
    pub incident_id: IncidentId,
    /// Whose area it was.
    pub station_id: StationId,
    /// How bad it was found.
    pub grade: Grade,
    /// What it was found by.
    pub facts: GradingFacts,
    /// The rules that fired.
    pub rules: Vec<String>,
    /// How the incident was closed, if it was.
    pub outcome: Option<Outcome>,
    /// Whether officers were sent.
    pub visited: bool,
    /// Whether the person reported a transfer to the 110 desk after the grading.
    pub paid_later: bool,
}

/// Whether it was fraud, where that is known.
fn was_fraud(outcome: Option<Outcome>) -> Option<bool> {
    match outcome {
        Some(Outcome::Prevented | Outcome::BecameVictim) => Some(true),
        Some(Outcome::NotFraud) => Some(false),
        Some(Outcome::Unreachable | Outcome::Duplicate | Outcome::HandedOver) | None => None,
    }
}

/// A count of hits and misses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// All of them.
    pub incidents: u64,
    /// Those that were fraud.
    pub fraud: u64,
    /// Those that were none.
    pub no_fraud: u64,
}

impl Counted {
    fn add(&mut self, fraud: Option<bool>) {
        self.incidents += 1;
        match fraud {
            Some(true) => self.fraud += 1,
            Some(false) => self.no_fraud += 1,
            None => {}
        }
    }

    /// Of what is known, the share that was fraud.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.fraud, self.fraud + self.no_fraud)
    }
}

/// `None` of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    // counts of incidents are far below where a float loses one
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// One incident, put together from its gradings.
#[derive(Debug, Clone)]
struct Judged {
    incident_id: IncidentId,
    station_id: StationId,
    before: Grade,
    after: Grade,
    rules: BTreeSet<String>,
    outcome: Option<Outcome>,
    visited: bool,
    paid_later: bool,
}

/// What other rules would have changed. Gradings come in grouped by incident.
#[derive(Debug, Clone, Default)]
pub struct Backtest {
    current: Option<Judged>,
    /// Gradings read.
    pub gradings: u64,
    /// Incidents by grade before and after.
    pub table: BTreeMap<(Grade, Grade), u64>,
    /// Incidents whose grade would change, by station: raised and lowered.
    pub by_station: BTreeMap<String, (u64, u64)>,
    /// By how they were closed; `open` where they were not.
    pub by_outcome: BTreeMap<&'static str, (u64, u64)>,
    /// Per tier: before, after.
    pub tiers: BTreeMap<Tier, (Counted, Counted)>,
    /// Per tier, how many incidents officers were sent to.
    visits: BTreeMap<Tier, u64>,
}

impl Backtest {
    /// Adds a grading and what the other rules say to its facts.
    pub fn add(&mut self, past: PastGrading, after: Grade) {
        self.gradings += 1;
        match &mut self.current {
            Some(current) if current.incident_id == past.incident_id => {
                current.before = current.before.max(past.grade);
                current.after = current.after.max(after);
            }
            current => {
                let done = current.replace(Judged::new(past, after));
                self.count(done);
            }
        }
    }

    /// Counts the last incident.
    pub fn finish(&mut self) {
        let done = self.current.take();
        self.count(done);
    }

    fn count(&mut self, done: Option<Judged>) {
        let Some(Judged { station_id, before, after, outcome, visited, .. }) = done else { return };
        *self.table.entry((before, after)).or_default() += 1;
        let (raised, lowered) = (u64::from(after > before), u64::from(after < before));
        let closed = outcome.map_or("open", Outcome::as_str);
        for (up, down) in [
            self.by_station.entry(station_id.as_str().to_owned()).or_default(),
            self.by_outcome.entry(closed).or_default(),
        ] {
            *up += raised;
            *down += lowered;
        }
        let fraud = was_fraud(outcome);
        self.tiers.entry(before.tier).or_default().0.add(fraud);
        self.tiers.entry(after.tier).or_default().1.add(fraud);
        *self.visits.entry(before.tier).or_default() += u64::from(visited);
    }

    /// Visits there were, and how many there would have been: as often per tier as there were.
    #[must_use]
    pub fn visits(&self) -> (u64, f64) {
        let estimated = self.tiers.iter().map(|(tier, (before, after))| {
            let visits = self.visits.get(tier).copied().unwrap_or(0);
            share(visits, before.incidents).unwrap_or(0.0) * after.incidents as f64
        });
        (self.visits.values().sum(), estimated.sum())
    }

    /// Of the frauds that are known, the share at or above a tier: before and after.
    #[must_use]
    pub fn recall(&self, tier: Tier) -> (Option<f64>, Option<f64>) {
        let sum = |from: Tier, of: fn(&(Counted, Counted)) -> &Counted| -> u64 {
            self.tiers.iter().filter(|(tier, _)| **tier >= from).map(|(_, both)| of(both).fraud).sum()
        };
        let recall = |of| share(sum(tier, of), sum(Tier::Low, of));
        (recall(|both| &both.0), recall(|both| &both.1))
    }
}

impl Judged {
    fn new(past: PastGrading, after: Grade) -> Self {
        Self {
            incident_id: past.incident_id,
            station_id: past.station_id,
            before: past.grade,
            after,
            rules: past.rules.into_iter().collect(),
            outcome: past.outcome,
            visited: past.visited,
            paid_later: past.paid_later,
        }
    }
}

/// How good the gradings of a span were. Gradings come in grouped by incident.
#[derive(Debug, Clone, Default)]
pub struct Quality {
    current: Option<Judged>,
    total: Counted,
    tiers: BTreeMap<Tier, Counted>,
    rules: BTreeMap<String, Counted>,
    cheated_after_low: u64,
}

/// How good the gradings of a span were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualityReport {
    /// All incidents that were graded.
    pub total: Counted,
    /// By the tier they were graded, the highest first.
    pub tiers: Vec<TierQuality>,
    /// By rule.
    pub rules: Vec<RuleQuality>,
    /// Incidents graded low whose person was cheated nevertheless.
    pub cheated_after_low: u64,
    /// Rules of the present version that never fired.
    pub never_fired: Vec<String>,
    /// Rules that fired where it was no fraud, and never where it was.
    pub never_right: Vec<String>,
}

/// How good a tier was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TierQuality {
    /// The tier.
    pub tier: Tier,
    /// What it was given to.
    pub counted: Counted,
    /// Of what is known, the share that was fraud.
    pub precision: Option<f64>,
    /// Of all that was fraud, the share graded at least so.
    pub recall: Option<f64>,
}

/// How good a rule was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleQuality {
    /// Its id.
    pub rule: String,
    /// Where it fired.
    pub counted: Counted,
    /// Of what is known, the share that was fraud.
    pub precision: Option<f64>,
    /// Of all that was fraud, the share where it fired.
    pub recall: Option<f64>,
}

impl Quality {
    /// Adds a grading.
    pub fn add(&mut self, past: PastGrading) {
        let grade = past.grade;
        match &mut self.current {
            Some(current) if current.incident_id == past.incident_id => {
                current.before = current.before.max(grade);
                current.rules.extend(past.rules);
                current.paid_later |= past.paid_later;
            }
            current => {
                let done = current.replace(Judged::new(past, grade));
                self.count(done);
            }
        }
    }

    fn count(&mut self, done: Option<Judged>) {
        let Some(judged) = done else { return };
        let fraud = was_fraud(judged.outcome);
        self.total.add(fraud);
        self.tiers.entry(judged.before.tier).or_default().add(fraud);
        for rule in judged.rules {
            self.rules.entry(rule).or_default().add(fraud);
        }
        let cheated = judged.paid_later || judged.outcome == Some(Outcome::BecameVictim);
        self.cheated_after_low += u64::from(cheated && judged.before.tier == Tier::Low);
    }

    /// The report; `present` are the rules that count now.
    #[must_use]
    pub fn report<'a>(mut self, present: impl Iterator<Item = &'a str>) -> QualityReport {
        let done = self.current.take();
        self.count(done);
        let frauds = self.total.fraud;
        let at_least = |from: Tier| -> u64 {
            self.tiers.iter().filter(|(tier, _)| **tier >= from).map(|(_, counted)| counted.fraud).sum()
        };
        let tiers = self.tiers.iter().rev().map(|(tier, counted)| TierQuality {
            tier: *tier,
            counted: *counted,
            precision: counted.precision(),
            recall: share(at_least(*tier), frauds),
        });
        let rules = self.rules.iter().map(|(rule, counted)| RuleQuality {
            rule: rule.clone(),
            counted: *counted,
            precision: counted.precision(),
            recall: share(counted.fraud, frauds),
        });
        QualityReport {
            total: self.total,
            tiers: tiers.collect(),
            rules: rules.collect(),
            cheated_after_low: self.cheated_after_low,
            never_fired: present.filter(|id| !self.rules.contains_key(*id)).map(str::to_owned).collect(),
            never_right: self
                .rules
                .iter()
                .filter(|(_, counted)| counted.fraud == 0 && counted.no_fraud > 0)
                .map(|(rule, _)| rule.clone())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;

    fn past(incident_id: IncidentId, tier: Tier, outcome: Option<Outcome>, rule: &str) -> PastGrading {
        PastGrading {
            incident_id,
            station_id: StationId::new("150203001"),
            grade: Grade { urgent: false, tier },
            facts: GradingFacts::default(),
            rules: vec![rule.to_owned()],
            outcome,
            visited: tier == Tier::High,
            paid_later: false,
        }
    }

    fn id() -> IncidentId {
        IncidentId::new(Instant::UNIX_EPOCH)
    }

    #[test]
    fn an_incident_counts_once_by_the_worst_of_its_gradings() {
        let (one, two) = (id(), id());
        let grade = |tier| Grade { urgent: false, tier };
        let mut backtest = Backtest::default();
        backtest.add(past(one, Tier::Low, Some(Outcome::Prevented), "a"), grade(Tier::Medium));
        backtest.add(past(one, Tier::High, Some(Outcome::Prevented), "a"), grade(Tier::Low));
        backtest.add(past(two, Tier::Low, Some(Outcome::NotFraud), "b"), grade(Tier::High));
        backtest.finish();
        let expected =
            [((grade(Tier::Low), grade(Tier::High)), 1), ((grade(Tier::High), grade(Tier::Medium)), 1)];
        assert_eq!(backtest.table, BTreeMap::from(expected));
        assert_eq!(backtest.by_outcome, BTreeMap::from([("prevented", (0, 1)), ("not_fraud", (1, 0))]));
        assert_eq!(backtest.by_station, BTreeMap::from([("150203001".to_owned(), (1, 1))]));
    }

    #[test]
    fn visits_are_estimated_as_often_per_tier_as_there_were() {
        let grade = |tier| Grade { urgent: false, tier };
        let mut backtest = Backtest::default();
        for (tier, visited) in [(Tier::High, true), (Tier::High, false), (Tier::Low, false)] {
            backtest.add(PastGrading { visited, ..past(id(), tier, None, "a") }, grade(Tier::High));
        }
        backtest.finish();
        assert_eq!(backtest.visits(), (1, 1.5));
    }

    #[test]
    fn precision_and_recall_come_from_how_incidents_were_closed() {
        let mut quality = Quality::default();
        for (tier, outcome, rule) in [
            (Tier::High, Some(Outcome::Prevented), "good"),
            (Tier::High, Some(Outcome::NotFraud), "bad"),
            (Tier::High, Some(Outcome::Unreachable), "good"),
            (Tier::Low, Some(Outcome::BecameVictim), "weak"),
            (Tier::Low, None, "weak"),
            (Tier::Low, None, "untold"),
        ] {
            quality.add(past(id(), tier, outcome, rule));
        }
        let report = quality.report(["good", "bad", "weak", "idle"].into_iter());
        let [high, low] = &report.tiers[..] else { panic!("two tiers: {report:?}") };
        assert_eq!((high.tier, high.precision, high.recall), (Tier::High, Some(0.5), Some(0.5)));
        assert_eq!((low.precision, low.recall), (Some(1.0), Some(1.0)));
        assert_eq!(report.cheated_after_low, 1);
        assert_eq!(
            (report.never_fired, report.never_right),
            (vec!["idle".to_owned()], vec!["bad".to_owned()])
        );
    }
}
