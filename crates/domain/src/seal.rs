//! The record proves itself: each line of the timeline is sealed with a hash of itself and of the seal before it.
//!
//! Whoever changes a line, takes one out or puts one in between breaks every seal from there on. Whoever may write
//! everything could seal the rest anew: against that the newest seal is written down elsewhere, and must be found in
//! the record again.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock::{Instant, at_the_glass};
use crate::id::IncidentId;

/// A line of the timeline as it is stored: what cannot be read any more must still be proved.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number.
    pub seq: i64,
    /// The transaction that wrote it.
    pub txid: i64,
    /// Whose record it is part of.
    pub incident_id: IncidentId,
    /// When it happened.
    pub at: Instant,
    /// What happened, in the word of [`crate::timeline::Happening`].
    pub happening: String,
    /// Who did it.
    pub actor: String,
    /// The particulars.
    pub data: Value,
}

/// SHA-256 of the seal before and the line; prints in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal(pub [u8; 32]);

/// The text is no seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a seal: 64 digits and letters from a to f")]
pub struct NoSeal;

impl Seal {
    /// What stands before the first line.
    pub const NONE: Self = Self([0; 32]);

    /// The seal of the line behind this one. Every part goes in with its length, and the members of `data` in the order
    /// of their names, so that it does not matter how the database spells them.
    #[must_use]
    pub fn over(self, line: &Line) -> Self {
        let Line { seq, txid, incident_id, at, happening, actor, data } = line;
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update(txid.to_be_bytes());
        hash.update(incident_id.uuid().as_bytes());
        hash.update(at.timestamp_micros().to_be_bytes());
        text(&mut hash, b't', happening);
        text(&mut hash, b't', actor);
        value(&mut hash, data);
        Self(hash.finalize().into())
    }
}

fn text(hash: &mut Sha256, kind: u8, text: &str) {
    hash.update([kind]);
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn value(hash: &mut Sha256, data: &Value) {
    match data {
        Value::Null => hash.update(b"n"),
        Value::Bool(flag) => hash.update(if *flag { b"+" } else { b"-" }),
        Value::Number(number) => text(hash, b'#', &number.to_string()),
        Value::String(string) => text(hash, b't', string),
        Value::Array(items) => {
            hash.update(b"[");
            hash.update((items.len() as u64).to_be_bytes());
            items.iter().for_each(|item| value(hash, item));
        }
        Value::Object(members) => {
            hash.update(b"{");
            hash.update((members.len() as u64).to_be_bytes());
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, member) in members {
                text(hash, b't', name);
                value(hash, member);
            }
        }
    }
}

impl Display for Seal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Seal {
    type Err = NoSeal;

    fn from_str(text: &str) -> Result<Self, NoSeal> {
        let mut seal = [0; 32];
        if text.len() != 2 * seal.len() || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoSeal);
        }
        for (byte, place) in seal.iter_mut().zip((0..).step_by(2)) {
            let digits = text.get(place..place + 2).ok_or(NoSeal)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoSeal)?;
        }
        Ok(Self(seal))
    }
}

/// A seal as it was found, with the line that it is for, if that is still there.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// 1, 2, 3 ... without a gap.
    pub position: i64,
    /// The number of the line.
    pub seq: i64,
    /// The transaction that wrote the line.
    pub txid: i64,
    /// The seal.
    pub seal: Seal,
    /// The line.
    pub line: Option<Line>,
}

/// The first entry that is not as it was sealed.
#[derive(Debug, Clone, PartialEq)]
pub enum Broken {
    /// The line, or its seal, is not what it was.
    Altered(Line),
    /// The line of this number was taken out.
    TakenOut(i64),
    /// The seal at this position was taken out.
    SealTakenOut(i64),
    /// The line was put in among sealed ones.
    PutIn(Line),
}

impl Display for Broken {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let named = |f: &mut Formatter<'_>, line: &Line| {
            let Line { seq, incident_id, at, happening, .. } = line;
            let at = at_the_glass(*at).format("%Y-%m-%d %H:%M:%S");
            write!(f, "line {seq} of the timeline ({happening} at {at}, incident {incident_id})")
        };
        match self {
            Self::Altered(line) => {
                named(f, line)?;
                f.write_str(" is not what was sealed")
            }
            Self::TakenOut(seq) => write!(f, "line {seq} of the timeline was taken out"),
            Self::SealTakenOut(position) => write!(f, "the seal at position {position} was taken out"),
            Self::PutIn(line) => {
                named(f, line)?;
                f.write_str(" was put in among sealed ones")
            }
        }
    }
}

/// Walks the record from its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// How many lines were found whole.
    pub position: i64,
    /// The seal of the last of them.
    pub seal: Seal,
}

impl Default for Walk {
    fn default() -> Self {
        Self { position: 0, seal: Seal::NONE }
    }
}

impl Walk {
    /// Goes one line on, unless it is not as it was sealed: then it stays and says how.
    #[must_use]
    pub fn on(&mut self, found: Sealed) -> Option<Broken> {
        let Sealed { position, seq, txid, seal, line } = found;
        let next = self.position + 1;
        if position != next {
            return Some(Broken::SealTakenOut(next));
        }
        let Some(line) = line else { return Some(Broken::TakenOut(seq)) };
        if line.seq != seq || line.txid != txid || self.seal.over(&line) != seal {
            return Some(Broken::Altered(line));
        }
        *self = Self { position, seal };
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn line(seq: i64) -> Line {
        let at: Instant = "2026-03-01T14:20:00.123456Z".parse().unwrap();
        Line {
            seq,
            txid: 700 + seq,
            incident_id: IncidentId::new(Instant::UNIX_EPOCH),
            at,
            happening: "note.added".to_owned(),
            actor: "dispatcher-1".to_owned(),
            data: json!({ "text": "已联系", "tries": seq, "of": [1.5, null, true] }),
        }
    }

    fn record(lines: i64) -> Vec<Sealed> {
        let mut before = Seal::NONE;
        let sealed = |seq: i64| {
            let line = line(seq);
            before = before.over(&line);
            Sealed { position: seq, seq, txid: line.txid, seal: before, line: Some(line) }
        };
        (1..=lines).map(sealed).collect()
    }

    fn walked(record: Vec<Sealed>) -> (Walk, Option<Broken>) {
        let mut walk = Walk::default();
        let broken = record.into_iter().find_map(|found| walk.on(found));
        (walk, broken)
    }

    #[test]
    fn an_untouched_record_is_whole() {
        let record = record(5);
        let last = record[4].seal;
        assert_eq!(walked(record), (Walk { position: 5, seal: last }, None));
        assert_eq!(last.to_string().parse(), Ok(last));
        assert_eq!("12".parse::<Seal>(), Err(NoSeal));
        assert_eq!("é".repeat(32).parse::<Seal>(), Err(NoSeal));
    }

    type Forgery = fn(&mut Line);

    proptest! {
        #[test]
        fn whatever_is_changed_is_found_at_its_line(place in 0_usize..5, what in 0_usize..7) {
            let forgeries: [Forgery; 7] = [
                |line| line.seq += 1,
                |line| line.txid += 1,
                |line| line.incident_id = IncidentId::new(line.at),
                |line| line.at += chrono::TimeDelta::microseconds(1),
                |line| line.happening = "note.added ".to_owned(),
                |line| line.actor = "dispatcher-2".to_owned(),
                |line| line.data["of"][0] = json!(1.25),
            ];
            let mut record = record(5);
            let line = record[place].line.as_mut().unwrap();
            forgeries[what](line);
            let forged = line.clone();
            prop_assert_eq!(walked(record).1, Some(Broken::Altered(forged)));
        }

        #[test]
        fn what_is_taken_out_or_exchanged_is_found(place in 0_usize..4) {
            let position = place as i64 + 1;
            let mut lineless = record(5);
            lineless[place].line = None;
            prop_assert_eq!(walked(lineless).1, Some(Broken::TakenOut(position)));
            let mut sealless = record(5);
            sealless.remove(place);
            prop_assert_eq!(walked(sealless).1, Some(Broken::SealTakenOut(position)));
            let mut exchanged = record(5);
            exchanged.swap(place, place + 1);
            prop_assert!(walked(exchanged).1.is_some());
        }
    }

    #[test]
    fn what_two_members_hold_cannot_be_moved_from_one_to_the_other() {
        let with = |data| Seal::NONE.over(&Line { data, ..line(1) });
        assert_ne!(with(json!({ "a": "xy", "b": "" })), with(json!({ "a": "x", "b": "y" })));
        assert_ne!(with(json!(["a", ["b"]])), with(json!([["a"], "b"])));
        assert_ne!(with(json!("1")), with(json!(1)));
    }
}
