//! Collects what a command prints when another program calls it. Each thread that works for the
//! call prints into its capture, so that calls on several threads stay apart.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

thread_local! {
    static CURRENT: RefCell<Option<Capture>> = const { RefCell::new(None) };
}

/// What the commands on this thread print into.
#[derive(Debug, Clone, Default)]
pub(super) struct Capture(Arc<Mutex<Printed>>);

/// What was printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Printed {
    /// What would be on standard output.
    pub output: Vec<u8>,
    /// What would be on standard error, without styles.
    pub notes: String,
}

impl Capture {
    /// Calls `work`, whose output on this thread is collected.
    pub fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        let before = CURRENT.replace(Some(self.clone()));
        let result = work();
        CURRENT.set(before);
        result
    }

    pub fn printed(&self) -> Printed {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Returns the capture of this thread; `None` if it prints for a user.
pub(super) fn current() -> Option<Capture> {
    CURRENT.with_borrow(Clone::clone)
}

/// Adds to the output of this thread's capture. Returns `false` if there is none.
pub(super) fn output(bytes: &[u8]) -> bool {
    add(|printed| printed.output.extend_from_slice(bytes))
}

/// Adds to the notes of this thread's capture, without styles. Returns `false` if there is none.
pub(super) fn note(styled: &str) -> bool {
    add(|printed| printed.notes.push_str(&anstream::adapter::strip_str(styled).to_string()))
}

fn add(print: impl FnOnce(&mut Printed)) -> bool {
    let Some(Capture(printed)) = current() else { return false };
    print(&mut printed.lock().unwrap_or_else(PoisonError::into_inner));
    true
}
