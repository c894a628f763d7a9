//! A window that moves over a file of lines.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Whole lines of a file, some at a time.
pub(super) struct Lines {
    /// The file, as the user named it.
    pub path: PathBuf,
    file: File,
    /// The same file once more, for lines that are read again.
    again: File,
    buffer: Vec<u8>,
    /// Where the buffer begins: byte of the file, and number of the line, from 1.
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

    /// Fills the window, and widens it where it does not hold a single line.
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

    /// Makes the next windows at least so large.
    pub fn widen(&mut self, capacity: usize) {
        self.capacity = self.capacity.max(capacity);
    }

    /// The whole lines of the window.
    pub fn window(&self) -> &[u8] {
        let end =
            if self.is_read { self.buffer.len() } else { memchr::memrchr(b'\n', &self.buffer).map_or(0, |at| at + 1) };
        &self.buffer[..end]
    }

    /// Whether the window is the end of the file.
    pub fn is_last(&self) -> bool {
        self.is_read
    }

    /// Byte of the file and number of the line where the window begins.
    pub fn place(&self) -> (u64, usize) {
        (self.offset, self.number)
    }

    /// Moves on behind so many bytes and lines of the window.
    pub fn consume(&mut self, bytes: usize, lines: usize) {
        self.buffer.drain(..bytes);
        self.offset += bytes as u64;
        self.number += lines;
    }

    /// Reads a line again.
    pub fn read_again(&self, offset: u64, bytes: usize) -> io::Result<String> {
        let mut line = vec![0; bytes];
        let mut again = &self.again;
        again.seek(SeekFrom::Start(offset))?;
        again.read_exact(&mut line)?;
        String::from_utf8(line).map_err(io::Error::other)
    }
}
