//! How often one caller may ask: a program gone wild must not stand between the others and the desk.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use domain::id::OperatorId;
use governor::clock::{Clock, MonotonicClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::problem::Problem;

/// The pace that each holder of a token must keep.
pub struct Pace(RateLimiter<OperatorId, HashMapStateStore<OperatorId>, MonotonicClock>);

impl Pace {
    /// So many requests a second, and as many at once after a rest.
    #[must_use]
    pub fn new(requests_per_sec: NonZeroU32) -> Self {
        let quota = Quota::per_second(requests_per_sec);
        Self(RateLimiter::new(quota, HashMapStateStore::default(), MonotonicClock))
    }

    /// Counts one request.
    ///
    /// # Errors
    /// 429 says when to come back.
    pub fn keep(&self, operator: OperatorId) -> Result<(), Problem> {
        self.0.check_key(&operator).map_err(|too_soon| {
            let wait = too_soon.wait_time_from(MonotonicClock.now());
            Problem::too_many_requests(wait.max(Duration::from_secs(1)))
        })
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pace")
    }
}

#[cfg(test)]
mod tests {
    use domain::clock::Instant;

    use super::*;

    #[test]
    fn one_caller_who_asks_too_often_is_told_when_to_come_back_and_holds_up_nobody_else() {
        let pace = Pace::new(NonZeroU32::MIN);
        let (wild, calm) = (OperatorId::new(Instant::UNIX_EPOCH), OperatorId::new(Instant::UNIX_EPOCH));
        assert!(pace.keep(wild).is_ok());
        let refused = pace.keep(wild).unwrap_err();
        assert_eq!(refused.status, axum::http::StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.retry_after.is_some_and(|wait| wait >= Duration::from_secs(1)));
        assert!(pace.keep(calm).is_ok());
    }
}
