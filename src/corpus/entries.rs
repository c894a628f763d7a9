//! Reads annotations from a folder of files, or from a single file, of any supported format. The
//! format is given by name or detected from the content, file by file. A folder is read only if its
//! files are of one kind, so that stray files of another tool are not mixed in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::documents::files;
use crate::document::Document;
use crate::error::Diagnostic;
use crate::format::tokens::Column;
use crate::format::{
    Entry, FORMATS, FieldMap, Format, Input, MapOptions, Mapping, OffsetUnit, Side, decode, level_up, read_file, stem,
    unknown_content,
};

/// How the documents of two files are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Join {
    /// By id.
    #[default]
    Id,
    /// By the number of the document in its file: the ids are the numbers.
    Line,
    /// By the document's text, whatever the ids of the predictions are.
    Text,
}

/// The settings for reading annotations.
#[derive(Clone, Default)]
pub struct ReadAs {
    /// The format; `None` means that it is detected from the content.
    pub format: Option<&'static Format>,
    /// The offset unit of files that do not declare one; `None` means code points.
    pub offset_unit: Option<OffsetUnit>,
    /// The column of token files that contains the tags.
    pub column: Column,
    /// The side that the files are on, which decides what well-known field names mean.
    pub side: Side,
    /// The sources of fields, if the user has mapped them.
    pub map: FieldMap,
    /// How the documents are joined to those of the other side.
    pub join: Join,
    /// Whether rows without ids are numbered, since both sides are the same file.
    pub is_numbered: bool,
}

impl ReadAs {
    /// Returns the settings for reading a side with all else as detected.
    pub fn of_side(side: Side) -> Self {
        Self { side, ..Self::default() }
    }

    /// Returns how a file is read by a field map; `None` if it is left to the reader of its format.
    fn mapping(&self, file: &Path, text: &str) -> Result<Option<Mapping>, Diagnostic> {
        if self.format.is_some() && self.map.is_empty() {
            return Ok(None);
        }
        let options = MapOptions {
            side: self.side,
            map: &self.map,
            is_numbered: self.is_numbered || self.join != Join::Id,
            needs_text: self.join == Join::Text,
        };
        Mapping::of_file(file, text, options)
    }
}

/// Returns how the files at a path are read by field maps, as far as the beginnings of the files
/// show. Files that cannot be read are left out: reading them reports why.
pub fn mappings(path: &Path, read_as: &ReadAs) -> Vec<Mapping> {
    let files = choose(path, read_as.format).unwrap_or_default();
    let mapping = |file: &PathBuf| {
        // A pipe can be read only once.
        let is_regular = fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
        let bytes = is_regular.then(|| head(file))??;
        // The beginning of a file may end inside a character.
        let text = match decode(&bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.utf8_chunks().next()?.valid().trim_start_matches('\u{feff}').to_owned(),
        };
        read_as.mapping(file, &text).ok()?
    };
    files.iter().filter_map(mapping).collect()
}

/// Returns the beginning of a file of lines, or the content of another file.
fn head(file: &Path) -> Option<Vec<u8>> {
    const HEAD: u64 = 1 << 20;
    // `has_extension` ignores the extension of a compressed file, which has no readable beginning.
    if file.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("jsonl")) {
        return read_file(file).ok();
    }
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(HEAD).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The ids of the documents that are known before annotations are read, each with its document if
/// the text is known.
pub(super) type KnownDocuments<'d> = BTreeMap<&'d str, Option<&'d Document>>;

/// Reads entries by id, with the diagnostics of those that are malformed. Folders inside the folder
/// are ignored, since they contain annotation passes.
pub fn load_entries(path: &Path) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    load_entries_as(path, &ReadAs::default(), &KnownDocuments::new())
}

/// Converts loaded documents to known documents.
pub(super) fn as_known(documents: &BTreeMap<String, Document>) -> KnownDocuments<'_> {
    documents.iter().map(|(id, document)| (id.as_str(), Some(document))).collect()
}

pub(super) fn load_entries_as(
    path: &Path,
    read_as: &ReadAs,
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
    read_as: &ReadAs,
    known: &KnownDocuments<'_>,
) -> (BTreeMap<String, Entry>, Vec<Diagnostic>) {
    let mut loading = EntryLoader {
        read_as,
        known,
        texts: None,
        entries: BTreeMap::new(),
        diagnostics: Vec::new(),
        omits_empty: false,
        own_file: None,
    };
    match choose(path, read_as.format) {
        Ok(files) => files.iter().for_each(|file| loading.file(file, path)),
        Err(diagnostic) => loading.diagnostics.push(diagnostic),
    }
    if loading.omits_empty && loading.diagnostics.is_empty() {
        loading.add_empty(path);
    }
    loading.refuse_unknown_content();
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

/// Returns the format of folders with one file per document that has the extension of a file.
fn folder_format(file: &Path) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.folder && format.has_extension(file))
}

struct EntryLoader<'l> {
    read_as: &'l ReadAs,
    known: &'l KnownDocuments<'l>,
    /// The ids of the known documents by text; `None` for a text that several have. Filled when it
    /// is first needed.
    texts: Option<FxHashMap<&'l str, Option<&'l str>>>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
    omits_empty: bool,
    /// The first file in karat's format or with mapped fields.
    own_file: Option<PathBuf>,
}

impl<'l> EntryLoader<'l> {
    fn file(&mut self, file: &Path, path: &Path) {
        let Some(bytes) = self.bytes(file) else { return };
        let mapping = match decode(&bytes).map(|text| (text, self.read_as.mapping(file, text))) {
            Ok((text, Ok(Some(mapping)))) => Some((text, mapping)),
            Ok((_, Err(diagnostic))) => return self.diagnostics.push(diagnostic),
            Ok((_, Ok(None))) | Err(_) => None,
        };
        let read = match mapping {
            Some((text, mapping)) => {
                self.own_file.get_or_insert_with(|| file.to_owned());
                mapping.read(file, text)
            }
            None => match self.read(file, &bytes) {
                Ok(read) => read,
                Err(diagnostic) => return self.diagnostics.push(diagnostic),
            },
        };
        for (number, entry) in read.into_iter().enumerate() {
            match entry.and_then(|entry| check_name(entry, file, path)) {
                Ok(mut entry) => {
                    // Most documents in token files have only numbers as ids.
                    if entry.annotations.tags.is_some() && file != path {
                        entry.id = format!("{}.{}", stem(file), entry.id);
                    }
                    entry.offset_unit = entry.offset_unit.or(self.read_as.offset_unit);
                    match self.join(&mut entry, number) {
                        Ok(()) => self.add(entry),
                        Err(diagnostic) => self.diagnostics.push(diagnostic),
                    }
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    /// Reads a file by the reader of its format.
    fn read(&mut self, file: &Path, bytes: &[u8]) -> Result<Vec<Result<Entry, Diagnostic>>, Diagnostic> {
        let (format, text) = Format::of_file(file, bytes, self.read_as.format)?;
        self.omits_empty |= format.omits_empty;
        if format.name == Format::own().name {
            self.own_file.get_or_insert_with(|| file.to_owned());
        }
        let companion = format.companion.map(|extension| file.with_extension(extension)).filter(|file| file.exists());
        let beside = companion.as_deref().and_then(|file| self.bytes(file));
        let beside = match beside.as_deref().map(decode).transpose() {
            Ok(text) => text,
            Err(diagnostic) => return Err(diagnostic.in_file(companion.unwrap_or_default())),
        };
        let known = self.known;
        let documents = |id: &str| known.get(id).copied().flatten();
        let column = self.read_as.column;
        let input = Input { file, text, bytes, companion: beside, documents: &documents, column };
        Ok((format.read)(&input))
    }

    /// Refuses files in which no document has a layer, unless they only list ids: their content is
    /// under names that karat does not know.
    fn refuse_unknown_content(&mut self) {
        let Some(file) = &self.own_file else { return };
        let says_nothing =
            |entry: &Entry| entry.annotations.layers().is_empty() && entry.error.is_none() && entry.status.is_none();
        let is_unknown = self.diagnostics.is_empty()
            && self.entries.values().all(|entry| says_nothing(entry) && entry.annotations.tags.is_none());
        if !is_unknown || self.entries.is_empty() {
            return;
        }
        let bytes = read_file(file).unwrap_or_default();
        let refused = decode(&bytes).ok().and_then(|text| unknown_content(file, text, self.read_as.side));
        self.diagnostics.extend(refused);
    }

    fn bytes(&mut self, file: &Path) -> Option<Vec<u8>> {
        read_file(file).map_err(|error| self.diagnostics.push(Diagnostic::io("read this", file, &error))).ok()
    }

    /// Gives an entry the id by which it is joined to the other side. `number` is that of the entry
    /// in its file, from 0. In a format without ids, that is the id of the only document with the
    /// same text, if there is one.
    fn join(&mut self, entry: &mut Entry, number: usize) -> Result<(), Diagnostic> {
        match self.read_as.join {
            Join::Line => entry.id = (number + 1).to_string(),
            Join::Text if self.read_as.side == Side::Predicted => {
                let Some(text) = entry.text.as_deref() else {
                    let diagnostic = Diagnostic::new("it has no text by which it could be joined");
                    return Err(located(diagnostic, entry).help("`--join id` joins by ids"));
                };
                entry.id = match self.of_text(text) {
                    Some(Some(id)) => id.to_owned(),
                    Some(None) => {
                        let diagnostic = Diagnostic::new("several golden documents have its text");
                        return Err(located(diagnostic, entry).help("join by ids, or take the copies out"));
                    }
                    None => {
                        let diagnostic = Diagnostic::new("no golden document has its text");
                        return Err(located(diagnostic, entry).help("texts are joined if they are equal"));
                    }
                };
            }
            Join::Text | Join::Id => {
                if let (true, Some(text)) = (entry.is_numbered, entry.text.as_deref())
                    && let Some(Some(id)) = self.of_text(text)
                {
                    id.clone_into(&mut entry.id);
                }
            }
        }
        Ok(())
    }

    /// Returns the id of the known document with a text; `Some(None)` if several have it.
    fn of_text(&mut self, text: &str) -> Option<Option<&'l str>> {
        let known = self.known;
        let texts = self.texts.get_or_insert_with(|| {
            let mut texts: FxHashMap<&str, Option<&str>> = FxHashMap::default();
            for (id, document) in known.iter().filter_map(|(id, document)| Some((*id, (*document)?))) {
                texts.entry(document.text()).and_modify(|id| *id = None).or_insert(Some(id));
            }
            texts
        });
        texts.get(text).copied()
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

/// Locates a diagnostic at the line of an entry.
fn located(diagnostic: Diagnostic, entry: &Entry) -> Diagnostic {
    diagnostic.in_file(&entry.source.file).at((entry.source.line.max(1), 1)).of_document(&entry.id)
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
        let (entries, diagnostics) = load_entries_as(folder.path(), &read_as, &KnownDocuments::new());
        assert_eq!(diagnostics, []);
        assert_eq!(entries.into_keys().collect::<Vec<_>>(), ["a", "b", "c", "one", "two"]);
        // Text formats still refuse these bytes.
        let (_, diagnostics) =
            load_entries_as(&folder.path().join("x.ids"), &ReadAs::default(), &KnownDocuments::new());
        assert_eq!(diagnostics[0].message, "invalid UTF-8: byte 0 is 0xFF");
    }
}
