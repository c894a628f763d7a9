//! The judge's process: started, asked with a deadline, and ended with all that it started.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::protocol::{Name, PROTOCOL, Say, hello};

/// The longest line that is listened to, in bytes.
const LONGEST: u64 = 1 << 20;
/// How long a judge has to go when its input is closed.
const GRACE: Duration = Duration::from_secs(5);

/// A running judge. Its standard error is karat's.
pub(super) struct Child {
    process: Box<dyn ChildWrapper>,
    /// To the thread that writes, which may have to wait for a judge that does not read.
    requests: Option<Sender<String>>,
    /// From the thread that reads; closed at the end of the judge's output.
    replies: Receiver<Result<String, String>>,
    pub name: Name,
}

impl Child {
    /// Starts a command, which has at least a program, and greets it.
    pub fn start(command: &[String], deadline: Duration) -> Result<Self, String> {
        let (program, arguments) = command.split_first().ok_or("no program is named")?;
        let mut wrapped = CommandWrap::with_new(program, |command| {
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        });
        #[cfg(unix)]
        wrapped.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        wrapped.wrap(process_wrap::std::JobObject);
        let mut process = wrapped.spawn().map_err(|error| format!("cannot be started: {error}"))?;
        let (input, output) = (process.stdin().take(), process.stdout().take());
        let (requests, to_write) = channel();
        let (from_read, replies) = channel();
        // Neither thread is waited for: a process that the judge started may hold the other end of a pipe for ever.
        if let (Some(input), Some(output)) = (input, output) {
            thread::spawn(move || write(input, &to_write));
            thread::spawn(move || read(output, &from_read));
        }
        let nobody = Name { name: String::new(), version: String::new() };
        let mut child = Self { process, requests: Some(requests), replies, name: nobody };
        let greeting = Say::Hello { protocol: PROTOCOL }.line();
        let answer = child.exchange(greeting, deadline);
        child.name = answer.and_then(|line| hello(&line))?;
        Ok(child)
    }

    /// Sends a line and waits for the next one, until the deadline.
    pub fn exchange(&mut self, line: String, deadline: Duration) -> Result<String, String> {
        // A judge that has gone is noticed by its silence.
        if let Some(requests) = &self.requests {
            let _ = requests.send(line);
        }
        match self.replies.recv_timeout(deadline) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => Err(format!("did not answer within {} s", deadline.as_secs_f64())),
            Err(RecvTimeoutError::Disconnected) => Err(self.end()),
        }
    }

    /// How a judge ended that says nothing any more.
    fn end(&mut self) -> String {
        match self.wait(Duration::from_secs(1)) {
            Some(status) => format!("ended without an answer: {status}"),
            None => "closed its output without an answer".to_owned(),
        }
    }

    fn wait(&mut self, most: Duration) -> Option<std::process::ExitStatus> {
        const STEP: Duration = Duration::from_millis(5);
        let begun = Instant::now();
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if begun.elapsed() < most => thread::sleep(STEP),
                _ => return None,
            }
        }
    }

    /// Ends a judge that is in order: closes its input, and gives it time to go.
    pub fn close(mut self) {
        self.requests = None;
        self.wait(GRACE);
    }
}

/// Whatever became of the judge, nothing that it started in its process group is left behind.
impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        self.wait(GRACE);
    }
}

fn write(mut input: ChildStdin, lines: &Receiver<String>) {
    for line in lines {
        if input.write_all(line.as_bytes()).and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}

/// Every line that is not blank, until the end or the first that cannot be read.
fn read(output: ChildStdout, lines: &Sender<Result<String, String>>) {
    let mut output = BufReader::new(output);
    loop {
        let mut bytes = Vec::new();
        match output.by_ref().take(LONGEST).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = match String::from_utf8(bytes) {
            Ok(line) if line.len() as u64 == LONGEST && !line.ends_with('\n') => {
                Err(format!("said more than {LONGEST} bytes in one line"))
            }
            Ok(line) => Ok(line.trim().to_owned()),
            Err(_) => Err("said what is no UTF-8".to_owned()),
        };
        let is_last = line.is_err();
        if line.as_ref().is_ok_and(String::is_empty) {
            continue;
        }
        if lines.send(line).is_err() || is_last {
            return;
        }
    }
}
