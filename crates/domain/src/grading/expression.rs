//! From an expression as an analyst writes it to a typed [`Condition`].
//!
//! The syntax is that of the Common Expression Language, read by its own parser; of the language the part is
//! taken that always ends and whose types can be checked here. Everything else is refused with its place.

use cel::common::ast::operators;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo};
use cel::parser::Parser;

use super::condition::{Comparison, Condition, Number, Operation};
use super::ranges::Ranges;
use super::signal::{Names, Signal, ValueKind};
use crate::config_text::OneOf;

/// No sensible condition is longer, in bytes.
const MOST_BYTES: usize = 2_000;
/// Nor deeper nested.
const MOST_DEEP: u16 = 50;
/// Further from any name than this, no guess is made.
const FAR: usize = 3;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Where, in lines from the expression's first.
    pub(super) lines_down: usize,
    pub(super) cause: String,
}

/// A condition and the signals it speaks of, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) condition: Condition,
    pub(super) signals: Vec<Signal>,
}

/// Reads and checks an expression.
pub(super) fn read(text: &str, names: &mut Names) -> Result<Read, Flaw> {
    let top = |cause: String| Flaw { lines_down: 0, cause };
    if text.trim().is_empty() {
        return Err(top("expected a condition, such as age >= 60".to_owned()));
    }
    if text.len() > MOST_BYTES {
        return Err(top(format!("the condition is too long: {MOST_BYTES} bytes at most")));
    }
    let parser = Parser::new().max_recursion_depth(MOST_DEEP).error_recovery_limit(1);
    let (expression, source) = parser.parse_with_source_info(text).map_err(|errors| {
        let first = errors.errors.first();
        let line = first.map_or(0, |error| error.pos.0 - 1);
        let told = || first.map_or("", |error| error.msg.as_str());
        let cause = format!("not a condition: {}", meant(text).unwrap_or_else(told));
        Flaw { lines_down: usize::try_from(line).unwrap_or(0), cause }
    })?;
    let mut reader = Reader { source, names, signals: vec![] };
    let place = expression.id;
    let condition = match reader.term(&expression)? {
        Term::Truth(condition) => condition,
        other => {
            let cause = format!("{} is no condition: compare it with something", other.told());
            return Err(reader.flaw(place, cause));
        }
    };
    let mut signals = reader.signals;
    signals.sort_by_key(|(_, place)| *place);
    let mut in_order: Vec<Signal> = Vec::new();
    for (signal, _) in signals {
        if !in_order.contains(&signal) {
            in_order.push(signal);
        }
    }
    Ok(Read { condition, signals: in_order })
}

/// How what was probably meant is spelled here, for whoever writes it as on paper or in another language.
fn meant(text: &str) -> Option<&'static str> {
    let has_word = |words: &[&str]| {
        text.split(|character: char| !character.is_alphanumeric() && character != '_')
            .any(|word| words.contains(&word))
    };
    let compared =
        ["==", "!=", "<=", ">="].iter().fold(text.to_owned(), |rest, sign| rest.replace(sign, " "));
    let digits: Vec<bool> = text.chars().map(|character| character.is_ascii_digit()).collect();
    let has_comma_in_number = text.chars().zip(1..).any(|(character, next)| {
        let three_behind = digits.get(next..next + 3).is_some_and(|three| three.iter().all(|digit| *digit));
        character == ',' && three_behind && next > 1 && digits[next - 2]
    });
    if text.contains(['‘', '’', '“', '”']) {
        Some("words stand in straight quotes, as in kind == 'call'")
    } else if text.contains(['≥', '≤', '≠']) {
        Some("write >=, <= and !=")
    } else if text.contains(['＝', '＞', '＜', '！', '＆', '｜', '（', '）', '，']) {
        Some("write = > < ! & | ( ) and , in half width")
    } else if has_word(&["and", "or", "not", "AND", "OR", "NOT"]) {
        Some("write && for and, || for or, ! for not")
    } else if compared.contains('=') {
        Some("equal is written ==")
    } else if has_comma_in_number {
        Some("numbers are written without commas, such as 50000")
    } else {
        None
    }
}

/// A part of an expression, by its type.
enum Term {
    Truth(Condition),
    Number(Number),
    /// A signal that speaks in words or names.
    Word(Signal),
    /// A word as written.
    Text(String),
}

impl Term {
    fn told(&self) -> String {
        match self {
            Self::Truth(_) => "what is true or false".to_owned(),
            Self::Number(Number::Signal(signal)) | Self::Word(signal) => signal.to_string(),
            Self::Number(Number::Constant(number)) => number.to_string(),
            Self::Number(Number::Reckoned(..)) => "a number".to_owned(),
            Self::Text(text) => format!("{text:?}"),
        }
    }
}

struct Reader<'a> {
    source: SourceInfo,
    names: &'a mut Names,
    /// With the place where each stands.
    signals: Vec<(Signal, u32)>,
}

impl Reader<'_> {
    fn flaw(&self, place: u64, cause: impl Into<String>) -> Flaw {
        let start = self.source.offset_for(place).map_or(0, |(start, _)| start as usize);
        let before = self.source.source.chars().take(start);
        Flaw { lines_down: before.filter(|character| *character == '\n').count(), cause: cause.into() }
    }

    fn term(&mut self, expression: &IdedExpr) -> Result<Term, Flaw> {
        let place = expression.id;
        match &expression.expr {
            Expr::Ident(name) => self.signal(name, place),
            Expr::Literal(literal) => self.literal(literal, place),
            Expr::Call(call) => self.call(call, place),
            Expr::List(_) => Err(self.flaw(place, "a list stands only behind `in`")),
            Expr::Select(_) | Expr::Map(_) | Expr::Struct(_) => {
                Err(self.flaw(place, "signals have no parts, and there are no maps"))
            }
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err(self.flaw(place, "a condition cannot go through lists"))
            }
        }
    }

    fn signal(&mut self, name: &str, place: u64) -> Result<Term, Flaw> {
        let Ok(signal) = name.parse::<Signal>() else {
            return Err(self.flaw(place, unknown("signal", name, Signal::ALL.iter().map(|one| one.as_str()))));
        };
        let start = self.source.offset_for(place).map_or(u32::MAX, |(start, _)| start);
        self.signals.push((signal, start));
        Ok(match signal.value_kind() {
            ValueKind::Flag => Term::Truth(Condition::Within(signal, Ranges::only(1))),
            ValueKind::Number { .. } => Term::Number(Number::Signal(signal)),
            ValueKind::Word(_) | ValueKind::Name => Term::Word(signal),
        })
    }

    fn literal(&self, literal: &LiteralValue, place: u64) -> Result<Term, Flaw> {
        match literal {
            LiteralValue::Boolean(truth) if *truth.inner() => Ok(Term::Truth(Condition::All(vec![]))),
            LiteralValue::Boolean(_) => Ok(Term::Truth(Condition::Any(vec![]))),
            LiteralValue::Int(number) => Ok(Term::Number(Number::Constant(*number.inner()))),
            LiteralValue::String(text) => Ok(Term::Text(text.inner().to_owned())),
            LiteralValue::Double(_) | LiteralValue::UInt(_) => {
                Err(self.flaw(place, "expected a whole number, such as 30"))
            }
            LiteralValue::Bytes(_) | LiteralValue::Null => {
                Err(self.flaw(place, "expected a number, a word in quotes, true or false"))
            }
        }
    }

    fn call(&mut self, call: &CallExpr, place: u64) -> Result<Term, Flaw> {
        let operator = call.func_name.as_str();
        match (operator, call.args.as_slice()) {
            (operators::LOGICAL_AND, [left, right]) => {
                let sides = vec![self.truth(left)?, self.truth(right)?];
                Ok(Term::Truth(Condition::All(flat(sides, true))))
            }
            (operators::LOGICAL_OR, [left, right]) => {
                let sides = vec![self.truth(left)?, self.truth(right)?];
                Ok(Term::Truth(Condition::Any(flat(sides, false))))
            }
            (operators::LOGICAL_NOT, [denied]) => Ok(Term::Truth(self.truth(denied)?.negated())),
            (operators::NEGATE, [number]) => {
                let number = self.number(number)?;
                Ok(Term::Number(self.reckoned(Operation::Subtract, Number::Constant(0), number, place)?))
            }
            (operators::IN, [value, list]) => self.member(value, list, place),
            (_, [left, right]) => {
                if let Some(comparison) = comparison(operator) {
                    return self.compare(left, comparison, right, place);
                }
                let Some(operation) = operation(operator) else {
                    return Err(self.flaw(place, not_here(operator)));
                };
                let (left, right) = (self.number(left)?, self.number(right)?);
                Ok(Term::Number(self.reckoned(operation, left, right, place)?))
            }
            _ => Err(self.flaw(place, not_here(operator))),
        }
    }

    fn truth(&mut self, expression: &IdedExpr) -> Result<Condition, Flaw> {
        match self.term(expression)? {
            Term::Truth(condition) => Ok(condition),
            other => {
                let cause = format!("{} is not true or false: compare it with something", other.told());
                Err(self.flaw(expression.id, cause))
            }
        }
    }

    fn number(&mut self, expression: &IdedExpr) -> Result<Number, Flaw> {
        match self.term(expression)? {
            Term::Number(number) => Ok(number),
            other => Err(self.flaw(expression.id, format!("{} is no number", other.told()))),
        }
    }

    fn reckoned(
        &self,
        operation: Operation,
        left: Number,
        right: Number,
        place: u64,
    ) -> Result<Number, Flaw> {
        if let (Number::Constant(left), Number::Constant(right)) = (&left, &right) {
            let result = operation.of(*left, *right);
            return result
                .map(Number::Constant)
                .ok_or_else(|| self.flaw(place, "this number cannot be reckoned"));
        }
        Ok(Number::Reckoned(operation, Box::new([left, right])))
    }

    fn compare(
        &mut self,
        left: &IdedExpr,
        comparison: Comparison,
        right: &IdedExpr,
        place: u64,
    ) -> Result<Term, Flaw> {
        let (one, two) = (self.term(left)?, self.term(right)?);
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let condition = match (one, two) {
            (Term::Number(left), Term::Number(right)) => {
                self.compare_numbers(left, comparison, right, place)?
            }
            (Term::Word(signal), Term::Text(word)) | (Term::Text(word), Term::Word(signal)) if equality => {
                let word = self.place_of(signal, &word, place)?;
                Condition::Within(signal, comparison.ranges(word))
            }
            (Term::Word(one), Term::Word(two)) if equality && one.value_kind() == two.value_kind() => {
                Condition::Compare(Number::Signal(one), comparison, Number::Signal(two))
            }
            (Term::Truth(one), Term::Truth(two)) if equality => {
                let both = Condition::All(vec![one.clone(), two.clone()]);
                let neither = Condition::All(vec![one.negated(), two.negated()]);
                let same = Condition::Any(vec![both, neither]);
                if comparison == Comparison::Equal { same } else { same.negated() }
            }
            (one, two) => {
                let how = if equality { "compared" } else { "put in order" };
                return Err(self.flaw(place, format!("{} and {} cannot be {how}", one.told(), two.told())));
            }
        };
        Ok(Term::Truth(condition))
    }

    fn compare_numbers(
        &self,
        left: Number,
        comparison: Comparison,
        right: Number,
        place: u64,
    ) -> Result<Condition, Flaw> {
        let (signal, ranges) = match (left, right) {
            (Number::Signal(signal), Number::Constant(bound)) => (signal, comparison.ranges(bound)),
            (Number::Constant(bound), Number::Signal(signal)) => (signal, comparison.turned().ranges(bound)),
            (Number::Constant(_), Number::Constant(_)) => {
                return Err(self.flaw(place, "compares two numbers that never change"));
            }
            (left, right) => return Ok(Condition::Compare(left, comparison, right)),
        };
        self.possible(signal, ranges, place)
    }

    /// A demand that no value or every value of the signal meets is a slip.
    fn possible(&self, signal: Signal, ranges: Ranges, place: u64) -> Result<Condition, Flaw> {
        if signal.universe().intersection(&ranges).is_empty() {
            let cause = match signal.value_kind() {
                ValueKind::Number { least, most } if most <= 255 => {
                    format!("can never hold: {signal} is {least} to {most}")
                }
                ValueKind::Number { .. } => format!("can never hold: {signal} is never below zero"),
                ValueKind::Flag | ValueKind::Word(_) | ValueKind::Name => "can never hold".to_owned(),
            };
            return Err(self.flaw(place, cause));
        }
        Ok(Condition::Within(signal, ranges))
    }

    fn member(&mut self, value: &IdedExpr, list: &IdedExpr, place: u64) -> Result<Term, Flaw> {
        let Expr::List(list) = &list.expr else {
            return Err(self.flaw(place, "expected a list behind `in`, such as [22, 23]"));
        };
        if list.elements.is_empty() {
            return Err(self.flaw(place, "can never hold: the list is empty"));
        }
        let value = self.term(value)?;
        let mut numbers = Vec::new();
        for element in &list.elements {
            numbers.push(match (&value, self.term(element)?) {
                (Term::Number(Number::Signal(_)), Term::Number(Number::Constant(number))) => number,
                (Term::Word(signal), Term::Text(word)) => self.place_of(*signal, &word, element.id)?,
                (value, element_term) => {
                    let cause = format!("{} is never {}", value.told(), element_term.told());
                    return Err(self.flaw(element.id, cause));
                }
            });
        }
        match value {
            Term::Number(Number::Signal(signal)) | Term::Word(signal) => {
                Ok(Term::Truth(self.possible(signal, Ranges::of(&numbers), place)?))
            }
            other => Err(self.flaw(place, format!("{} cannot stand before `in`", other.told()))),
        }
    }

    /// The place of a word in the signal's list.
    fn place_of(&mut self, signal: Signal, word: &str, place: u64) -> Result<i64, Flaw> {
        match signal.value_kind() {
            ValueKind::Word(words) => match words.iter().position(|known| *known == word) {
                Some(found) => Ok(found as i64),
                None => Err(self.flaw(place, format!("{signal} is {}, never {word:?}", OneOf(&words)))),
            },
            ValueKind::Name => Ok(self.names.place(word)),
            ValueKind::Number { .. } | ValueKind::Flag => {
                Err(self.flaw(place, format!("{signal} is never {word:?}")))
            }
        }
    }
}

/// `a && (b && c)` as one list.
fn flat(sides: Vec<Condition>, all: bool) -> Vec<Condition> {
    sides
        .into_iter()
        .flat_map(|side| match side {
            Condition::All(conditions) if all => conditions,
            Condition::Any(conditions) if !all && !conditions.is_empty() => conditions,
            other => vec![other],
        })
        .collect()
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn operation(operator: &str) -> Option<Operation> {
    Some(match operator {
        operators::ADD => Operation::Add,
        operators::SUBSTRACT => Operation::Subtract,
        operators::MULTIPLY => Operation::Multiply,
        operators::DIVIDE => Operation::Divide,
        operators::MODULO => Operation::Remainder,
        _ => return None,
    })
}

fn not_here(operator: &str) -> String {
    let spelled: String = operator.chars().filter(|character| !matches!(character, '_' | '@')).collect();
    format!("{spelled:?} is not understood here: use && || ! == != < <= > >= in + - * / %")
}

/// What is unknown, and what may have been meant.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|one| (strsim::damerau_levenshtein(one, name), one)).min();
    match nearest.filter(|(distance, _)| *distance <= FAR) {
        Some((_, meant)) => format!("unknown {what} {name:?}: did you mean {meant:?}?"),
        None => format!("unknown {what} {name:?}"),
    }
}
