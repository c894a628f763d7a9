//! Reads lines of a documents file by document index.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The number of documents between two stored offsets.
const STRIDE: usize = 32;

/// A file with a document on every line that is not blank, read mostly forwards.
///
/// The offset of every 32nd document is stored, so that an earlier line is found again without
/// reading the file from its beginning.
pub(super) struct TextFile {
    /// The file, as the user named it.
    pub path: PathBuf,
    reader: BufReader<File>,
    /// The offset that is read next.
    next: TextPosition,
    /// The stored offsets, of documents 0, 32, 64 and so on, as far as the file has been read.
    positions: Vec<TextPosition>,
}

/// A position in the file at which the search for a document begins.
#[derive(Clone, Copy, Default)]
struct TextPosition {
    /// The number of documents before it.
    document: usize,
    /// The number of lines before it.
    line: usize,
    offset: u64,
}

impl TextFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = BufReader::with_capacity(1 << 16, File::open(path)?);
        Ok(Self { path: path.to_owned(), reader, next: TextPosition::default(), positions: Vec::new() })
    }

    /// Returns the line number (from 1) and the line of the document with this index (from 0);
    /// `None` if the file has fewer documents.
    pub fn line(&mut self, document: usize) -> io::Result<Option<(usize, String)>> {
        if document < self.next.document {
            let position = self.positions[document / STRIDE];
            self.reader.seek(SeekFrom::Start(position.offset))?;
            self.next = position;
        }
        let mut line = String::new();
        loop {
            line.clear();
            let position = self.next;
            let bytes = self.reader.read_line(&mut line)?;
            if bytes == 0 {
                return Ok(None);
            }
            self.next.line += 1;
            self.next.offset += bytes as u64;
            let text = line.trim_end_matches(['\n', '\r']);
            let text = text.strip_prefix('\u{feff}').filter(|_| position.line == 0).unwrap_or(text);
            if text.trim().is_empty() {
                continue;
            }
            if position.document == STRIDE * self.positions.len() {
                self.positions.push(position);
            }
            self.next.document += 1;
            if position.document == document {
                return Ok(Some((position.line + 1, text.to_owned())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::TextFile;

    #[test]
    fn lines_are_found_forwards_and_backwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("documents.jsonl");
        let lines: Vec<String> = (0..100).map(|number| format!("{{\"id\":\"{number}\"}}")).collect();
        fs::write(&path, format!("\u{feff}{}\r\n", lines.join("\n\n"))).unwrap();
        let mut texts = TextFile::open(&path).unwrap();
        for document in (0..100).chain((0..100).rev()).chain([99, 0, 31, 32, 33, 1]) {
            assert_eq!(texts.line(document).unwrap(), Some((2 * document + 1, lines[document].clone())));
        }
        assert_eq!(texts.line(100).unwrap(), None);
    }
}
