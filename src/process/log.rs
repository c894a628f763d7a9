//! The standard error of a program, kept for a file in the run folder.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::tail::inert;
use crate::secrets::Secrets;

/// Size of a log, in bytes. Of a longer one the end is kept.
const LOG_BYTES: usize = 1 << 20;
/// Longest line of a log, in bytes.
const LINE_BYTES: usize = 1 << 14;
/// Longest wait for the end of a program's standard error, which a grandchild process may keep
/// open.
const PATIENCE: Duration = Duration::from_millis(200);

/// The last lines of standard error of all processes of a program, without secrets and without
/// control characters.
#[derive(Debug, Clone, Default)]
pub struct StderrLog(Arc<(Mutex<LogState>, Condvar)>);

#[derive(Debug, Default)]
struct LogState {
    lines: VecDeque<String>,
    /// Size of the lines.
    bytes: usize,
    /// Number of lines that were dropped.
    dropped: usize,
    /// Number of processes whose standard error is read.
    open: usize,
}

impl StderrLog {
    /// Returns the lines, each with its line break, and the number of lines before them that were
    /// dropped. It waits up to 200 ms for processes that are about to end.
    pub fn lines(&self) -> (Vec<String>, usize) {
        let waited = self.0.1.wait_timeout_while(self.state(), PATIENCE, |state| state.open > 0);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (state.lines.iter().cloned().collect(), state.dropped)
    }

    fn push(&self, text: &str) {
        let mut state = self.state();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line = format!("{}\n", line.trim_end());
            state.bytes += line.len();
            state.lines.push_back(line);
        }
        while state.bytes > LOG_BYTES {
            let Some(line) = state.lines.pop_front() else { return };
            state.bytes -= line.len();
            state.dropped += 1;
        }
    }

    fn state(&self) -> MutexGuard<'_, LogState> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Divides the standard error of one process into lines for a log. Secrets are replaced line by
/// line, since a line is never cut before.
pub(super) struct LogWriter<'l> {
    log: &'l StderrLog,
    secrets: &'l Secrets,
    line: Vec<u8>,
}

impl<'l> LogWriter<'l> {
    pub fn new(log: &'l StderrLog, secrets: &'l Secrets) -> Self {
        log.state().open += 1;
        Self { log, secrets, line: Vec::new() }
    }

    /// Adds bytes of the stream.
    pub fn add(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            // Of a line that is too long the beginning is kept, with as much as a secret may need.
            let room = (LINE_BYTES + self.secrets.longest()).saturating_sub(self.line.len());
            self.line.extend(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        let text = String::from_utf8_lossy(&self.line);
        let text = self.secrets.redact(&text);
        let kept = if self.line.len() > LINE_BYTES {
            format!("{}…", &text[..text.floor_char_boundary(LINE_BYTES)])
        } else {
            text.into_owned()
        };
        self.log.push(&inert(&kept));
        self.line.clear();
    }
}

impl Drop for LogWriter<'_> {
    fn drop(&mut self) {
        self.flush();
        self.log.state().open -= 1;
        self.log.0.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES, LOG_BYTES, LogWriter, StderrLog};
    use crate::secrets::Secrets;

    #[test]
    fn the_end_is_kept_in_whole_lines() {
        let (log, none) = (StderrLog::default(), Secrets::default());
        let mut writer = LogWriter::new(&log, &none);
        for number in 0..200_000 {
            writer.add(format!("line {number}").as_bytes());
            writer.add(b"\n\n");
        }
        writer.add(b"the last one");
        drop(writer);
        let (lines, dropped) = log.lines();
        assert_eq!((lines.last().map(String::as_str), dropped + lines.len()), (Some("the last one\n"), 200_001));
        assert_eq!(lines[0], format!("line {dropped}\n"));
        assert!(lines.iter().map(String::len).sum::<usize>() <= LOG_BYTES);
    }

    /// Wherever a long line is cut, no part of the secret remains.
    #[test]
    fn a_secret_that_the_limit_cuts_is_replaced() {
        let secrets = Secrets::new([("KEY".to_owned(), "0123456789".to_owned())]);
        for before in LINE_BYTES - 40..LINE_BYTES + 40 {
            let log = StderrLog::default();
            LogWriter::new(&log, &secrets)
                .add(format!("{}0123456789{}", "x".repeat(before), "y".repeat(99)).as_bytes());
            let (lines, _) = log.lines();
            assert!(!lines[0].contains(|char: char| char.is_ascii_digit()), "{before}: {}", lines[0]);
        }
    }
}
