//! The texts that the classifier learns from, as they are written down.
//!
//! ```text
//! # a comment
//! @brushing_rebate sms              the class and the register of what follows
//! [招聘|急招]兼职，{日薪}日结，加微信      one template a line
//! ```
//!
//! A file is an author; `[a|b|]` is a choice, `{name}` one of the words of that name in the list of fillers. Each
//! template is written out a few times with different choices. Held out is always a whole template or author: lines
//! of one template are as good as the same text.

use std::collections::BTreeMap;

use crate::class::Class;
use crate::draws::Draws;

/// How often a template with choices is written out, at most.
const VARIANTS: usize = 4;

/// A text with what a person says it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// What it is.
    pub class: Class,
    /// Who wrote it.
    pub author: String,
    /// What it was made from: examples of one template are held out together.
    pub template: u64,
    /// What it counts: the examples of one template count as one.
    pub weight: f32,
}

impl Example {
    /// The template of texts that belong together for another reason: those of one incident.
    #[must_use]
    pub fn template_of(origin: &str) -> u64 {
        Draws::seed_of(origin)
    }
}

/// Why a corpus is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {cause}")]
pub struct BadCorpus {
    /// The file.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
}

/// Words for the slots of templates, by the slot's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fillers(BTreeMap<String, Vec<String>>);

impl Fillers {
    /// Reads a list of fillers: a line `name: word|word|...` each.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadCorpus> {
        let mut fillers = BTreeMap::new();
        for (line, written) in written_lines(text) {
            let bad = |cause: &str| BadCorpus { file: file.to_owned(), line, cause: cause.to_owned() };
            let (name, words) = written.split_once(':').ok_or_else(|| bad("expected `name: word|word`"))?;
            let words: Vec<String> = words.split('|').map(|word| word.trim().to_owned()).collect();
            // a filler may hold slots of fillers above it: so none can hold itself
            if let Some(slot) =
                words.iter().flat_map(|word| slots(word)).find(|slot| !fillers.contains_key(*slot))
            {
                return Err(bad(&format!("no filler above is called {slot:?}")));
            }
            if fillers.insert(name.trim().to_owned(), words).is_some() {
                return Err(bad("this name stands here twice"));
            }
        }
        Ok(Self(fillers))
    }
}

/// Reads what one author wrote and writes the templates out.
///
/// # Errors
/// The first line with an unknown class, slot or open choice.
pub fn read(file: &str, text: &str, fillers: &Fillers) -> Result<Vec<Example>, BadCorpus> {
    let author = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".txt").to_owned();
    let mut class = None;
    let mut examples = Vec::new();
    for (line, written) in written_lines(text) {
        let bad = |cause: String| BadCorpus { file: file.to_owned(), line, cause };
        if let Some(heading) = written.strip_prefix('@') {
            let word = heading.split_whitespace().next().unwrap_or_default();
            class = Some(Class::parse(word).map_err(bad)?);
            continue;
        }
        let class =
            class.ok_or_else(|| bad("expected `@class register` before the first text".to_owned()))?;
        let template = Template::parse(written, fillers).map_err(bad)?;
        let seed = Draws::seed_of(&format!("{author}\n{written}"));
        let texts = template.write_out(&mut Draws::new(seed));
        let weight = 1.0 / texts.len() as f32;
        let of = |text| Example { text, class, author: author.clone(), template: seed, weight };
        examples.extend(texts.into_iter().map(of));
    }
    Ok(examples)
}

fn written_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(line, written)| (line + 1, written.trim()));
    lines.filter(|(_, written)| !written.is_empty() && !written.starts_with('#'))
}

/// A text with choices; what is chosen may hold slots.
struct Template<'a> {
    parts: Vec<Vec<&'a str>>,
    fillers: &'a Fillers,
}

impl<'a> Template<'a> {
    fn parse(written: &'a str, fillers: &'a Fillers) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some((fixed, from)) = rest.split_once('[') {
            let (choice, after) = from.split_once(']').ok_or_else(|| format!("no ] closes [{from}"))?;
            parts.push(vec![fixed]);
            parts.push(choice.split('|').collect());
            rest = after;
        }
        parts.push(vec![rest]);
        for slot in slots(written) {
            if !fillers.0.contains_key(slot) {
                return Err(format!("no filler is called {slot:?}"));
            }
        }
        Ok(Self { parts, fillers })
    }

    fn write_out(&self, draws: &mut Draws) -> Vec<String> {
        let choices: usize = self
            .parts
            .iter()
            .map(|words| words.len() - 1 + words.iter().flat_map(|word| slots(word)).count())
            .sum();
        let mut texts: Vec<String> = Vec::new();
        for _ in 0..VARIANTS.min(1 + choices) {
            let chosen: String =
                self.parts.iter().filter_map(|words| words.get(draws.below(words.len()))).copied().collect();
            let text = self.fill(&chosen, draws).replace("\\n", "\n");
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    fn fill(&self, chosen: &str, draws: &mut Draws) -> String {
        let mut filled = String::new();
        let mut rest = chosen;
        while let Some((before, from)) = rest.split_once('{') {
            let (slot, after) = from.split_once('}').unwrap_or((from, ""));
            filled.push_str(before);
            if let Some(words) = self.fillers.0.get(slot) {
                let word = words.get(draws.below(words.len())).map_or("", String::as_str);
                filled.push_str(&self.fill(word, draws));
            }
            rest = after;
        }
        filled + rest
    }
}

fn slots(written: &str) -> impl Iterator<Item = &str> {
    written.split('{').skip(1).map(|from| from.split('}').next().unwrap_or_default())
}
