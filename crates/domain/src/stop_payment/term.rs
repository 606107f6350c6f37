//! How long a stop lasts, how often there may be one, and when somebody is told that it ends.

use std::fmt;

use chrono::TimeDelta;

use crate::clock::Instant;

use super::{Hold, Refusal, StopPayment};

/// A stop lasts 48 hours from the moment of the stop (银发〔2016〕86号).
pub const STOP_LASTS: TimeDelta = TimeDelta::hours(48);
/// The same account may be stopped at most twice (the same notice).
pub const MAX_ROUNDS: u8 = 2;
/// Somebody is told so long before the money is let go, because silence lets it go.
pub const ALARMS_BEFORE_END: [TimeDelta; 4] =
    [TimeDelta::hours(24), TimeDelta::hours(6), TimeDelta::hours(2), TimeDelta::minutes(30)];

impl Hold {
    /// When the stop ends by itself.
    #[must_use]
    pub fn expires_at(&self) -> Instant {
        self.stopped_at + STOP_LASTS
    }

    /// When the next alarm before the end is due, seen from `now`; `None`: all of them were.
    #[must_use]
    pub fn next_alarm(&self, now: Instant) -> Option<Instant> {
        ALARMS_BEFORE_END.iter().map(|before| self.expires_at() - *before).find(|at| *at > now)
    }

    /// Which alarm is the latest that was due at `now`, as the time it goes before the end.
    #[must_use]
    pub fn alarm_due(&self, now: Instant) -> Option<TimeDelta> {
        ALARMS_BEFORE_END.into_iter().rfind(|before| self.expires_at() - *before <= now)
    }
}

/// How often an account may be stopped. Nobody has published whether an extension counts as the second stop, so it
/// is a setting; the safe reading is that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// Stops of one account; 1 or 2.
    pub max: u8,
    /// Whether an extension uses one up.
    pub extension_counts: bool,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { max: MAX_ROUNDS, extension_counts: true }
    }
}

/// What one account has had of stops so far, by whichever of our orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundsUsed {
    /// Orders that a bank carried out, also where nothing was left to hold.
    pub stops: u32,
    /// Extensions of those.
    pub extensions: u32,
    /// Whether its bank has said that it may not be stopped again (1304): others stop accounts too.
    pub exceeded: bool,
}

impl fmt::Display for RoundsUsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RoundsUsed { stops, extensions, exceeded } = *self;
        write!(f, "stopped {stops} and extended {extensions} times so far")?;
        if exceeded { f.write_str(", and its bank says that no more are allowed") } else { Ok(()) }
    }
}

impl Rounds {
    /// Whether a stop of the account may be extended once more.
    #[must_use]
    pub fn may_extend(self, used: RoundsUsed) -> bool {
        !used.exceeded && (!self.extension_counts || self.counted(used) < u32::from(self.max))
    }

    /// Whether the account may be stopped once more.
    #[must_use]
    pub fn may_stop(self, used: RoundsUsed) -> bool {
        !used.exceeded && self.counted(used) < u32::from(self.max)
    }

    fn counted(self, used: RoundsUsed) -> u32 {
        if self.extension_counts { used.stops + used.extensions } else { used.stops }
    }
}

impl StopPayment {
    /// Whether a second 48 hours may be asked for. There is no third, whatever counts.
    ///
    /// # Errors
    /// [`Refusal`] when nothing is held or the rounds are used up.
    pub fn may_renew(&self, rounds: Rounds, used: RoundsUsed) -> Result<(), Refusal> {
        self.must_hold("renewed")?;
        if self.round < MAX_ROUNDS && rounds.may_extend(used) {
            Ok(())
        } else {
            Err(Refusal::NoRoundLeft(used))
        }
    }
}
