//! Append-only files of JSON lines: the format of journals and caches. A crash loses at most the
//! line being written, and the next writer starts on a new line. The first write error stops all
//! further writing and is reported once, so that a full disk does not abort a run whose answers can
//! still be scored.

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
    /// The open file, or the first write error, after which nothing more is written.
    file: Mutex<Result<File, Diagnostic>>,
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
        Ok(Self { path: path.to_owned(), action, file: Mutex::new(Ok(file)) })
    }

    /// Appends a line in one write. After a write error it does nothing.
    pub fn add(&self, line: &impl Serialize) {
        let line = serde_json::to_string(line).expect("a line is plain data") + "\n";
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(open) = file.as_mut()
            && let Err(error) = open.write_all(line.as_bytes())
        {
            *file = Err(Diagnostic::io(self.action, &self.path, &error));
        }
    }

    /// Returns the first write error, if there was one.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).as_ref().err().cloned()
    }
}

/// Parses the lines of a file. Malformed lines, such as one that a crash cut short, are ignored.
pub(crate) fn parse_lines<T: DeserializeOwned>(bytes: &[u8]) -> impl Iterator<Item = T> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{JsonLines, parse_lines};

    #[test]
    fn a_cut_line_is_ignored_and_the_next_line_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("lines.jsonl");
        JsonLines::open(&path, "write this").unwrap().add(&"first");
        fs::write(&path, fs::read_to_string(&path).unwrap() + "\"cut").unwrap();
        let lines = JsonLines::open(&path, "write this").unwrap();
        lines.add(&"last");
        assert!(lines.diagnostic().is_none());
        let read: Vec<String> = parse_lines(&fs::read(&path).unwrap()).collect();
        assert_eq!(read, ["first", "last"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_first_write_error_is_kept() {
        let lines = JsonLines::open(Path::new("/dev/full"), "keep the answers").unwrap();
        assert!(lines.diagnostic().is_none());
        for line in ["first", "second"] {
            lines.add(&line);
            let diagnostic = lines.diagnostic().unwrap().to_string();
            assert!(diagnostic.contains("keep the answers") && diagnostic.contains("/dev/full"), "{diagnostic}");
        }
    }
}
