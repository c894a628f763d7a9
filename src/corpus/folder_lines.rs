//! Folders of documents or golden files as one file of JSON lines, in the order of the ids.
//!
//! Documents that are streamed are read forwards, together with their golden lines. A folder is
//! therefore copied to a temporary file once: first the ids are collected and sorted, then each
//! file is read again and becomes a line. Only the ids and the places of the documents are in
//! memory. Errors in the lines are reported where they are in the files of the folder.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::documents::{add_document, files};
use super::entries::choose;
use crate::document::Document;
use crate::error::{Diagnostic, Error};
use crate::format::{
    Digest, Entry, Source, decode, document_to_line, has_extension, is_compressed, read_document, read_file, read_line,
    stem, to_line,
};

/// A folder as a temporary file of JSON lines, sorted by id.
pub struct FolderLines {
    folder: PathBuf,
    /// The temporary file, which is deleted when the value is dropped.
    lines: NamedTempFile,
    /// The files of the folder.
    files: Vec<PathBuf>,
    /// The places of the documents, in the order of their lines.
    places: Vec<Place>,
    /// SHA-256 over the content, as runs that load the folder record it.
    sha256: String,
}

/// The place of a document in the folder.
struct Place {
    id: String,
    /// The index of the file.
    file: usize,
    /// The line, counted from 1, and its offset in bytes; 0 if the file is one document.
    line: usize,
    offset: u64,
}

/// What the files of a folder contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Documents,
    Golden,
}

impl fmt::Debug for FolderLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderLines").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl FolderLines {
    /// Reads a folder of `.txt` and `.jsonl` files with documents.
    ///
    /// # Errors
    /// Fails with every error in the files.
    pub fn of_documents(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let found = files(folder, &["txt", "jsonl"]).map_err(|diagnostic| vec![diagnostic])?;
        if found.is_empty() {
            let diagnostic = Diagnostic::new("there are no documents in this folder").in_file(folder);
            return Err(vec![diagnostic.help("put .txt files (the id is the file's name) or a .jsonl file there")]);
        }
        Self::new(folder, found, Content::Documents)
    }

    /// Reads a folder of golden files in karat's own format.
    ///
    /// # Errors
    /// Fails with every error in the files, and if a file is in another format.
    pub fn of_golden(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let found = choose(folder, None).map_err(|diagnostic| vec![diagnostic])?;
        let is_own = |file: &&PathBuf| has_extension(file, "json") || has_extension(file, "jsonl");
        if let Some(other) = found.iter().find(|file| !is_own(file)) {
            let diagnostic = Diagnostic::new("--stream reads golden files in `karat.document/1`").in_file(other);
            return Err(vec![diagnostic.help("run without --stream, or convert them with `karat convert`")]);
        }
        Self::new(folder, found, Content::Golden)
    }

    fn new(folder: &Path, files: Vec<PathBuf>, content: Content) -> Result<Self, Vec<Diagnostic>> {
        let (mut places, mut diagnostics) = (Vec::new(), Vec::new());
        for (at, file) in files.iter().enumerate() {
            find(file, at, content, &mut places, &mut diagnostics);
        }
        places.sort_by(|one, other| (&one.id, one.file, one.line).cmp(&(&other.id, other.file, other.line)));
        let source = |place: &Place| Source { file: files[place.file].clone(), line: place.line };
        for pair in places.windows(2).filter(|pair| pair[0].id == pair[1].id) {
            let [first, next] = [&pair[0], &pair[1]].map(source);
            let message = format!("duplicate id {:?}: {first} and {next} both have it", pair[0].id);
            diagnostics.push(Diagnostic::new(message).in_file(next.file).help("rename one of the two"));
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let spool = |error: io::Error| vec![Diagnostic::io("write a temporary file for", folder, &error)];
        let lines = NamedTempFile::new().map_err(spool)?;
        let mut spooled = Self { folder: folder.to_owned(), lines, files, places, sha256: String::new() };
        spooled.sha256 = spooled.write(content)?;
        Ok(spooled)
    }

    /// Writes the lines, and returns the hash of the content.
    fn write(&self, content: Content) -> Result<String, Vec<Diagnostic>> {
        let fail = |error: io::Error| vec![Diagnostic::io("write a temporary file for", &self.folder, &error)];
        let mut out = BufWriter::with_capacity(1 << 16, self.lines.as_file());
        let mut digest = Digest::default();
        // The file of lines that was read last stays open, since its documents are often together.
        let mut open: Option<(usize, BufReader<File>)> = None;
        for place in &self.places {
            let line = self.line(place, content, &mut open).map_err(|diagnostic| vec![diagnostic])?;
            let entry = read_line(&self.files[place.file], place.line, &line);
            let Entry { id, text, meta, annotations, .. } = entry.map_err(|diagnostic| vec![diagnostic])?;
            match content {
                Content::Golden => digest.add(to_line(&id, &annotations)),
                Content::Documents => {
                    let document = Document::with_meta(id.as_str(), text.unwrap_or_default(), meta);
                    add_document(&mut digest, &id, Some(&document));
                }
            }
            out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(fail)?;
        }
        out.flush().map_err(fail)?;
        Ok(digest.finish().0)
    }

    /// Reads a document again and returns it as a line, without a line break.
    fn line(
        &self,
        place: &Place,
        content: Content,
        open: &mut Option<(usize, BufReader<File>)>,
    ) -> Result<String, Diagnostic> {
        let file = &self.files[place.file];
        if place.line == 0 {
            let bytes = read_file(file)?;
            let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
            return Ok(match content {
                Content::Documents => document_to_line(&Document::new(place.id.as_str(), text)).trim_end().to_owned(),
                // JSON has line breaks only between values, where a space is as good. Code points
                // keep their number, by which errors are located.
                Content::Golden => text.replace(['\n', '\r'], " "),
            });
        }
        let fail = |error: io::Error| Diagnostic::io("read this", file, &error);
        if open.as_ref().is_none_or(|(at, _)| *at != place.file) {
            *open = Some((place.file, BufReader::with_capacity(1 << 16, File::open(file).map_err(fail)?)));
        }
        let mut line = String::new();
        if let Some((_, reader)) = open {
            let position = reader.stream_position().map_err(fail)?;
            let forward = i64::try_from(place.offset).unwrap_or_default() - i64::try_from(position).unwrap_or_default();
            reader.seek_relative(forward).map_err(fail)?;
            reader.read_line(&mut line).map_err(fail)?;
        }
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// The path of the lines.
    pub fn path(&self) -> &Path {
        self.lines.path()
    }

    /// SHA-256 over the documents or the golden annotations, as runs that load them record it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.id.as_str())
    }

    /// The file of a document.
    pub fn file_of(&self, id: &str) -> Option<&Path> {
        let at = self.places.binary_search_by(|place| place.id.as_str().cmp(id)).ok()?;
        Some(&self.files[self.places[at].file])
    }

    /// Locates the diagnostics of an error about a line in the file of the folder from which the
    /// line comes. Diagnostics about other files are left as they are.
    pub fn locate(&self, error: Error) -> Error {
        match error {
            Error::Input(diagnostics) => {
                Error::Input(diagnostics.into_iter().map(|diagnostic| self.locate_one(diagnostic)).collect())
            }
            other => other,
        }
    }

    fn locate_one(&self, diagnostic: Diagnostic) -> Diagnostic {
        if diagnostic.file.as_deref() != Some(self.path()) {
            return diagnostic;
        }
        let Some((line, column)) = diagnostic.position else { return diagnostic.in_file(&self.folder) };
        let Some(place) = self.places.get(line.saturating_sub(1)) else { return diagnostic.in_file(&self.folder) };
        let file = &self.files[place.file];
        if place.line > 0 {
            return diagnostic.in_file(file).at((place.line, column));
        }
        let length = diagnostic.excerpt.as_ref().map_or(1, |(_, bytes)| bytes.len());
        let diagnostic = Diagnostic { position: None, excerpt: None, ..diagnostic }.in_file(file);
        let content = read_file(file).ok().filter(|_| has_extension(file, "json"));
        match content.as_deref().map(decode) {
            Some(Ok(text)) => {
                let at = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
                diagnostic.at_bytes(text, at..at + length)
            }
            _ => diagnostic,
        }
    }
}

/// Adds the places of the documents in a file.
fn find(file: &Path, at: usize, content: Content, places: &mut Vec<Place>, diagnostics: &mut Vec<Diagnostic>) {
    let result = if has_extension(file, "jsonl") {
        find_lines(file, at, content, places, diagnostics)
    } else {
        find_document(file, content).map(|id| places.push(Place { id, file: at, line: 0, offset: 0 }))
    };
    diagnostics.extend(result.err());
}

/// Returns the id of the only document of a file.
fn find_document(file: &Path, content: Content) -> Result<String, Diagnostic> {
    if content == Content::Documents {
        return Ok(stem(file));
    }
    let bytes = read_file(file)?;
    let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
    read_document(file, text).map(|entry| entry.id)
}

/// Adds the places of the documents of a file of lines.
fn find_lines(
    file: &Path,
    at: usize,
    content: Content,
    places: &mut Vec<Place>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let fail = |error: io::Error| Diagnostic::io("read this", file, &error);
    let mut reader = BufReader::with_capacity(1 << 16, File::open(file).map_err(fail)?);
    if is_compressed(reader.fill_buf().map_err(fail)?) {
        let diagnostic = Diagnostic::new("--stream reads no compressed files of lines in folders").in_file(file);
        return Err(diagnostic.help("decompress it, or run without --stream"));
    }
    let (mut number, mut offset, mut line) = (0, 0_u64, String::new());
    loop {
        line.clear();
        let bytes = reader.read_line(&mut line).map_err(fail)?;
        if bytes == 0 {
            return Ok(());
        }
        number += 1;
        let mark = if number == 1 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = line[mark..].trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            match read_line(file, number, text).and_then(|entry| checked(entry, content)) {
                Ok(id) => places.push(Place { id, file: at, line: number, offset: offset + mark as u64 }),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        offset += bytes as u64;
    }
}

/// Returns the id of an entry. Fails if it should be a document and has no text.
fn checked(entry: Entry, content: Content) -> Result<String, Diagnostic> {
    if content == Content::Golden || entry.text.is_some() {
        return Ok(entry.id);
    }
    let Source { file, line } = entry.source;
    let diagnostic = Diagnostic::new("the line has no `text`").in_file(file).at((line, 1)).of_document(entry.id);
    Err(diagnostic.help("a document needs `id` and `text`"))
}

/// Returns diagnostics for documents without a golden file and golden files without a document.
pub fn unpaired(documents: &FolderLines, golden: &FolderLines) -> Vec<Diagnostic> {
    let folder = &golden.folder;
    let unlabelled = documents.ids().filter(|id| golden.file_of(id).is_none()).map(|id| {
        let diagnostic = Diagnostic::new("there is no golden file for it").in_file(folder).of_document(id);
        diagnostic.help(format!("label it in {}", folder.join(format!("{id}.json")).display()))
    });
    let unknown = golden.ids().filter(|id| documents.file_of(id).is_none()).map(|id| {
        let file = golden.file_of(id).unwrap_or(folder);
        Diagnostic::new("no document has this id").in_file(file).of_document(id)
    });
    unlabelled.chain(unknown).collect()
}

/// Whether a folder contains annotation passes, which are read only if its files are loaded.
pub fn has_passes(golden: &Path) -> bool {
    fs::metadata(golden.join("passes")).is_ok_and(|metadata| metadata.is_dir())
}
