//! Files of lines that only grow: what is killed on the way loses nothing but the line that it was writing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::Diagnostic;

/// A file to which lines are added, from any thread.
pub(super) struct Appended {
    path: PathBuf,
    file: Mutex<File>,
    /// The first error, after which nothing more is written.
    broken: Mutex<Option<Diagnostic>>,
}

impl Appended {
    /// Opens a file behind its last line, and makes it where it is missing.
    ///
    /// # Errors
    /// Where that cannot be done.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        let open = || -> io::Result<File> {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            // Half a line of somebody who was killed must not become the beginning of the next.
            if file.seek(SeekFrom::End(0))? > 0 {
                let mut last = [0];
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
                if last != *b"\n" {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        let file = open().map_err(|error| Diagnostic::io("write this", path, &error))?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), broken: Mutex::default() })
    }

    /// Adds a line, with its end, in one go.
    pub fn add(&self, line: &str) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.is_some() {
            return;
        }
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        if let Err(error) = written {
            *broken = Some(Diagnostic::io("write this", &self.path, &error));
        }
    }

    /// What went wrong, if anything did.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
