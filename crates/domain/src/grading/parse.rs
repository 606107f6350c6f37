//! From the rules' file to [`Rules`]: names, types and bounds are checked here, so that judging cannot fail.

use serde::Deserialize;
use toml::Spanned;

use super::check;
use super::condition::Condition;
use super::expression::{self, Read, unknown};
use super::ranges::Ranges;
use super::sentence::Sentence;
use super::signal::{Names, Signal};
use super::{Group, Rule, Rules, Thresholds};
use crate::config_text::{ConfigText, Faults, FileFault};
use crate::scam_type::ScamType;
use crate::tier::Tier;

/// A larger file is none that people keep.
const MOST_BYTES: usize = 512 * 1024;
/// Over how many gradings hits are counted, unless the file says otherwise.
const BRAKE_WINDOW: u32 = 200;
/// Over more nobody waits, and they are read at each grading.
const BRAKE_WINDOW_MOST: u32 = 10_000;
/// No sensible id of a rule or group is longer.
const ID_MAX_CHARS: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRules {
    thresholds: WrittenThresholds,
    #[serde(default)]
    brake: WrittenBrake,
    #[serde(default)]
    group: Vec<WrittenGroup>,
    #[serde(default)]
    rule: Vec<WrittenRule>,
    #[serde(default, rename = "override")]
    overrides: Vec<WrittenOverride>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenThresholds {
    medium: Spanned<i32>,
    high: Spanned<i32>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenBrake {
    window: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenGroup {
    pub(super) id: Spanned<String>,
    pub(super) cap: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    id: Spanned<String>,
    group: Option<Spanned<String>>,
    when: Spanned<String>,
    weight: Option<Spanned<i32>>,
    floor: Option<Spanned<Tier>>,
    #[serde(default)]
    urgent: bool,
    max_rate: Option<Spanned<f64>>,
    says: Spanned<String>,
    says_en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOverride {
    id: Spanned<String>,
    scam_types: Spanned<Vec<ScamType>>,
    when: Option<Spanned<String>>,
    weight: Option<Spanned<i32>>,
    floor: Option<Spanned<Tier>>,
    #[serde(default)]
    urgent: bool,
    max_rate: Option<Spanned<f64>>,
    says: Spanned<String>,
    says_en: Spanned<String>,
}

impl Rules {
    /// Reads a file of grading rules.
    ///
    /// # Errors
    /// Every fault with its line: unknown keys and signals, types that do not fit, rules that can never fire or add
    /// nothing to another, thresholds out of order or out of reach, ids given twice.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        if text.len() > MOST_BYTES {
            return Err(vec![source.fault(&(0..0), format!("too large: {MOST_BYTES} bytes at most"))]);
        }
        let written: WrittenRules = source.read()?;
        let mut reader =
            Reader { text, faults: Faults::new(source), names: Names::default(), groups: vec![] };
        reader.groups(&written.group);
        let rules: Vec<check::Placed> =
            written.rule.into_iter().filter_map(|rule| reader.rule(rule)).collect();
        let overrides: Vec<check::Placed> =
            written.overrides.into_iter().filter_map(|rule| reader.override_rule(rule)).collect();
        let Reader { mut faults, names, groups, .. } = reader;
        let WrittenThresholds { medium, high } = written.thresholds;
        let window = written.brake.window;
        let sensible = 1..=BRAKE_WINDOW_MOST;
        if let Some(window) = window.as_ref().filter(|window| !sensible.contains(window.get_ref())) {
            let cause = format!("expected how many gradings are looked back on: 1 to {BRAKE_WINDOW_MOST}");
            faults.note(&window.span(), cause);
        }
        check::all(&rules, &overrides, &mut faults);
        if faults.is_empty() {
            check::thresholds((&medium, &high), &written.group, &rules, &overrides, &mut faults);
        }
        let bare = |placed: Vec<check::Placed>| placed.into_iter().map(|placed| placed.rule).collect();
        faults.unless_any(Self {
            version: source.hash(),
            text: text.to_owned(),
            thresholds: Thresholds { medium: medium.into_inner(), high: high.into_inner() },
            groups,
            rules: bare(rules),
            overrides: bare(overrides),
            brake_window: window.map_or(BRAKE_WINDOW, Spanned::into_inner),
            names,
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    faults: Faults<'a>,
    names: Names,
    groups: Vec<Group>,
}

/// What rules and overrides have in common.
struct Effect {
    weight: Option<Spanned<i32>>,
    floor: Option<Spanned<Tier>>,
    urgent: bool,
    max_rate: Option<Spanned<f64>>,
    says: Spanned<String>,
    says_en: Spanned<String>,
}

impl Reader<'_> {
    fn groups(&mut self, written: &[WrittenGroup]) {
        for WrittenGroup { id, cap } in written {
            self.must_be_id(id);
            if self.groups.iter().any(|group| group.id == *id.get_ref()) {
                self.faults.note(&id.span(), format!("the group {:?} stands here twice", id.get_ref()));
            }
            if *cap.get_ref() <= 0 {
                self.faults.note(&cap.span(), "must be above zero, or its rules would count for nothing");
            }
            self.groups.push(Group { id: id.get_ref().clone(), cap: *cap.get_ref() });
        }
    }

    fn rule(&mut self, written: WrittenRule) -> Option<check::Placed> {
        let WrittenRule { id, group, when, weight, floor, urgent, max_rate, says, says_en } = written;
        let group = group.and_then(|named| {
            let place = self.groups.iter().position(|group| group.id == *named.get_ref());
            if place.is_none() {
                let known = self.groups.iter().map(|group| group.id.as_str());
                let cause = unknown("group", named.get_ref(), known);
                self.faults.note(&named.span(), cause);
            }
            place
        });
        let read = self.condition(&when)?;
        let Some(shows) = read.signals.first().copied() else {
            self.faults.note(&when.span(), "asks about no signal");
            return None;
        };
        let effect = Effect { weight, floor, urgent, max_rate, says, says_en };
        self.placed(id, read.condition, shows, group, effect)
    }

    fn override_rule(&mut self, written: WrittenOverride) -> Option<check::Placed> {
        let WrittenOverride { id, scam_types, when, weight, floor, urgent, max_rate, says, says_en } =
            written;
        if scam_types.get_ref().is_empty() {
            self.faults.note(&scam_types.span(), "expected the kinds of fraud it is about");
        }
        let places: Vec<i64> = scam_types.get_ref().iter().map(|scam_type| *scam_type as i64).collect();
        let of_type = Condition::Within(Signal::ScamType, Ranges::of(&places));
        let (condition, shows) = match when {
            None => (of_type, Signal::ScamType),
            Some(when) => {
                let read = self.condition(&when)?;
                let shows = read.signals.first().copied().unwrap_or(Signal::ScamType);
                (Condition::All(vec![of_type, read.condition]), shows)
            }
        };
        let effect = Effect { weight, floor, urgent, max_rate, says, says_en };
        self.placed(id, condition, shows, None, effect)
    }

    fn placed(
        &mut self,
        id: Spanned<String>,
        when: Condition,
        shows: Signal,
        group: Option<usize>,
        effect: Effect,
    ) -> Option<check::Placed> {
        let place = id.span();
        self.must_be_id(&id);
        if let Some(weight) = effect.weight.as_ref().filter(|weight| *weight.get_ref() == 0) {
            self.faults.note(&weight.span(), "a weight of zero does nothing");
        }
        if let Some(floor) = effect.floor.as_ref().filter(|floor| *floor.get_ref() == Tier::Low) {
            self.faults.note(&floor.span(), "everything is at least low: this floor does nothing");
        }
        if effect.weight.is_none() && effect.floor.is_none() && !effect.urgent {
            self.faults.note(&place, "this rule does nothing: expected `weight`, `floor` or `urgent`");
        }
        if let Some(rate) = effect.max_rate.as_ref().filter(|rate| !(0.0..1.0).contains(rate.get_ref())) {
            self.faults.note(&rate.span(), "expected a share of all alerts, from 0.0 to below 1.0");
        }
        let says = self.sentence(&effect.says, shows);
        let says_en = self.sentence(&effect.says_en, shows);
        let rule = Rule {
            id: id.into_inner(),
            when,
            shows,
            weight: effect.weight.map_or(0, Spanned::into_inner),
            group,
            floor: effect.floor.map(Spanned::into_inner),
            urgent: effect.urgent,
            max_rate: effect.max_rate.map(Spanned::into_inner),
            says: says?,
            says_en: says_en?,
        };
        Some(check::Placed::new(rule, place))
    }

    /// An id stands in addresses, tables and lists of reasons.
    fn must_be_id(&mut self, id: &Spanned<String>) {
        let fits = |character: char| character.is_alphanumeric() || character == '_';
        let chars = id.get_ref().chars().count();
        if !(1..=ID_MAX_CHARS).contains(&chars) || !id.get_ref().chars().all(fits) {
            let cause = format!(
                "expected an id of letters, digits and _, such as \"long_call\", {ID_MAX_CHARS} at most"
            );
            self.faults.note(&id.span(), cause);
        }
    }

    fn sentence(&mut self, written: &Spanned<String>, shows: Signal) -> Option<Sentence> {
        Sentence::read(written.get_ref(), shows)
            .map_err(|cause| self.faults.note(&written.span(), cause))
            .ok()
    }

    fn condition(&mut self, written: &Spanned<String>) -> Option<Read> {
        expression::read(written.get_ref(), &mut self.names)
            .map_err(|flaw| {
                let line = nth_line(self.text, written.span().start, flaw.lines_down);
                self.faults.note(&line, flaw.cause);
            })
            .ok()
    }
}

/// A place some lines below the start of a string in the file. A string in three quotes begins on the next line
/// where its first is empty.
fn nth_line(text: &str, start: usize, lines_down: usize) -> std::ops::Range<usize> {
    let string = text.get(start..).unwrap_or("");
    let opened_above = ["\"\"\"\n", "'''\n"].iter().any(|opening| string.starts_with(opening));
    let lines = lines_down + usize::from(opened_above);
    let breaks = string.match_indices('\n').map(|(place, _)| start + place + 1);
    let place = breaks.take(lines).last().unwrap_or(start);
    place..place
}
