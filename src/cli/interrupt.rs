//! Handles Ctrl-C and SIGTERM: the first stops a run after its pending requests, so that answers
//! are kept; the second exits at once.

use std::sync::atomic::{AtomicBool, Ordering};

use karat::process::kill_all;

use super::{exit, output};

static STOP: AtomicBool = AtomicBool::new(false);

/// Installs the signal handler, and returns the flag that the first Ctrl-C or SIGTERM sets. The
/// second one kills all child processes and exits.
pub(super) fn flag() -> &'static AtomicBool {
    // If no handler can be installed, Ctrl-C keeps its default action.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            // Children have process groups of their own, so Ctrl-C does not reach them.
            kill_all();
            end();
        }
        output::note("stopping: waiting for the requests that were sent; press Ctrl-C again to stop at once\n");
    });
    &STOP
}

#[expect(clippy::exit, clippy::disallowed_methods, reason = "a second Ctrl-C asks for just this")]
fn end() {
    std::process::exit(exit::INCOMPLETE.into());
}
