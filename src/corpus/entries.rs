//! Annotations on disk: a folder of files, or a single file, of any format; the format is told by content, or named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::documents::{files, has_extension};
use crate::document::Document;
use crate::error::Diagnostic;
use crate::format::tokens::{self, Column};
use crate::format::{Entry, FORMATS, Format, Input, OffsetUnit, conll2012, decode, level_up};

/// How files are to be read.
#[derive(Clone, Copy, Default)]
pub struct ReadAs {
    /// The format; told by content, where it is left out.
    pub format: Option<&'static Format>,
    /// What offsets count in files that do not say so; code points, where it is left out.
    pub offset_unit: Option<OffsetUnit>,
    /// The column that holds the tags of token files.
    pub column: Column,
}

/// The documents that are known before a file is read, by id, with their texts where these are known.
pub(super) type Known<'d> = BTreeMap<&'d str, Option<&'d Document>>;

/// Entries by id, and what is wrong with the rest. Folders inside the folder are passed over: they hold labelling passes.
pub fn load_entries(path: &Path) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    load_entries_as(path, ReadAs::default(), &Known::new())
}

/// Documents as what is known of them.
pub(super) fn known(documents: &BTreeMap<String, Document>) -> Known<'_> {
    documents.iter().map(|(id, document)| (id.as_str(), Some(document))).collect()
}

pub(super) fn load_entries_as(
    path: &Path,
    read_as: ReadAs,
    known: &Known<'_>,
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

/// The same with what an extractor said when it was asked again: its key is the id and the number of the repeat.
pub(super) fn load_repeated_entries(
    path: &Path,
    read_as: ReadAs,
    known: &Known<'_>,
) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    let mut loading = Loading { read_as, known, entries: BTreeMap::new(), diagnostics: Vec::new(), omits_empty: false };
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

/// The files of a folder that are read: those of the format, or of the one kind that is there.
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

struct Loading<'l> {
    read_as: ReadAs,
    known: &'l Known<'l>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
    omits_empty: bool,
}

impl Loading<'_> {
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
                    // Documents of token files mostly have nothing but numbers.
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

    /// A format without ids is joined by the text, where that is one document's alone.
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

    /// Documents without labels leave no trace in some formats: those that are known and not there have none.
    fn add_empty(&mut self, path: &Path) {
        for id in self.known.keys().filter(|id| !self.entries.contains_key(**id)).copied().collect::<Vec<_>>() {
            self.entries.insert(id.to_owned(), Entry::empty(path, id));
        }
    }
}

/// The format of a file, told by its content, and of token files by the name: other tables have columns, too.
fn detect(file: &Path, text: &str) -> Result<&'static Format, Diagnostic> {
    let is_json = has_extension(file, "json") || has_extension(file, "jsonl");
    let is_of_no_tool = || Format::candidates(file, text).is_empty();
    let may_be = tokens::is_token_file(file) || (!is_json && is_of_no_tool() && tokens::looks_like(text));
    // Coreference has columns and the same extension.
    let by_name = (may_be && !conll2012::looks_like(text)).then(|| Format::find("conll")).flatten();
    by_name.map_or_else(|| Format::detect(file, text), Ok)
}

/// A file of karat's that is one object, in a folder, is named by its id.
fn check_name(entry: Entry, file: &Path, path: &Path) -> Result<Entry, Diagnostic> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if file == path || entry.places.is_some() || entry.source.line > 0 || stem == entry.id {
        return Ok(entry);
    }
    let message = format!("the file is named {stem:?}, but its `id` is {:?}", entry.id);
    Err(Diagnostic::new(message).in_file(file).help("rename the file or fix the id"))
}
