//! What can be said of rules without any alert: which can never fire, which add nothing to another, and whether
//! the thresholds can be reached.

use std::ops::Range;

use toml::Spanned;

use super::Rule;
use super::condition::Cases;
use super::parse::WrittenGroup;
use crate::config_text::Faults;
use crate::tier::Tier;

/// A rule with its place in the file.
pub(super) struct Placed {
    pub(super) rule: Rule,
    place: Range<usize>,
    /// `None` where there are too many to be looked at.
    cases: Option<Cases>,
}

impl Placed {
    pub(super) fn new(rule: Rule, place: Range<usize>) -> Self {
        let cases = Cases::of(&rule.when);
        Self { rule, place, cases }
    }

    /// Whether the other rule's condition holds wherever this one's does.
    fn implies(&self, other: &Self) -> bool {
        self.cases.as_ref().zip(other.cases.as_ref()).is_some_and(|(own, others)| own.imply(others))
    }

    fn floor(&self) -> Tier {
        if self.rule.urgent { Tier::High } else { self.rule.floor.unwrap_or(Tier::Low) }
    }
}

/// Every fault that lies between the rules.
pub(super) fn all(rules: &[Placed], overrides: &[Placed], faults: &mut Faults<'_>) {
    let everything = || rules.iter().chain(overrides);
    for (count, placed) in everything().enumerate() {
        let id = &placed.rule.id;
        if everything().take(count).any(|earlier| earlier.rule.id == *id) {
            faults.note(&placed.place, format!("the id {id:?} is taken"));
        }
        if placed.cases.as_ref().is_some_and(Cases::are_none) {
            faults.note(&placed.place, format!("{id} can never fire: its condition contradicts itself"));
        }
    }
    let possible = |placed: &&Placed| placed.cases.as_ref().is_some_and(|cases| !cases.are_none());
    for (count, placed) in overrides.iter().enumerate().filter(|(_, placed)| possible(placed)) {
        let Placed { rule, place, .. } = placed;
        if let Some(first) = overrides.iter().take(count).find(|earlier| placed.implies(earlier)) {
            let cause = format!(
                "{} never counts: {:?} holds wherever it does, and stands before it",
                rule.id, first.rule.id
            );
            faults.note(place, cause);
        }
    }
    for (count, placed) in rules.iter().enumerate().filter(|(_, placed)| possible(placed)) {
        let twin =
            rules.iter().take(count).find(|earlier| placed.implies(earlier) && earlier.implies(placed));
        if let Some(twin) = twin {
            let cause = format!("{} asks the same as {:?}: put them together", placed.rule.id, twin.rule.id);
            faults.note(&placed.place, cause);
            continue;
        }
        if let Some(wider) = rules.iter().find(|other| shadows(other, placed)) {
            let cause = format!(
                "{} changes nothing: {:?} fires wherever it does, and does as much",
                placed.rule.id, wider.rule.id
            );
            faults.note(&placed.place, cause);
        }
    }
}

/// Whether a rule with no weight of its own raises nothing that the other does not raise anyway.
fn shadows(wider: &Placed, narrow: &Placed) -> bool {
    wider.rule.id != narrow.rule.id
        && narrow.rule.weight == 0
        && narrow.floor() <= wider.floor()
        && (!narrow.rule.urgent || wider.rule.urgent)
        && narrow.implies(wider)
}

/// Thresholds out of order or out of reach, and groups whose cap is.
pub(super) fn thresholds(
    (medium, high): (&Spanned<i32>, &Spanned<i32>),
    groups: &[WrittenGroup],
    rules: &[Placed],
    overrides: &[Placed],
    faults: &mut Faults<'_>,
) {
    if *medium.get_ref() <= 0 {
        faults.note(&medium.span(), "must be above zero, or nothing would be low");
    }
    if high.get_ref() <= medium.get_ref() {
        faults.note(&high.span(), "must be above `medium`");
    }
    let gains = |group: Option<usize>| -> i64 {
        let members = rules.iter().filter(|placed| placed.rule.group == group);
        members.map(|placed| i64::from(placed.rule.weight.max(0))).sum()
    };
    // of the overrides one counts
    let overriding = overrides.iter().map(|placed| i64::from(placed.rule.weight)).max().unwrap_or(0).max(0);
    let mut most = gains(None) + overriding;
    for (place, WrittenGroup { id, cap }) in groups.iter().enumerate() {
        let gain = gains(Some(place));
        if gain <= i64::from(*cap.get_ref()) {
            let cause = format!("never reached: the weights of the group {:?} come to {gain}", id.get_ref());
            faults.note(&cap.span(), cause);
        }
        most += gain.min(i64::from(*cap.get_ref()));
    }
    if most < i64::from(*high.get_ref()) {
        faults.note(&high.span(), format!("out of reach: all weights together are {most}"));
    }
}
