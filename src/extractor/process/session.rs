//! A session with a program that lives as long as the run: start, handshake, requests, end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::protocol::{Handshake, Reply, handshake, hello, reply, request};
use super::settings::ProcessSettings;
use crate::document::Document;
use crate::process::{Child, ChildEvent, Launch, StderrLog, StderrMode};
use crate::secrets::Secrets;

/// A running program after its handshake.
pub struct Session {
    child: Child,
    /// The content of its handshake.
    pub handshake: Handshake,
    seq: u64,
    secrets: Arc<Secrets>,
}

/// Result of waiting for a reply until a deadline.
pub(super) enum SessionAnswer {
    /// A reply, with its line.
    Reply(Reply, String),
    /// The program is unusable. The message continues a sentence that begins with "it"; the line
    /// is the one that it should not have sent, if there is one.
    Lost(String, Option<String>),
    /// The deadline passed without a reply.
    Timeout,
}

impl Session {
    /// Starts the program and performs the handshake. The log receives its standard error.
    ///
    /// # Errors
    /// Fails if the program cannot be started or its handshake is invalid or late. The message
    /// continues a sentence that begins with "it".
    pub fn start(settings: &ProcessSettings, secrets: &Arc<Secrets>, log: Option<&StderrLog>) -> Result<Self, String> {
        let launch = Launch {
            command: &settings.command,
            env: &settings.env,
            folder: Some(&settings.folder),
            longest: settings.max_output,
            errors: StderrMode::Capture,
            secrets,
            log,
        };
        let mut child = Child::start(&launch)?;
        child.send(hello());
        let received = match child.receive(Instant::now() + settings.start_timeout) {
            ChildEvent::Line(line) => handshake(&line, secrets),
            ChildEvent::Invalid(why) => Err(why),
            ChildEvent::Timeout => Err(format!(
                "did not send `hello` within {:?} (`start_timeout`): it may still be loading, or its output may be in a \
                 buffer that it does not flush",
                settings.start_timeout
            )),
            ChildEvent::End(how) => Err(format!("{how}, before it sent `hello`")),
        };
        match received {
            Ok(handshake) => Ok(Self { child, handshake, seq: 0, secrets: Arc::clone(secrets) }),
            Err(why) => Err(with_errors(&child, why)),
        }
    }

    /// Sends a request and returns its number.
    pub fn ask(&mut self, document: &Document, timeout: Duration) -> u64 {
        self.seq += 1;
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.child.send(request(self.seq, document, timeout_ms));
        self.seq
    }

    /// Sends a line, which must include its line break.
    pub fn send(&self, line: String) {
        self.child.send(line);
    }

    /// Whether the program has exited.
    pub(super) fn has_exited(&mut self) -> bool {
        self.child.has_exited()
    }

    /// Waits until the deadline for the next reply.
    pub(super) fn answer(&mut self, until: Instant) -> SessionAnswer {
        match self.line(until) {
            Ok(Some(line)) => match reply(&line, &self.secrets) {
                Ok(reply) => SessionAnswer::Reply(reply, line),
                Err(why) => SessionAnswer::Lost(with_errors(&self.child, why), Some(line)),
            },
            Ok(None) => SessionAnswer::Timeout,
            Err(why) => SessionAnswer::Lost(why, None),
        }
    }

    /// Waits until the deadline for the next line, and returns it unparsed; `None` if there was
    /// none.
    ///
    /// # Errors
    /// Fails if no further line can come. The message continues a sentence that begins with "it".
    pub fn line(&mut self, until: Instant) -> Result<Option<String>, String> {
        let why = match self.child.receive(until) {
            ChildEvent::Line(line) => return Ok(Some(line)),
            ChildEvent::Timeout => return Ok(None),
            ChildEvent::Invalid(why) => why,
            ChildEvent::End(how) => how.to_string(),
        };
        Err(with_errors(&self.child, why))
    }

    /// Closes the program's input and waits for it to exit. Returns whether it exited by itself
    /// with a status of success.
    pub fn close(self) -> bool {
        self.child.close()
    }
}

/// Appends the lines of the program's standard error that show why it failed to a message.
pub(super) fn with_errors(child: &Child, why: String) -> String {
    match child.last_errors() {
        Some(lines) => format!("{why}; the end of its stderr: {}", lines.replace('\n', " / ")),
        None => why,
    }
}
