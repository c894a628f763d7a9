//! A program that lives as long as the run: started, greeted, asked, ended.

use std::time::{Duration, Instant};

use super::protocol::{Introduction, Reply, hello, introduction, reply, request};
use super::settings::ProcessSettings;
use crate::document::Document;
use crate::process::{Child, ChildEvent, Launch, StderrMode};

/// One running program that has been greeted.
pub struct Session {
    child: Child,
    /// How it introduced itself.
    pub introduction: Introduction,
    seq: u64,
}

/// What was heard until a deadline.
pub(super) enum Answer {
    /// A reply, with its line.
    Reply(Reply, String),
    /// The program is of no use any more: why, in words that go on from "it".
    Lost(String),
    /// Nothing.
    Silence,
}

impl Session {
    /// Starts the program and greets it.
    ///
    /// # Errors
    /// In words that go on from "it".
    pub fn start(settings: &ProcessSettings) -> Result<Self, String> {
        let launch = Launch {
            command: &settings.command,
            env: &settings.env,
            folder: Some(&settings.folder),
            longest: settings.max_output,
            errors: StderrMode::Capture,
        };
        let mut child = Child::start(&launch)?;
        child.send(hello());
        let said = match child.receive(Instant::now() + settings.start_timeout) {
            ChildEvent::Line(line) => introduction(&line),
            ChildEvent::Invalid(why) => Err(why),
            ChildEvent::Timeout => Err(format!("did not say hello within {:?}", settings.start_timeout)),
            ChildEvent::End(how) => Err(format!("{how}, before it said hello")),
        };
        match said {
            Ok(introduction) => Ok(Self { child, introduction, seq: 0 }),
            Err(why) => Err(with_errors(&child, why)),
        }
    }

    /// Sends a request; its number.
    pub fn ask(&mut self, document: &Document, timeout: Duration) -> u64 {
        self.seq += 1;
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.child.send(request(self.seq, document, timeout_ms));
        self.seq
    }

    /// Sends any line.
    pub fn send(&self, line: String) {
        self.child.send(line);
    }

    /// Whether the program has gone by itself.
    pub(super) fn has_exited(&mut self) -> bool {
        self.child.has_exited()
    }

    /// What is said next.
    pub(super) fn answer(&mut self, until: Instant) -> Answer {
        match self.line(until) {
            Ok(Some(line)) => match reply(&line) {
                Ok(reply) => Answer::Reply(reply, line),
                Err(why) => Answer::Lost(with_errors(&self.child, why)),
            },
            Ok(None) => Answer::Silence,
            Err(why) => Answer::Lost(why),
        }
    }

    /// The next line as it is; `None` where there is none until then.
    ///
    /// # Errors
    /// Where none will come, in words that go on from "it".
    pub fn line(&mut self, until: Instant) -> Result<Option<String>, String> {
        let why = match self.child.receive(until) {
            ChildEvent::Line(line) => return Ok(Some(line)),
            ChildEvent::Timeout => return Ok(None),
            ChildEvent::Invalid(why) => why,
            ChildEvent::End(how) => how.to_string(),
        };
        Err(with_errors(&self.child, why))
    }

    /// Ends the program by closing its input; whether it went by itself, and well.
    pub fn close(self) -> bool {
        self.child.close()
    }
}

/// A reason with the last that the program wrote to its standard error.
pub(super) fn with_errors(child: &Child, why: String) -> String {
    match child.last_errors() {
        Some(lines) => format!("{why}; its last words: {}", lines.replace('\n', " / ")),
        None => why,
    }
}
