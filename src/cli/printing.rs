//! How results are printed: the options `--max-chars` and `--csv-safe`, which every command takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The longest Markdown and the longest output of `--format github` by default, in characters: the
/// limit of a comment on GitHub.
pub(super) const COMMENT: usize = 65_536;

/// Whether cells of CSV are protected against spreadsheets.
static IS_CSV_SAFE: AtomicBool = AtomicBool::new(false);
/// The longest Markdown, in characters; 0 if there is no limit.
static MAX_CHARS: AtomicUsize = AtomicUsize::new(COMMENT);

/// Sets both options.
pub(super) fn set(is_csv_safe: bool, max_chars: usize) {
    IS_CSV_SAFE.store(is_csv_safe, Ordering::Relaxed);
    MAX_CHARS.store(max_chars, Ordering::Relaxed);
}

/// Whether `--csv-safe` was given.
pub(super) fn is_csv_safe() -> bool {
    IS_CSV_SAFE.load(Ordering::Relaxed)
}

/// Returns the longest Markdown, in characters.
pub(super) fn max_chars() -> usize {
    match MAX_CHARS.load(Ordering::Relaxed) {
        0 => usize::MAX,
        most => most,
    }
}
