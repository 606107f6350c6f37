//! The conditions mean what they mean in CEL: its own interpreter is asked the same.

use cel::{Context, Program};

use super::*;
use crate::grading::expression;
use crate::grading::signal::Value;

/// The signals that are asked about: numbers, flags and words, each known or not.
const ASKED: [Signal; 7] = [
    Signal::Age,
    Signal::Hour,
    Signal::CallSeconds,
    Signal::InCall,
    Signal::ScreenSharing,
    Signal::ScamType,
    Signal::TextScamType,
];

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0_i64..30).prop_map(|number| number.to_string()),
        prop::sample::select(vec!["age", "hour", "call_seconds"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
        (inner.clone(), operator, inner)
            .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))
    })
}

fn condition() -> impl Strategy<Value = String> {
    let compared = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let equal = prop::sample::select(vec!["==", "!="]);
    let word = prop::sample::select(vec!["'romance'", "'other'", "text_scam_type"]);
    let leaf = prop_oneof![
        (number(), compared, number()).prop_map(|(left, how, right)| format!("{left} {how} {right}")),
        (equal, word).prop_map(|(how, word)| format!("scam_type {how} {word}")),
        Just("scam_type in ['romance', 'fake_loan']".to_owned()),
        Just("hour in [3, 4, 5, 22]".to_owned()),
        Just("in_call".to_owned()),
        Just("screen_sharing == in_call".to_owned()),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} && {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} || {right})")),
            inner.prop_map(|denied| format!("!({denied})")),
        ]
    })
}

fn facts() -> impl Strategy<Value = GradingFacts> {
    let number = || prop::option::of(0_u32..30);
    let scam_type = || prop::option::of(prop::sample::select(ScamType::ALL.to_vec()));
    let flags = (any::<Option<bool>>(), any::<Option<bool>>());
    (number(), prop::option::of(0_u32..24), number(), flags, scam_type(), scam_type()).prop_map(
        |(age, hour, call_seconds, (in_call, screen_sharing), scam_type, read)| GradingFacts {
            age,
            hour,
            call_seconds,
            in_call,
            screen_sharing,
            scam_type,
            text: read.map(|read| TextReading {
                fraud: true,
                probability: 0.9,
                scam_type: Some(read),
                words: vec![],
                model: None,
            }),
            ..GradingFacts::default()
        },
    )
}

/// `true` where the interpreter says so; what it cannot answer is not true.
fn interpreted(condition: &str, facts: &GradingFacts) -> bool {
    let mut context = Context::default();
    for signal in ASKED {
        match signal.value(facts) {
            None => {}
            Some(Value::Number(number)) => context.add_variable_from_value(signal.as_str(), number),
            Some(Value::Flag(flag)) => context.add_variable_from_value(signal.as_str(), flag),
            Some(Value::Word(_, word)) => context.add_variable_from_value(signal.as_str(), word),
            Some(Value::Name(_)) => unreachable!("no name is asked about"),
        }
    }
    let program = Program::compile(condition).unwrap();
    matches!(program.execute(&context), Ok(cel::Value::Bool(true)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_condition_holds_exactly_where_cel_says_true(written in condition(), facts in facts()) {
        // some are refused: what never holds, what compares constants, what asks about nothing
        let mut names = Names::default();
        if let Ok(read) = expression::read(&written, &mut names) {
            let sheet = Sheet::new(&facts, &names);
            prop_assert_eq!(read.condition.holds(&sheet), interpreted(&written, &facts), "{}", written);
        }
    }

    #[test]
    fn what_is_said_of_conditions_without_an_alert_is_true_of_every_alert(
        one in condition(),
        two in condition(),
        facts in facts(),
    ) {
        let mut names = Names::default();
        let read = |text: &str, names: &mut Names| expression::read(text, names).ok();
        if let (Some(one), Some(two)) = (read(&one, &mut names), read(&two, &mut names)) {
            let sheet = Sheet::new(&facts, &names);
            let (holds, other_holds) = (one.condition.holds(&sheet), two.condition.holds(&sheet));
            if let (Some(cases), Some(others)) =
                (condition::Cases::of(&one.condition), condition::Cases::of(&two.condition))
            {
                prop_assert!(!(holds && cases.are_none()));
                prop_assert!(!(holds && cases.imply(&others)) || other_holds);
            }
        }
    }
}
