//! The file of an adjudication's journal: locked as long as a session writes it, and on the disk
//! before a decision counts.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use karat::adjudication::JournalLine;
use karat::error::Diagnostic;

use super::append::append_line;

/// An open journal.
pub(super) struct AdjudicationJournal {
    path: PathBuf,
    file: File,
}

/// The lines of a journal, and the number of those that are not understood.
pub(super) type JournalContent = (Vec<JournalLine>, usize);

impl AdjudicationJournal {
    /// Opens a journal to append to it, and reads what it contains.
    ///
    /// # Errors
    /// Fails if the file cannot be read or written, or if another session has it open.
    pub fn open(path: &Path) -> Result<(Self, JournalContent), Diagnostic> {
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            OpenOptions::new().create(true).read(true).append(true).open(path)
        };
        let failed = |error: &io::Error| Diagnostic::io("write this journal", path, error);
        let mut file = open().map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let diagnostic = Diagnostic::new("another `karat view --passes` has this journal open");
                return Err(diagnostic.in_file(path).help("end it, or look on with --read-only"));
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        Ok((Self { path: path.to_owned(), file }, parse(&bytes)))
    }

    /// Reads a journal that is not written to. A missing one is empty.
    ///
    /// # Errors
    /// Fails if the file cannot be read.
    pub fn read(path: &Path) -> Result<JournalContent, Diagnostic> {
        match fs::read(path) {
            Ok(bytes) => Ok(parse(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(JournalContent::default()),
            Err(error) => Err(Diagnostic::io("read this journal", path, &error)),
        }
    }

    /// Appends a line.
    ///
    /// # Errors
    /// Fails if it is not on the disk then.
    pub fn append(&mut self, line: &JournalLine) -> Result<(), Diagnostic> {
        let json = serde_json::to_string(line).expect("a line is plain data");
        append_line(&mut self.file, &format!("{json}\n"))
            .map_err(|error| Diagnostic::io("write this journal", &self.path, &error))
    }
}

fn parse(bytes: &[u8]) -> JournalContent {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let (mut parsed, mut unknown) = (Vec::new(), 0);
    for line in lines {
        match serde_json::from_slice(line) {
            Ok(line) => parsed.push(line),
            Err(_) => unknown += 1,
        }
    }
    (parsed, unknown)
}
