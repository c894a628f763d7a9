//! Sends a request, with recorded answers, rate limit and retries.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use super::cassette::{Cassettes, Claim, RecordedAnswer, shown, today};
use super::credentials::Credentials;
use super::exchange::{Exchange, Failure};
use super::rate_limiter::{RateLimiter, Refused, Turn};
use super::reply::HttpReply;
use super::{Replay, Service};
use crate::error::Diagnostic;
use crate::extractor::ExtractError;
use crate::secrets::Redactor;

/// The outcome of a request.
pub(super) struct RequestOutcome {
    /// The reply, whatever its status, or why there is none.
    pub outcome: Result<HttpReply, ExtractError>,
    /// Number of attempts, at least 1. Those after a wait that the server asked for do not count.
    pub tries: u32,
    /// How often the request was tried, as part of a message; empty for a single attempt.
    pub effort: String,
    /// Duration of the last attempt; `None` if the service was not asked.
    pub took: Option<Duration>,
    /// If the reply was recorded by an earlier run: where and when, and what to do about it, as the
    /// end of a message.
    pub recorded: Option<String>,
}

/// The layer between an extractor and its service.
pub(super) struct Client {
    pub service: Service,
    credentials: Credentials,
    /// `None` if no request may reach the network.
    exchange: Option<Exchange>,
    limiter: RateLimiter,
    cassettes: Option<Cassettes>,
    replay: Replay,
}

impl Client {
    /// Creates a client. `replay` is the value from the environment and overrides the
    /// configuration; `look_up` returns variables of the environment.
    ///
    /// # Errors
    /// Fails if certificates cannot be read, or if the environment names an invalid proxy. Neither
    /// is needed if only recorded answers are replayed.
    pub fn new(
        service: Service,
        replay: Option<Replay>,
        look_up: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Diagnostic> {
        let replay = replay.unwrap_or(service.replay);
        let exchange = if replay == Replay::Only { None } else { Some(Exchange::new(&service, &look_up)?) };
        Ok(Self {
            replay,
            exchange,
            credentials: Credentials::new(&service, look_up),
            limiter: RateLimiter::new(&service),
            cassettes: service.cassettes.clone().map(|folder| Cassettes::new(folder, today)),
            service,
        })
    }

    /// The values of the variables of the request body by name, if it has any.
    ///
    /// # Errors
    /// Fails if a variable is not set.
    pub fn body_variables(&self) -> Result<Option<&BTreeMap<String, String>>, String> {
        if self.service.body_variables.is_empty() { Ok(None) } else { self.credentials.body().map(Some) }
    }

    /// Returns the answer to a request body, without the values that the redactor replaces. `body`
    /// is recorded; `sent` is the body with the values of variables, if it has any, or why it
    /// cannot be sent.
    pub fn ask(
        &self,
        body: &str,
        sent: Option<Result<String, String>>,
        repeat: usize,
        redactor: &Redactor<'_>,
    ) -> RequestOutcome {
        let failed = |why: String| RequestOutcome {
            outcome: Err(ExtractError::Failed(why)),
            tries: 1,
            effort: String::new(),
            took: None,
            recorded: None,
        };
        let Some(cassettes) = &self.cassettes else {
            if self.replay == Replay::Only {
                return failed(
                    "only recorded answers are replayed, and it has none: name their folder in `cassettes`".to_owned(),
                );
            }
            return match sent.unwrap_or_else(|| Ok(body.to_owned())) {
                Ok(sent) => self.live(&sent, redactor),
                Err(why) => failed(why),
            };
        };
        let claim = cassettes.claim(&self.service, body, repeat);
        // An answer that this run has recorded is up to date even if `replay` is `never`.
        if self.replay != Replay::Never || claim.is_fresh() {
            match claim.load() {
                Ok(Some(RecordedAnswer { mut reply, when })) if self.stands(&reply, &claim) => {
                    // The cassette may be of a run with other variables.
                    reply.redact(redactor);
                    let path = shown(&claim.path());
                    let recorded = format!("; recorded in `{path}` {when}: delete it to ask again");
                    let recorded = (!claim.is_fresh()).then_some(recorded);
                    let (effort, outcome) = (String::new(), Ok(reply));
                    return RequestOutcome { outcome, tries: 1, effort, took: None, recorded };
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
        let mut asked = match sent.unwrap_or_else(|| Ok(body.to_owned())) {
            Ok(sent) => self.live(&sent, redactor),
            Err(why) => return failed(why),
        };
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

    /// Whether a recorded answer is still valid. A refused request is not: the key, the server or
    /// its settings may have changed since.
    fn stands(&self, reply: &HttpReply, claim: &Claim<'_>) -> bool {
        self.replay == Replay::Only || reply.is_success() || claim.is_fresh()
    }

    fn live(&self, body: &str, redactor: &Redactor<'_>) -> RequestOutcome {
        let mut tries = 1;
        let Some(exchange) = &self.exchange else {
            let outcome = Err(ExtractError::new("no request may reach the network"));
            return RequestOutcome { outcome, tries, effort: String::new(), took: None, recorded: None };
        };
        let mut turn = self.limiter.turn();
        loop {
            self.limiter.wait(&mut turn);
            let begun = Instant::now();
            let outcome = exchange.ask(&self.service, &self.credentials, redactor, body);
            let took = begun.elapsed();
            match self.next_step(outcome, tries, &mut turn, &exchange.through()) {
                Step::Retry(wait) => {
                    tries += 1;
                    thread::sleep(wait);
                }
                Step::Wait => {}
                Step::End(outcome, effort) => {
                    return RequestOutcome { outcome, tries, effort, took: Some(took), recorded: None };
                }
            }
        }
    }

    /// What follows an attempt; `through` names the proxy, if there is one.
    fn next_step(&self, outcome: Result<HttpReply, Failure>, tries: u32, turn: &mut Turn, through: &str) -> Step {
        let is_last = tries > self.service.retries;
        let max_wait = self.service.max_wait;
        let backoff = self.service.backoff.saturating_mul(2_u32.saturating_pow(tries - 1)).min(max_wait);
        let effort = times(tries);
        let failed = |why: String| Step::End(Err(ExtractError::Failed(why)), String::new());
        match outcome {
            Ok(reply) if !reply.is_passing() => {
                self.limiter.answered();
                // A longer wait is for the next request to be told.
                if let Some(wait) = reply.wait.filter(|wait| *wait <= max_wait) {
                    self.limiter.pause(wait);
                }
                Step::End(Ok(reply), effort)
            }
            Ok(reply) => match reply.wait {
                Some(wait) if wait > max_wait => failed(format!(
                    "the server answers {} and asks to wait {wait:?}, which is longer than `max_wait` ({max_wait:?}): \
                     run again later, or raise `max_wait`",
                    reply.status,
                )),
                Some(wait) => match self.limiter.refused(wait, turn) {
                    Refused::Wait => Step::Wait,
                    Refused::Alone if is_last => Step::End(
                        Ok(reply),
                        format!("{effort} after the waits that it asked for, while it answers others"),
                    ),
                    Refused::Alone => Step::Retry(backoff.max(wait)),
                    Refused::GivenUp if is_last => Step::End(
                        Ok(reply),
                        format!("{effort}, and answered no request during {max_wait:?} of waits that it asked for"),
                    ),
                    Refused::GivenUp => Step::Retry(backoff),
                },
                None if is_last => Step::End(Ok(reply), effort),
                None => Step::Retry(backoff),
            },
            Err(Failure::Final(why)) => failed(why),
            Err(Failure::Slow) if is_last => {
                let why = format!("no answer within {:?}{through}{effort}", self.service.timeout);
                Step::End(Err(ExtractError::TimedOut(why)), effort)
            }
            Err(Failure::Broken(why)) if is_last => failed(format!("{why}{effort}")),
            Err(Failure::Slow | Failure::Broken(_)) => Step::Retry(backoff),
        }
    }
}

/// What follows an attempt.
enum Step {
    /// Another attempt after a delay, which counts as a retry.
    Retry(Duration),
    /// Another attempt after the wait that the server asked for, which counts as no retry.
    Wait,
    /// The final outcome, and how it was tried, as part of a message.
    End(Result<HttpReply, ExtractError>, String),
}

/// The number of attempts as part of a message; empty for a single attempt.
fn times(tries: u32) -> String {
    if tries > 1 { format!(", tried {tries} times") } else { String::new() }
}

/// Whether a reply is recorded: only if a repeated request would get it again. Server errors, rate
/// limiting and redirects are not.
fn is_recorded(reply: &HttpReply) -> bool {
    reply.is_success() || ((400..500).contains(&reply.status) && !reply.has_passing_status())
}
