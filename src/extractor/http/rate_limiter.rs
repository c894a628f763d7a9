//! A limit on the rate of requests, by the configuration and by what the server asks for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Service;

/// Number of waits in a row that a server may ask for without answering any request in between.
pub(super) const MOST_FRUITLESS_WAITS: u32 = 5;

/// The times at which requests may be sent, shared by all threads. Unused times are not saved up,
/// so there are no bursts.
///
/// A wait that the server asks for concerns every request of the client. When it is over, the
/// threads that waited are released one after the other, since a server that allows a few requests
/// per second would refuse most of them if they came at once.
pub(super) struct RateLimiter {
    /// The minimum time between two requests.
    every: Duration,
    /// Longest gap between the requests after a wait.
    longest_gap: Duration,
    /// Number of threads that send requests.
    threads: u32,
    state: Mutex<State>,
}

struct State {
    /// The next free time.
    next: Instant,
    /// The end of the last wait.
    release: Instant,
    /// Number of requests that are still sent with a gap, and the gap.
    spaced: (u32, Duration),
    /// Number of waits since a request was answered.
    fruitless: u32,
}

impl RateLimiter {
    pub fn new(service: &Service) -> Self {
        let now = Instant::now();
        Self {
            every: service.rate.map_or(Duration::ZERO, |rate| rate.every),
            longest_gap: service.backoff,
            threads: u32::try_from(service.concurrency).unwrap_or(u32::MAX).max(1),
            state: Mutex::new(State { next: now, release: now, spaced: (0, Duration::ZERO), fruitless: 0 }),
        }
    }

    /// Waits for the next free time and takes it.
    pub fn wait(&self) {
        loop {
            let at = self.take(Instant::now());
            thread::sleep(at.saturating_duration_since(Instant::now()));
            // Another thread may have been asked to wait in the meantime.
            if self.state().release <= at {
                return;
            }
        }
    }

    /// Blocks all threads for a duration, because the server refused a request that was sent at
    /// `sent`. Returns false if it did so before without answering any request in between, too
    /// often to go on.
    pub fn hold(&self, wait: Duration, sent: Instant) -> bool {
        let mut state = self.state();
        // Requests that were already under way when the last wait began say nothing new.
        if sent >= state.release {
            state.fruitless = state.fruitless.saturating_add(1);
        }
        if state.fruitless > MOST_FRUITLESS_WAITS {
            return false;
        }
        self.block(&mut state, wait);
        true
    }

    /// Blocks all threads for a duration, because the server answered and reports that it would
    /// refuse the next request.
    pub fn pause(&self, wait: Duration) {
        self.block(&mut self.state(), wait);
    }

    /// Takes note that the server answered a request.
    pub fn answered(&self) {
        self.state().fruitless = 0;
    }

    fn block(&self, state: &mut State, wait: Duration) {
        let release = Instant::now() + wait;
        state.release = state.release.max(release);
        state.next = state.next.max(release);
        state.spaced = (self.threads, self.longest_gap.min(wait / self.threads / 2));
    }

    fn take(&self, now: Instant) -> Instant {
        let mut state = self.state();
        let at = now.max(state.next);
        let gap = match &mut state.spaced {
            (0, _) => Duration::ZERO,
            (left, gap) => {
                *left -= 1;
                *gap
            }
        };
        state.next = at + self.every.max(gap);
        at
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::{HttpUrl, Rate, Service};
    use super::{MOST_FRUITLESS_WAITS, RateLimiter};

    fn limiter(rate: Option<Rate>) -> RateLimiter {
        let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
        service.rate = rate;
        RateLimiter::new(&service)
    }

    #[test]
    fn times_are_spaced_and_none_is_saved_up() {
        let every = Duration::from_secs(2);
        let limited = limiter(Some(Rate { every }));
        let now = Instant::now() + every;
        assert_eq!([limited.take(now), limited.take(now), limited.take(now)], [now, now + every, now + 2 * every]);
        let later = now + 100 * every;
        assert_eq!([limited.take(later), limited.take(later)], [later, later + every]);
        let free = limiter(None);
        assert_eq!([free.take(now), free.take(now)], [now, now]);
    }

    /// After a wait, each of the four threads sends one request with a gap, and then they are free.
    #[test]
    fn threads_are_released_one_after_the_other() {
        let limited = limiter(None);
        let begun = Instant::now();
        assert!(limited.hold(Duration::from_secs(1), begun));
        let times: Vec<_> = (0..6).map(|_| limited.take(begun)).collect();
        assert!(times[0] >= begun + Duration::from_secs(1));
        let gaps: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        assert_eq!(gaps, [125, 125, 125, 125, 0]);
    }

    #[test]
    fn a_server_that_always_asks_to_wait_is_given_up() {
        let limited = limiter(None);
        let wait = Duration::from_millis(1);
        let hold = || {
            let sent = limited.state().release;
            // The second refusal belongs to the same wait.
            limited.hold(wait, sent) && limited.hold(wait, sent)
        };
        assert!((0..MOST_FRUITLESS_WAITS).all(|_| hold()) && !hold());
        limited.answered();
        assert!(hold());
    }
}
