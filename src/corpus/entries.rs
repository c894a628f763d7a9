//! Reads annotations from a folder of files, or from a single file, of any supported format. The
//! format is given by name or detected from the content, file by file. A folder is read only if its
//! files are of one kind, so that stray files of another tool are not mixed in.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::documents::files;
use super::misfit::Misfit;
use super::nested::{files_below, nested_id};
use crate::document::Document;
use crate::error::{Diagnostic, Recovered};
use crate::format::tokens::{Column, TokenOptions};
use crate::format::{
    Annotators, Entry, Export, FORMATS, Format, Input, Notes, OffsetUnit, Purpose, Source, decode, level_up, stem,
};

/// The settings for reading annotations.
#[derive(Clone, Default)]
pub struct ReadAs<'r> {
    /// The format; `None` means that it is detected from the content.
    pub format: Option<&'static Format>,
    /// The offset unit of files that do not declare one; `None` means code points.
    pub offset_unit: Option<OffsetUnit>,
    /// How token files are read.
    pub tokens: TokenOptions<'r>,
    /// Whether a response in CoNLL-2012's format must have the words of the key.
    pub strict_words: bool,
    /// What happens to labels whose stored text is not the document's.
    pub misfit: Misfit,
    /// The names of the classes that a file states as numbers, in order.
    pub labels: &'static [String],
    /// The parts of an annotation tool's export that are read.
    pub export: Export,
    /// Receives what readers assume and leave out.
    pub notes: Notes,
}

impl ReadAs<'_> {
    /// Returns the default settings, whose notes go to `notes`.
    pub fn noting(notes: &Notes) -> Self {
        Self { notes: notes.clone(), ..Self::default() }
    }

    /// Returns these settings for another purpose.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.export.purpose = purpose;
        self
    }

    /// Whether files are read as they are detected: the user named no format, no unit of offsets,
    /// no classes, no annotator, no column and no notation of tags.
    pub fn is_detected(&self) -> bool {
        self.format.is_none()
            && self.offset_unit.is_none()
            && self.labels.is_empty()
            && self.export.annotators == Annotators::Only
            && self.tokens.is_recognised()
    }
}

/// The ids of the documents that are known before annotations are read, each with its document if
/// the text is known.
pub(super) type KnownDocuments<'d> = BTreeMap<&'d str, Option<&'d Document>>;

/// Reads entries by id. Folders inside the folder are ignored, since they contain annotation
/// passes.
///
/// # Errors
/// Fails with every malformed entry.
pub fn load_entries(path: &Path) -> Result<BTreeMap<String, Entry>, Vec<Diagnostic>> {
    load_entries_as(path, ReadAs::default(), &KnownDocuments::new()).into_result()
}

/// Converts loaded documents to known documents.
pub(super) fn as_known(documents: &BTreeMap<String, Document>) -> KnownDocuments<'_> {
    documents.iter().map(|(id, document)| (id.as_str(), Some(document))).collect()
}

/// Reads entries by id, with the diagnostics of those that are malformed.
pub(super) fn load_entries_as(
    path: &Path,
    read_as: ReadAs<'_>,
    known: &KnownDocuments<'_>,
) -> Recovered<BTreeMap<String, Entry>> {
    let mut read = load(path, read_as, known, Unlisted::NotAnnotated);
    for entry in read.value.values().filter(|entry| entry.repeat > 1) {
        let diagnostic =
            Diagnostic::new("only predictions can have `repeat`").in_file(&entry.source.file).of_document(&entry.id);
        let diagnostic = diagnostic.at((entry.source.line.max(1), 1));
        read.diagnostics.push(diagnostic.help("remove the line, or its `repeat`"));
    }
    read.value.retain(|_, entry| entry.repeat == 1);
    read
}

/// Reads entries, repeated answers of an extractor included. The key of a repeat above 1 is the id
/// and the number of the repeat.
pub(super) fn load_repeated_entries(
    path: &Path,
    read_as: ReadAs<'_>,
    known: &KnownDocuments<'_>,
) -> Recovered<BTreeMap<String, Entry>> {
    load(path, read_as, known, Unlisted::Empty)
}

/// What it means that a file lacks a known document, in a format that omits documents without
/// labels and can list them, such as a table of spans.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unlisted {
    /// A system found nothing in it.
    Empty,
    /// No person annotated it. A document that was annotated and found empty is listed.
    NotAnnotated,
}

fn load(
    path: &Path,
    read_as: ReadAs<'_>,
    known: &KnownDocuments<'_>,
    unlisted: Unlisted,
) -> Recovered<BTreeMap<String, Entry>> {
    let format = read_as.format;
    let mut loading = EntryLoader {
        read_as,
        known,
        entries: BTreeMap::new(),
        diagnostics: Vec::new(),
        omits_empty: false,
        lists_empty: false,
    };
    match choose(path, format) {
        Ok(files) => {
            let unique = LazyCell::new(|| first_detected(&files));
            files.iter().for_each(|file| loading.file(file, path, &|| *unique));
        }
        Err(diagnostic) => loading.diagnostics.push(diagnostic),
    }
    let adds_unlisted = loading.omits_empty && loading.diagnostics.is_empty();
    let is_annotated = unlisted == Unlisted::Empty || !loading.lists_empty;
    if adds_unlisted && is_annotated {
        loading.add_unlisted(|id| Entry::empty(path, id));
    }
    // A document without any layer was not annotated, and stays so.
    let is_annotated_elsewhere = |entry: &&mut Entry| {
        entry.places.is_some() && entry.annotations.tags.is_none() && !entry.annotations.layers().is_empty()
    };
    let foreign = loading.entries.values_mut().filter(is_annotated_elsewhere);
    level_up(foreign.map(|entry| &mut entry.annotations));
    if adds_unlisted && !is_annotated {
        let source = || Source { file: path.to_owned(), line: 0 };
        loading.add_unlisted(|id| Entry::foreign(source(), id));
    }
    Recovered { value: loading.entries, diagnostics: loading.diagnostics }
}

/// Chooses the files of a folder to read: those with the format's extensions, or those of the only
/// kind that the folder contains.
fn choose(path: &Path, format: Option<&'static Format>) -> Result<Vec<PathBuf>, Diagnostic> {
    if let Some(format) = format {
        let found = if format.folder && path.is_dir() {
            files_below(path, format.extensions)?
        } else {
            files(path, format.extensions)?
        };
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
    let (mut single, tables): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| folder_format(file).is_some());
    if own.is_empty() {
        // Such formats keep collections in folders of folders.
        single = files_below(path, &folder_extensions().collect::<Vec<_>>())?;
    }
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
                format!("choose with `--from` which to read: `karat`, another JSON format, or `{}`", format.name);
            Err(Diagnostic::new(message).in_file(path).help(help))
        }
        (false, true, _) => Ok(own),
        (true, false, _) => Ok(single),
        (true, true, false) => Ok(tables),
    }
}

/// Returns the format of the first file that can be in one format only.
fn first_detected(files: &[PathBuf]) -> Option<&'static Format> {
    files.iter().find_map(|file| Some(Format::of_file(file, &fs::read(file).ok()?, None).ok()?.0))
}

/// Returns the extensions of formats with one file per document that no format of tables has.
fn folder_extensions() -> impl Iterator<Item = &'static str> {
    let is_of_table =
        |extension: &&str| FORMATS.iter().any(|format| !format.folder && format.extensions.contains(extension));
    let folders = FORMATS.iter().filter(|format| format.folder);
    folders.flat_map(|format| format.extensions).copied().filter(move |extension| !is_of_table(extension))
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
    /// Whether a file is in a format that omits documents without labels, and whether one is in a
    /// format that can list them nevertheless.
    omits_empty: bool,
    lists_empty: bool,
}

impl EntryLoader<'_> {
    /// Reads a file. If its content may be in several formats, as an empty list may, it is read in
    /// that of the other files, which `usual` returns.
    fn file(&mut self, file: &Path, path: &Path, usual: &dyn Fn() -> Option<&'static Format>) {
        let Some(bytes) = self.bytes(file) else { return };
        let detected = Format::of_file(file, &bytes, self.read_as.format).or_else(|diagnostic| {
            let candidates = Format::candidates(file, &bytes);
            let is_candidate = |format: &&'static Format| candidates.iter().any(|other| other.name == format.name);
            let usual = if candidates.len() > 1 { usual().filter(is_candidate) } else { None };
            usual.map_or(Err(diagnostic), |format| Format::of_file(file, &bytes, Some(format)))
        });
        let (format, text) = match detected {
            Ok(found) => found,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        if let (Annotators::Named(name), false) = (&self.read_as.export.annotators, format.has_annotators) {
            let message = format!("files in the format {} name no annotators, so there is no {name:?}", format.name);
            let diagnostic = Diagnostic::new(message).in_file(file);
            return self.diagnostics.push(diagnostic.help("take `--annotator` or `--pred-annotator` out"));
        }
        self.omits_empty |= format.omits_empty;
        self.lists_empty |= format.omits_empty && format.capabilities.empty_documents;
        let companion = format.companion.map(|extension| file.with_extension(extension)).filter(|file| file.exists());
        let beside = companion.as_deref().and_then(|file| self.bytes(file));
        let beside = match beside.as_deref().map(decode).transpose() {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic.in_file(companion.unwrap_or_default())),
        };
        let known = self.known;
        let documents = |id: &str| known.get(id).copied().flatten();
        let ReadAs { tokens, labels, offset_unit, ref export, ref notes, .. } = self.read_as;
        if let Some(diagnostic) = not_chosen(format, tokens) {
            return self.diagnostics.push(diagnostic.in_file(file));
        }
        let documents = &documents;
        let input = Input {
            file,
            text,
            bytes: &bytes,
            companion: beside,
            documents,
            tokens,
            labels,
            offset_unit,
            export,
            notes,
        };
        for entry in (format.read)(&input) {
            match entry.and_then(|entry| check_name(entry, file, path)) {
                Ok(mut entry) => {
                    // Most documents in token files have only numbers as ids.
                    if entry.annotations.tags.is_some() && file != path {
                        entry.id = format!("{}.{}", stem(file), entry.id);
                    }
                    if format.folder {
                        entry.id = nested_id(path, file, &entry.id);
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
        let key = match (entry.repeat, &entry.annotator) {
            (1, None) => entry.id.clone(),
            (_, Some(annotator)) => format!("{}\0by {annotator}", entry.id),
            (repeat, None) => format!("{}\0{repeat:06}", entry.id),
        };
        if let Some(first) = self.entries.get(&key) {
            let again = match &entry.annotator {
                Some(annotator) => format!(" by {annotator}"),
                None if entry.repeat > 1 => format!(" with repeat {}", entry.repeat),
                None => String::new(),
            };
            let (id, one, other) = (&entry.id, &first.source, &entry.source);
            let message = format!("duplicate id {id:?}{again}: {one} and {other} both have it");
            let diagnostic = Diagnostic::new(message).in_file(&entry.source.file);
            return self.diagnostics.push(diagnostic.help("remove one of the two"));
        }
        self.entries.insert(key, entry);
    }

    /// Adds an entry for each known document without one.
    fn add_unlisted(&mut self, entry: impl Fn(&str) -> Entry) {
        for id in self.known.keys().filter(|id| !self.entries.contains_key(**id)).copied().collect::<Vec<_>>() {
            self.entries.insert(id.to_owned(), entry(id));
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

    use super::{KnownDocuments, ReadAs, Recovered, load_entries_as};
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
        let Recovered { value: entries, diagnostics } = load_entries_as(folder.path(), read_as, &KnownDocuments::new());
        assert_eq!(diagnostics, []);
        assert_eq!(entries.into_keys().collect::<Vec<_>>(), ["a", "b", "c", "one", "two"]);
        // Text formats still refuse these bytes.
        let Recovered { diagnostics, .. } =
            load_entries_as(&folder.path().join("x.ids"), ReadAs::default(), &KnownDocuments::new());
        assert_eq!(diagnostics[0].message, "invalid UTF-8: byte 0 is 0xFF");
    }
}
