//! What can be wrong with the database, as far as callers treat it differently.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::error::Diagnostic;

/// Why the database cannot be used.
#[derive(Debug)]
pub(super) enum DatabaseError {
    /// The file is no SQLite database, or a damaged one.
    Corrupt(String),
    /// Anything else: the file is locked, cannot be written to, has a newer schema.
    Other(Diagnostic),
}

impl DatabaseError {
    /// Classifies an error of SQLite.
    pub fn of(file: &Path, error: &rusqlite::Error) -> Self {
        let message = match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            other => other.to_string(),
        };
        let other = |message: &str, help: &str| Self::Other(Diagnostic::new(message).in_file(file).help(help));
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(message),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => other(
                "another process holds the lock of the history",
                "wait until that process ends; a program that reads the database locks it, too",
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                other(&format!("cannot open or write the history: {message}"), "make the file and its folder writable")
            }
            _ => Self::Other(Diagnostic::new(format!("cannot use the history: {message}")).in_file(file)),
        }
    }

    /// Returns the diagnostic for a command that only reads.
    pub fn into_diagnostic(self, file: &Path) -> Diagnostic {
        match self {
            Self::Corrupt(message) => {
                let diagnostic = Diagnostic::new(format!("the history is damaged: {message}")).in_file(file);
                diagnostic
                    .help("the next `karat run` or `karat history import` sets the file aside and begins a new history")
            }
            Self::Other(diagnostic) => diagnostic,
        }
    }
}
