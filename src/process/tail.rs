//! The tail of a child's standard error.
//!
//! Only the last 64 KiB are kept, which is enough for the message of a crash and bounds the memory
//! of a child that logs without end. The lines of a child without capture are copied to karat's own
//! standard error, without secrets and without what a terminal or the runner of GitHub Actions
//! would obey.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex::Regex;

use super::last_words::last_words;
use super::log::{LogWriter, StderrLog};
use super::relay::{PART_BYTES, relay};
use crate::secrets::Secrets;
use crate::text::{visible_with_tabs, without_workflow_commands};

/// Size of the tail, in bytes.
const TAIL_BYTES: usize = 1 << 16;

#[derive(Debug, Default)]
struct TailState {
    bytes: VecDeque<u8>,
    has_ended: bool,
}

/// The tail of standard error, shared by the thread that reads it and the thread that shows it.
#[derive(Debug, Clone, Default)]
pub(super) struct StderrTail(Arc<(Mutex<TailState>, Condvar)>);

impl StderrTail {
    /// Reads until the end of the stream and keeps its last 64 KiB, and as much more as a secret
    /// may extend before them. The log receives all lines.
    pub fn follow(&self, mut from: impl Read, secrets: &Secrets, log: Option<&StderrLog>) {
        let most = TAIL_BYTES + secrets.longest();
        let mut buffer = [0; 1 << 12];
        let mut log = log.map(|log| LogWriter::new(log, secrets));
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if let Some(log) = &mut log {
                log.add(&buffer[..length]);
            }
            let mut kept = self.kept();
            kept.bytes.extend(&buffer[..length]);
            let excess = kept.bytes.len().saturating_sub(most);
            kept.bytes.drain(..excess);
        }
        drop(log);
        self.kept().has_ended = true;
        self.0.1.notify_all();
    }

    /// Copies the stream line by line to karat's standard error, without `secrets` and with
    /// control characters made visible.
    pub fn forward(&self, from: impl Read, secrets: &Secrets) {
        relay(from, secrets, PART_BYTES, |text| drop(io::stderr().write_all(text.as_bytes())));
        self.kept().has_ended = true;
        self.0.1.notify_all();
    }

    /// Waits up to `patience` for the end of the stream.
    pub fn wait(&self, patience: Duration) {
        let _ = self.0.1.wait_timeout_while(self.kept(), patience, |kept| !kept.has_ended);
    }

    /// Returns up to `most` lines that show why the child failed: those with the last exceptions,
    /// or the last ones that are not blank, without `secrets`; equal lines in a row become one with
    /// their number. It waits up to `patience` for the end of the stream, since a child that has
    /// just exited may have written more than was read.
    pub fn last_lines(&self, most: usize, patience: Duration, secrets: &Secrets) -> String {
        let waited = self.0.1.wait_timeout_while(self.kept(), patience, |kept| !kept.has_ended);
        let (kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.bytes.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        // The first bytes of a full tail may be the end of a secret.
        let excess = bytes.len().saturating_sub(TAIL_BYTES);
        let text = secrets.redact_after(&text, text.ceil_char_boundary(excess));
        let mut lines: Vec<(&str, usize)> = Vec::new();
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            match lines.last_mut() {
                Some((last, count)) if *last == line => *count += 1,
                _ => lines.push((line, 1)),
            }
        }
        let all: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
        let shown = last_words(&all, most).into_iter().map(|at| match lines[at] {
            (line, 1) => line.to_owned(),
            (line, count) => format!("{line} ({count} times)"),
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    fn kept(&self) -> MutexGuard<'_, TailState> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns lines of a program as they may be printed: without colours, with a line for each state
/// of a progress bar, and with other control characters made visible. A tab stays a tab.
pub(super) fn inert(text: &str) -> String {
    static COLOUR: LazyLock<Regex> = LazyLock::new(|| Regex::new("\x1b\\[[0-9;:]*m").expect("the pattern is valid"));
    let text = COLOUR.replace_all(text, "").replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<_> = text.split('\n').map(visible_with_tabs).collect();
    without_workflow_commands(&lines.join("\n")).into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{StderrTail, inert};
    use crate::secrets::Secrets;

    fn tail(text: &str, secrets: &Secrets) -> StderrTail {
        let tail = StderrTail::default();
        tail.follow(text.as_bytes(), secrets, None);
        tail
    }

    #[test]
    fn only_the_end_is_kept() {
        let text: String = (0..10_000).map(|number| format!("line {number}\n\n")).collect();
        let none = Secrets::default();
        let tail = tail(&text, &none);
        assert_eq!(tail.last_lines(2, Duration::ZERO, &none), "line 9998\nline 9999");
        assert!(tail.last_lines(10_000, Duration::ZERO, &none).len() < 1 << 16);
    }

    #[test]
    fn copied_lines_are_inert() {
        assert_eq!(inert("\u{1b}[31mred\u{1b}[0m\t1 %\r2 %\r\n"), "red\t1 %\n2 %\n");
        assert_eq!(inert("\u{1b}]8;;x\u{7}\u{9b}\n::stop::\n"), "\\u{1b}]8;;x\\u{7}\\u{9b}\n\\u{3a}:stop::\n");
    }

    #[test]
    fn equal_lines_are_counted() {
        let none = Secrets::default();
        let tail = tail(&format!("first\n{}last\n", "again\n".repeat(20)), &none);
        assert_eq!(tail.last_lines(3, Duration::ZERO, &none), "first\nagain (20 times)\nlast");
    }

    /// Wherever the limit of the tail falls, no part of the secret remains.
    #[test]
    fn a_secret_that_the_limit_cuts_is_replaced() {
        let secrets = Secrets::new([("KEY".to_owned(), "0123456789".to_owned())]);
        for rest in (1 << 16) - 40..(1 << 16) + 40 {
            let text = format!("{}0123456789{}", "é".repeat(99), "x".repeat(rest));
            let shown = tail(&text, &secrets).last_lines(1, Duration::ZERO, &secrets);
            assert!(!shown.contains(|char: char| char.is_ascii_digit()), "{rest}: {shown}");
        }
    }
}
