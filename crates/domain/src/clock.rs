//! Time is a parameter: UTC inside, Asia/Shanghai at the glass. Decisions take `now`; only the
//! program's edge reads a clock.

use std::fmt;
use std::sync::Mutex;

use chrono::{DateTime, FixedOffset, SubsecRound, TimeDelta, Utc};

/// A moment in UTC, to the microsecond (what PostgreSQL keeps).
pub type Instant = DateTime<Utc>;

/// China has had one time zone without daylight saving since 1992.
const SHANGHAI_OFFSET_SECS: i32 = 8 * 3600;

/// The moment as a person in China reads it, with the +08:00 offset.
#[must_use]
pub fn at_the_glass(instant: Instant) -> DateTime<FixedOffset> {
    #[expect(clippy::unwrap_used, reason = "eight hours is inside chrono's range of a day")]
    instant.with_timezone(&FixedOffset::east_opt(SHANGHAI_OFFSET_SECS).unwrap())
}

/// Where `now` comes from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that moves only when told to, so that forty-eight hours pass in a millisecond.
#[derive(Debug)]
pub struct HandClock(Mutex<Instant>);

impl HandClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Instant) -> Self {
        Self(Mutex::new(start.trunc_subsecs(6)))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        *self.hand() += by;
    }

    fn hand(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        *self.hand()
    }
}
