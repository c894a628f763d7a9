//! One worker: pipelined requests to one program, replies in any order, deadlines and restarts.
//!
//! If a program crashes while it holds several requests, the cause is unknown. All of them are then
//! sent again one at a time, and only the request that crashes the program alone counts as failed.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::extractor::Process;
use super::protocol::Reply;
use super::session::{Answer, Session};
use crate::corpus::read_reply;
use crate::document::Annotations;
use crate::extractor::{ExtractError, Next, Request, Response, Usage, Work};

/// Maximum number of failed starts in a row.
const STARTS: u32 = 3;
/// Longest wait between two starts.
const PATIENCE: Duration = Duration::from_secs(5);
/// Wait before asking again for work that is not available yet.
const LATER: Duration = Duration::from_millis(1);

/// A request that was sent and not answered.
struct Flying<'d> {
    request: Request<'d>,
    seq: u64,
    sent: Instant,
    /// Number of failed attempts.
    failed: u32,
}

/// A request that is sent again, while no other is open.
struct Again<'d> {
    request: Request<'d>,
    failed: u32,
    not_before: Instant,
}

pub(super) struct Worker<'w, 'd> {
    process: &'w Process,
    work: &'w dyn Work<'d>,
    session: Option<Session>,
    /// The open requests, in the order of sending.
    flying: VecDeque<Flying<'d>>,
    /// When the first open request became the oldest one.
    oldest_since: Instant,
    again: VecDeque<Again<'d>>,
    /// Whether there are no new requests.
    is_over: bool,
}

impl<'w, 'd> Worker<'w, 'd> {
    pub fn new(process: &'w Process, work: &'w dyn Work<'d>) -> Self {
        Self {
            process,
            work,
            session: None,
            flying: VecDeque::new(),
            oldest_since: Instant::now(),
            again: VecDeque::new(),
            is_over: false,
        }
    }

    pub fn run(mut self) {
        loop {
            self.send();
            let Some(session) = self.session.as_mut().filter(|_| !self.flying.is_empty()) else {
                if self.is_over && self.again.is_empty() {
                    break;
                }
                thread::sleep(LATER);
                continue;
            };
            match session.answer(self.oldest_since + self.process.settings.timeout) {
                Answer::Reply(reply, line) => self.reply(reply, &line),
                Answer::Lost(why) => self.lost(&why),
                Answer::Silence => self.late(),
            }
        }
        if let Some(session) = self.session.take() {
            self.process.live().fetch_sub(1, Ordering::Relaxed);
            session.close();
        }
    }

    /// Sends all requests that may be sent now.
    fn send(&mut self) {
        if let Some(again) = self.again.front() {
            if !self.flying.is_empty() {
                return;
            }
            thread::sleep(again.not_before.saturating_duration_since(Instant::now()));
            if let Some(Again { request, failed, .. }) = self.again.pop_front() {
                self.ask(request, failed);
            }
            return;
        }
        while !self.is_over && self.again.is_empty() && self.flying.len() < self.process.settings.in_flight {
            match self.work.next() {
                Next::Request(request) => self.ask(request, 0),
                Next::Later => return,
                Next::Nothing => self.is_over = true,
            }
        }
    }

    fn ask(&mut self, request: Request<'d>, failed: u32) {
        // A program that exited while it was idle has no request to fail.
        if self.flying.is_empty() && self.session.as_mut().is_some_and(Session::has_exited) {
            self.drop_session();
        }
        if self.session.is_none() {
            match self.start() {
                Ok(session) => self.session = Some(session),
                Err(why) => {
                    let outcome = Err(ExtractError::new(format!("the program cannot be used: it {why}")));
                    return self.work.done(request, Response::plain(outcome, Duration::ZERO, failed + 1));
                }
            }
        }
        let Some(session) = &mut self.session else { return };
        let seq = session.ask(&request.document, self.process.settings.timeout);
        let sent = Instant::now();
        if self.flying.is_empty() {
            self.oldest_since = sent;
        }
        self.flying.push_back(Flying { request, seq, sent, failed });
    }

    /// Returns a session after its handshake: the one that waits, or a new one. If several starts
    /// in a row fail and no other session runs, the program is given up for all workers.
    fn start(&self) -> Result<Session, String> {
        if let Some(session) = self.process.take_waiting() {
            self.process.live().fetch_add(1, Ordering::Relaxed);
            return Ok(session);
        }
        let mut starts = 0;
        loop {
            if let Some(why) = self.process.broken() {
                return Err(why);
            }
            let started = Session::start(&self.process.settings);
            match started.and_then(|session| self.process.meet(&session.introduction).map(|()| session)) {
                Ok(session) => {
                    self.process.live().fetch_add(1, Ordering::Relaxed);
                    return Ok(session);
                }
                Err(why) => {
                    starts += 1;
                    // While other sessions run, this worker waits and takes no requests from them.
                    let is_alone = self.process.live().load(Ordering::Relaxed) == 0;
                    if is_alone && (starts >= STARTS || !self.process.is_known()) {
                        self.process.give_up(why);
                    } else {
                        thread::sleep((self.process.settings.backoff * starts).min(PATIENCE));
                    }
                }
            }
        }
    }

    /// Drops a session whose program is gone.
    fn drop_session(&mut self) {
        if self.session.take().is_some() {
            self.process.live().fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn reply(&mut self, reply: Reply, line: &str) {
        let Some(at) = self.flying.iter().position(|flying| Some(flying.seq) == reply.seq) else {
            let asked = reply.seq.map_or("no request".to_owned(), |seq| format!("request {seq}"));
            let quoted = crate::process::excerpt(line);
            return self
                .lost(&format!("answered {asked}, which is none that it was asked and has not answered: {quoted}"));
        };
        let Some(flying) = self.flying.remove(at) else { return };
        if at == 0 {
            self.oldest_since = Instant::now();
        }
        let document = &*flying.request.document;
        let outcome = match (reply.error, reply.id) {
            (Some(message), _) => Err(ExtractError::Failed(message)),
            (None, Some(id)) if id != document.id() => {
                Err(ExtractError::Failed(format!("it answered with the id {id:?}")))
            }
            (None, None) => Err(ExtractError::Failed("it answered without an `id`".to_owned())),
            (None, Some(_)) => read_reply(line, None, document).map_err(ExtractError::Failed),
        };
        self.finish(flying, outcome, reply.usage);
    }

    /// Handles a program that is gone or unusable.
    fn lost(&mut self, why: &str) {
        self.drop_session();
        if self.flying.len() > 1 {
            return self.send_again_singly();
        }
        if let Some(flying) = self.flying.pop_front() {
            self.finish(flying, Err(ExtractError::Failed(format!("the program was lost: it {why}"))), None);
        }
    }

    /// Handles a timeout of the oldest request.
    fn late(&mut self) {
        self.drop_session();
        let late = self.flying.pop_front();
        self.send_again_singly();
        if let Some(flying) = late {
            let message = format!("no answer within {:?}", self.process.settings.timeout);
            self.finish(flying, Err(ExtractError::TimedOut(message)), None);
        }
    }

    /// Queues all open requests to be sent again one at a time. None of them counts as failed.
    fn send_again_singly(&mut self) {
        let now = Instant::now();
        let innocent = self.flying.drain(..);
        self.again.extend(innocent.map(|Flying { request, failed, .. }| Again { request, failed, not_before: now }));
    }

    fn finish(&mut self, flying: Flying<'d>, outcome: Result<Annotations, ExtractError>, usage: Option<Usage>) {
        let Flying { request, sent, failed, .. } = flying;
        let settings = &self.process.settings;
        if outcome.is_err() && failed < settings.retries {
            let not_before = Instant::now() + settings.backoff * 2_u32.saturating_pow(failed);
            return self.again.push_back(Again { request, failed: failed + 1, not_before });
        }
        let response = Response::plain(outcome, sent.elapsed(), failed + 1);
        self.work.done(request, Response { usage, ..response });
    }
}
