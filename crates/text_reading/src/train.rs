//! Learning the weights: multinomial logistic regression by stochastic gradient descent (AdaGrad), the same on every
//! machine for the same texts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::class::{CLASSES, Class};
use crate::corpus::Example;
use crate::draws::Draws;
use crate::features::{Feature, KINDS, Key, Kind, features};
use crate::lexicon::Lexicon;
use crate::model::{Hashed, Known, Row, TextReader, Weights, known, softmax};
use crate::normal::Normal;

/// How often every text is seen.
const ROUNDS: usize = 16;
const RATE: f32 = 0.2;
/// What is left of a weight after a round.
const DECAY: f32 = 0.985;
/// A stretch of characters must stand in the texts of so many templates: what one template alone says is its own.
const TEMPLATES_MIN: usize = 2;
/// How often a text is shown without its stretches, its notions and its shape, in percent: none of
/// them may be leant on alone, since texts of other hands have other stretches.
const WITHOUT: [usize; KINDS] = [15, 10, 60];
/// A row whose weights are all below this is left out, in its quantised form.
const ROW_MIN: i8 = 2;

/// A text made into numbers.
pub(crate) struct Sample {
    pub(crate) features: Vec<Feature>,
    pub(crate) class: Class,
    pub(crate) author: String,
    pub(crate) template: u64,
    pub(crate) weight: f32,
}

pub(crate) fn samples(lexicon: &Lexicon, examples: &[Example]) -> Vec<Sample> {
    let sample = |example: &Example| Sample {
        features: features(&Normal::of(&example.text), lexicon),
        class: example.class,
        author: example.author.clone(),
        template: example.template,
        weight: example.weight,
    };
    examples.iter().map(sample).collect()
}

/// Learns from examples.
#[must_use]
pub fn learn(lexicon: &Lexicon, examples: &[Example]) -> TextReader {
    let samples = samples(lexicon, examples);
    let calibration = crate::measure::calibration(&samples);
    let mut weights = fit(&samples.iter().collect::<Vec<_>>());
    calibration.apply(&mut weights);
    let reader = TextReader { version: String::new(), lexicon: lexicon.clone(), weights };
    // what was written is what counts: its version is its hash
    TextReader::parse(&reader.write()).unwrap_or(reader)
}

pub(crate) fn fit(samples: &[&Sample]) -> Weights {
    let rows = dictionary(samples);
    let mut weights = vec![[0.0_f32; CLASSES]; rows.len()];
    let mut squares = vec![[1e-2_f32; CLASSES]; rows.len()];
    let mut bias = [0.0_f32; CLASSES];
    let mut bias_squares = [1e-1_f32; CLASSES];
    let balance = balance(samples);
    let known: Vec<Vec<Known>> =
        samples.iter().map(|sample| known(&sample.features, |key| rows.get(&key).copied())).collect();
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut draws = Draws::new(1);
    for _ in 0..ROUNDS {
        draws.shuffle(&mut order);
        for place in &order {
            let (Some(sample), Some(known)) = (samples.get(*place), known.get(*place)) else { continue };
            let without = WITHOUT.map(|percent| draws.percent(percent));
            let shown =
                |known: &&Known| !without.get(known.feature.kind as usize).copied().unwrap_or_default();
            let mut sums = bias;
            for known in known.iter().filter(shown) {
                if let Some(row) = weights.get(known.row as usize) {
                    for (sum, weight) in sums.iter_mut().zip(row) {
                        *sum += known.value * weight;
                    }
                }
            }
            let right = sample.class.index();
            let counts = sample.weight * balance.get(right).copied().unwrap_or(1.0);
            let mut wrong = softmax(&sums);
            if let Some(chance) = wrong.get_mut(right) {
                *chance -= 1.0;
            }
            let wrong = wrong.map(|by| by * counts);
            descend(&mut bias, &mut bias_squares, &wrong, 1.0);
            for known in known.iter().filter(shown) {
                let row = known.row as usize;
                if let (Some(weights), Some(squares)) = (weights.get_mut(row), squares.get_mut(row)) {
                    descend(weights, squares, &wrong, known.value);
                }
            }
        }
        for weight in weights.iter_mut().flatten() {
            *weight *= DECAY;
        }
    }
    quantised(samples, &rows, &weights, bias)
}

fn descend(weights: &mut Row, squares: &mut Row, wrong: &Row, value: f32) {
    for ((weight, square), wrong) in weights.iter_mut().zip(squares).zip(wrong) {
        let slope = wrong * value;
        *square += slope * slope;
        *weight -= RATE * slope / square.sqrt();
    }
}

/// A row for each feature that is worth one.
fn dictionary(samples: &[&Sample]) -> HashMap<Key, u32, std::hash::BuildHasherDefault<Hashed>> {
    let mut templates: BTreeMap<Key, (Kind, BTreeSet<u64>)> = BTreeMap::new();
    for sample in samples {
        for feature in &sample.features {
            let (_, templates) = templates.entry(feature.key).or_insert((feature.kind, BTreeSet::new()));
            if templates.len() < TEMPLATES_MIN {
                templates.insert(sample.template);
            }
        }
    }
    let worth = templates
        .into_iter()
        .filter(|(_, (kind, templates))| *kind != Kind::Stretch || templates.len() >= TEMPLATES_MIN);
    (0..).zip(worth).map(|(row, (key, _))| (key, row)).collect()
}

/// Rare kinds count somewhat more than their number.
fn balance(samples: &[&Sample]) -> Row {
    let mut counts = [0.0_f32; CLASSES];
    for sample in samples {
        if let Some(count) = counts.get_mut(sample.class.index()) {
            *count += sample.weight;
        }
    }
    let present = counts.iter().filter(|count| **count > 0.0).count().max(1) as f32;
    let mean = counts.iter().sum::<f32>() / present;
    counts.map(|count| if count > 0.0 { (mean / count).sqrt().clamp(0.4, 3.0) } else { 1.0 })
}

fn quantised(
    samples: &[&Sample],
    rows: &HashMap<Key, u32, std::hash::BuildHasherDefault<Hashed>>,
    weights: &[Row],
    bias: Row,
) -> Weights {
    let mut kinds: BTreeMap<Key, Kind> = BTreeMap::new();
    for feature in samples.iter().flat_map(|sample| &sample.features) {
        kinds.insert(feature.key, feature.kind);
    }
    let mut ordered: Vec<(Key, usize)> = rows.iter().map(|(key, row)| (*key, *row as usize)).collect();
    ordered.sort_unstable();
    let mut most = [1e-6_f32; KINDS];
    for (key, row) in &ordered {
        let (Some(kind), Some(row)) = (kinds.get(key), weights.get(*row)) else { continue };
        for weight in row {
            if let Some(most) = most.get_mut(*kind as usize) {
                *most = most.max(weight.abs());
            }
        }
    }
    let scales = most.map(|most| most / 127.0);
    let mut kept = Weights { bias, temperature: 1.0, scales, ..Weights::default() };
    for (key, row) in ordered {
        let (Some(kind), Some(row)) = (kinds.get(&key), weights.get(row)) else { continue };
        let scale = scales.get(*kind as usize).copied().unwrap_or(1.0);
        let row = row.map(|weight| (weight / scale).round() as i8);
        if row.iter().any(|weight| weight.unsigned_abs() >= ROW_MIN.unsigned_abs()) {
            let place = u32::try_from(kept.quantised.len()).unwrap_or(u32::MAX);
            kept.rows.insert(key, place);
            kept.quantised.push(row);
        }
    }
    kept
}
