//! How well texts are read: on templates and authors that were held out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use crate::class::{CLASSES, Class};
use crate::corpus::Example;
use crate::lexicon::Lexicon;
use crate::model::{TextReader, Weights, fraud_odds, likeliest};
use crate::train::{Sample, fit, samples};

/// Into how many parts the templates are dealt, and the hands.
const FOLDS: u64 = 5;

/// What a fraud that is missed costs, beside an honest text that is suspected: somebody looks at the one, nobody at
/// the other.
const MISSED_COSTS: f32 = 2.2;

/// How texts of known classes were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measure {
    /// Fraud read as fraud.
    pub caught: f64,
    /// Fraud read as honest.
    pub missed: f64,
    /// Honest texts read as fraud.
    pub accused: f64,
    /// Honest texts read as honest.
    pub cleared: f64,
    /// For each class (row) what it was read as (column).
    pub confusion: [[f64; CLASSES]; CLASSES],
}

impl Measure {
    /// Of the texts read as fraud, how many were.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.caught, self.caught + self.accused)
    }

    /// Of the fraud, how much was read as fraud.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.caught, self.caught + self.missed)
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        share(2.0 * precision * recall, precision + recall)
    }

    /// Of the fraud, how much was read as fraud of the right kind.
    #[must_use]
    pub fn type_accuracy(&self) -> f64 {
        let right: f64 = (1..CLASSES).filter_map(|class| self.confusion.get(class)?.get(class)).sum();
        share(right, self.caught + self.missed)
    }

    fn note(&mut self, class: Class, fraud: bool, kind: usize, weight: f64) {
        match (class.0.is_some(), fraud) {
            (true, true) => self.caught += weight,
            (true, false) => self.missed += weight,
            (false, true) => self.accused += weight,
            (false, false) => self.cleared += weight,
        }
        let read = if fraud { kind } else { 0 };
        if let Some(cell) = self.confusion.get_mut(class.index()).and_then(|row| row.get_mut(read)) {
            *cell += weight;
        }
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// A line for the whole and one for each class: how many, how many read right, and what they were taken for.
impl Display for Measure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "fraud or not: precision {:.3} recall {:.3} F1 {:.3}   type accuracy {:.3}",
            self.precision(),
            self.recall(),
            self.f1(),
            self.type_accuracy()
        )?;
        for class in Class::all() {
            let row = self.confusion.get(class.index()).copied().unwrap_or_default();
            let all: f64 = row.iter().sum();
            if all == 0.0 {
                continue;
            }
            let right = row.get(class.index()).copied().unwrap_or_default();
            let mut wrong: Vec<(f64, Class)> =
                (0..CLASSES).map(|read| (row[read], Class::at(read))).collect();
            wrong.retain(|(count, read)| *count > 0.0 && *read != class);
            wrong.sort_by(|one, other| other.0.total_cmp(&one.0));
            write!(f, "  {:<32} {all:>7.1}  right {:.3}", class.as_str(), share(right, all))?;
            for (count, read) in wrong.iter().take(4) {
                write!(f, "  {} {:.3}", read.as_str(), share(*count, all))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Reads examples that were not learnt from.
#[must_use]
pub fn measure(reader: &TextReader, examples: &[Example]) -> Measure {
    let mut measure = Measure::default();
    for example in examples {
        let reading = reader.read(&example.text);
        let kind = Class(reading.scam_type).index();
        measure.note(example.class, reading.fraud, kind, f64::from(example.weight));
    }
    measure
}

/// What is held out together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOut {
    /// All texts of a fifth of the authors. What closed incidents tell counts as one author.
    Author,
    /// All texts of a fifth of the templates.
    Template,
}

/// Learns without each part in turn and reads that part.
#[must_use]
pub fn cross_measure(lexicon: &Lexicon, examples: &[Example], held_out: HeldOut) -> Measure {
    let samples = samples(lexicon, examples);
    let scores = held_out_scores(&samples, held_out);
    let calibration = Calibration::of(&scores);
    let mut measure = Measure::default();
    for score in &scores {
        let fraud = (score.fraud + calibration.shift) / calibration.temperature >= 0.0;
        measure.note(score.class, fraud, score.kind, f64::from(score.weight));
    }
    measure
}

/// How a held-out text was read.
struct Score {
    class: Class,
    kind: usize,
    /// Log-odds of fraud.
    fraud: f32,
    weight: f32,
}

fn held_out_scores(samples: &[Sample], held_out: HeldOut) -> Vec<Score> {
    let authors: BTreeSet<&str> = samples.iter().map(|sample| sample.author.as_str()).collect();
    let dealt: BTreeMap<&str, u64> = authors.into_iter().zip((0..FOLDS).cycle()).collect();
    let part = |sample: &Sample| match held_out {
        HeldOut::Author => dealt.get(sample.author.as_str()).copied().unwrap_or_default(),
        HeldOut::Template => sample.template % FOLDS,
    };
    let read = |held: u64| {
        let (tested, learnt): (Vec<&Sample>, Vec<&Sample>) =
            samples.iter().partition(|sample| part(sample) == held);
        let weights = fit(&learnt);
        tested.into_iter().map(|sample| score(&weights, sample)).collect::<Vec<Score>>()
    };
    // each part is learnt by itself: the order of the threads changes nothing
    std::thread::scope(|scope| {
        let read = &read;
        let parts: Vec<_> = (0..FOLDS).map(|held| scope.spawn(move || read(held))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}

fn score(weights: &Weights, sample: &Sample) -> Score {
    let chances = weights.chances(&weights.known(&sample.features));
    Score {
        class: sample.class,
        kind: likeliest(&chances),
        fraud: fraud_odds(&chances),
        weight: sample.weight,
    }
}

/// What makes one half the place where to decide, and the probabilities what they say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// Added to the log-odds of fraud.
    shift: f32,
    /// What the log-odds are divided by.
    temperature: f32,
}

/// Found on held-out authors: the texts to come are by hands that nobody learnt from.
pub(crate) fn calibration(samples: &[Sample]) -> Calibration {
    Calibration::of(&held_out_scores(samples, HeldOut::Author))
}

impl Calibration {
    fn of(scores: &[Score]) -> Self {
        let candidates = |from: i16, to: i16, step: f32| (from..=to).map(move |tick| f32::from(tick) * step);
        // the shift with the fewest wrong verdicts, however many texts there are of either side
        let weigh = |fraud: bool| {
            scores
                .iter()
                .filter(|score| score.class.0.is_some() == fraud)
                .map(|score| score.weight)
                .sum::<f32>()
                .max(1.0)
        };
        let (frauds, honest) = (weigh(true), weigh(false));
        let wrong = |shift: f32| -> f32 {
            let wrong = scores.iter().filter(|score| (score.fraud + shift >= 0.0) != score.class.0.is_some());
            wrong
                .map(|score| {
                    score.weight * if score.class.0.is_some() { MISSED_COSTS / frauds } else { 1.0 / honest }
                })
                .sum()
        };
        let best = |tried: Vec<(f32, f32)>| {
            tried.into_iter().min_by(|one, other| one.0.total_cmp(&other.0)).map_or(0.0, |(_, best)| best)
        };
        let shift = best(
            candidates(-20, 20, 0.1).map(|shift| (wrong(shift) + 0.0005 * shift.abs(), shift)).collect(),
        );
        let surprise = |temperature: f32| -> f32 {
            let surprised = scores.iter().map(|score| {
                let odds = (score.fraud + shift) / temperature;
                let towards = if score.class.0.is_some() { odds } else { -odds };
                // ln(1 + e^-towards), written so that it cannot overflow
                score.weight
                    * if towards > 0.0 { (-towards).exp().ln_1p() } else { towards.exp().ln_1p() - towards }
            });
            surprised.sum()
        };
        let temperature =
            best(candidates(2, 30, 0.1).map(|temperature| (surprise(temperature), temperature)).collect());
        Self { shift, temperature: temperature.max(0.1) }
    }

    pub(crate) fn apply(self, weights: &mut Weights) {
        weights.shift = self.shift;
        weights.temperature = self.temperature;
    }
}
