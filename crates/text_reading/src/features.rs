//! What of a text is counted: stretches of one to three characters, notions of the lexicon, and its shape.

use crate::lexicon::{DEGREES, Found, Lexicon};
use crate::normal::Normal;
use crate::shape;

/// The longest stretch of characters that is one feature.
const STRETCH_MAX: usize = 3;

/// A feature, by what it is: its hash.
pub(crate) type Key = u32;

/// A feature of a text and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    pub(crate) key: Key,
    pub(crate) kind: Kind,
    /// In [`Normal::read`]; empty where it is not at one place.
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// How many kinds of features there are.
pub(crate) const KINDS: usize = 3;

/// What kind of feature it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A stretch of characters.
    Stretch,
    /// A notion of the lexicon.
    Notion,
    /// Something of the text's shape.
    Shape,
}

/// Every feature of a text, each once, in no particular order.
pub(crate) fn features(normal: &Normal, lexicon: &Lexicon) -> Vec<Feature> {
    let mut features = Vec::with_capacity(normal.read.len() * STRETCH_MAX + 64);
    stretches(normal, &mut features);
    let found = lexicon.find(normal);
    notions(&found, &mut features);
    for trait_ in shape::of(normal) {
        features.push(Feature { key: hash(Kind::Shape, [trait_]), kind: Kind::Shape, from: 0, to: 0 });
    }
    features.sort_unstable_by_key(|feature| (feature.key, feature.from));
    features.dedup_by_key(|feature| feature.key);
    features
}

fn stretches(normal: &Normal, features: &mut Vec<Feature>) {
    for from in 0..normal.read.len() {
        let mut key = start(Kind::Stretch);
        for (length, read) in normal.read.iter().skip(from).take(STRETCH_MAX).enumerate() {
            key = step(key, u32::from(read.character));
            features.push(Feature {
                key: finish(key),
                kind: Kind::Stretch,
                from: place(from),
                to: place(from + length + 1),
            });
        }
    }
}

/// A notion counts once for its first word, again for a second one, and again for a third.
fn notions(found: &[Found], features: &mut Vec<Feature>) {
    let mut found = found.to_vec();
    found.sort_unstable_by_key(|found| (found.notion, found.word, found.from));
    found.dedup_by_key(|found| (found.notion, found.word));
    found.sort_by_key(|found| (found.notion, std::cmp::Reverse(found.to - found.from), found.from));
    let mut degree = 0;
    let mut earlier = None;
    for found in found {
        degree = if earlier == Some(found.notion) { degree + 1 } else { 0 };
        earlier = Some(found.notion);
        if degree < DEGREES {
            let key = hash(Kind::Notion, [found.notion, degree]);
            features.push(Feature { key, kind: Kind::Notion, from: place(found.from), to: place(found.to) });
        }
    }
}

fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn hash(kind: Kind, parts: impl IntoIterator<Item = u32>) -> Key {
    finish(parts.into_iter().fold(start(kind), step))
}

fn start(kind: Kind) -> u64 {
    0x9e37_79b9_7f4a_7c15 ^ (kind as u64 + 1)
}

fn step(hash: u64, part: u32) -> u64 {
    (hash ^ u64::from(part)).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(31)
}

fn finish(hash: u64) -> Key {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed >> 32) as u32
}
