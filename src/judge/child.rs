//! The child process of a judge, after its handshake.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::protocol::{JudgeIdentity, JudgeRequest, PROTOCOL, hello};
use crate::process::{self, ChildEvent, Launch, StderrMode};
use crate::secrets::Secrets;

/// Longest accepted line, in bytes.
const LONGEST: usize = 1 << 20;

/// A running judge. It writes to karat's standard error, unless it is silent.
pub(super) struct JudgeProcess {
    process: process::Child,
    pub name: JudgeIdentity,
}

impl JudgeProcess {
    /// Starts a command, which must contain a program, and performs the handshake.
    pub fn start(
        command: &[String],
        secrets: &Arc<Secrets>,
        (deadline, is_silent): (Duration, bool),
    ) -> Result<Self, String> {
        let errors = if is_silent { StderrMode::Capture } else { StderrMode::Inherit };
        let env = &BTreeMap::new();
        let launch = Launch { command, env, folder: None, longest: LONGEST, errors, secrets, log: None };
        let unknown = JudgeIdentity { name: String::new(), version: String::new() };
        let mut child = Self { process: process::Child::start(&launch)?, name: unknown };
        let greeting = JudgeRequest::Hello { protocol: PROTOCOL }.line();
        let answer = child.exchange(greeting, deadline);
        child.name = answer.and_then(|line| hello(&line, secrets))?;
        Ok(child)
    }

    /// Sends a line and waits for the next one, for at most `deadline`.
    pub fn exchange(&mut self, line: String, deadline: Duration) -> Result<String, String> {
        self.process.send(line);
        match self.process.receive(Instant::now() + deadline) {
            ChildEvent::Line(line) => Ok(line),
            ChildEvent::Invalid(why) => Err(why),
            ChildEvent::Timeout => Err(format!("did not answer within {} s", deadline.as_secs_f64())),
            ChildEvent::End(how) => Err(format!("{how}, without an answer")),
        }
    }

    /// Closes the judge's input and waits for it to exit.
    pub fn close(self) {
        self.process.close();
    }
}
