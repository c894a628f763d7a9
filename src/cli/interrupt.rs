//! Handles Ctrl-C and SIGTERM: the first stops a run after its pending requests, so that answers
//! are kept; the second exits at once. Without a terminal, at which somebody could press Ctrl-C
//! again, a grace period ends the run, since a request may take long. The journal has every answer
//! by then, so that the run can be resumed.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use karat::process::kill_all;

use super::{exit, output};

/// Time from the first signal to the end of the program. Containers and services are killed 10 s
/// after SIGTERM by default.
const GRACE: Duration = Duration::from_secs(5);

static STOP: AtomicBool = AtomicBool::new(false);

/// Installs the signal handler, and returns the flag that the first Ctrl-C or SIGTERM sets. The
/// second one, or without a terminal the end of the grace period, kills all child processes and
/// exits.
pub(super) fn flag() -> &'static AtomicBool {
    // If no handler can be installed, Ctrl-C keeps its default action.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            end();
        }
        if std::io::stderr().is_terminal() {
            output::note("stopping: waiting for the requests that were sent; press Ctrl-C again to stop at once\n");
            return;
        }
        output::note("stopping: waiting up to 5 s for the requests that were sent\n");
        // If no thread can be started, only a second signal ends the wait.
        let _ = thread::Builder::new().spawn(|| {
            thread::sleep(GRACE);
            output::note("stopped without waiting any longer; `karat run --resume` continues\n");
            end();
        });
    });
    &STOP
}

#[expect(clippy::exit, clippy::disallowed_methods, reason = "a second Ctrl-C asks for just this")]
fn end() {
    // Children have process groups of their own, so Ctrl-C does not reach them.
    kill_all();
    std::process::exit(exit::INCOMPLETE.into());
}
