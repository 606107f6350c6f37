//! Whether a party that is told things is being told them, and how many at once: a dead one must not slow another.
//!
//! ```text
//! closed ──(OPENS_AFTER tries in a row met silence)──> open ──(any answer)──> closed
//! ```
//! An open circuit is tried again one request a [`PROBE_EVERY`], so that it closes within a second or two of the
//! party's coming back. Nothing is given up here: what is due stays due.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::words::words;

/// So many tries in a row that met silence or no connection open a circuit.
pub const OPENS_AFTER: u32 = 10;
/// How many requests to one party are in the air at once.
pub const IN_THE_AIR_MAX: u32 = 16;
/// How many of them while its circuit is open: one more than one, so that a silent one does not slow the probing.
pub const PROBES_MAX: u32 = 2;
/// An open circuit is tried this often; up to thirty requests so keep their schedule of one try in 30 seconds.
pub const PROBE_EVERY: TimeDelta = TimeDelta::seconds(1);

words! {
    /// How a circuit stands, in a word.
    pub enum CircuitStatus {
        /// The party answers, or nobody knows that it does not.
        Closed = "closed",
        /// It does not answer; it is tried now and then.
        Open = "open",
    }
}

/// A party's circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Everything that is due leaves.
    Closed {
        /// Tries in a row that met silence.
        silences: u32,
    },
    /// Only probes leave.
    Open {
        /// Since when.
        since: Instant,
        /// When the last try left.
        tried_at: Instant,
    },
}

impl Default for Circuit {
    fn default() -> Self {
        Self::Closed { silences: 0 }
    }
}

impl Circuit {
    /// How many more requests may leave at `now`, given how many are in the air.
    #[must_use]
    pub fn room(self, in_the_air: u32, now: Instant) -> u32 {
        match self {
            Self::Closed { .. } => IN_THE_AIR_MAX.saturating_sub(in_the_air),
            Self::Open { tried_at, .. } if now < tried_at + PROBE_EVERY => 0,
            Self::Open { .. } => PROBES_MAX.saturating_sub(in_the_air).min(1),
        }
    }

    /// A request leaves.
    #[must_use]
    pub fn tried(self, now: Instant) -> Self {
        match self {
            Self::Closed { .. } => self,
            Self::Open { since, .. } => Self::Open { since, tried_at: now },
        }
    }

    /// The party answered, be it with a no.
    #[must_use]
    pub fn answered(self) -> Self {
        Self::Closed { silences: 0 }
    }

    /// A try met silence, or nobody took it.
    #[must_use]
    pub fn met_silence(self, now: Instant) -> Self {
        match self {
            Self::Closed { silences } if silences + 1 >= OPENS_AFTER => {
                Self::Open { since: now, tried_at: now }
            }
            Self::Closed { silences } => Self::Closed { silences: silences + 1 },
            Self::Open { .. } => self,
        }
    }

    /// In a word.
    #[must_use]
    pub fn status(self) -> CircuitStatus {
        match self {
            Self::Closed { .. } => CircuitStatus::Closed,
            Self::Open { .. } => CircuitStatus::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn silent(times: u32) -> Circuit {
        (0..times).fold(Circuit::default(), |circuit, _| circuit.met_silence(at(0)))
    }

    #[test]
    fn a_few_silences_change_nothing_and_enough_of_them_open_it() {
        assert_eq!(silent(OPENS_AFTER - 1).status(), CircuitStatus::Closed);
        assert_eq!(silent(OPENS_AFTER - 1).room(0, at(0)), IN_THE_AIR_MAX);
        assert_eq!(silent(OPENS_AFTER).status(), CircuitStatus::Open);
        let interrupted = silent(OPENS_AFTER - 1).answered().met_silence(at(0));
        assert_eq!(interrupted, Circuit::Closed { silences: 1 }, "silences count in a row");
    }

    #[test]
    fn an_open_one_is_tried_one_by_one() {
        let open = silent(OPENS_AFTER);
        assert_eq!(open.room(0, at(999)), 0);
        assert_eq!(open.room(0, at(1_000)), 1);
        assert_eq!(open.tried(at(1_000)).room(1, at(1_999)), 0);
        assert_eq!(open.tried(at(1_000)).room(1, at(2_000)), 1);
        assert_eq!(open.tried(at(2_000)).room(PROBES_MAX, at(9_000)), 0);
        assert_eq!(open.answered().room(0, at(1)), IN_THE_AIR_MAX);
    }

    proptest! {
        #[test]
        fn never_more_are_in_the_air_than_may_be_and_an_idle_one_is_always_tried_again(
            steps in prop::collection::vec((any::<bool>(), 0_i64..5_000), 1..200),
        ) {
            let (mut circuit, mut in_the_air, mut now) = (Circuit::default(), 0_u32, 0);
            for (answers, passed) in steps {
                now += passed;
                in_the_air += circuit.room(in_the_air, at(now));
                prop_assert!(in_the_air <= IN_THE_AIR_MAX);
                circuit = circuit.tried(at(now));
                in_the_air = in_the_air.saturating_sub(1);
                circuit = if answers { circuit.answered() } else { circuit.met_silence(at(now)) };
                prop_assert!(circuit.room(0, at(now) + PROBE_EVERY) > 0);
            }
        }
    }
}
