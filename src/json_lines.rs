//! Append-only JSON lines. A crash loses at most the line being written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Diagnostic;

/// A file to which lines are added, from any thread.
pub(crate) struct JsonLines {
    path: PathBuf,
    /// What is done with the file, for error messages: "write this".
    action: &'static str,
    file: Mutex<File>,
    /// The first error, after which nothing more is written.
    broken: Mutex<Option<Diagnostic>>,
}

impl JsonLines {
    /// Opens a file behind its last line; creates the file and its folder if they are missing.
    ///
    /// # Errors
    /// Fails if the file cannot be opened or written.
    pub fn open(path: &Path, action: &'static str) -> Result<Self, Diagnostic> {
        let open = || -> io::Result<File> {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            // A line that a crash cut off must not become the beginning of the next.
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
        Ok(Self { path: path.to_owned(), action, file: Mutex::new(file), broken: Mutex::default() })
    }

    /// Adds a line in one write. After an error nothing more is written.
    pub fn add(&self, line: &impl Serialize) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.is_some() {
            return;
        }
        let line = serde_json::to_string(line).expect("a line is plain data") + "\n";
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        if let Err(error) = written {
            *broken = Some(Diagnostic::io(self.action, &self.path, &error));
        }
    }

    /// The first error of [`Self::add`], if there was one.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The lines of a file that can be read as such; ignores others, like the one that a crash cut off.
pub(crate) fn parse_lines<T: DeserializeOwned>(bytes: &[u8]) -> impl Iterator<Item = T> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}
