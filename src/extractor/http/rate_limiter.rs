//! How fast requests may follow each other.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Rate;

/// The times at which requests may be made, shared by all that make them.
pub(super) struct Pace {
    rate: Option<Rate>,
    next: Mutex<Instant>,
}

impl Pace {
    pub fn new(rate: Option<Rate>) -> Self {
        Self { rate, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next time that is free, and takes it.
    pub fn wait(&self) {
        let at = self.take(Instant::now());
        thread::sleep(at.saturating_duration_since(Instant::now()));
    }

    /// Keeps everybody back for a while: a server that asks for it means all that one sends.
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

    use super::{Pace, Rate};

    #[test]
    fn times_are_spaced_and_none_is_saved_up() {
        let every = Duration::from_secs(2);
        let pace = Pace::new(Some(Rate { every }));
        let now = Instant::now() + every;
        assert_eq!([pace.take(now), pace.take(now), pace.take(now)], [now, now + every, now + 2 * every]);
        let later = now + 100 * every;
        assert_eq!([pace.take(later), pace.take(later)], [later, later + every]);
        let free = Pace::new(None);
        assert_eq!([free.take(now), free.take(now)], [now, now]);
        free.hold(3 * every);
        assert!(free.take(now) > now + every);
    }
}
