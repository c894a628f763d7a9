//! The program `karat`: parses the arguments, runs the command, and returns the exit code.

mod cli;

use std::panic;
use std::process::ExitCode;

/// Documents consist of many small allocations, for which mimalloc takes a fifth of the time of the
/// system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        // A panic that is caught is reported as an error, so the hook stays silent.
        if !karat::runner::is_guarded() {
            cli::report_defect(info);
        }
    }));
    panic::catch_unwind(cli::start).unwrap_or(cli::INTERNAL).into()
}
