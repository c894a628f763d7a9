//! Sets a damaged database aside, so that a new one can be begun.
//!
//! Two processes may find the same damage. A lock file makes them take turns, and each looks again
//! once it has the lock, so that the second one does not move the new database away.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use super::database::History;
use super::error::DatabaseError;
use crate::error::Diagnostic;

/// Renames a damaged database to `history.db.corrupt-N` with an unused number, and returns the new
/// path; `None` if another process has already done so.
pub(super) fn set_aside(file: &Path) -> Result<Option<PathBuf>, Diagnostic> {
    let lock_file = file.with_extension("lock");
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_file);
    let lock = lock.map_err(|error| Diagnostic::io("lock the history", &lock_file, &error))?;
    // Some network file systems have no locks; the second look below is then all there is.
    let _ = lock.lock();
    if !is_damaged(file) {
        return Ok(None);
    }
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
    let number = (1_u32..).find(|number| !beside(&format!(".corrupt-{number}")).exists()).unwrap_or(u32::MAX);
    let moved = format!(".corrupt-{number}");
    fs::rename(file, beside(&moved)).map_err(|error| Diagnostic::io("set this aside", file, &error))?;
    // SQLite would apply the journal of the damaged database to the new one.
    for suffix in ["-journal", "-wal", "-shm"] {
        let journal = beside(suffix);
        if journal.exists() {
            fs::rename(&journal, beside(&format!("{moved}{suffix}")))
                .map_err(|error| Diagnostic::io("set this aside", &journal, &error))?;
        }
    }
    Ok(Some(beside(&moved)))
}

/// Whether SQLite finds damage in a database, which it reads as a whole for that.
fn is_damaged(file: &Path) -> bool {
    let checked = History::connect(file).and_then(|history| history.check());
    matches!(checked, Err(DatabaseError::Corrupt(_)))
}
