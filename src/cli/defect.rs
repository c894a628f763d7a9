//! Reports a panic of karat itself, which is a defect.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

use super::output;

/// Prints where karat panicked and why. The message may quote an input, so it is printed like every
/// note. A backtrace follows if `RUST_BACKTRACE` asks for it.
pub fn report(info: &PanicHookInfo<'_>) {
    let location = info.location().map_or_else(String::new, |location| format!(" at {location}"));
    let message = info.payload_as_str().unwrap_or("no message");
    output::note(&format!("error: karat panicked{location}: {message}"));
    output::note(" = help: this is a defect of karat: please report it with the command that you ran");
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        output::note_lines(&format!("{backtrace}\n"));
    }
}
