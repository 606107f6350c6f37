//! Reading a text by its phrases: each phrase found adds its log-odds to those of fraud in general.
//!
//! A first reading by hand-set weights (`config/text/phrases.toml`), not a trained classifier: the probability
//! orders texts, and at one half it decides.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::config_text::{ConfigText, Faults, FileFault};
use crate::scam_type::ScamType;

/// What a text tells by its words. A suggestion: a person's choice stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextReading {
    /// Whether it reads like fraud.
    pub fraud: bool,
    /// How likely, 0 to 1.
    pub probability: f64,
    /// Which kind of fraud it reads like, if it does.
    pub scam_type: Option<ScamType>,
    /// The phrases that spoke for fraud.
    pub words: Vec<String>,
}

/// The phrases and what each is worth, in log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct TextReader {
    /// Of a text without any phrase.
    prior: f64,
    phrases: Vec<Phrase>,
}

/// A phrase, as it stands in a text without its white space.
#[derive(Debug, Clone, PartialEq)]
struct Phrase {
    text: String,
    /// `None` for the phrases of honest notices, which speak against fraud.
    scam_type: Option<ScamType>,
    log_odds: f64,
}

impl TextReader {
    /// Reads a file of phrases.
    ///
    /// # Errors
    /// Every fault with its line: unknown keys, log-odds on the wrong side of zero, phrases that are empty or
    /// given twice.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: Written = source.read()?;
        let mut faults = Faults::new(source);
        let reader = read_phrases(written.reading, written.phrases, &mut faults);
        faults.unless_any(reader)
    }

    /// What a message, transcript or narrative tells by its words.
    #[must_use]
    pub fn read(&self, text: &str) -> TextReading {
        let text = squeezed(text);
        let found: Vec<&Phrase> = self.phrases.iter().filter(|phrase| text.contains(&phrase.text)).collect();
        let mut words: Vec<String> = Vec::new();
        let mut log_odds = self.prior;
        for phrase in &found {
            // a phrase of several kinds of fraud speaks once for fraud in general
            if words.contains(&phrase.text) {
                continue;
            }
            log_odds += phrase.log_odds;
            if phrase.scam_type.is_some() {
                words.push(phrase.text.clone());
            }
        }
        let probability = 1.0 / (1.0 + (-log_odds).exp());
        let fraud = probability >= 0.5;
        TextReading { fraud, probability, scam_type: if fraud { likeliest(&found) } else { None }, words }
    }
}

/// Fraudsters put spaces between characters to get past filters.
fn squeezed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn likeliest(found: &[&Phrase]) -> Option<ScamType> {
    let weight = |scam_type: ScamType| -> f64 {
        found.iter().filter(|phrase| phrase.scam_type == Some(scam_type)).map(|phrase| phrase.log_odds).sum()
    };
    ScamType::ALL
        .iter()
        .copied()
        .filter(|scam_type| weight(*scam_type) > 0.0)
        .max_by(|one, other| weight(*one).total_cmp(&weight(*other)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    reading: WrittenReading,
    #[serde(default)]
    phrases: Vec<WrittenPhrases>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReading {
    prior: Spanned<f64>,
    strong: Spanned<f64>,
    weak: Spanned<f64>,
    honest: Spanned<f64>,
    honest_phrases: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPhrases {
    scam_type: ScamType,
    #[serde(default)]
    strong: Vec<Spanned<String>>,
    #[serde(default)]
    weak: Vec<Spanned<String>>,
}

fn read_phrases(
    reading: WrittenReading,
    written: Vec<WrittenPhrases>,
    faults: &mut Faults<'_>,
) -> TextReader {
    for (log_odds, sign) in
        [(&reading.prior, -1.0), (&reading.honest, -1.0), (&reading.weak, 1.0), (&reading.strong, 1.0)]
    {
        let speaks = log_odds.get_ref() * sign;
        if !(speaks > 0.0 && speaks.is_finite()) {
            let side = if sign > 0.0 { "above" } else { "below" };
            faults.note(&log_odds.span(), format!("must be {side} zero"));
        }
    }
    let of = |scam_type, log_odds| move |phrase| (phrase, scam_type, log_odds);
    let (weak, strong) = (reading.weak.into_inner(), reading.strong.into_inner());
    let honest = reading.honest_phrases.into_iter().map(of(None, reading.honest.into_inner()));
    let spoken = written.into_iter().flat_map(|phrases| {
        let strong = phrases.strong.into_iter().map(of(Some(phrases.scam_type), strong));
        let weak = phrases.weak.into_iter().map(of(Some(phrases.scam_type), weak));
        strong.chain(weak)
    });
    let mut phrases: Vec<Phrase> = Vec::new();
    for (phrase, scam_type, log_odds) in honest.chain(spoken) {
        let text = squeezed(phrase.get_ref());
        if text.is_empty() {
            faults.note(&phrase.span(), "an empty phrase is in every text");
        }
        if phrases.iter().any(|earlier| earlier.text == text && earlier.scam_type == scam_type) {
            faults.note(&phrase.span(), format!("{text:?} stands here twice"));
        }
        phrases.push(Phrase { text, scam_type, log_odds });
    }
    TextReader { prior: reading.prior.into_inner(), phrases }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shipped() -> TextReader {
        TextReader::parse("phrases.toml", include_str!("../../../config/text/phrases.toml")).unwrap()
    }

    #[test]
    fn a_text_is_read_by_its_phrases() {
        for (text, scam_type) in [
            (
                "我是市公安局的警官，你涉嫌洗钱，请把钱转到安 全 账 户配合调查",
                Some(ScamType::ImpersonatingAuthorities),
            ),
            ("招聘兼职，刷单返佣金，垫付任务一单一结", Some(ScamType::BrushingRebate)),
            (
                "您的百万保障即将扣费，请打开屏幕共享由客服专员为您关闭",
                Some(ScamType::ImpersonatingCustomerService),
            ),
            ("【某银行】您尾号1234的卡消费50.00元，如非本人操作请联系网点", None),
            ("反诈中心提醒：凡是要求转到安全账户的都是骗局，谨防诈骗", None),
            ("晚上一起吃饭吗", None),
        ] {
            let reading = shipped().read(text);
            assert_eq!(
                (reading.fraud, reading.scam_type),
                (scam_type.is_some(), scam_type),
                "{text}: {reading:?}"
            );
            assert!(!reading.fraud || !reading.words.is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_failing(text in "\\PC{0,200}") {
            let reading = shipped().read(&text);
            prop_assert!((0.0..=1.0).contains(&reading.probability));
        }
    }
}
