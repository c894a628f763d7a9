//! The tail of a child's standard error.
//!
//! Only the last 4 KiB are kept, which is enough for the message of a crash and bounds the memory
//! of a child that logs without end.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Size of the tail, in bytes.
const TAIL_BYTES: usize = 1 << 12;

#[derive(Debug, Default)]
struct TailState {
    bytes: VecDeque<u8>,
    has_ended: bool,
}

/// The tail of standard error, shared by the thread that reads it and the thread that shows it.
#[derive(Debug, Clone, Default)]
pub(super) struct StderrTail(Arc<(Mutex<TailState>, Condvar)>);

impl StderrTail {
    /// Reads until the end of the stream and keeps its last 4 KiB.
    pub fn follow(&self, mut from: impl Read) {
        let mut buffer = [0; 1 << 12];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let mut kept = self.kept();
            kept.bytes.extend(&buffer[..length]);
            let excess = kept.bytes.len().saturating_sub(TAIL_BYTES);
            kept.bytes.drain(..excess);
        }
        self.kept().has_ended = true;
        self.0.1.notify_all();
    }

    /// Returns up to `most` last lines that are not blank. It waits up to `patience` for the end of
    /// the stream, since a child that has just exited may have written more than was read.
    pub fn last_lines(&self, most: usize, patience: Duration) -> String {
        let waited = self.0.1.wait_timeout_while(self.kept(), patience, |kept| !kept.has_ended);
        let (kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.bytes.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(most)..].join("\n")
    }

    fn kept(&self) -> MutexGuard<'_, TailState> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::StderrTail;

    #[test]
    fn only_the_end_is_kept() {
        let tail = StderrTail::default();
        let text: String = (0..10_000).map(|number| format!("line {number}\n\n")).collect();
        tail.follow(text.as_bytes());
        assert_eq!(tail.last_lines(2, Duration::ZERO), "line 9998\nline 9999");
        assert!(tail.last_lines(10_000, Duration::ZERO).len() < 1 << 12);
    }
}
