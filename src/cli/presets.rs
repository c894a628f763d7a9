//! `karat score --preset help`: lists the presets. The list needs no files, so it is detected from
//! the raw arguments if parsing fails because required ones are absent.

use std::ffi::OsString;

use karat::error::Error;
use karat::preset::PRESETS;

use super::table::Cell;
use super::{exit, output, table};

/// The value of `--preset` that lists all presets.
pub(super) const HELP: &str = "help";

/// Returns whether the raw arguments are those of `karat score` with `help` as the value of
/// `--preset` or `--explain-difference`.
pub(super) fn is_asked_for(args: impl Iterator<Item = OsString>) -> bool {
    let args: Vec<OsString> = args.collect();
    let flags = ["--preset", "--explain-difference"];
    let apart = || args.windows(2).any(|pair| flags.iter().any(|flag| pair[0] == *flag) && pair[1] == HELP);
    let joined = || args.iter().any(|arg| flags.iter().any(|flag| *arg == *format!("{flag}={HELP}")));
    args.iter().any(|arg| arg == "score") && (apart() || joined())
}

/// Prints a table of all presets.
pub(super) fn execute() -> Result<u8, Error> {
    let mut rows = table::new(["preset", "what it stands in for"]).prose(&[1]);
    for preset in PRESETS.iter() {
        rows.add_row([Cell::from(preset.name), Cell::message(preset.about)]);
    }
    output::print_text(&table::render_words(&rows))?;
    Ok(exit::PASS)
}
