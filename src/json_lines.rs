//! Append-only files of JSON lines, which journals and caches are. A crash loses at most the line
//! being written, and the next writer starts on a new line. The first write error stops all further
//! writing and is reported once, so that a full disk does not abort a run whose answers can still
//! be scored.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Diagnostic;

/// A file to which any thread can append lines.
pub(crate) struct JsonLines {
    path: PathBuf,
    /// The action that error messages name, such as "write this".
    action: &'static str,
    file: Mutex<File>,
    /// The first write error. Once it is set, nothing more is written.
    first_error: Mutex<Option<Diagnostic>>,
}

impl JsonLines {
    /// Opens a file for appending, and creates it and its folder if they do not exist.
    ///
    /// # Errors
    /// Fails if the file cannot be created, opened or written.
    pub fn open(path: &Path, action: &'static str) -> Result<Self, Diagnostic> {
        let open = || -> io::Result<File> {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            // A crashed writer may have left half a line: end it, so that the next line stays
            // whole.
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
        let file = open().map_err(|error| Diagnostic::io(action, path, &error))?;
        Ok(Self { path: path.to_owned(), action, file: Mutex::new(file), first_error: Mutex::default() })
    }

    /// Appends a line in one write. After a write error it does nothing.
    pub fn add(&self, line: &impl Serialize) {
        let mut first_error = self.first_error.lock().unwrap_or_else(PoisonError::into_inner);
        if first_error.is_some() {
            return;
        }
        let line = serde_json::to_string(line).expect("a line is plain data") + "\n";
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        if let Err(error) = written {
            *first_error = Some(Diagnostic::io(self.action, &self.path, &error));
        }
    }

    /// Returns the first write error, if there was one.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.first_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Parses the lines of a file. Malformed lines, such as one that a crash cut short, are ignored.
pub(crate) fn parse_lines<T: DeserializeOwned>(bytes: &[u8]) -> impl Iterator<Item = T> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}
