//! One worker: pipelined requests to one program, replies in any order, deadlines and restarts.
//!
//! If a program crashes while it holds several requests, the cause is unknown. All of them are then
//! sent again one at a time, and only the request that crashes the program alone counts as failed.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::fingerprint::offset_unit;
use super::program::Program;
use super::protocol::Reply;
use super::session::{Session, SessionAnswer};
use crate::corpus::read_reply;
use crate::document::Annotations;
use crate::extractor::longest_text::check_length;
use crate::extractor::{ExtractError, Next, Request, Response, Usage, Work};
use crate::text::excerpt;

/// Maximum number of failed starts in a row.
const MAX_FAILED_STARTS: u32 = 3;
/// Longest wait between two starts.
const MAX_RESTART_WAIT: Duration = Duration::from_secs(5);
/// Wait before asking again for work that is not available yet.
const WORK_POLL_INTERVAL: Duration = Duration::from_millis(1);

/// A request that was sent and not answered.
struct OpenRequest<'d> {
    request: Request<'d>,
    seq: u64,
    sent: Instant,
    /// Number of failed attempts.
    failed: u32,
}

/// A request that is sent again, while no other is open.
struct Resend<'d> {
    request: Request<'d>,
    failed: u32,
    not_before: Instant,
}

pub(super) struct Worker<'w, 'd> {
    program: &'w Program,
    work: &'w dyn Work<'d>,
    session: Option<Session>,
    /// The open requests, in the order of sending.
    open: VecDeque<OpenRequest<'d>>,
    /// When the first open request became the oldest one.
    oldest_since: Instant,
    resend: VecDeque<Resend<'d>>,
    /// Whether there are no new requests.
    is_over: bool,
}

impl<'w, 'd> Worker<'w, 'd> {
    pub fn new(program: &'w Program, work: &'w dyn Work<'d>) -> Self {
        Self {
            program,
            work,
            session: None,
            open: VecDeque::new(),
            oldest_since: Instant::now(),
            resend: VecDeque::new(),
            is_over: false,
        }
    }

    pub fn run(mut self) {
        loop {
            self.send();
            let Some(session) = self.session.as_mut().filter(|_| !self.open.is_empty()) else {
                if self.is_over && self.resend.is_empty() {
                    break;
                }
                thread::sleep(WORK_POLL_INTERVAL);
                continue;
            };
            match session.answer(self.oldest_since + self.program.settings.timeout) {
                SessionAnswer::Reply(reply, line) => self.reply(reply, &line),
                SessionAnswer::Lost(why, line) => self.lost(&why, line),
                SessionAnswer::Timeout => self.late(),
            }
        }
        if let Some(session) = self.session.take() {
            self.program.live.fetch_sub(1, Ordering::Relaxed);
            session.close();
        }
    }

    /// Sends all requests that may be sent now.
    fn send(&mut self) {
        if let Some(resend) = self.resend.front() {
            if !self.open.is_empty() {
                return;
            }
            thread::sleep(resend.not_before.saturating_duration_since(Instant::now()));
            if let Some(Resend { request, failed, .. }) = self.resend.pop_front() {
                self.ask(request, failed);
            }
            return;
        }
        while !self.is_over && self.resend.is_empty() && self.open.len() < self.program.settings.in_flight {
            match self.work.next() {
                Next::Request(request) => self.ask(request, 0),
                Next::Later => return,
                Next::Nothing => self.is_over = true,
            }
        }
    }

    fn ask(&mut self, request: Request<'d>, failed: u32) {
        // A program that exited while it was idle has no request to fail.
        if self.open.is_empty() && self.session.as_mut().is_some_and(Session::has_exited) {
            self.drop_session();
        }
        if self.session.is_none() {
            match self.start() {
                Ok(session) => self.session = Some(session),
                Err(why) => {
                    let outcome = Err(ExtractError::new(format!("the program cannot be used: it {why}")));
                    return self.work.done(request, Response::plain(outcome, None, failed + 1));
                }
            }
        }
        let Some(session) = &mut self.session else { return };
        let max_text = self.program.settings.max_text.or(session.handshake.max_text);
        if let Err(error) = check_length(&request.document, max_text) {
            return self.work.done(request, Response::plain(Err(error), None, failed + 1));
        }
        let seq = session.ask(&request.document, self.program.settings.timeout);
        let sent = Instant::now();
        if self.open.is_empty() {
            self.oldest_since = sent;
        }
        self.open.push_back(OpenRequest { request, seq, sent, failed });
    }

    /// Returns a session after its handshake: the one that waits, or a new one. If several starts
    /// in a row fail and no other session runs, the program is given up for all workers.
    fn start(&self) -> Result<Session, String> {
        if let Some(session) = self.program.take_waiting() {
            self.program.live.fetch_add(1, Ordering::Relaxed);
            return Ok(session);
        }
        let mut starts = 0;
        loop {
            if let Some(why) = self.program.broken() {
                return Err(why);
            }
            match self.program.start() {
                Ok(session) => {
                    self.program.live.fetch_add(1, Ordering::Relaxed);
                    return Ok(session);
                }
                Err(why) => {
                    starts += 1;
                    // While other sessions run, this worker waits and takes no requests from them.
                    let is_alone = self.program.live.load(Ordering::Relaxed) == 0;
                    if is_alone && (starts >= MAX_FAILED_STARTS || self.program.handshake().is_none()) {
                        self.program.give_up(why);
                    } else {
                        thread::sleep((self.program.settings.backoff * starts).min(MAX_RESTART_WAIT));
                    }
                }
            }
        }
    }

    /// Drops a session whose program is gone.
    fn drop_session(&mut self) {
        if self.session.take().is_some() {
            self.program.live.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn reply(&mut self, reply: Reply, line: &str) {
        let Some(at) = self.open.iter().position(|open| Some(open.seq) == reply.seq) else {
            let asked = reply.seq.map_or("no request".to_owned(), |seq| format!("request {seq}"));
            let quoted = excerpt(&self.program.secrets.redact(line));
            return self
                .lost(&format!("answered {asked}, which is not an open request: {quoted}"), Some(line.to_owned()));
        };
        let Some(open) = self.open.remove(at) else { return };
        if at == 0 {
            self.oldest_since = Instant::now();
        }
        let document = &*open.request.document;
        let outcome = match (reply.error, reply.id) {
            (Some(message), _) => Err(ExtractError::Failed(message)),
            (None, Some(id)) if id != document.id() => {
                let id = excerpt(&self.program.secrets.redact(&id));
                Err(ExtractError::Failed(format!("it answered with the id {id}")))
            }
            (None, None) => Err(ExtractError::Failed("it answered without an `id`".to_owned())),
            (None, Some(_)) => {
                let line = self.program.secrets.for_document(document).redact_message(line);
                let unit = offset_unit(&self.program.settings, self.program.handshake());
                read_reply(&line, unit, document, self.program.layers())
                    .map_err(|error| ExtractError::Failed(error.message))
            }
        };
        let line = outcome.is_err().then(|| line.to_owned());
        self.finish(open, outcome, reply.usage, line);
    }

    /// Handles a program that is gone or unusable.
    fn lost(&mut self, why: &str, line: Option<String>) {
        self.drop_session();
        if self.open.len() > 1 {
            return self.send_again_singly();
        }
        if let Some(open) = self.open.pop_front() {
            self.finish(open, Err(ExtractError::Failed(format!("the program was lost: it {why}"))), None, line);
        }
    }

    /// Handles a timeout of the oldest request.
    fn late(&mut self) {
        self.drop_session();
        let late = self.open.pop_front();
        self.send_again_singly();
        if let Some(open) = late {
            let message = format!("no answer within {:?}", self.program.settings.timeout);
            self.finish(open, Err(ExtractError::TimedOut(message)), None, None);
        }
    }

    /// Queues all open requests to be sent again one at a time. None of them counts as failed.
    fn send_again_singly(&mut self) {
        let now = Instant::now();
        let others = self.open.drain(..);
        self.resend.extend(others.map(|OpenRequest { request, failed, .. }| Resend {
            request,
            failed,
            not_before: now,
        }));
    }

    fn finish(
        &mut self,
        open: OpenRequest<'d>,
        outcome: Result<Annotations, ExtractError>,
        usage: Option<Usage>,
        reply: Option<String>,
    ) {
        let OpenRequest { request, sent, failed, .. } = open;
        let settings = &self.program.settings;
        if outcome.is_err() && failed < settings.retries {
            let not_before = Instant::now() + settings.backoff * 2_u32.saturating_pow(failed);
            return self.resend.push_back(Resend { request, failed: failed + 1, not_before });
        }
        let response = Response::plain(outcome, sent.elapsed(), failed + 1);
        self.work.done(request, Response { usage, reply, ..response });
    }
}
