//! Ctrl-C: what is done is kept.

use std::sync::atomic::{AtomicBool, Ordering};

use karat::process::kill_all;

use super::{exit, output};

static STOP: AtomicBool = AtomicBool::new(false);

/// Set by the first Ctrl-C or SIGTERM; the second ends the program at once.
pub(super) fn flag() -> &'static AtomicBool {
    // Where no handler can be set, Ctrl-C does what it always does.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            // They have process groups of their own, which no Ctrl-C reaches.
            kill_all();
            end();
        }
        output::note("stopping: what was asked is waited for; Ctrl-C again ends at once\n");
    });
    &STOP
}

#[expect(clippy::exit, clippy::disallowed_methods, reason = "a second Ctrl-C asks for just this")]
fn end() {
    std::process::exit(exit::INCOMPLETE.into());
}
