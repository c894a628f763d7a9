//! The judge's process, greeted.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::protocol::{Name, PROTOCOL, Say, hello};
use crate::process::{self, ChildEvent, Launch, StderrMode};

/// The longest line that is listened to, in bytes.
const LONGEST: usize = 1 << 20;

/// A running judge. Its standard error is karat's.
pub(super) struct Child {
    process: process::Child,
    pub name: Name,
}

impl Child {
    /// Starts a command, which has at least a program, and greets it.
    pub fn start(command: &[String], deadline: Duration) -> Result<Self, String> {
        let launch =
            Launch { command, env: &BTreeMap::new(), folder: None, longest: LONGEST, errors: StderrMode::Inherit };
        let nobody = Name { name: String::new(), version: String::new() };
        let mut child = Self { process: process::Child::start(&launch)?, name: nobody };
        let greeting = Say::Hello { protocol: PROTOCOL }.line();
        let answer = child.exchange(greeting, deadline);
        child.name = answer.and_then(|line| hello(&line))?;
        Ok(child)
    }

    /// Sends a line and waits for the next one, until the deadline.
    pub fn exchange(&mut self, line: String, deadline: Duration) -> Result<String, String> {
        self.process.send(line);
        match self.process.receive(Instant::now() + deadline) {
            ChildEvent::Line(line) => Ok(line),
            ChildEvent::Invalid(why) => Err(why),
            ChildEvent::Timeout => Err(format!("did not answer within {} s", deadline.as_secs_f64())),
            ChildEvent::End(how) => Err(format!("{how}, without an answer")),
        }
    }

    /// Ends a judge that is in order: closes its input, and gives it time to go.
    pub fn close(self) {
        self.process.close();
    }
}
