//! Where karat keeps what belongs to golden files and is none: the log of their corrections, and
//! verdicts on key points.

use std::path::{Path, PathBuf};

/// Returns the folder of this name that belongs to golden files: within their folder, where it is
/// passed over, or beside the one file that has all golden labels, as `FILE.NAME`.
pub(super) fn beside_golden(golden: &Path, name: &str) -> PathBuf {
    if golden.is_dir() {
        return golden.join(name);
    }
    let file = golden.file_name().unwrap_or_default().to_string_lossy();
    golden.with_file_name(format!("{file}.{name}"))
}

/// Returns the file to which corrections of golden files are logged.
pub(super) fn log_of_corrections(golden: &Path) -> PathBuf {
    beside_golden(golden, "edits").join("log.jsonl")
}
