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
/// Stretches that are no words of the lexicon are named where there are fewer than so many that are.
const STRETCHES_UP_TO: usize = 3;

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
    let mut stretches: Vec<(f32, usize, usize)> = Vec::new();
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
        if to - from >= CHARS_MIN && adds > 0.0 {
            match known.feature.kind {
                Kind::Notion => spoken.push((0.0, from, to)),
                Kind::Stretch if to - from > CHARS_MIN => stretches.push((0.0, from, to)),
                Kind::Stretch | Kind::Shape => {}
            }
        }
    }
    for candidates in [&mut spoken, &mut stretches] {
        for (adds, from, to) in candidates.iter_mut() {
            *adds = added.get(*from..*to).map_or(0.0, |characters| characters.iter().sum());
        }
        candidates.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    }
    // words of the lexicon first: a person knows them
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    for (candidates, enough) in [(spoken, WORDS_MAX), (stretches, STRETCHES_UP_TO)] {
        for (adds, from, to) in candidates {
            let overlaps =
                chosen.iter().any(|(chosen_from, chosen_to)| from < *chosen_to && *chosen_from < to);
            if adds >= LEAST && chosen.len() < enough && !overlaps {
                chosen.push((from, to));
            }
        }
    }
    let mut words: Vec<String> = Vec::new();
    for (from, to) in chosen {
        let word = normal.as_written(from, to);
        let word = word.trim().to_owned();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
