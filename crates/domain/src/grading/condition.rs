//! A condition, typed and checked: what is left of an expression once it has been read.
//!
//! Negation has been carried down to the comparisons, so that a condition holds or does not: whether what does
//! not hold is false or not known makes no difference any more.

use super::ranges::Ranges;
use super::signal::{Sheet, Signal, ValueKind};

/// Holds where everything it needs is known and true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// The signal is known and its number lies here.
    Within(Signal, Ranges),
    /// Two numbers can be reckoned and compare so.
    Compare(Number, Comparison, Number),
    /// All of them hold; none: always.
    All(Vec<Condition>),
    /// One of them holds; none: never.
    Any(Vec<Condition>),
}

/// A number to be reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Constant(i64),
    Signal(Signal),
    Reckoned(Operation, Box<[Number; 2]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// The same said from the other side.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// The numbers that compare so with `bound`.
    pub(super) fn ranges(self, bound: i64) -> Ranges {
        match self {
            Self::Equal => Ranges::only(bound),
            Self::NotEqual => Ranges::only(bound).complement(),
            Self::LessOrEqual => Ranges::between(i64::MIN, bound),
            Self::GreaterOrEqual => Ranges::between(bound, i64::MAX),
            Self::Less => Self::GreaterOrEqual.ranges(bound).complement(),
            Self::Greater => Self::LessOrEqual.ranges(bound).complement(),
        }
    }
}

impl Operation {
    /// `None` where the result is none: too large, or divided by zero.
    pub(super) fn of(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        }
    }
}

impl Number {
    fn value(&self, sheet: &Sheet) -> Option<i64> {
        match self {
            Self::Constant(number) => Some(*number),
            Self::Signal(signal) => sheet.get(*signal),
            Self::Reckoned(operation, sides) => operation.of(sides[0].value(sheet)?, sides[1].value(sheet)?),
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, sheet: &Sheet) -> bool {
        match self {
            Self::Within(signal, ranges) => sheet.get(*signal).is_some_and(|value| ranges.contains(value)),
            Self::Compare(left, comparison, right) => match (left.value(sheet), right.value(sheet)) {
                (Some(left), Some(right)) => comparison.holds(left, right),
                _ => false,
            },
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(sheet)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(sheet)),
        }
    }

    /// Holds where everything it needs is known and this is false.
    pub(super) fn negated(self) -> Self {
        let all = |conditions: Vec<Self>| conditions.into_iter().map(Self::negated).collect();
        match self {
            Self::Within(signal, ranges) => Self::Within(signal, ranges.complement()),
            Self::Compare(left, comparison, right) => Self::Compare(left, comparison.negated(), right),
            Self::All(conditions) => Self::Any(all(conditions)),
            Self::Any(conditions) => Self::All(all(conditions)),
        }
    }
}

/// How many alternatives are looked at; of a condition with more nothing is said.
const MOST_CASES: usize = 256;

/// The alternatives under which a condition holds: what can be said of it without any alert.
#[derive(Debug, Clone)]
pub(super) struct Cases(Vec<Case>);

/// One alternative: each signal lies in its ranges, and these comparisons hold.
#[derive(Debug, Clone, Default)]
struct Case {
    ranges: Vec<(Signal, Ranges)>,
    comparisons: Vec<Condition>,
}

impl Cases {
    /// `None` where there are too many.
    pub(super) fn of(condition: &Condition) -> Option<Self> {
        let cases = match condition {
            Condition::Within(signal, ranges) => {
                let ranges = ranges.intersection(&signal.universe());
                vec![Case { ranges: vec![(*signal, ranges)], comparisons: vec![] }]
            }
            Condition::Compare(..) => {
                vec![Case { ranges: vec![], comparisons: vec![condition.clone()] }]
            }
            Condition::All(conditions) => {
                let mut cases = vec![Case::default()];
                for condition in conditions {
                    let more = Self::of(condition)?.0;
                    if cases.len() * more.len() > MOST_CASES {
                        return None;
                    }
                    cases = cases.iter().flat_map(|case| more.iter().map(|other| case.and(other))).collect();
                }
                cases
            }
            Condition::Any(conditions) => {
                let mut cases = Vec::new();
                for condition in conditions {
                    cases.extend(Self::of(condition)?.0);
                }
                cases
            }
        };
        (cases.len() <= MOST_CASES).then(|| Self(cases.into_iter().filter(Case::is_possible).collect()))
    }

    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the other condition holds wherever this one does; `false` where that cannot be said.
    pub(super) fn imply(&self, other: &Self) -> bool {
        self.0.iter().all(|case| other.0.iter().any(|wider| case.is_within(wider)))
    }
}

impl Case {
    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (signal, ranges) in &other.ranges {
            match both.ranges.iter_mut().find(|(known, _)| known == signal) {
                Some((_, present)) => *present = present.intersection(ranges),
                None => both.ranges.push((*signal, ranges.clone())),
            }
        }
        let new = other.comparisons.iter().filter(|comparison| !self.comparisons.contains(comparison));
        both.comparisons.extend(new.cloned());
        both
    }

    fn is_possible(&self) -> bool {
        let denied = |comparison: &Condition| self.comparisons.contains(&comparison.clone().negated());
        self.ranges.iter().all(|(_, ranges)| !ranges.is_empty()) && !self.comparisons.iter().any(denied)
    }

    fn is_within(&self, wider: &Self) -> bool {
        wider.comparisons.iter().all(|comparison| self.comparisons.contains(comparison))
            && wider.ranges.iter().all(|(signal, wide)| {
                let own = self.ranges.iter().find(|(known, _)| known == signal);
                own.is_some_and(|(_, ranges)| ranges.is_within(wide))
            })
    }
}

impl Signal {
    /// Every number this signal can have.
    pub(super) fn universe(self) -> Ranges {
        match self.value_kind() {
            ValueKind::Number { least, most } => Ranges::between(least, most),
            ValueKind::Flag => Ranges::between(0, 1),
            ValueKind::Word(words) => Ranges::between(0, words.len() as i64 - 1),
            ValueKind::Name => Ranges::between(0, i64::MAX),
        }
    }
}
