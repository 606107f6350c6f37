//! 250 rules of the kinds that analysts write, and alerts to judge by them. Fixed, so that they are the same on every
//! machine and for every engine.

use std::fmt::{self, Display, Formatter, Write};

use domain::alert_kind::AlertKind;
use domain::grading::{GradingFacts, History};
use domain::money::Fen;
use domain::scam_type::ScamType;

const RULES: u32 = 250;
const ALERTS: u32 = 200;

/// One rule: it fires where both hold.
pub(crate) struct ManyRule {
    pub(crate) id: String,
    pub(crate) asks: [Ask; 2],
    pub(crate) weight: u32,
}

/// What a rule asks of one signal.
pub(crate) enum Ask {
    AtLeast(&'static str, u32),
    Below(&'static str, u32),
    Is(&'static str, &'static str),
    Holds(&'static str),
}

/// As an analyst writes it.
impl Display for Ask {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(signal, least) => write!(f, "{signal} >= {least}"),
            Self::Below(signal, bound) => write!(f, "{signal} < {bound}"),
            Self::Is(signal, word) => write!(f, "{signal} == '{word}'"),
            Self::Holds(signal) => f.write_str(signal),
        }
    }
}

/// All rules; no two ask the same.
pub(crate) fn rules() -> Vec<ManyRule> {
    let one_of = |words: &[&'static str], place: u32| words[place as usize % words.len()];
    let kinds: Vec<&str> = AlertKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let scam_types: Vec<&str> = ScamType::ALL.iter().map(|scam_type| scam_type.as_str()).collect();
    let rule = |number: u32| {
        let round = number / 5;
        let asks = match number % 5 {
            0 => [Ask::AtLeast("call_seconds", 10 + 13 * number), Ask::AtLeast("age", 1 + number % 90)],
            1 => [Ask::Is("kind", one_of(&kinds, round)), Ask::AtLeast("amount_at_risk_yuan", 400 * number)],
            2 => [Ask::Is("scam_type", one_of(&scam_types, round)), Ask::Below("age", 20 + round)],
            3 => [Ask::AtLeast("earlier_alerts_30d", 1 + round / 5), Ask::Below("hour", 1 + round % 23)],
            _ => [Ask::Holds("in_call"), Ask::AtLeast("call_seconds", 7 * number)],
        };
        ManyRule { id: format!("rule_{number}"), asks, weight: 1 + number % 7 }
    };
    (0..RULES).map(rule).collect()
}

/// The rules as a file. Each tells in two languages what it saw.
pub(crate) fn file() -> String {
    let mut text = String::from("[thresholds]\nmedium = 35\nhigh = 65\n");
    for ManyRule { id, asks: [first, second], weight } in rules() {
        let _ = write!(
            text,
            "[[rule]]\nid = \"{id}\"\nwhen = \"{first} && {second}\"\nweight = {weight}\n\
             says = \"{id}，数值为{{value}}\"\nsays_en = \"{id}, the value is {{value}}\"\n"
        );
    }
    text
}

/// What is known of each alert.
pub(crate) fn alerts() -> Vec<GradingFacts> {
    let alert = |number: u32| {
        let draw = |salt: u32, below: u32| number.wrapping_mul(2_654_435_761).rotate_left(salt) % below;
        GradingFacts {
            kind: Some(AlertKind::ALL[draw(1, 5) as usize]),
            scam_type: Some(ScamType::ALL[draw(5, 13) as usize]),
            age: Some(draw(9, 100)),
            hour: Some(draw(13, 24)),
            call_seconds: Some(draw(17, 3_600)),
            in_call: Some(draw(21, 3) == 0),
            amount_at_risk: Fen::new(i64::from(1 + draw(25, 120_000)) * 100),
            history: History { earlier_alerts_30d: Some(draw(29, 8)), ..History::NONE },
            ..GradingFacts::default()
        }
    };
    (0..ALERTS).map(alert).collect()
}
