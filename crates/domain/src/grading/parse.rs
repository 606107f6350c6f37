//! From the rules' file to [`Rules`]: names, types and bounds are checked here, so that judging cannot fail.

use serde::Deserialize;
use toml::Spanned;

use super::signal::{Signal, Value, ValueKind};
use super::{Condition, Rule, Rules, Test, Thresholds, VALUE};
use crate::config_text::{ConfigText, Faults, FileFault, OneOf};
use crate::tier::Tier;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRules {
    thresholds: WrittenThresholds,
    #[serde(default)]
    rule: Vec<WrittenRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenThresholds {
    medium: Spanned<i32>,
    high: Spanned<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    id: Spanned<String>,
    when: Vec<WrittenCondition>,
    weight: Option<Spanned<i32>>,
    floor: Option<Tier>,
    #[serde(default)]
    urgent: bool,
    says: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    signal: Spanned<String>,
    is: Option<Spanned<Literal>>,
    one_of: Option<Vec<Spanned<Literal>>>,
    at_least: Option<Spanned<i64>>,
    at_most: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Literal {
    Flag(bool),
    Number(i64),
    Word(String),
}

impl Rules {
    /// Reads a file of grading rules.
    ///
    /// # Errors
    /// Every fault with its line: unknown keys and signals, values of the wrong type, thresholds out of order or
    /// out of reach, ids given twice, rules without an effect.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenRules = source.read()?;
        let mut faults = Faults::new(source);
        check_thresholds(&written, &mut faults);
        let mut rules: Vec<Rule> = Vec::new();
        for rule in written.rule {
            if rules.iter().any(|earlier| earlier.id == *rule.id.get_ref()) {
                faults.note(&rule.id.span(), format!("the id {:?} is taken", rule.id.get_ref()));
            }
            rules.push(read_rule(rule, &mut faults));
        }
        let thresholds = Thresholds {
            medium: written.thresholds.medium.into_inner(),
            high: written.thresholds.high.into_inner(),
        };
        faults.unless_any(Self { version: source.hash(), text: text.to_owned(), thresholds, rules })
    }
}

fn check_thresholds(written: &WrittenRules, faults: &mut Faults<'_>) {
    let WrittenThresholds { medium, high } = &written.thresholds;
    if *medium.get_ref() <= 0 {
        faults.note(&medium.span(), "must be above zero, or nothing would be low");
    }
    if high.get_ref() <= medium.get_ref() {
        faults.note(&high.span(), "must be above `medium`");
    }
    let weights = written.rule.iter().filter_map(|rule| rule.weight.as_ref());
    let most: i64 = weights.map(|weight| i64::from((*weight.get_ref()).max(0))).sum();
    if most < i64::from(*high.get_ref()) {
        faults.note(&high.span(), format!("out of reach: all weights together are {most}"));
    }
}

fn read_rule(written: WrittenRule, faults: &mut Faults<'_>) -> Rule {
    let place = written.id.span();
    if written.when.is_empty() {
        faults.note(&place, "`when` needs at least one condition");
    }
    if let Some(weight) = written.weight.as_ref().filter(|weight| *weight.get_ref() == 0) {
        faults.note(&weight.span(), "a weight of zero does nothing");
    }
    if written.weight.is_none() && written.floor.is_none() && !written.urgent {
        faults.note(&place, "this rule does nothing: expected `weight`, `floor` or `urgent`");
    }
    let says = written.says.get_ref();
    if says.trim().is_empty() || says.replace(VALUE, "").contains(['{', '}']) {
        faults.note(&written.says.span(), "expected a sentence in which only {value} is replaced");
    }
    Rule {
        id: written.id.into_inner(),
        when: written.when.into_iter().filter_map(|condition| read_condition(condition, faults)).collect(),
        weight: written.weight.map_or(0, Spanned::into_inner),
        floor: written.floor,
        urgent: written.urgent,
        says: written.says.into_inner(),
    }
}

fn read_condition(written: WrittenCondition, faults: &mut Faults<'_>) -> Option<Condition> {
    let place = written.signal.span();
    let signal = match written.signal.get_ref().parse::<Signal>() {
        Ok(signal) => signal,
        Err(unknown) => {
            faults.note(&place, format!("unknown signal {:?}: {unknown}", written.signal.get_ref()));
            return None;
        }
    };
    let kind = signal.value_kind();
    let test = match (written.is, written.one_of, written.at_least, written.at_most) {
        (Some(value), None, None, None) => Test::OneOf(vec![read_value(signal, &kind, value, faults)?]),
        (None, Some(values), None, None) if !values.is_empty() => {
            let values = values.into_iter().map(|value| read_value(signal, &kind, value, faults));
            Test::OneOf(values.collect::<Option<_>>()?)
        }
        (None, None, at_least, at_most) if at_least.is_some() || at_most.is_some() => {
            if !matches!(kind, ValueKind::Number) {
                faults.note(&place, format!("{signal} is no number: expected `is`"));
            }
            let (least, most) =
                (at_least.map(Spanned::into_inner), at_most.as_ref().map(|most| *most.get_ref()));
            if let (Some(least), Some(most), Some(written)) = (least, most, &at_most)
                && least > most
            {
                faults.note(&written.span(), format!("can never hold: below `at_least`, {least}"));
            }
            Test::Within { at_least: least, at_most: most }
        }
        _ => {
            faults.note(&place, "expected `is`, a filled `one_of`, or `at_least` and `at_most`");
            return None;
        }
    };
    Some(Condition { signal, test })
}

fn read_value(
    signal: Signal,
    kind: &ValueKind,
    value: Spanned<Literal>,
    faults: &mut Faults<'_>,
) -> Option<Value> {
    let place = value.span();
    let read = match (kind, value.into_inner()) {
        (ValueKind::Number, Literal::Number(number)) => Some(Value::Number(number)),
        (ValueKind::Flag, Literal::Flag(flag)) => Some(Value::Flag(flag)),
        (ValueKind::Word(words), Literal::Word(word)) => {
            words.iter().find(|known| **known == word).map(|known| Value::Word(known))
        }
        (ValueKind::Number | ValueKind::Flag | ValueKind::Word(_), _) => None,
    };
    if read.is_none() {
        let cause = match kind {
            ValueKind::Number => format!("{signal} is a number"),
            ValueKind::Flag => format!("{signal} is true or false"),
            ValueKind::Word(words) => format!("{signal} is {}", OneOf(words)),
        };
        faults.note(&place, cause);
    }
    read
}
