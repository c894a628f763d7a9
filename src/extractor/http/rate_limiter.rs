//! A limit on the rate of requests, by the configuration and by what the server asks for.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Service;

/// Number of waits in a row that a server may always ask for without answering any request in
/// between. Afterwards, they have to be within `max_wait` together.
const MOST_FRUITLESS_WAITS: u32 = 5;
/// How often one request may be refused as the first after a wait, while others are answered,
/// before its refusals no longer concern the other requests.
const MOST_MISSED_TURNS: u32 = 1;
/// The longest wait without need, as a part of `max_wait`.
const PART_OF_MAX_WAIT: u32 = 8;

/// The times at which requests may be sent, shared by all threads. Unused times are not saved up,
/// so there are no bursts.
///
/// A wait that the server asks for concerns every request of the client. When it is over, the
/// requests that waited are released one after the other, since a server that allows a few requests
/// per second would refuse most of them if they came at once. The oldest request is released first,
/// so that none is refused again and again because the others come before it.
pub(super) struct RateLimiter {
    /// The minimum time between two requests.
    every: Duration,
    /// Longest gap between the requests after a wait.
    longest_gap: Duration,
    /// Longest single wait, and how long a server may ask for waits without answering.
    max_wait: Duration,
    /// Number of threads that send requests.
    threads: u32,
    state: Mutex<State>,
    /// Wakes the requests that wait.
    changed: Condvar,
}

struct State {
    /// The next free time.
    next: Instant,
    /// The end of the last wait.
    release: Instant,
    /// Whether no request was sent since the last wait.
    is_first: bool,
    /// Number of requests that are still sent with a gap, and the gap.
    spaced: (u32, Duration),
    /// Number of waits since a request was answered.
    fruitless: u32,
    /// When the first of these waits began.
    fruitless_since: Instant,
    /// Number of answers.
    answered: u64,
    /// Number of requests so far.
    requests: u64,
    /// The numbers of the requests that wait.
    waiting: BTreeSet<u64>,
}

/// The place of one request among the others.
pub(super) struct Turn {
    /// The number of the request; the one with the lowest is sent first.
    number: u64,
    /// When it was last sent.
    sent: Instant,
    /// Whether it was then the first after a wait.
    is_first: bool,
    /// How often it was refused as the first after a wait, while others were answered.
    missed: u32,
    /// Number of answers to all requests when it was last refused as the first after a wait.
    answered: u64,
}

/// What a refusal with a wait means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// All requests wait.
    Wait,
    /// Others are answered: the wait concerns this request alone.
    Alone,
    /// No request was answered for too long, although the waits were kept.
    GivenUp,
}

impl RateLimiter {
    pub fn new(service: &Service) -> Self {
        let now = Instant::now();
        let state = State {
            next: now,
            release: now,
            is_first: false,
            spaced: (0, Duration::ZERO),
            fruitless: 0,
            fruitless_since: now,
            answered: 0,
            requests: 0,
            waiting: BTreeSet::new(),
        };
        Self {
            every: service.rate.map_or(Duration::ZERO, |rate| rate.every),
            longest_gap: service.backoff,
            max_wait: service.max_wait,
            threads: u32::try_from(service.concurrency).unwrap_or(u32::MAX).max(1),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// The turn of a new request, which has to wait for it.
    pub fn turn(&self) -> Turn {
        let mut state = self.state();
        state.requests += 1;
        Turn { number: state.requests, sent: state.release, is_first: false, missed: 0, answered: state.answered }
    }

    /// Waits until the request may be sent: at the next free time, if no older request waits.
    pub fn wait(&self, turn: &mut Turn) {
        let mut state = self.state();
        state.waiting.insert(turn.number);
        loop {
            let now = Instant::now();
            let is_oldest = state.waiting.first() == Some(&turn.number);
            if is_oldest && now >= state.next {
                break self.send(&mut state, turn, now);
            }
            state = if is_oldest {
                let left = state.next - now;
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            } else {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            };
        }
        self.changed.notify_all();
    }

    /// Takes note that the server refused a request and asked for a wait. Blocks all threads for
    /// it, unless this would be in vain.
    pub fn refused(&self, wait: Duration, turn: &mut Turn) -> Refused {
        let (mut state, now) = (self.state(), Instant::now());
        if turn.is_first && state.answered != turn.answered {
            turn.missed += 1;
            turn.answered = state.answered;
        } else if turn.is_first {
            // If it is refused for a reason of its own, another has to be the first after the wait.
            state.requests += 1;
            turn.number = state.requests;
        }
        if turn.missed > MOST_MISSED_TURNS {
            return Refused::Alone;
        }
        if state.fruitless == 0 {
            state.fruitless_since = now;
        }
        // Requests that were already under way when the last wait began say nothing new.
        if turn.sent >= state.release {
            state.fruitless = state.fruitless.saturating_add(1);
        }
        let Some(more) = state.fruitless.checked_sub(MOST_FRUITLESS_WAITS + 1) else {
            self.block(&mut state, wait);
            return Refused::Wait;
        };
        if now - state.fruitless_since >= self.max_wait {
            return Refused::GivenUp;
        }
        // A server that is not available for long is asked less and less often.
        let least = self.longest_gap.saturating_mul(2_u32.saturating_pow(more)).min(self.max_wait / PART_OF_MAX_WAIT);
        self.block(&mut state, wait.max(least));
        Refused::Wait
    }

    /// Blocks all threads for a duration, because the server answered and reports that it would
    /// refuse the next request.
    pub fn pause(&self, wait: Duration) {
        self.block(&mut self.state(), wait);
    }

    /// Takes note that the server answered a request.
    pub fn answered(&self) {
        let mut state = self.state();
        state.fruitless = 0;
        state.answered += 1;
    }

    fn block(&self, state: &mut State, wait: Duration) {
        let release = Instant::now() + wait;
        state.release = state.release.max(release);
        state.next = state.next.max(release);
        state.spaced = (self.threads, self.longest_gap.min(wait / self.threads / 2));
        state.is_first = true;
    }

    /// Sends a request now.
    fn send(&self, state: &mut State, turn: &mut Turn, now: Instant) {
        let gap = match &mut state.spaced {
            (0, _) => Duration::ZERO,
            (left, gap) => {
                *left -= 1;
                *gap
            }
        };
        state.waiting.remove(&turn.number);
        state.next = now + self.every.max(gap);
        (turn.sent, turn.is_first) = (now, std::mem::take(&mut state.is_first));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::super::{HttpUrl, Rate, Service};
    use super::{MOST_FRUITLESS_WAITS, MOST_MISSED_TURNS, RateLimiter, Refused, Turn};

    fn limiter(edit: impl FnOnce(&mut Service)) -> RateLimiter {
        let mut service = Service::new(HttpUrl::new("http://localhost/").unwrap());
        edit(&mut service);
        RateLimiter::new(&service)
    }

    /// Sends a request at the first time that is free from `at` on.
    fn send(limiter: &RateLimiter, turn: &mut Turn, at: Instant) -> Instant {
        let mut state = limiter.state();
        let at = at.max(state.next);
        limiter.send(&mut state, turn, at);
        at
    }

    #[test]
    fn times_are_spaced_and_none_is_saved_up() {
        let every = Duration::from_secs(2);
        let limited = limiter(|service| service.rate = Some(Rate { every }));
        let now = Instant::now() + every;
        let take = |limiter: &RateLimiter, at| send(limiter, &mut limiter.turn(), at);
        assert_eq!([0; 3].map(|_| take(&limited, now)), [now, now + every, now + 2 * every]);
        let later = now + 100 * every;
        assert_eq!([0; 2].map(|_| take(&limited, later)), [later, later + every]);
        let free = limiter(|_| {});
        assert_eq!([0; 2].map(|_| take(&free, now)), [now, now]);
    }

    /// After a wait, each of the four threads sends one request with a gap, and then they are free.
    #[test]
    fn threads_are_released_one_after_the_other() {
        let limited = limiter(|_| {});
        let begun = Instant::now();
        let mut turn = limited.turn();
        send(&limited, &mut turn, begun);
        assert_eq!(limited.refused(Duration::from_secs(1), &mut turn), Refused::Wait);
        let times = [0; 6].map(|_| send(&limited, &mut limited.turn(), begun));
        assert!(times[0] >= begun + Duration::from_secs(1));
        let gaps: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        assert_eq!(gaps, [125, 125, 125, 125, 0]);
    }

    #[test]
    fn the_oldest_request_is_released_first() {
        let limited = limiter(|_| {});
        let turns: Vec<Turn> = (0..4).map(|_| limited.turn()).collect();
        limited.pause(Duration::from_millis(80));
        let sent = std::sync::Mutex::new(Vec::new());
        thread::scope(|scope| {
            // The oldest is the last to come.
            for mut turn in turns.into_iter().rev() {
                let (limited, sent) = (&limited, &sent);
                scope.spawn(move || {
                    limited.wait(&mut turn);
                    sent.lock().unwrap().push((turn.sent, turn.number));
                });
            }
        });
        let mut sent = sent.into_inner().unwrap();
        sent.sort_unstable();
        assert_eq!(sent.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    /// Waits are kept for `max_wait` in total, and at least five of them.
    #[test]
    fn a_server_that_always_asks_to_wait_is_given_up() {
        let limited = limiter(|service| {
            service.max_wait = Duration::from_millis(100);
            service.backoff = Duration::from_millis(1);
        });
        let mut turns = [limited.turn(), limited.turn()];
        let mut round = || {
            let release = limited.state().release;
            thread::sleep(release.saturating_duration_since(Instant::now()));
            turns.each_mut().map(|turn| {
                turn.sent = release;
                limited.refused(Duration::from_millis(1), turn)
            })
        };
        let begun = Instant::now();
        let mut rounds = 0;
        while round() == [Refused::Wait; 2] {
            rounds += 1;
        }
        assert!(rounds > MOST_FRUITLESS_WAITS && begun.elapsed() >= Duration::from_millis(100), "{rounds}");
        // The waits grew, up to an eighth of `max_wait`.
        assert!(rounds < 25, "{rounds}");
        limited.answered();
        assert_eq!(round(), [Refused::Wait; 2]);
    }

    /// A request that is refused as the first after a wait, while others are answered, is refused
    /// for a reason of its own.
    #[test]
    fn one_refused_request_does_not_hold_the_others_for_long() {
        let limited = limiter(|_| {});
        let (mut turn, mut other) = (limited.turn(), limited.turn());
        let wait = Duration::from_millis(1);
        let begun = Instant::now();
        send(&limited, &mut turn, begun);
        assert_eq!(limited.refused(wait, &mut turn), Refused::Wait);
        for _ in 0..MOST_MISSED_TURNS {
            send(&limited, &mut turn, begun);
            limited.answered();
            assert_eq!(limited.refused(wait, &mut turn), Refused::Wait);
        }
        // Nothing was answered in between: another request becomes the first.
        assert!(turn.number < other.number);
        send(&limited, &mut turn, begun);
        assert_eq!(limited.refused(wait, &mut turn), Refused::Wait);
        assert!(turn.number > other.number);
        // The refusal of one that was not the first may be due to the others.
        send(&limited, &mut other, begun);
        limited.answered();
        send(&limited, &mut turn, begun);
        assert_eq!(limited.refused(wait, &mut turn), Refused::Wait);
        send(&limited, &mut turn, begun);
        assert_eq!(limited.refused(wait, &mut turn), Refused::Alone);
    }
}
