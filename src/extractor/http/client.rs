//! Sends a request, with recorded answers, rate limit and retries.

use std::thread;
use std::time::{Duration, Instant};

use super::cassette::{Cassettes, Claim, shown};
use super::credentials::Credentials;
use super::exchange::{Exchange, Failure};
use super::rate_limiter::RateLimiter;
use super::reply::HttpReply;
use super::{Replay, Service};
use crate::extractor::ExtractError;
use crate::secrets::Redactor;

/// The outcome of a request.
pub(super) struct RequestOutcome {
    /// The reply, whatever its status, or why there is none.
    pub outcome: Result<HttpReply, ExtractError>,
    /// Number of attempts, at least 1.
    pub tries: u32,
    /// Duration of the last attempt; `None` if the service was not asked.
    pub took: Option<Duration>,
}

/// The layer between an extractor and its service.
pub(super) struct Client {
    pub service: Service,
    credentials: Credentials,
    exchange: Exchange,
    limiter: RateLimiter,
    cassettes: Option<Cassettes>,
    replay: Replay,
}

impl Client {
    /// Creates a client. `replay` is the value from the environment and overrides the
    /// configuration.
    pub fn new(service: Service, replay: Option<Replay>, look_up: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            credentials: Credentials::new(&service, look_up),
            exchange: Exchange::new(&service),
            limiter: RateLimiter::new(service.rate),
            cassettes: service.cassettes.clone().map(Cassettes::new),
            replay: replay.unwrap_or(service.replay),
            service,
        }
    }

    /// Returns the answer to a request body, without the values that the redactor replaces.
    pub fn ask(&self, body: &str, repeat: usize, redactor: &Redactor<'_>) -> RequestOutcome {
        let failed = |why: String| RequestOutcome { outcome: Err(ExtractError::Failed(why)), tries: 1, took: None };
        let Some(cassettes) = &self.cassettes else {
            if self.replay == Replay::Only {
                return failed(
                    "only recorded answers are replayed, and it has none: name their folder in `cassettes`".to_owned(),
                );
            }
            return self.live(body, redactor);
        };
        let claim = cassettes.claim(&self.service, body, repeat);
        // An answer that this run has recorded is up to date even if `replay` is `never`.
        if self.replay != Replay::Never || claim.is_fresh() {
            match claim.load() {
                Ok(Some(mut reply)) if self.stands(&reply, &claim) => {
                    // The cassette may be of a run with other variables.
                    reply.redact(redactor);
                    return RequestOutcome { outcome: Ok(reply), tries: 1, took: None };
                }
                Ok(_) => {}
                Err(why) => return failed(why),
            }
        }
        if self.replay == Replay::Only {
            let path = shown(&claim.path());
            return failed(format!(
                "the answer is not recorded: there is no cassette `{path}`; run once with `KARAT_REPLAY=missing` while the service can be reached"
            ));
        }
        let mut asked = self.live(body, redactor);
        if let Ok(reply) = &asked.outcome
            && is_recorded(reply)
        {
            let stored = claim.store(&self.service, redactor, body, repeat, reply);
            asked.outcome = stored.map_err(ExtractError::Failed);
        }
        asked
    }

    /// Whether an answer to a request body is recorded and may be replayed.
    pub fn has_recorded(&self, body: &str, repeat: usize) -> bool {
        let is_there = |cassettes: &Cassettes| cassettes.claim(&self.service, body, repeat).path().is_file();
        self.replay != Replay::Never && self.cassettes.as_ref().is_some_and(is_there)
    }

    /// Whether a recorded answer is still valid. A refused key is not: the current key may be
    /// another.
    fn stands(&self, reply: &HttpReply, claim: &Claim<'_>) -> bool {
        self.replay == Replay::Only || !reply.is_about_the_key() || claim.is_fresh()
    }

    fn live(&self, body: &str, redactor: &Redactor<'_>) -> RequestOutcome {
        let mut tries = 0;
        loop {
            self.limiter.wait();
            tries += 1;
            let begun = Instant::now();
            let outcome = self.exchange.ask(&self.service, &self.credentials, redactor, body);
            let took = begun.elapsed();
            match self.again(outcome, tries) {
                Ok(wait) => thread::sleep(wait),
                Err(outcome) => return RequestOutcome { outcome, tries, took: Some(took) },
            }
        }
    }

    /// The delay before the next attempt, or the final outcome if there is none.
    fn again(
        &self,
        outcome: Result<HttpReply, Failure>,
        tries: u32,
    ) -> Result<Duration, Result<HttpReply, ExtractError>> {
        let is_last = tries > self.service.retries;
        let backoff = self.service.backoff.saturating_mul(2_u32.saturating_pow(tries - 1)).min(self.service.max_wait);
        let times = times(tries);
        match outcome {
            Ok(reply) if !reply.is_passing() || is_last => Err(Ok(reply)),
            Ok(reply) => match reply.retry_after {
                Some(wait) if wait > self.service.max_wait => Err(Err(ExtractError::Failed(format!(
                    "the server answers {} and asks to wait {wait:?}, which is longer than `max_wait` ({:?}): \
                     run again later, or raise `max_wait`",
                    reply.status, self.service.max_wait
                )))),
                Some(wait) => {
                    self.limiter.hold(wait);
                    Ok(Duration::ZERO)
                }
                None => Ok(backoff),
            },
            Err(Failure::Final(why)) => Err(Err(ExtractError::Failed(why))),
            Err(Failure::Slow) if is_last => {
                Err(Err(ExtractError::TimedOut(format!("no answer within {:?}{times}", self.service.timeout))))
            }
            Err(Failure::Broken(why)) if is_last => Err(Err(ExtractError::Failed(format!("{why}{times}")))),
            Err(Failure::Slow | Failure::Broken(_)) => Ok(backoff),
        }
    }
}

/// The number of attempts as part of a message; empty for a single attempt.
pub(super) fn times(tries: u32) -> String {
    if tries > 1 { format!(", tried {tries} times") } else { String::new() }
}

/// Whether a reply is recorded: only if a repeated request would get it again. Server errors, rate
/// limiting and redirects are not.
fn is_recorded(reply: &HttpReply) -> bool {
    reply.is_success() || ((400..500).contains(&reply.status) && reply.status != 429)
}
