//! The program `karat`: parse, run, exit code.

mod cli;

use std::panic;
use std::process::ExitCode;

/// Documents are many small allocations, which the system's allocator takes a fifth of the time
/// for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let default_hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // An extractor's panic becomes a row of the report.
        if !karat::runner::is_guarded() {
            default_hook(info);
        }
    }));
    let args = cli::parse();
    panic::catch_unwind(|| cli::execute(&args)).unwrap_or(cli::INTERNAL).into()
}
