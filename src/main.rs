//! The program `karat`: parses the arguments, runs the command, and returns the exit code.

mod cli;

use std::panic;
use std::process::ExitCode;

/// Documents consist of many small allocations, for which mimalloc takes a fifth of the time of the
/// system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let default_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // A panic that is caught is reported as an error, so the hook stays silent.
        if !karat::runner::is_guarded() {
            default_hook(info);
        }
    }));
    let args = cli::parse();
    panic::catch_unwind(|| cli::execute(&args)).unwrap_or(cli::INTERNAL).into()
}
