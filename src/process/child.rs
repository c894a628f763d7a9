//! One running program.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::lines::{Said, read};
use super::tail::Tail;

/// How long a program has to go when its input is closed.
const GRACE: Duration = Duration::from_secs(5);
/// Lines that are kept until somebody listens.
const AHEAD: usize = 256;
/// How often a program that says nothing is looked after.
const GLANCE: Duration = Duration::from_millis(50);
/// How long the end of its standard error is waited for, which something that it started may hold open.
const PATIENCE: Duration = Duration::from_millis(200);
/// How many lines of its standard error are shown.
const SHOWN: usize = 5;

/// How a program is started.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// The program and its arguments. No shell reads them.
    pub command: &'a [String],
    /// Variables beside those that karat has itself.
    pub env: &'a BTreeMap<String, String>,
    /// Where it runs; where karat does, if it is left out.
    pub folder: Option<&'a Path>,
    /// The longest line that is listened to, in bytes.
    pub longest: usize,
    /// What becomes of its standard error.
    pub errors: Errors,
}

/// What becomes of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// It is karat's.
    Shared,
    /// Its last lines are kept, to be shown where the program fails.
    Kept,
}

/// What was heard until a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A line.
    Line(String),
    /// What is no line, in words that go on from "it".
    Broken(String),
    /// Nothing.
    Silence,
    /// Nothing, and nothing will come.
    End(End),
}

/// How a program ended that says nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End(Option<ExitStatus>);

impl End {
    /// Whether it went by itself, and well.
    pub fn is_success(&self) -> bool {
        self.0.is_some_and(|status| status.success())
    }
}

/// In words that go on from "it".
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(status) => write!(f, "ended: {status}"),
            None => f.write_str("closed its output and went on"),
        }
    }
}

/// A running program; gone, with everything in its process group, when this is dropped.
pub struct Child {
    process: Arc<Mutex<Box<dyn ChildWrapper>>>,
    /// To the thread that writes, which may have to wait for a program that does not read.
    to: Option<Sender<String>>,
    /// From the thread that reads; closed at the end of the program's output.
    from: Receiver<Said>,
    tail: Tail,
}

type Running = Vec<Weak<Mutex<Box<dyn ChildWrapper>>>>;

/// Every program that runs.
fn running() -> MutexGuard<'static, Running> {
    static RUNNING: Mutex<Running> = Mutex::new(Vec::new());
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills every program that runs, with its process group: for whoever ends without dropping anything.
pub fn kill_all() {
    for process in running().iter().filter_map(Weak::upgrade) {
        let _ = process.lock().unwrap_or_else(PoisonError::into_inner).start_kill();
    }
}

impl Child {
    /// Starts a program.
    ///
    /// # Errors
    /// Where it cannot be started, in words that go on from "it".
    pub fn start(launch: &Launch<'_>) -> Result<Self, String> {
        let (program, arguments) = launch.command.split_first().ok_or("has no program to start")?;
        let errors = if launch.errors == Errors::Kept { Stdio::piped() } else { Stdio::inherit() };
        let mut wrapped = CommandWrap::with_new(program, |command| {
            command.args(arguments).envs(launch.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
            launch.folder.into_iter().for_each(|folder| {
                command.current_dir(folder);
            });
        });
        #[cfg(unix)]
        wrapped.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        wrapped.wrap(process_wrap::std::JobObject);
        let mut process = wrapped.spawn().map_err(|error| format!("cannot be started: {error}"))?;
        let (input, output, errors) = (process.stdin().take(), process.stdout().take(), process.stderr().take());
        let (to, to_write) = channel();
        // A program that says more than anybody listens to has to wait.
        let (from_read, from) = sync_channel(AHEAD);
        let (tail, longest) = (Tail::default(), launch.longest);
        // No thread is waited for: a process that the program started may hold the other end of a pipe for ever.
        if let Some(input) = input {
            thread::spawn(move || write(input, &to_write));
        }
        if let Some(output) = output {
            thread::spawn(move || read(output, longest, &from_read));
        }
        if let Some(errors) = errors {
            let tail = tail.clone();
            thread::spawn(move || tail.follow(errors));
        }
        let process = Arc::new(Mutex::new(process));
        running().push(Arc::downgrade(&process));
        Ok(Self { process, to: Some(to), from, tail })
    }

    /// Sends a line, with its end. A program that has gone is noticed by what is heard.
    pub fn say(&self, line: String) {
        if let Some(to) = &self.to {
            let _ = to.send(line);
        }
    }

    /// Closes the program's input.
    pub fn close_input(&mut self) {
        self.to = None;
    }

    /// The next line, if it comes until then.
    pub fn hear(&mut self, until: Instant) -> Heard {
        let mut has_ended = false;
        loop {
            let now = Instant::now();
            let left = until.saturating_duration_since(now);
            match self.from.recv_timeout(left.min(GLANCE)) {
                Ok(Said::Line(line)) => return Heard::Line(line),
                Ok(Said::Broken(why)) => return Heard::Broken(why),
                Err(RecvTimeoutError::Disconnected) => return Heard::End(End(self.wait(Duration::from_secs(1)))),
                // What it started may hold its output open; what it said itself has come by now.
                Err(RecvTimeoutError::Timeout) if has_ended => return Heard::End(End(self.wait(Duration::ZERO))),
                Err(RecvTimeoutError::Timeout) if left <= GLANCE => return Heard::Silence,
                Err(RecvTimeoutError::Timeout) => has_ended = self.has_gone(),
            }
        }
    }

    /// Whether it has ended.
    pub fn has_gone(&mut self) -> bool {
        !matches!(self.process().try_wait(), Ok(None))
    }

    /// The last that it wrote to its standard error, where that is kept.
    pub fn last_errors(&self) -> Option<String> {
        let lines = self.tail.last_lines(SHOWN, PATIENCE);
        (!lines.is_empty()).then_some(lines)
    }

    /// Ends a program that is in order: closes its input, and gives it time to go. Whether it went by itself, and well.
    pub fn close(mut self) -> bool {
        self.close_input();
        self.wait(GRACE).is_some_and(|status| status.success())
    }

    fn process(&self) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it ended, if it does until then.
    pub fn end(&mut self, until: Instant) -> End {
        End(self.wait(until.saturating_duration_since(Instant::now())))
    }

    fn wait(&mut self, most: Duration) -> Option<ExitStatus> {
        let (mut step, begun) = (Duration::from_micros(200), Instant::now());
        loop {
            match self.process().try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if begun.elapsed() < most => thread::sleep(step),
                _ => return None,
            }
            step = (2 * step).min(Duration::from_millis(10));
        }
    }
}

/// Whatever became of the program, nothing that it started in its process group is left behind.
impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process().start_kill();
        running().retain(|other| other.upgrade().is_some_and(|other| !Arc::ptr_eq(&other, &self.process)));
        self.wait(GRACE);
    }
}

/// Writes lines, as many at once as there are.
fn write(mut input: ChildStdin, lines: &Receiver<String>) {
    while let Ok(mut text) = lines.recv() {
        text.extend(lines.try_iter());
        if input.write_all(text.as_bytes()).and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}
