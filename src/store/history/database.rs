//! Opens the database.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::DatabaseError;
use super::schema::{Refusal, STEPS, migrate};
use crate::error::Diagnostic;

/// How long a process waits for another one that writes. A record takes some milliseconds, so that
/// only a process that hangs holds the lock for longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The open history of a project.
#[derive(Debug)]
pub struct History {
    pub(super) file: PathBuf,
    pub(super) connection: Connection,
}

impl History {
    /// Opens the history for reading; `None` if there is none yet.
    ///
    /// # Errors
    /// Fails if the file is damaged, locked, of a newer version, or of another program.
    pub fn open(file: &Path) -> Result<Option<Self>, Diagnostic> {
        if !file.exists() {
            return Ok(None);
        }
        Self::connect(file).map(Some).map_err(|error| error.into_diagnostic(file))
    }

    /// Opens the history, and creates it if it does not exist.
    pub(super) fn connect(file: &Path) -> Result<Self, DatabaseError> {
        let folder = file.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder)
            .map_err(|error| DatabaseError::Other(Diagnostic::io("create this folder", folder, &error)))?;
        let of = |error: rusqlite::Error| DatabaseError::of(file, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(file, flags).map_err(of)?;
        connection.busy_timeout(PATIENCE).map_err(of)?;
        match migrate(&mut connection, STEPS).map_err(of)? {
            Ok(()) => Ok(Self { file: file.to_owned(), connection }),
            Err(Refusal::Newer(version)) => {
                let known = STEPS.len();
                let diagnostic = Diagnostic::new(format!(
                    "the history has the schema version {version}, but this version of karat knows versions up to \
                     {known}"
                ));
                let help = "use the version of karat that wrote it, or move the file away to begin a new history";
                Err(DatabaseError::Other(diagnostic.in_file(file).help(help)))
            }
            Err(Refusal::Foreign) => {
                let diagnostic = Diagnostic::new("this is the database of another program").in_file(file);
                Err(DatabaseError::Other(diagnostic.help("move the file away; karat keeps its history there")))
            }
        }
    }

    /// Fails if SQLite finds damage in the database, which it reads as a whole for that.
    pub(super) fn check(&self) -> Result<(), DatabaseError> {
        let report = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match report.map_err(|error| DatabaseError::of(&self.file, &error))? {
            report if report == "ok" => Ok(()),
            damage => Err(DatabaseError::Corrupt(damage)),
        }
    }

    /// Converts an error of SQLite for a command that reads.
    pub(super) fn diagnostic(&self, error: &rusqlite::Error) -> Diagnostic {
        DatabaseError::of(&self.file, error).into_diagnostic(&self.file)
    }
}
