//! The texts that are sent to people, as named templates (`config/templates.toml`).
//!
//! ```toml
//! [[template]]
//! name = "warn_subject_high"
//! to = "subject"            # or "relatives"
//! text = "【反诈中心】您可能正遭遇{scam_type}诈骗，请立即停止转账。"
//! text_en = "..."           # optional: for the number of another country
//! ```
//!
//! A placeholder is typed: it stands for one known value and has words to stand in where the value is
//! unknown, so a text can always be sent. A text to relatives has no placeholder at all: telling them what
//! happened would disclose the subject's affairs. No text holds a link, a phone number, or a card or ID
//! number; that is checked on the template when the file is read, and again on every text before it leaves.
//!
//! The rules are in [`fit`], what can be left open in [`placeholder`].

use serde::Deserialize;
use toml::Spanned;

use crate::config_text::{ConfigText, Faults, FileFault};
use crate::words::words;

pub mod fit;
pub mod placeholder;

use fit::UnfitText;
pub use fit::{TEXT_MAX_CHARS, check_fit};
pub use placeholder::{Language, TemplateValues};
use placeholder::{Piece, worst_cases};

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
    zh: Vec<Piece>,
    en: Option<Vec<Piece>>,
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
    text_en: Option<Spanned<String>>,
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
            let mut read = |text: &Spanned<String>, language| {
                let pieces = pieces(text.get_ref(), template.to, language);
                pieces.map_err(|cause| faults.note(&text.span(), cause)).ok()
            };
            let zh = read(&template.text, Language::Zh);
            let en = template.text_en.as_ref().and_then(|text| read(text, Language::En));
            if let Some(zh) = zh {
                templates.0.push(Template { name: template.name.into_inner(), to: template.to, zh, en });
            }
        }
        faults.unless_any(templates)
    }

    /// The template of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.name == name)
    }

    /// The text of one message; Chinese where there is none in that language.
    ///
    /// # Errors
    /// [`NotRendered`] if no template has this name or the finished text must not leave.
    pub fn render(
        &self,
        name: &str,
        values: &TemplateValues,
        language: Language,
    ) -> Result<String, NotRendered> {
        let template = self.get(name).ok_or_else(|| NotRendered::UnknownTemplate(name.to_owned()))?;
        let text = match (language, &template.en) {
            (Language::En, Some(en)) => fill(en, values, Language::En),
            (Language::Zh, _) | (Language::En, None) => fill(&template.zh, values, Language::Zh),
        };
        check_fit(&text)?;
        Ok(text)
    }
}

/// A text cut at its placeholders, after a trial with values of every kind: what fits then fits whatever comes.
fn pieces(text: &str, to: Addressee, language: Language) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once('{') {
        let (placeholder, after) =
            opened.split_once('}').ok_or("a placeholder is opened with { and never closed")?;
        pieces.push(Piece::Text(before.to_owned()));
        if to == Addressee::Relatives {
            return Err("a text to relatives must not tell what happened: it has no placeholders".into());
        }
        let known = placeholder.parse();
        let known = known.map_err(|unknown| format!("unknown placeholder {{{placeholder}}}: {unknown}"))?;
        pieces.push(Piece::Value(known));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    for values in worst_cases(&pieces) {
        check_fit(&fill(&pieces, &values, language)).map_err(|unfit| unfit.to_string())?;
    }
    Ok(pieces)
}

fn fill(pieces: &[Piece], values: &TemplateValues, language: Language) -> String {
    pieces.iter().map(|piece| piece.text(values, language)).collect()
}

#[cfg(test)]
mod tests;
