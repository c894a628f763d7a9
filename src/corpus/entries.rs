//! Reads annotations from a folder of files, or from a single file, of any supported format. The
//! format is given by name or detected from the content, file by file. A folder is read only if its
//! files are of one kind, so that stray files of another tool are not mixed in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::documents::{files, has_extension};
use crate::document::Document;
use crate::error::{Diagnostic, Recovered};
use crate::format::tokens::{self, Column};
use crate::format::{Entry, FORMATS, Format, Input, OffsetUnit, conll2012, decode, level_up};

/// The settings for reading annotations.
#[derive(Clone, Copy, Default)]
pub struct ReadAs {
    /// The format; `None` means that it is detected from the content.
    pub format: Option<&'static Format>,
    /// The offset unit of files that do not declare one; `None` means code points.
    pub offset_unit: Option<OffsetUnit>,
    /// The column of token files that contains the tags.
    pub column: Column,
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
    read_as: ReadAs,
    known: &KnownDocuments<'_>,
) -> Recovered<BTreeMap<String, Entry>> {
    let mut read = load_repeated_entries(path, read_as, known);
    for entry in read.value.values().filter(|entry| entry.repeat > 1) {
        let diagnostic =
            Diagnostic::new("only predictions are repeated").in_file(&entry.source.file).of_document(&entry.id);
        let diagnostic = diagnostic.at((entry.source.line.max(1), 1));
        read.diagnostics.push(diagnostic.help("take the line out, or `repeat` out of it"));
    }
    read.value.retain(|_, entry| entry.repeat == 1);
    read
}

/// Reads entries, repeated answers of an extractor included. The key of a repeat above 1 is the id
/// and the number of the repeat.
pub(super) fn load_repeated_entries(
    path: &Path,
    read_as: ReadAs,
    known: &KnownDocuments<'_>,
) -> Recovered<BTreeMap<String, Entry>> {
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
    Recovered { value: loading.entries, diagnostics: loading.diagnostics }
}

/// Chooses the files of a folder to read: those with the format's extensions, or those of the only
/// kind that the folder contains.
fn choose(path: &Path, format: Option<&'static Format>) -> Result<Vec<PathBuf>, Diagnostic> {
    if let Some(format) = format {
        let found = files(path, format.extensions)?;
        let list: Vec<String> = format.extensions.iter().map(|extension| format!(".{extension}")).collect();
        let diagnostic =
            || Diagnostic::new(format!("there are no {} files in this folder", list.join(" or "))).in_file(path);
        return if found.is_empty() { Err(diagnostic().help("is `--from` right?")) } else { Ok(found) };
    }
    const OWN: [&str; 2] = ["json", "jsonl"];
    let mut extensions: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    extensions.sort_unstable();
    extensions.dedup();
    let found = files(path, &extensions)?;
    let is_folder = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    if !is_folder {
        return Ok(found);
    }
    let is_own = |file: &PathBuf| OWN.iter().any(|extension| has_extension(file, extension));
    let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_own);
    let (brat, tables): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| has_extension(file, "ann"));
    match (own.is_empty(), brat.is_empty(), tables.is_empty()) {
        (true, true, true) => {
            let diagnostic = Diagnostic::new("there are no .json or .jsonl files in this folder").in_file(path);
            Err(diagnostic.help("docs/FORMAT.md describes `karat.document/1` and the other formats"))
        }
        (false, false, _) => {
            let diagnostic =
                Diagnostic::new("there are .json or .jsonl files and .ann files in this folder").in_file(path);
            Err(diagnostic.help("say with `--from` which are to be read: `karat`, another JSON format, or `brat`"))
        }
        (false, true, _) => Ok(own),
        (true, false, _) => Ok(brat),
        (true, true, false) => Ok(tables),
    }
}

struct EntryLoader<'l> {
    read_as: ReadAs,
    known: &'l KnownDocuments<'l>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
    omits_empty: bool,
}

impl EntryLoader<'_> {
    fn file(&mut self, file: &Path, path: &Path) {
        let Some(bytes) = self.bytes(file) else { return };
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic.in_file(file)),
        };
        let format = match self.read_as.format {
            Some(format) => match format.refuse_other(file, text) {
                Some(diagnostic) => return self.diagnostics.push(diagnostic),
                None => format,
            },
            None => match detect(file, text) {
                Ok(format) => format,
                Err(diagnostic) => return self.diagnostics.push(diagnostic),
            },
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
        let input = Input { file, text, companion: beside, documents: &documents, column: self.read_as.column };
        for entry in (format.read)(&input) {
            match entry.and_then(|entry| check_name(entry, file, path)) {
                Ok(mut entry) => {
                    // Most documents in token files have only numbers as ids.
                    if entry.annotations.tags.is_some() && file != path {
                        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                        entry.id = format!("{stem}.{}", entry.id);
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

/// Detects the format of a file from its content. Token files are also recognised by their
/// extension, since other tables have columns, too.
fn detect(file: &Path, text: &str) -> Result<&'static Format, Diagnostic> {
    let is_json = has_extension(file, "json") || has_extension(file, "jsonl");
    let is_of_no_tool = || Format::candidates(file, text).is_empty();
    let may_be = tokens::is_token_file(file) || (!is_json && is_of_no_tool() && tokens::looks_like(text));
    // CoNLL-2012 coreference files also have columns and the same extension.
    let by_name = (may_be && !conll2012::looks_like(text)).then(|| Format::find("conll")).flatten();
    by_name.map_or_else(|| Format::detect(file, text), Ok)
}

/// Checks that a file in karat's format that contains one object is named after its id, if it was
/// read from a folder.
fn check_name(entry: Entry, file: &Path, path: &Path) -> Result<Entry, Diagnostic> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if file == path || entry.places.is_some() || entry.source.line > 0 || stem == entry.id {
        return Ok(entry);
    }
    let message = format!("the file is named {stem:?}, but its `id` is {:?}", entry.id);
    Err(Diagnostic::new(message).in_file(file).help("rename the file or fix the id"))
}
