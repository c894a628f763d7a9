//! A window of whole lines that moves over a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A window over the lines of a file.
pub(super) struct Lines {
    /// The file, as the user named it.
    pub path: PathBuf,
    file: File,
    /// A second handle of the file, to read earlier lines again.
    again: File,
    buffer: Vec<u8>,
    /// The byte offset in the file and the line number, from 1, at which the buffer begins.
    offset: u64,
    number: usize,
    capacity: usize,
    is_read: bool,
}

impl Lines {
    pub fn open(path: &Path, capacity: usize) -> io::Result<Self> {
        let (file, again) = (File::open(path)?, File::open(path)?);
        let buffer = Vec::with_capacity(capacity + 1);
        Ok(Self { path: path.to_owned(), file, again, buffer, offset: 0, number: 1, capacity, is_read: false })
    }

    /// Fills the window, and enlarges it if it does not contain a whole line.
    pub fn fill(&mut self) -> io::Result<()> {
        while !self.is_read {
            let room = self.capacity.saturating_sub(self.buffer.len());
            let before = self.buffer.len();
            let read = self.file.by_ref().take(room as u64).read_to_end(&mut self.buffer)?;
            self.is_read = read < room;
            if self.offset == 0 && before == 0 && self.buffer.starts_with(b"\xEF\xBB\xBF") {
                self.buffer.drain(..3);
                self.offset = 3;
            }
            if self.is_read || memchr::memrchr(b'\n', &self.buffer).is_some() {
                break;
            }
            self.capacity *= 2;
        }
        Ok(())
    }

    /// Sets the minimum size of the next windows in bytes.
    pub fn widen(&mut self, capacity: usize) {
        self.capacity = self.capacity.max(capacity);
    }

    /// Returns the whole lines of the window.
    pub fn window(&self) -> &[u8] {
        let end =
            if self.is_read { self.buffer.len() } else { memchr::memrchr(b'\n', &self.buffer).map_or(0, |at| at + 1) };
        &self.buffer[..end]
    }

    /// Returns whether the window ends at the end of the file.
    pub fn is_last(&self) -> bool {
        self.is_read
    }

    /// Returns the byte offset and the line number at which the window begins.
    pub fn position(&self) -> (u64, usize) {
        (self.offset, self.number)
    }

    /// Moves the window forward by this number of bytes and lines.
    pub fn consume(&mut self, bytes: usize, lines: usize) {
        self.buffer.drain(..bytes);
        self.offset += bytes as u64;
        self.number += lines;
    }

    /// Reads a line of `bytes` bytes at `offset` again.
    pub fn read_again(&self, offset: u64, bytes: usize) -> io::Result<String> {
        let mut line = vec![0; bytes];
        let mut again = &self.again;
        again.seek(SeekFrom::Start(offset))?;
        again.read_exact(&mut line)?;
        String::from_utf8(line).map_err(io::Error::other)
    }
}
