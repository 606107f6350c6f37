//! The words that decided, as they stand in the text.

use crate::features::Kind;
use crate::model::{Known, Weights};
use crate::normal::Normal;

/// How many words are named.
const WORDS_MAX: usize = 8;
/// What a word must add to the log-odds to be named.
const LEAST: f32 = 0.12;
/// A word of one character says nothing to a person.
const CHARS_MIN: usize = 2;
/// Neighbouring stretches are named as one up to this length.
const CHARS_MAX: usize = 12;

/// The stretches that spoke most for the verdict against the other side, the strongest first.
pub(crate) fn that_decided(
    normal: &Normal,
    known: &[Known],
    weights: &Weights,
    kind: usize,
    fraud: bool,
) -> Vec<String> {
    let side = |known: &Known| {
        let towards = weights.weight(known, kind) - weights.weight(known, 0);
        if fraud { towards } else { -towards }
    };
    // what each character adds: features share what they add among their characters
    let mut added = vec![0.0_f32; normal.read.len()];
    let mut spoken: Vec<(f32, usize, usize)> = Vec::new();
    for known in known {
        let (from, to) = (known.feature.from as usize, known.feature.to as usize);
        if to <= from || to > added.len() {
            continue;
        }
        let adds = side(known);
        let share = adds / (to - from) as f32;
        for character in added.iter_mut().take(to).skip(from) {
            *character += share;
        }
        let word = known.feature.kind == Kind::Notion || to - from > CHARS_MIN;
        if word && to - from >= CHARS_MIN && adds > 0.0 {
            spoken.push((0.0, from, to));
        }
    }
    for (adds, from, to) in &mut spoken {
        *adds = added.get(*from..*to).map_or(0.0, |characters| characters.iter().sum());
    }
    spoken.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut chosen: Vec<(f32, usize, usize)> = Vec::new();
    for (adds, from, to) in spoken {
        if adds < LEAST || chosen.len() == WORDS_MAX {
            break;
        }
        match chosen.iter_mut().find(|(_, chosen_from, chosen_to)| from < *chosen_to && *chosen_from < to) {
            Some((_, chosen_from, chosen_to)) => {
                let (joined_from, joined_to) = (from.min(*chosen_from), to.max(*chosen_to));
                let grows = joined_to - joined_from;
                if grows <= CHARS_MAX
                    && (joined_from..joined_to).all(|place| added.get(place).is_some_and(|adds| *adds > 0.0))
                {
                    (*chosen_from, *chosen_to) = (joined_from, joined_to);
                }
            }
            None => chosen.push((adds, from, to)),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for (_, from, to) in chosen {
        let word = normal.as_written(from, to);
        let word = word.trim().to_owned();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
