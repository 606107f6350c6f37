//! The texts that are sent to people, as named templates (`config/templates.toml`).
//!
//! ```toml
//! [[template]]
//! name = "warn_subject_high"
//! to = "subject"            # or "relatives"
//! text = "【反诈中心】您可能正遭遇{scam_type}诈骗，请立即停止转账。"
//! ```
//!
//! A placeholder is typed: it stands for one known value and has words to stand in where the value is
//! unknown, so a text can always be sent. A text to relatives has no placeholder at all: telling them what
//! happened would disclose the subject's affairs. No text holds a link, a phone number, or a card or ID
//! number; that is checked on the template when the file is read, and again on every text before it leaves.

use serde::Deserialize;
use toml::Spanned;

use crate::config_text::{ConfigText, Faults, FileFault};
use crate::person::PhoneNumber;
use crate::scam_type::ScamType;
use crate::words::words;

/// The longest text: five parts of a long message, 67 UCS-2 characters each.
pub const TEXT_MAX_CHARS: usize = 335;

/// The longest run of digits in a text: the tail of a number, never the number.
pub const DIGITS_MAX: usize = 4;

words! {
    /// Whom a contact or a text is meant for.
    pub enum Addressee {
        /// 机主本人
        Subject = "subject",
        /// 亲属
        Relatives = "relatives",
    }
}

/// All templates of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates(Vec<Template>);

/// One named text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name by which plans and messages know it.
    pub name: String,
    /// Who may receive it.
    pub to: Addressee,
    pieces: Vec<Piece>,
}

/// What the placeholders stand for in one message.
#[derive(Debug, Clone, Default)]
pub struct TemplateValues {
    /// `{scam_type}`
    pub scam_type: Option<ScamType>,
    /// `{suspect}`, of which only the last four digits are shown.
    pub suspect: Option<PhoneNumber>,
}

/// Why a text must not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitText {
    /// Fraudsters send links, so we never do.
    #[error("a text must not contain a link")]
    Link,
    /// More than [`DIGITS_MAX`] digits: a card, an ID or a phone number.
    #[error("a text must not contain a number of more than {DIGITS_MAX} digits")]
    LongNumber,
    /// A short number such as 110: a text asks nobody to call back.
    #[error("a text must not contain a phone number, not even a short one")]
    PhoneNumber,
    /// Longer than [`TEXT_MAX_CHARS`].
    #[error("a text must not be longer than {TEXT_MAX_CHARS} characters")]
    TooLong,
    /// Nothing to say.
    #[error("a text must not be empty")]
    Empty,
}

/// Why a message has no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRendered {
    /// No template has this name.
    #[error("there is no template {0:?}")]
    UnknownTemplate(String),
    /// The finished text breaks a rule.
    #[error(transparent)]
    Unfit(#[from] UnfitText),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    ScamType,
    Suspect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    #[serde(default)]
    template: Vec<WrittenTemplate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTemplate {
    name: Spanned<String>,
    to: Addressee,
    text: Spanned<String>,
}

impl Templates {
    /// Reads a file of templates.
    ///
    /// # Errors
    /// Every fault with its line: a name given twice, an unknown placeholder, a text that is unfit.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenFile = source.read()?;
        let mut faults = Faults::new(source);
        let mut templates = Self::default();
        for template in written.template {
            if templates.get(template.name.get_ref()).is_some() {
                faults
                    .note(&template.name.span(), format!("the name {:?} is taken", template.name.get_ref()));
            }
            match pieces(template.text.get_ref(), template.to) {
                Ok(pieces) => {
                    templates.0.push(Template { name: template.name.into_inner(), to: template.to, pieces });
                }
                Err(cause) => faults.note(&template.text.span(), cause),
            }
        }
        faults.unless_any(templates)
    }

    /// The template of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.name == name)
    }

    /// The text of one message.
    ///
    /// # Errors
    /// [`NotRendered`] if no template has this name or the finished text must not leave.
    pub fn render(&self, name: &str, values: &TemplateValues) -> Result<String, NotRendered> {
        let template = self.get(name).ok_or_else(|| NotRendered::UnknownTemplate(name.to_owned()))?;
        let text: String = template.pieces.iter().map(|piece| piece.text(values)).collect();
        check_fit(&text)?;
        Ok(text)
    }
}

impl Piece {
    fn text(&self, values: &TemplateValues) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::ScamType => scam_type_as_told(values.scam_type).to_owned(),
            Self::Suspect => match values.suspect.as_ref().and_then(tail) {
                Some(tail) => format!("尾号{tail}的号码"),
                None => "陌生人员".to_owned(),
            },
        }
    }
}

/// The last digits of a number; none of a short one such as a forged 110, which they would show whole.
fn tail(number: &PhoneNumber) -> Option<&str> {
    let number = number.reveal();
    let hidden = number.len().checked_sub(DIGITS_MAX).filter(|hidden| *hidden > 0)?;
    number.get(hidden..)
}

/// The kind of fraud as a text may name it. Whoever holds the phone can read the text, so what would
/// shame the subject goes by the general name.
fn scam_type_as_told(scam_type: Option<ScamType>) -> &'static str {
    match scam_type {
        None | Some(ScamType::Sextortion) => ScamType::Other.zh(),
        Some(told) => told.zh(),
    }
}

/// The text cut at its placeholders. A text that fits as written fits when rendered too: no placeholder is
/// shorter than what it stands for.
fn pieces(text: &str, to: Addressee) -> Result<Vec<Piece>, String> {
    check_fit(text).map_err(|unfit| unfit.to_string())?;
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once('{') {
        let (placeholder, after) =
            opened.split_once('}').ok_or("a placeholder is opened with { and never closed")?;
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(match placeholder {
            _ if to == Addressee::Relatives => {
                return Err("a text to relatives must not tell what happened: it has no placeholders".into());
            }
            "scam_type" => Piece::ScamType,
            "suspect" => Piece::Suspect,
            unknown => {
                return Err(format!(
                    "unknown placeholder {{{unknown}}}: expected {{scam_type}} or {{suspect}}"
                ));
            }
        });
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

/// Checks a text against the rules for everything that leaves.
///
/// # Errors
/// The first rule it breaks.
pub fn check_fit(text: &str) -> Result<(), UnfitText> {
    if text.trim().is_empty() {
        return Err(UnfitText::Empty);
    }
    if text.chars().count() > TEXT_MAX_CHARS {
        return Err(UnfitText::TooLong);
    }
    if has_link(text) {
        return Err(UnfitText::Link);
    }
    for number in numbers(text) {
        if number.len() > DIGITS_MAX {
            return Err(UnfitText::LongNumber);
        }
        if PhoneNumber::parse(&number).is_ok() {
            return Err(UnfitText::PhoneNumber);
        }
    }
    Ok(())
}

/// A scheme, or letters and digits joined by a dot as in a host's name.
fn has_link(text: &str) -> bool {
    let joined_by_dot = |letters: &[char]| {
        letters[1] == '.' && letters[0].is_ascii_alphanumeric() && letters[2].is_ascii_alphabetic()
    };
    let characters: Vec<char> = text.chars().map(half_width).collect();
    text.contains("://") || characters.windows(3).any(joined_by_dot)
}

/// The numbers in a text, read as a person reads them: full-width digits are digits, and spaces or
/// hyphens inside a number do not end it.
fn numbers(text: &str) -> Vec<String> {
    let mut numbers = vec![String::new()];
    for character in text.chars().map(half_width) {
        let number_so_far = numbers.last_mut().filter(|number| !number.is_empty());
        match (character, number_so_far) {
            ('0'..='9', Some(number)) => number.push(character),
            ('0'..='9', None) => numbers.push(character.to_string()),
            (' ' | '-', _) | (_, None) => {}
            (_, Some(_)) => numbers.push(String::new()),
        }
    }
    numbers.retain(|number| !number.is_empty());
    numbers
}

fn half_width(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shipped() -> Templates {
        Templates::parse("templates.toml", include_str!("../../../config/templates.toml")).unwrap()
    }

    fn cause(text: &str) -> String {
        let file = format!("[[template]]\nname = \"a\"\nto = \"subject\"\ntext = {text:?}\n");
        Templates::parse("t.toml", &file).unwrap_err()[0].to_string()
    }

    #[test]
    fn a_warning_shows_the_kind_of_fraud_and_only_the_tail_of_the_number() {
        let values = TemplateValues {
            scam_type: Some(ScamType::ImpersonatingAuthorities),
            suspect: Some(PhoneNumber::parse("+85261234567").unwrap()),
        };
        let text = shipped().render("warn_subject_high", &values).unwrap();
        assert!(text.contains("冒充公检法及政府机关诈骗"), "{text}");
        assert!(text.contains("尾号4567的号码"), "{text}");
        assert!(!text.contains("61234567"), "{text}");
    }

    #[test]
    fn every_shipped_text_can_be_sent_with_all_values_known_or_none() {
        let known = |scam_type: &ScamType| {
            ["13847200001", "+85261234567", "110"].map(|number| TemplateValues {
                scam_type: Some(*scam_type),
                suspect: Some(PhoneNumber::parse(number).unwrap()),
            })
        };
        let templates = shipped();
        for template in &templates.0 {
            for values in ScamType::ALL.iter().flat_map(known).chain([TemplateValues::default()]) {
                templates.render(&template.name, &values).expect(&template.name);
            }
        }
    }

    #[test]
    fn a_placeholder_is_written_no_shorter_than_what_it_stands_for() {
        for scam_type in ScamType::ALL {
            assert!(scam_type.zh().chars().count() <= "{scam_type}".len(), "{scam_type}");
        }
        assert!("尾号1234的号码".chars().count() <= "{suspect}".len());
    }

    #[test]
    fn a_shaming_kind_of_fraud_is_not_named() {
        let values = TemplateValues { scam_type: Some(ScamType::Sextortion), suspect: None };
        let text = shipped().render("warn_subject_high", &values).unwrap();
        assert!(!text.contains(ScamType::Sextortion.zh()), "{text}");
    }

    #[test]
    fn what_must_not_leave_is_refused_with_its_line() {
        for (text, expected) in [
            ("详见http://a.b", "link"),
            ("详见 gaj.example.cn", "link"),
            ("详见ｇａｊ．ｃｎ", "link"),
            ("请拨打110", "phone number"),
            ("请拨打９６１１０", "more than 4 digits"),
            ("卡号6228 4826 0181", "more than 4 digits"),
            ("证件150203-1999", "more than 4 digits"),
            ("您好{name}", "unknown placeholder {name}"),
            ("您好{scam_type", "never closed"),
            ("  ", "empty"),
        ] {
            let cause = cause(text);
            assert!(cause.starts_with("t.toml:4: ") && cause.contains(expected), "{text}: {cause}");
        }
    }

    #[test]
    fn a_text_to_relatives_tells_nothing_and_a_name_is_given_once() {
        let file = "[[template]]\nname = \"a\"\nto = \"relatives\"\ntext = \"遭遇{scam_type}\"\n\
                    [[template]]\nname = \"b\"\nto = \"subject\"\ntext = \"好\"\n\
                    [[template]]\nname = \"b\"\nto = \"subject\"\ntext = \"好\"\n";
        let faults = Templates::parse("t.toml", file).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [4, 10]);
    }

    proptest! {
        #[test]
        fn no_phone_number_ever_fits(number in "1[3-9][0-9]{9}", before in "[一-龥]{0,9}", after in "[一-龥]{0,9}") {
            let text = format!("{before}{number}{after}");
            prop_assert!(check_fit(&text).is_err());
        }
    }
}
