//! `lanjie grading learn` and `lanjie grading classify`: what reads texts learns, is measured, and reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use interception::gather_lessons::Lessons;
use text_reading::TextReader;
use text_reading::corpus::{self, Example, Fillers};
use text_reading::lexicon::Lexicon;
use text_reading::measure::{HeldOut, Measure, cross_measure, measure};
use text_reading::train;

/// Of how many incidents one is held out while the others teach, to compare the new with the old on it.
const HELD_OUT_IN: u64 = 5;

/// Texts that are only measured by.
const UNLEARNT: [&str; 3] = ["everyday", "rough", "challenge"];

/// What is written down to learn from.
pub(crate) struct Course {
    lexicon: Lexicon,
    /// What is learnt.
    corpus: Vec<Example>,
    /// What is only measured by, set by set.
    unlearnt: Vec<(&'static str, Vec<Example>)>,
}

impl Course {
    /// Reads `lexicon.txt`, `fillers.txt`, the texts to measure by and the hands in `corpus/` of a directory.
    pub(crate) fn read(directory: &Path) -> anyhow::Result<Self> {
        let lexicon = file(directory.join("lexicon.txt"))?;
        let lexicon = Lexicon::parse(&lexicon.1).with_context(|| lexicon.0)?;
        let (name, text) = file(directory.join("fillers.txt"))?;
        let fillers = Fillers::parse(&name, &text)?;
        let mut unlearnt = Vec::new();
        for set in UNLEARNT {
            let (name, text) = file(directory.join(set).with_extension("txt"))?;
            unlearnt.push((set, corpus::read(&name, &text, &fillers)?));
        }
        let hands = directory.join("corpus");
        let mut files: Vec<PathBuf> = fs::read_dir(&hands)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .with_context(|| format!("cannot read {}", hands.display()))?;
        files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
        // what is learnt depends on the order, and a directory has none
        files.sort();
        let mut corpus = Vec::new();
        for path in files {
            let (name, text) = file(path)?;
            corpus.extend(corpus::read(&name, &text, &fillers)?);
        }
        Ok(Self { lexicon, corpus, unlearnt })
    }
}

fn file(path: PathBuf) -> anyhow::Result<(String, String)> {
    let name = path.display().to_string();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
    Ok((name, text))
}

/// Learns from the course and from what closed incidents taught, tells how the new reads beside the old, and writes
/// the new to a file only where it was asked to. There is no old one where it is of another version's features.
pub(crate) fn learn(
    course: &Course,
    lessons: Lessons,
    old: Option<&TextReader>,
    write: Option<&Path>,
) -> anyhow::Result<String> {
    let Course { lexicon, corpus, unlearnt } = course;
    let mut told = String::new();
    let examples: Vec<Example> = corpus.iter().chain(&lessons.examples).cloned().collect();
    if examples.is_empty() {
        bail!("there is nothing to learn from");
    }
    let templates: BTreeSet<u64> = examples.iter().map(|example| example.template).collect();
    let _ = writeln!(
        told,
        "learnt from {} texts of {} templates and incidents; {} notions, {} words",
        examples.len(),
        templates.len(),
        lexicon.notions(),
        lexicon.words()
    );
    if !lessons.examples.is_empty() || lessons.unnamed > 0 {
        let _ = writeln!(
            told,
            "of these {} texts of closed incidents; {} more are fraud of a kind that nobody named",
            lessons.examples.len(),
            lessons.unnamed
        );
    }
    let new = train::learn(lexicon, &examples);
    tell(
        &mut told,
        "new, a fifth of the authors held out",
        &cross_measure(lexicon, &examples, HeldOut::Author),
    );
    tell(
        &mut told,
        "new, a fifth of the templates held out",
        &cross_measure(lexicon, &examples, HeldOut::Template),
    );
    for (set, texts) in unlearnt {
        if let Some(old) = old {
            tell(&mut told, &format!("old, {set} texts that nothing is learnt from"), &measure(old, texts));
        }
        tell(&mut told, &format!("new, {set} texts that nothing is learnt from"), &measure(&new, texts));
    }
    if !lessons.examples.is_empty() {
        let (held, taught): (Vec<Example>, Vec<Example>) =
            lessons.examples.into_iter().partition(|example| example.template % HELD_OUT_IN == 0);
        let without: Vec<Example> = corpus.iter().cloned().chain(taught).collect();
        let without = train::learn(lexicon, &without);
        if let Some(old) = old {
            tell(&mut told, "old, a fifth of the incidents", &measure(old, &held));
        }
        tell(&mut told, "new, a fifth of the incidents, learnt without them", &measure(&without, &held));
    }
    let _ = writeln!(told, "old {}\nnew {}", old.map_or("unreadable", |old| &old.version), new.version);
    if let Some(path) = write {
        let model = new.write();
        fs::write(path, &model).with_context(|| format!("cannot write {}", path.display()))?;
        let _ = writeln!(told, "written to {}, {} bytes", path.display(), model.len());
    }
    Ok(told)
}

fn tell(told: &mut String, what: &str, measure: &Measure) {
    let _ = writeln!(told, "\n{what}\n{measure}");
}

/// Reads each line as a text and writes its reading as a line of JSON: that of `POST /v1/grading/explain`.
pub(crate) fn classify(
    reader: &TextReader,
    texts: impl BufRead,
    mut readings: impl Write,
) -> anyhow::Result<()> {
    for text in texts.lines() {
        let text = text.context("cannot read the texts")?;
        serde_json::to_writer(&mut readings, &reader.read(&text))?;
        writeln!(readings)?;
    }
    readings.flush().context("cannot write the readings")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> TextReader {
        TextReader::parse(include_bytes!("../../../config/text/model.bin")).unwrap()
    }

    #[test]
    fn each_line_gets_its_reading() {
        let mut readings = Vec::new();
        classify(&reader(), "您涉嫌洗钱，请把钱转到安全账户\n晚上一起吃饭吗\n".as_bytes(), &mut readings)
            .unwrap();
        let readings = String::from_utf8(readings).unwrap();
        let readings: Vec<serde_json::Value> =
            readings.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(readings.len(), 2);
        assert_eq!(readings[0]["scam_type"], "impersonating_authorities");
        assert_eq!(readings[1]["fraud"], false);
    }

    #[test]
    fn what_is_learnt_is_told_beside_the_old_and_written_only_where_asked() {
        let examples = |text| corpus::read("hand.txt", text, &Fillers::default()).unwrap();
        let course = Course {
            lexicon: Lexicon::parse("[work]\n刷单 佣金").unwrap(),
            corpus: examples(
                "@brushing_rebate sms\n刷单赚佣金\n做刷单返佣金\n@none sms\n晚上吃饭\n晚上回家吃饭",
            ),
            unlearnt: vec![("rough", examples("@none sms\n明天一起吃饭"))],
        };
        let mut incident = examples("@none sms\n明天开会");
        incident[0].template = 0;
        let lessons = Lessons { examples: incident, unnamed: 1 };
        let told = learn(&course, lessons, Some(&reader()), None).unwrap();
        for part in [
            "learnt from 5 texts",
            "1 more are fraud",
            "old, rough texts",
            "new, rough texts",
            "new, a fifth of the incidents",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("written to"));
    }
}
