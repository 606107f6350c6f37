//! What reads texts: a weight for each feature and class, and the file that holds them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use domain::text_reading::TextReading;
use sha2::{Digest, Sha256};

use crate::class::{CLASSES, Class};
use crate::features::{Feature, KINDS, Key, Kind, features};
use crate::lexicon::Lexicon;
use crate::normal::Normal;
use crate::words;

/// How a file of weights begins; the number is that of the features.
const MAGIC: &[u8; 16] = b"lanjie text  02\n";
/// At how many hexadecimal digits a version is shown with a reading.
const VERSION_CHARS: usize = 12;
/// What the stretches of a text weigh together: a long text has no more to say with them than a short one.
const STRETCHES_WEIGH: f32 = 5.0;
/// What a trait of the shape weighs.
const SHAPE_WEIGHS: f32 = 0.5;

/// One number a class.
pub(crate) type Row = [f32; CLASSES];

/// What reads texts.
#[derive(Debug, Clone)]
pub struct TextReader {
    /// SHA-256 of its file, in hex.
    pub version: String,
    pub(crate) lexicon: Lexicon,
    pub(crate) weights: Weights,
}

/// What was learnt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    /// Before any feature.
    pub(crate) bias: Row,
    /// What is added to the log-odds of fraud, so that it is decided at even odds.
    pub(crate) shift: f32,
    /// What the log-odds of fraud are divided by, so that probabilities are what they say.
    pub(crate) temperature: f32,
    pub(crate) rows: HashMap<Key, u32, BuildHasherDefault<Hashed>>,
    /// A row a feature, quantised.
    pub(crate) quantised: Vec<[i8; CLASSES]>,
    /// What the quantised numbers are multiplied by, for each kind of feature.
    pub(crate) scales: [f32; KINDS],
}

/// Keys are hashes already.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, key: u32) {
        // the table takes its control bits from the top
        self.0 = (u64::from(key) << 32) | u64::from(key);
    }
}

/// Why a file of weights is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadModel {
    /// It is none, or one of another version's features.
    #[error("is no text model of this version")]
    Foreign,
    /// It is shorter or longer than it says.
    #[error("is cut off or has something appended")]
    Length,
    /// It was changed since it was written.
    #[error("does not match its own checksum")]
    Checksum,
    /// A number in it is none, or its lexicon is faulty.
    #[error("is inconsistent: {0}")]
    Inconsistent(String),
}

impl TextReader {
    /// Reads a file of weights.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(file: &[u8]) -> Result<Self, BadModel> {
        if !file.starts_with(MAGIC) {
            return Err(BadModel::Foreign);
        }
        let checked = file.len().checked_sub(32).ok_or(BadModel::Length)?;
        let (content, checksum) = file.split_at_checked(checked).ok_or(BadModel::Length)?;
        if Sha256::digest(content).as_slice() != checksum {
            return Err(BadModel::Checksum);
        }
        let mut bytes = Bytes(content.get(MAGIC.len()..).unwrap_or_default());
        let length = bytes.number()? as usize;
        let lexicon = std::str::from_utf8(bytes.take(length)?)
            .map_err(|_| BadModel::Inconsistent("the lexicon is not UTF-8".to_owned()))?;
        let lexicon =
            Lexicon::parse(lexicon).map_err(|bad| BadModel::Inconsistent(format!("lexicon: {bad}")))?;
        let shift = bytes.float()?;
        let temperature = bytes.float()?;
        let mut scales = [0.0; KINDS];
        for scale in &mut scales {
            *scale = bytes.float()?;
        }
        let mut bias = [0.0; CLASSES];
        for bias in &mut bias {
            *bias = bytes.float()?;
        }
        if temperature <= 0.0 {
            return Err(BadModel::Inconsistent("a temperature must be above zero".to_owned()));
        }
        let count = bytes.number()?;
        let mut rows = HashMap::default();
        for row in 0..count {
            rows.insert(bytes.number()?, row);
        }
        let mut quantised = Vec::with_capacity(rows.len());
        for _ in 0..count {
            let mut row = [0; CLASSES];
            for (weight, byte) in row.iter_mut().zip(bytes.take(CLASSES)?) {
                *weight = byte.cast_signed();
            }
            quantised.push(row);
        }
        if !bytes.0.is_empty() || rows.len() != count as usize {
            return Err(BadModel::Length);
        }
        let weights = Weights { bias, shift, temperature, rows, quantised, scales };
        Ok(Self { version: hex(file), lexicon, weights })
    }

    /// The file that [`TextReader::parse`] reads.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        file.extend(number(self.lexicon.text.len()));
        file.extend(self.lexicon.text.as_bytes());
        let Weights { bias, shift, temperature, rows, quantised, scales } = &self.weights;
        for float in [*shift, *temperature].iter().chain(scales).chain(bias) {
            file.extend(float.to_le_bytes());
        }
        let mut keys: Vec<(u32, Key)> = rows.iter().map(|(key, row)| (*row, *key)).collect();
        keys.sort_unstable();
        file.extend(number(keys.len()));
        file.extend(keys.iter().flat_map(|(_, key)| key.to_le_bytes()));
        file.extend(quantised.iter().flatten().map(|weight| weight.cast_unsigned()));
        file.extend(Sha256::digest(&file));
        file
    }

    /// What a message, transcript or narrative tells by its words.
    #[must_use]
    pub fn read(&self, text: &str) -> TextReading {
        let normal = Normal::of(text);
        let features = features(&normal, &self.lexicon);
        let known = self.weights.known(&features);
        let chances = self.weights.chances(&known);
        let odds = (fraud_odds(&chances) + self.weights.shift) / self.weights.temperature;
        let probability = 1.0 / (1.0 + f64::from(-odds).exp());
        // where nothing can be read, as of a row of smiling faces, nothing speaks of fraud
        let probability = if normal.read.is_empty() { 0.0 } else { probability };
        let likeliest = likeliest(&chances);
        let fraud = probability >= 0.5;
        let words = words::that_decided(&normal, &known, &self.weights, likeliest, fraud);
        TextReading {
            fraud,
            probability,
            scam_type: if fraud { Class::at(likeliest).0 } else { None },
            words,
            model: Some(self.version.chars().take(VERSION_CHARS).collect()),
        }
    }
}

/// Log-odds of fraud, of whatever kind.
pub(crate) fn fraud_odds(chances: &Row) -> f32 {
    let [honest, kinds @ ..] = chances;
    let fraud: f32 = kinds.iter().sum();
    (fraud.max(1e-9) / honest.max(1e-9)).ln()
}

/// The likeliest kind of fraud.
pub(crate) fn likeliest(chances: &Row) -> usize {
    let kinds = chances.iter().enumerate().skip(1);
    kinds.max_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(1, |(kind, _)| kind)
}

/// A feature that has a row, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Known {
    pub(crate) feature: Feature,
    pub(crate) row: u32,
    pub(crate) value: f32,
}

impl Weights {
    pub(crate) fn known(&self, features: &[Feature]) -> Vec<Known> {
        known(features, |key| self.rows.get(&key).copied())
    }

    pub(crate) fn weight(&self, known: &Known, class: usize) -> f32 {
        let weight = self
            .quantised
            .get(known.row as usize)
            .and_then(|row| row.get(class))
            .copied()
            .unwrap_or_default();
        let scale = self.scales.get(known.feature.kind as usize).copied().unwrap_or_default();
        known.value * scale * f32::from(weight)
    }

    pub(crate) fn chances(&self, known: &[Known]) -> Row {
        let mut sums = self.bias;
        for known in known {
            let Some(row) = self.quantised.get(known.row as usize) else { continue };
            let scale =
                known.value * self.scales.get(known.feature.kind as usize).copied().unwrap_or_default();
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += scale * f32::from(*weight);
            }
        }
        softmax(&sums)
    }
}

/// The features that have a row.
pub(crate) fn known(features: &[Feature], row: impl Fn(Key) -> Option<u32>) -> Vec<Known> {
    let found = features
        .iter()
        .filter_map(|feature| Some(Known { feature: *feature, row: row(feature.key)?, value: 1.0 }));
    let mut known: Vec<Known> = found.collect();
    let stretches = known.iter().filter(|known| known.feature.kind == Kind::Stretch).count();
    let stretch = STRETCHES_WEIGH / (stretches.max(1) as f32).sqrt();
    for known in &mut known {
        known.value = match known.feature.kind {
            Kind::Stretch => stretch,
            Kind::Notion => 1.0,
            Kind::Shape => SHAPE_WEIGHS,
        };
    }
    known
}

pub(crate) fn softmax(sums: &Row) -> Row {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let powers = sums.map(|sum| exp(sum - most));
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}

/// e to the power of `x` for `x` up to 0, by arithmetic alone: what is learnt must not depend on whose mathematics
/// library the machine has.
pub(crate) fn exp(x: f32) -> f32 {
    if x < -60.0 {
        return 0.0;
    }
    // halve until the series is exact enough, then square as often
    let small = x / 256.0;
    let series = 1.0 + small * (1.0 + small * (0.5 + small * (1.0 / 6.0 + small / 24.0)));
    let mut power = series;
    for _ in 0..8 {
        power *= power;
    }
    power
}

fn hex(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], BadModel> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(BadModel::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, BadModel> {
        let bytes = self.take(4)?;
        bytes.try_into().map(u32::from_le_bytes).map_err(|_| BadModel::Length)
    }

    fn float(&mut self) -> Result<f32, BadModel> {
        let bytes = self.take(4)?;
        let float = bytes.try_into().map(f32::from_le_bytes).map_err(|_| BadModel::Length)?;
        if float.is_finite() {
            Ok(float)
        } else {
            Err(BadModel::Inconsistent("a weight is no number".to_owned()))
        }
    }
}
