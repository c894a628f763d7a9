//! The lines of a file of documents, by their place in it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// So many documents lie between two places that are remembered.
const STRIDE: usize = 32;

/// A file with a document on every line that is not blank, read mostly forwards.
///
/// Of 32 documents one place is kept, so that a line that was passed is found again without reading
/// the file from its beginning.
pub(super) struct Texts {
    /// The file, as the user named it.
    pub path: PathBuf,
    reader: BufReader<File>,
    /// What is read next.
    next: Place,
    /// The places of documents 0, 32, 64 and so on, as far as they were read.
    places: Vec<Place>,
}

/// Where the search for a document begins.
#[derive(Clone, Copy, Default)]
struct Place {
    /// How many documents stand before it.
    document: usize,
    /// How many lines stand before it.
    line: usize,
    offset: u64,
}

impl Texts {
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = BufReader::with_capacity(1 << 16, File::open(path)?);
        Ok(Self { path: path.to_owned(), reader, next: Place::default(), places: Vec::new() })
    }

    /// The document with this number, counted from 0: the number of its line, from 1, and the line;
    /// `None` if the file has no more documents.
    pub fn line(&mut self, document: usize) -> io::Result<Option<(usize, String)>> {
        if document < self.next.document {
            let place = self.places[document / STRIDE];
            self.reader.seek(SeekFrom::Start(place.offset))?;
            self.next = place;
        }
        let mut line = String::new();
        loop {
            line.clear();
            let place = self.next;
            let bytes = self.reader.read_line(&mut line)?;
            if bytes == 0 {
                return Ok(None);
            }
            self.next.line += 1;
            self.next.offset += bytes as u64;
            let text = line.trim_end_matches(['\n', '\r']);
            let text = text.strip_prefix('\u{feff}').filter(|_| place.line == 0).unwrap_or(text);
            if text.trim().is_empty() {
                continue;
            }
            if place.document == STRIDE * self.places.len() {
                self.places.push(place);
            }
            self.next.document += 1;
            if place.document == document {
                return Ok(Some((place.line + 1, text.to_owned())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Texts;

    #[test]
    fn lines_are_found_forwards_and_backwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("documents.jsonl");
        let lines: Vec<String> = (0..100).map(|number| format!("{{\"id\":\"{number}\"}}")).collect();
        fs::write(&path, format!("\u{feff}{}\r\n", lines.join("\n\n"))).unwrap();
        let mut texts = Texts::open(&path).unwrap();
        for document in (0..100).chain((0..100).rev()).chain([99, 0, 31, 32, 33, 1]) {
            assert_eq!(texts.line(document).unwrap(), Some((2 * document + 1, lines[document].clone())));
        }
        assert_eq!(texts.line(100).unwrap(), None);
    }
}
