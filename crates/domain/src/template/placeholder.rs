//! What a text leaves open, and the words that come there. Each placeholder is typed, and each has words to stand in
//! where its value is unknown, so that a text can always be sent.

use chrono::TimeDelta;

use super::fit::DIGITS_MAX;
use crate::clock::{Instant, at_the_glass};
use crate::money::Fen;
use crate::person::{Line, PhoneNumber};
use crate::scam_type::ScamType;
use crate::words::words;

words! {
    /// The language of a text.
    pub enum Language {
        /// 中文
        Zh = "zh",
        /// English
        En = "en",
    }
}

impl Language {
    /// The language for whoever holds this phone: English for the number of another country. The contract knows of no
    /// language that a person has asked for.
    #[must_use]
    pub fn of(phone: &PhoneNumber) -> Self {
        match phone.line() {
            Line::Foreign => Self::En,
            Line::Mobile | Line::Landline | Line::Service => Self::Zh,
        }
    }
}

/// What the placeholders stand for in one message.
#[derive(Debug, Clone, Default)]
pub struct TemplateValues {
    /// `{scam_type}`
    pub scam_type: Option<ScamType>,
    /// `{suspect}`, of which only the last four digits are shown.
    pub suspect: Option<PhoneNumber>,
    /// `{amount}`, of which only the order is shown.
    pub amount: Option<Fen>,
    /// `{station}`: the name of the police station.
    pub station: Option<String>,
    /// `{time}`: when the text was written, on a clock in China.
    pub time: Option<Instant>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Value(Placeholder),
}

words! {
    /// What a template may leave open.
    pub enum Placeholder {
        /// The kind of fraud.
        ScamType = "scam_type",
        /// The tail of the suspect's number.
        Suspect = "suspect",
        /// How much money is in danger.
        Amount = "amount",
        /// The police station.
        Station = "station",
        /// The time of day.
        Time = "time",
    }
}

const MINUTES_OF_A_DAY: i64 = 24 * 60;
/// The longest name of a station in a text, in characters.
const STATION_MAX_CHARS: usize = 24;

/// The steps in which money is told, from the highest, in yuan. None of the numbers in them is anybody's.
const AMOUNTS: [(i64, &str, &str); 6] = [
    (1_000_000, "超过100万元", "over 1 million yuan"),
    (500_000, "超过50万元", "over 500,000 yuan"),
    (100_000, "超过10万元", "over 100,000 yuan"),
    (50_000, "超过5万元", "over 50,000 yuan"),
    (10_000, "超过1万元", "over 10,000 yuan"),
    (1_000, "超过1000元", "over 1,000 yuan"),
];

impl Piece {
    pub(super) fn text(&self, values: &TemplateValues, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Value(placeholder) => placeholder.text(values, language),
        }
    }
}

impl Placeholder {
    fn text(self, values: &TemplateValues, language: Language) -> String {
        let in_words = |zh: &str, en: &str| match language {
            Language::Zh => zh.to_owned(),
            Language::En => en.to_owned(),
        };
        match self {
            Self::ScamType => {
                let told = as_told(values.scam_type);
                in_words(told.zh(), told.en())
            }
            Self::Suspect => match values.suspect.as_ref().and_then(tail) {
                Some(tail) => in_words(&format!("尾号{tail}的号码"), &format!("the number ending in {tail}")),
                None => in_words("陌生人员", "a stranger"),
            },
            Self::Amount => {
                let yuan = values.amount.map_or(0, |amount| amount.fen() / 100);
                match AMOUNTS.iter().find(|(from, _, _)| yuan >= *from) {
                    Some((_, zh, en)) => in_words(zh, en),
                    None => in_words("资金", "your money"),
                }
            }
            // the map has no English names
            Self::Station => match (&values.station, language) {
                (Some(name), Language::Zh) if is_plain_name(name) => name.clone(),
                (Some(_) | None, Language::Zh) => "辖区派出所".to_owned(),
                (Some(_) | None, Language::En) => "your local police station".to_owned(),
            },
            Self::Time => match values.time {
                Some(at) => at_the_glass(at).format("%H:%M").to_string(),
                None => in_words("刚刚", "just now"),
            },
        }
    }
}

/// Enough values that a template which fits with each of them fits with any: every kind of fraud, the longest words of
/// all others, and, since the time alone begins with a digit, every minute of a day.
pub(super) fn worst_cases(pieces: &[Piece]) -> impl Iterator<Item = TemplateValues> {
    let tells_time = pieces.contains(&Piece::Value(Placeholder::Time));
    let longest = TemplateValues {
        scam_type: None,
        suspect: PhoneNumber::parse("+85200000000").ok(),
        amount: Fen::new(100_000_000),
        station: Some("派".repeat(STATION_MAX_CHARS)),
        time: Some(Instant::UNIX_EPOCH),
    };
    let amounts = AMOUNTS.iter().map(|(yuan, _, _)| Fen::new(yuan * 100));
    let minutes = (0..MINUTES_OF_A_DAY).filter(move |_| tells_time);
    let minutes = minutes.map(|minute| Instant::UNIX_EPOCH + TimeDelta::minutes(minute));
    let (for_scams, for_amounts, for_times) = (longest.clone(), longest.clone(), longest);
    let scams = ScamType::ALL
        .iter()
        .map(move |scam_type| TemplateValues { scam_type: Some(*scam_type), ..for_scams.clone() });
    let amounts = amounts.map(move |amount| TemplateValues { amount, ..for_amounts.clone() });
    let times = minutes.map(move |time| TemplateValues { time: Some(time), ..for_times.clone() });
    std::iter::once(TemplateValues::default()).chain(scams).chain(amounts).chain(times)
}

/// Letters alone: no digit that could join another number, no dot that could make a link.
fn is_plain_name(name: &str) -> bool {
    let count = name.chars().count();
    (1..=STATION_MAX_CHARS).contains(&count) && name.chars().all(char::is_alphabetic)
}

/// The last digits of a number; none of a short one such as a forged 110, which they would show whole.
fn tail(number: &PhoneNumber) -> Option<&str> {
    let number = number.reveal();
    let hidden = number.len().checked_sub(DIGITS_MAX).filter(|hidden| *hidden > 0)?;
    number.get(hidden..)
}

/// The kind of fraud as a text may name it. Whoever holds the phone can read the text, so what would
/// shame the subject goes by the general name.
fn as_told(scam_type: Option<ScamType>) -> ScamType {
    match scam_type {
        None | Some(ScamType::Sextortion) => ScamType::Other,
        Some(told) => told,
    }
}
