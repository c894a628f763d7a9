//! A child process that exchanges lines with karat under deadlines.
//!
//! One thread writes its standard input, one reads its standard output and one keeps the tail of
//! its standard error, so that a child that does not read or write cannot block karat. Each child
//! leads a process group (Unix) or a job object (Windows), which is killed as a whole when the
//! [`Child`] is dropped.

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

use super::lines::{OutputLine, read};
use super::log::StderrLog;
use super::tail::StderrTail;
use crate::secrets::Secrets;

/// Grace period for a child to exit after its standard input is closed.
const GRACE: Duration = Duration::from_secs(5);
/// Capacity of the queue of lines that were read and not yet received, in lines.
const QUEUE_LINES: usize = 256;
/// Polling interval for a silent child process.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// How long to wait for output of a child that has exited, if its output is still open. The thread
/// that reads it may get no time on a busy machine: 50 ms were too few beside other work.
const OUTPUT_WAIT: Duration = Duration::from_secs(2);
/// Longest wait for the end of standard error, which a grandchild process may keep open.
const STDERR_WAIT: Duration = Duration::from_millis(200);
/// Number of lines of standard error that messages show.
const SHOWN_LINES: usize = 5;

/// Parameters for starting a child process.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// The program and its arguments, passed on without a shell.
    pub command: &'a [String],
    /// Environment variables that are added to karat's own.
    pub env: &'a BTreeMap<String, String>,
    /// The working directory; karat's own if it is `None`.
    pub folder: Option<&'a Path>,
    /// Longest accepted line of standard output, in bytes.
    pub longest: usize,
    /// What happens to the child's standard error.
    pub errors: StderrMode,
    /// Values that are removed from messages about the child and from its standard error.
    pub secrets: &'a Arc<Secrets>,
    /// Receives all lines of a standard error that is captured.
    pub log: Option<&'a StderrLog>,
}

/// What happens to a child's standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StderrMode {
    /// karat copies its lines to its own standard error, without control characters.
    Inherit,
    /// Its last lines are kept, for the message if the child fails.
    Capture,
}

/// Result of waiting for the next line of a child until a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChildEvent {
    /// The child wrote a line.
    Line(String),
    /// The child wrote output that is not a valid line. The message continues a sentence that
    /// begins with "it".
    Invalid(String),
    /// The deadline passed without a line.
    Timeout,
    /// The child closed its output, so that no further line will come.
    End(ChildEnd),
}

/// How the output of a child ended: with an exit status, or closed by a child that still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildEnd(Option<ExitStatus>);

impl ChildEnd {
    /// Whether the child exited by itself with a status of success.
    pub fn is_success(&self) -> bool {
        self.0.is_some_and(|status| status.success())
    }
}

/// Writes a predicate that continues a sentence that begins with "it".
impl fmt::Display for ChildEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(status) => write!(f, "ended: {status}"),
            None => f.write_str("closed its output and kept running"),
        }
    }
}

/// A running child process. Dropping it kills the child and its whole process group.
pub struct Child {
    process: Arc<Mutex<Box<dyn ChildWrapper>>>,
    /// Sends lines to the writer thread, which may have to wait for a child that does not read.
    to: Option<Sender<String>>,
    /// Receives lines from the reader thread, which disconnects at the end of the child's output.
    from: Receiver<OutputLine>,
    tail: StderrTail,
    errors: StderrMode,
    secrets: Arc<Secrets>,
}

type RunningChildren = Vec<Weak<Mutex<Box<dyn ChildWrapper>>>>;

/// All children that are running, for [`kill_all`].
fn running_children() -> MutexGuard<'static, RunningChildren> {
    static RUNNING: Mutex<RunningChildren> = Mutex::new(Vec::new());
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills every running child with its process group. A caller that exits without running
/// destructors, such as a signal handler, calls it first.
pub fn kill_all() {
    for process in running_children().iter().filter_map(Weak::upgrade) {
        let _ = process.lock().unwrap_or_else(PoisonError::into_inner).start_kill();
    }
}

impl Child {
    /// Starts a program.
    ///
    /// # Errors
    /// Fails if the command is empty or the program cannot be started. The message continues a
    /// sentence that begins with "it".
    pub fn start(launch: &Launch<'_>) -> Result<Self, String> {
        let (program, arguments) = launch.command.split_first().ok_or("has no program to start")?;
        let mut wrapped = CommandWrap::with_new(program, |command| {
            command
                .args(arguments)
                .envs(launch.env)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
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
        // The queue is bounded: a child that writes faster than karat reads has to wait.
        let (from_read, from) = sync_channel(QUEUE_LINES);
        let process = Arc::new(Mutex::new(process));
        running_children().push(Arc::downgrade(&process));
        let (tail, secrets) = (StderrTail::default(), Arc::clone(launch.secrets));
        // Dropping it kills the process if a thread cannot be started.
        let child = Self { process, to: Some(to), from, tail, errors: launch.errors, secrets };
        // No thread is joined: a grandchild process may hold the other end of a pipe open for ever.
        if let Some(input) = input {
            spawn_thread(move || write(input, &to_write))?;
        }
        if let Some(output) = output {
            let (longest, secrets) = (launch.longest, Arc::clone(launch.secrets));
            spawn_thread(move || read(output, longest, &secrets, &from_read))?;
        }
        if let Some(errors) = errors {
            let (tail, mode, secrets) = (child.tail.clone(), launch.errors, Arc::clone(launch.secrets));
            let log = launch.log.cloned();
            spawn_thread(move || match mode {
                StderrMode::Capture => tail.follow(errors, &secrets, log.as_ref()),
                StderrMode::Inherit => tail.forward(errors, &secrets),
            })?;
        }
        Ok(child)
    }

    /// Sends a line, which must include its line break. If the child has exited, the line is
    /// dropped, and the next receive reports [`ChildEvent::End`].
    pub fn send(&self, line: String) {
        if let Some(to) = &self.to {
            let _ = to.send(line);
        }
    }

    /// Closes the child's standard input.
    pub fn close_input(&mut self) {
        self.to = None;
    }

    /// Waits until the deadline for the next line of standard output.
    pub fn receive(&mut self, until: Instant) -> ChildEvent {
        let mut exited: Option<Instant> = None;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.from.recv_timeout(left.min(POLL_INTERVAL)) {
                Ok(OutputLine::Valid(line)) => return ChildEvent::Line(line),
                Ok(OutputLine::Invalid(why)) => return ChildEvent::Invalid(why),
                Err(RecvTimeoutError::Disconnected) => {
                    return ChildEvent::End(ChildEnd(self.wait(Duration::from_secs(1))));
                }
                // A grandchild may hold the output open, so that no end of it is to be waited for.
                Err(RecvTimeoutError::Timeout)
                    if exited.is_some_and(|exited| left.is_zero() || exited.elapsed() >= OUTPUT_WAIT) =>
                {
                    return ChildEvent::End(ChildEnd(self.wait(Duration::ZERO)));
                }
                Err(RecvTimeoutError::Timeout) if left <= POLL_INTERVAL && !self.has_exited() => {
                    return ChildEvent::Timeout;
                }
                Err(RecvTimeoutError::Timeout) => {
                    exited = exited.or_else(|| self.has_exited().then(Instant::now));
                }
            }
        }
    }

    /// Whether the child has exited.
    pub fn has_exited(&mut self) -> bool {
        !matches!(self.process().try_wait(), Ok(None))
    }

    /// The lines of the child's standard error that show why it failed, joined by line breaks;
    /// `None` if it wrote none or [`StderrMode::Inherit`] was chosen.
    pub fn last_errors(&self) -> Option<String> {
        if self.errors == StderrMode::Inherit {
            return None;
        }
        let lines = self.tail.last_lines(SHOWN_LINES, STDERR_WAIT, &self.secrets);
        (!lines.is_empty()).then_some(lines)
    }

    /// Closes the child's standard input and waits for a grace period of 5 s. Returns whether the
    /// child exited by itself with a status of success.
    pub fn close(mut self) -> bool {
        self.close_input();
        self.wait(GRACE).is_some_and(|status| status.success())
    }

    fn process(&self) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the deadline for the child to exit, and returns its status.
    pub fn end(&mut self, until: Instant) -> ChildEnd {
        ChildEnd(self.wait(until.saturating_duration_since(Instant::now())))
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

/// Kills whatever is left of the child's process group.
impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process().start_kill();
        running_children().retain(|other| other.upgrade().is_some_and(|other| !Arc::ptr_eq(&other, &self.process)));
        self.wait(GRACE);
        if self.errors == StderrMode::Inherit {
            self.tail.wait(STDERR_WAIT);
        }
    }
}

/// Starts a thread. The message of an error continues a sentence that begins with "it".
fn spawn_thread(work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let spawned = thread::Builder::new().spawn(work);
    spawned.map(drop).map_err(|error| format!("cannot be used: no thread can be started for it: {error}"))
}

/// Writes lines in batches: all lines that are queued go out in one write.
fn write(mut input: ChildStdin, lines: &Receiver<String>) {
    while let Ok(mut text) = lines.recv() {
        text.extend(lines.try_iter());
        if input.write_all(text.as_bytes()).and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}
