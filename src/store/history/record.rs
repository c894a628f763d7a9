//! Opens the history for writing and records a run.

use std::path::{Path, PathBuf};

use super::database::History;
use super::error::DatabaseError;
use super::set_aside::set_aside;
use crate::error::Diagnostic;
use crate::history::RecordedRun;

/// Opens the history for writing, and creates it if it does not exist. Returns the new path of a
/// damaged database that was set aside, if there was one.
///
/// # Errors
/// Fails if the file is locked, of a newer version or of another program, or cannot be written to.
pub fn open_for_writing(file: &Path) -> Result<(History, Option<PathBuf>), Diagnostic> {
    with_new_file(file, |_| Ok(()))
}

/// Records a run, and replaces an earlier record of the same run. Returns the new path of a damaged
/// database that was set aside, if there was one.
///
/// # Errors
/// Fails if the history cannot be written; it is then unchanged.
pub fn record(file: &Path, run: &RecordedRun) -> Result<Option<PathBuf>, Diagnostic> {
    with_new_file(file, |history| history.replace(run)).map(|(_, moved)| moved)
}

/// Opens the history and changes it; once more with a new file if the file turns out to be damaged.
fn with_new_file(
    file: &Path,
    change: impl Fn(&mut History) -> rusqlite::Result<()>,
) -> Result<(History, Option<PathBuf>), Diagnostic> {
    let try_once = || -> Result<History, DatabaseError> {
        let mut history = History::connect(file)?;
        // A write that does not touch the damaged pages would succeed, and reading would still
        // fail.
        history.check()?;
        change(&mut history).map_err(|error| DatabaseError::of(file, &error))?;
        Ok(history)
    };
    match try_once() {
        Ok(history) => Ok((history, None)),
        Err(DatabaseError::Other(diagnostic)) => Err(diagnostic),
        Err(DatabaseError::Corrupt(_)) => {
            let moved = set_aside(file)?;
            try_once().map(|history| (history, moved)).map_err(|error| error.into_diagnostic(file))
        }
    }
}
