//! How results are printed: the options that every command takes, and the terminal that they are
//! printed to.

use std::env;
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

/// The longest Markdown and the longest output of `--format github` by default, in characters: the
/// limit of a comment on GitHub.
pub(super) const COMMENT: usize = 65_536;

/// Variable with a number of columns, which stands for a terminal of this width. For tests.
const STAND_IN: &str = "KARAT_TERMINAL_WIDTH";
/// Width of a terminal that reports none, in columns.
const USUAL_WIDTH: usize = 80;

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

/// What standard output is printed to.
struct Screen {
    is_terminal: bool,
    /// The number of columns that lines must fit into; `None` if lines may have any length.
    width: Option<usize>,
    is_coloured: bool,
}

static SCREEN: OnceLock<Screen> = OnceLock::new();
/// The difference between the numbers of `-v` and `-q`, plus [`NORMAL`].
static VERBOSITY: AtomicU8 = AtomicU8::new(NORMAL);
/// The verbosity without `-v` and `-q`.
const NORMAL: u8 = 1;

/// Looks at standard output, once the colour is chosen. With `is_wide`, lines may have any length.
pub(super) fn look_at_terminal(is_wide: bool) {
    let stand_in = env::var(STAND_IN).ok().and_then(|width| width.parse().ok());
    let out = std::io::stdout();
    let is_terminal = stand_in.is_some() || out.is_terminal();
    let of_terminal = || terminal_size_of(&out).map(|(Width(width), _)| usize::from(width)).filter(|width| *width > 0);
    let of_environment = || env::var("COLUMNS").ok().and_then(|width| width.parse().ok()).filter(|width| *width > 0);
    let width = || stand_in.or_else(of_terminal).or_else(of_environment).unwrap_or(USUAL_WIDTH);
    let is_coloured = !matches!(AutoStream::choice(&out), ColorChoice::Never);
    let width = (is_terminal && !is_wide).then(width);
    let _ = SCREEN.set(Screen { is_terminal, width, is_coloured });
}

/// Whether standard output is a terminal, so that a person reads it.
pub(super) fn is_terminal() -> bool {
    SCREEN.get().is_some_and(|screen| screen.is_terminal)
}

/// Returns the number of columns that tables and lines must fit into. Without a terminal, and with
/// `--wide`, there is no limit.
pub(super) fn width() -> Option<usize> {
    SCREEN.get()?.width
}

/// Whether standard output has colours.
pub(super) fn is_coloured() -> bool {
    SCREEN.get().is_some_and(|screen| screen.is_coloured)
}

/// Sets how much is printed to standard error.
pub(super) fn set_verbosity(verbose: u8, is_quiet: bool) {
    VERBOSITY.store(if is_quiet { 0 } else { NORMAL.saturating_add(verbose) }, Ordering::Relaxed);
}

/// Whether `--quiet` was given: only results and errors are printed.
pub(super) fn is_quiet() -> bool {
    VERBOSITY.load(Ordering::Relaxed) < NORMAL
}

/// Returns the number of `--verbose` that were given.
pub(super) fn verbosity() -> u8 {
    VERBOSITY.load(Ordering::Relaxed).saturating_sub(NORMAL)
}
