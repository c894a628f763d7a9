//! Reads annotations from a folder of files, or from a single file, of any supported format. The
//! format is given by name or detected from the content, file by file. A folder is read only if its
//! files are of one kind, so that stray files of another tool are not mixed in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::documents::files;
use crate::document::Document;
use crate::error::Diagnostic;
use crate::format::tokens::{Column, TokenOptions};
use crate::format::{Entry, FORMATS, Format, Input, Notes, OffsetUnit, decode, level_up, stem};

/// The settings for reading annotations.
#[derive(Clone, Copy, Default)]
pub struct ReadAs<'r> {
    /// The format; `None` means that it is detected from the content.
    pub format: Option<&'static Format>,
    /// The offset unit of files that do not declare one; `None` means code points.
    pub offset_unit: Option<OffsetUnit>,
    /// How token files are read.
    pub tokens: TokenOptions<'r>,
    /// Whether a response in CoNLL-2012's format must have the words of the key.
    pub strict_words: bool,
    /// Takes notes on how files were read; `None` drops them.
    pub notes: Option<&'r Notes>,
}

impl ReadAs<'_> {
    /// Whether files are read as they are detected: the user named no format, no unit of offsets,
    /// no column and no notation of tags.
    pub fn is_detected(&self) -> bool {
        self.format.is_none() && self.offset_unit.is_none() && self.tokens.is_recognised()
    }
}

/// The ids of the documents that are known before annotations are read, each with its document if
/// the text is known.
pub(super) type KnownDocuments<'d> = BTreeMap<&'d str, Option<&'d Document>>;

/// Reads entries by id, with the diagnostics of those that are malformed. Folders inside the folder
/// are ignored, since they contain annotation passes.
pub fn load_entries(path: &Path) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    load_entries_as(path, ReadAs::default(), &KnownDocuments::new())
}

/// Converts loaded documents to known documents.
pub(super) fn as_known(documents: &BTreeMap<String, Document>) -> KnownDocuments<'_> {
    documents.iter().map(|(id, document)| (id.as_str(), Some(document))).collect()
}

pub(super) fn load_entries_as(
    path: &Path,
    read_as: ReadAs<'_>,
    known: &KnownDocuments<'_>,
) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    let (mut entries, mut diagnostics) = load_repeated_entries(path, read_as, known);
    for entry in entries.values().filter(|entry| entry.repeat > 1) {
        let diagnostic =
            Diagnostic::new("only predictions are repeated").in_file(&entry.source.file).of_document(&entry.id);
        diagnostics.push(diagnostic.at((entry.source.line.max(1), 1)).help("take the line out, or `repeat` out of it"));
    }
    entries.retain(|_, entry| entry.repeat == 1);
    (entries, diagnostics)
}

/// Reads entries, repeated answers of an extractor included. The key of a repeat above 1 is the id
/// and the number of the repeat.
pub(super) fn load_repeated_entries(
    path: &Path,
    read_as: ReadAs<'_>,
    known: &KnownDocuments<'_>,
) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    let mut loading =
        EntryLoader { read_as, known, entries: BTreeMap::new(), diagnostics: Vec::new(), omits_empty: false };
    match choose(path, read_as.format) {
        Ok(files) => files.iter().for_each(|file| loading.file(file, path)),
        Err(diagnostic) => loading.diagnostics.push(diagnostic),
    }
    if loading.omits_empty && loading.diagnostics.is_empty() {
        loading.add_empty(path);
    }
    let foreign =
        loading.entries.values_mut().filter(|entry| entry.places.is_some() && entry.annotations.tags.is_none());
    level_up(foreign.map(|entry| &mut entry.annotations));
    (loading.entries, loading.diagnostics)
}

/// Chooses the files of a folder to read: those with the format's extensions, or those of the only
/// kind that the folder contains.
fn choose(path: &Path, format: Option<&'static Format>) -> Result<Vec<PathBuf>, Diagnostic> {
    if let Some(format) = format {
        let found = files(path, format.extensions)?;
        if found.is_empty() {
            let message = format!("there are no {} files in this folder", format.extension_list());
            return Err(Diagnostic::new(message).in_file(path).help("is `--from` right?"));
        }
        return Ok(found);
    }
    let extensions: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    let found = files(path, &extensions)?;
    let is_folder = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    if !is_folder {
        return Ok(found);
    }
    let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|file| Format::own().has_extension(file));
    let (single, tables): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| folder_format(file).is_some());
    match (own.is_empty(), single.is_empty(), tables.is_empty()) {
        (true, true, true) => {
            let message = format!("there are no {} files in this folder", Format::own().extension_list());
            let diagnostic = Diagnostic::new(message).in_file(path);
            Err(diagnostic.help("docs/FORMAT.md describes `karat.document/1` and the other formats"))
        }
        (false, false, _) => {
            let format = folder_format(&single[0]).unwrap_or_else(Format::own);
            let (ours, theirs) = (Format::own().extension_list(), format.extension_list());
            let message = format!("there are {ours} files and {theirs} files in this folder");
            let help =
                format!("say with `--from` which are to be read: `karat`, another JSON format, or `{}`", format.name);
            Err(Diagnostic::new(message).in_file(path).help(help))
        }
        (false, true, _) => Ok(own),
        (true, false, _) => Ok(single),
        (true, true, false) => Ok(tables),
    }
}

/// Returns the format of folders with one file per document that has the extension of a file, if no
/// format of tables has it.
fn folder_format(file: &Path) -> Option<&'static Format> {
    let is_of_tables = FORMATS.iter().any(|format| !format.folder && format.has_extension(file));
    FORMATS.iter().copied().find(|format| format.folder && format.has_extension(file) && !is_of_tables)
}

struct EntryLoader<'l> {
    read_as: ReadAs<'l>,
    known: &'l KnownDocuments<'l>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
    omits_empty: bool,
}

impl EntryLoader<'_> {
    fn file(&mut self, file: &Path, path: &Path) {
        let Some(bytes) = self.bytes(file) else { return };
        let (format, text) = match Format::of_file(file, &bytes, self.read_as.format) {
            Ok(found) => found,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        self.omits_empty |= format.omits_empty;
        let companion = format.companion.map(|extension| file.with_extension(extension)).filter(|file| file.exists());
        let beside = companion.as_deref().and_then(|file| self.bytes(file));
        let beside = match beside.as_deref().map(decode).transpose() {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic.in_file(companion.unwrap_or_default())),
        };
        let known = self.known;
        let documents = |id: &str| known.get(id).copied().flatten();
        let tokens = self.read_as.tokens;
        if let Some(diagnostic) = not_chosen(format, tokens) {
            return self.diagnostics.push(diagnostic.in_file(file));
        }
        let dropped = Notes::default();
        let notes = self.read_as.notes.unwrap_or(&dropped);
        let input = Input { file, text, bytes: &bytes, companion: beside, documents: &documents, tokens, notes };
        for entry in (format.read)(&input) {
            match entry.and_then(|entry| check_name(entry, file, path)) {
                Ok(mut entry) => {
                    // Most documents in token files have only numbers as ids.
                    if entry.annotations.tags.is_some() && file != path {
                        entry.id = format!("{}.{}", stem(file), entry.id);
                    }
                    entry.offset_unit = entry.offset_unit.or(self.read_as.offset_unit);
                    self.adopt_id(&mut entry);
                    self.add(entry);
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    fn bytes(&mut self, file: &Path) -> Option<Vec<u8>> {
        fs::read(file).map_err(|error| self.diagnostics.push(Diagnostic::io("read this", file, &error))).ok()
    }

    /// Gives an entry of a format without ids the id of the document with the same text, if exactly
    /// one has it.
    fn adopt_id(&self, entry: &mut Entry) {
        let (true, Some(text)) = (entry.is_numbered, entry.text.as_deref()) else { return };
        let is_same = |document: &Document| document.text() == text;
        let mut same = self.known.iter().filter(|(_, document)| document.is_some_and(is_same));
        if let (Some((id, _)), None) = (same.next(), same.next()) {
            (*id).clone_into(&mut entry.id);
        }
    }

    fn add(&mut self, entry: Entry) {
        let key = match entry.repeat {
            1 => entry.id.clone(),
            repeat => format!("{}\0{repeat:06}", entry.id),
        };
        if let Some(first) = self.entries.get(&key) {
            let again = if entry.repeat > 1 { format!(" with repeat {}", entry.repeat) } else { String::new() };
            let (id, one, other) = (&entry.id, &first.source, &entry.source);
            let message = format!("duplicate id {id:?}{again}: {one} and {other} both have it");
            let diagnostic = Diagnostic::new(message).in_file(&entry.source.file);
            return self.diagnostics.push(diagnostic.help("take one of the two out"));
        }
        self.entries.insert(key, entry);
    }

    /// Adds an empty entry for each known document without one: some formats omit documents without
    /// labels.
    fn add_empty(&mut self, path: &Path) {
        for id in self.known.keys().filter(|id| !self.entries.contains_key(**id)).copied().collect::<Vec<_>>() {
            self.entries.insert(id.to_owned(), Entry::empty(path, id));
        }
    }
}

/// Returns a diagnostic if the user named a column or a notation of tags, and the format has none.
fn not_chosen(format: &Format, tokens: TokenOptions<'_>) -> Option<Diagnostic> {
    let names_column = matches!(tokens.column, Column::Number(_) | Column::Named(_));
    let option = match tokens.notation {
        Some(_) if !format.chooses_tags => "--tags",
        _ if names_column && !format.chooses_column => "--column",
        _ => return None,
    };
    let diagnostic = Diagnostic::new(format!("`{option}` does not apply to the format {}", format.name));
    Some(diagnostic.help(format!("leave out `{option}`, or name another format with `--from`")))
}

/// Checks that a file in karat's format that contains one object is named after its id, if it was
/// read from a folder.
fn check_name(entry: Entry, file: &Path, path: &Path) -> Result<Entry, Diagnostic> {
    let stem = stem(file);
    if file == path || entry.places.is_some() || entry.source.line > 0 || stem == entry.id {
        return Ok(entry);
    }
    let message = format!("the file is named {stem:?}, but its `id` is {:?}", entry.id);
    Err(Diagnostic::new(message).in_file(file).help("rename the file or fix the id"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{KnownDocuments, ReadAs, load_entries_as};
    use crate::error::Diagnostic;
    use crate::format::{Entry, Format, Input, Source};

    /// A binary format: a byte that is not UTF-8, and the ids of documents, separated by commas. A
    /// file without ids is one document.
    static IDS: Format = Format { name: "ids", extensions: &["ids"], binary: true, read, ..Format::DEFAULTS };

    fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
        let ids = std::str::from_utf8(&input.bytes[1..]).unwrap().to_owned();
        let ids = if ids.is_empty() { input.stem() } else { ids };
        let source = || Source { file: input.file.to_owned(), line: 0 };
        ids.split(',').map(|id| Ok(Entry::foreign(source(), id))).collect()
    }

    #[test]
    fn a_file_has_many_documents_or_one_with_the_name_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in
            [("x.ids", &b"\xFFb,c,a"[..]), ("one.IDS", b"\xFF"), ("two.ids", b"\xFF"), ("z.json", b"{}")]
        {
            fs::write(folder.path().join(file), content).unwrap();
        }
        let read_as = ReadAs { format: Some(&IDS), ..ReadAs::default() };
        let (entries, diagnostics) = load_entries_as(folder.path(), read_as, &KnownDocuments::new());
        assert_eq!(diagnostics, []);
        assert_eq!(entries.into_keys().collect::<Vec<_>>(), ["a", "b", "c", "one", "two"]);
        // Text formats still refuse these bytes.
        let (_, diagnostics) = load_entries_as(&folder.path().join("x.ids"), ReadAs::default(), &KnownDocuments::new());
        assert_eq!(diagnostics[0].message, "invalid UTF-8: byte 0 is 0xFF");
    }
}
