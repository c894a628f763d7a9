//! A limit on the rate of requests.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Rate;

/// The times at which requests may be sent, shared by all threads. Unused times are not saved up,
/// so there are no bursts.
pub(super) struct RateLimiter {
    rate: Option<Rate>,
    next: Mutex<Instant>,
}

impl RateLimiter {
    pub fn new(rate: Option<Rate>) -> Self {
        Self { rate, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next free time and takes it.
    pub fn wait(&self) {
        let at = self.take(Instant::now());
        thread::sleep(at.saturating_duration_since(Instant::now()));
    }

    /// Blocks all threads for a duration: a server's `Retry-After` concerns every request of the
    /// client.
    pub fn hold(&self, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + wait);
    }

    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = now.max(*next);
        *next = at + self.rate.map_or(Duration::ZERO, |rate| rate.every);
        at
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Rate, RateLimiter};

    #[test]
    fn times_are_spaced_and_none_is_saved_up() {
        let every = Duration::from_secs(2);
        let limiter = RateLimiter::new(Some(Rate { every }));
        let now = Instant::now() + every;
        assert_eq!([limiter.take(now), limiter.take(now), limiter.take(now)], [now, now + every, now + 2 * every]);
        let later = now + 100 * every;
        assert_eq!([limiter.take(later), limiter.take(later)], [later, later + every]);
        let free = RateLimiter::new(None);
        assert_eq!([free.take(now), free.take(now)], [now, now]);
        free.hold(3 * every);
        assert!(free.take(now) > now + every);
    }
}
