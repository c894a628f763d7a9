//! Reads annotations from a folder of files, or from a single file, of any supported format. The
//! format is given by name or detected from the content, file by file. A folder is read only if its
//! files are of one kind, so that stray files of another tool are not mixed in.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::documents::files;
use super::misfit::Misfit;
use super::nested::{files_below, nested_id};
use super::unlocated::Unlocated;
use super::validate::Checks;
use crate::document::Document;
use crate::error::{Diagnostic, Recovered};
use crate::format::tokens::{Column, TokenOptions};
use crate::format::{
    Annotators, Entry, Export, FORMATS, FieldMap, Format, GivenBasis, Input, MapOptions, Mapping, Notes, OffsetUnit,
    Purpose, Source, TextForm, decode, level_up, read_file, stem, unknown_content,
};
use crate::guard::guarded;

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
pub struct ReadAs<'r> {
    /// The format; `None` means that it is detected from the content.
    pub format: Option<&'static Format>,
    /// The offset unit of files that do not declare one; `None` means code points.
    pub offset_unit: Option<OffsetUnit>,
    /// The form of the text that offsets count.
    pub form: TextForm,
    /// How token files are read.
    pub tokens: TokenOptions<'r>,
    /// Whether a response in CoNLL-2012's format must have the words of the key.
    pub strict_words: bool,
    /// What happens to labels whose stored text is not the document's.
    pub misfit: Misfit,
    /// What happens to entities without offsets.
    pub unlocated: Unlocated,
    /// The names of the classes that a file states as numbers, in order.
    pub labels: &'static [String],
    /// The parts of an annotation tool's export that are read.
    pub export: Export,
    /// The sources of fields, if the user has mapped them.
    pub map: FieldMap,
    /// How the documents are joined to those of the other side.
    pub join: Join,
    /// Whether rows without ids are numbered, since both sides are the same file.
    pub is_numbered: bool,
    /// Receives what readers assume and leave out.
    pub notes: Notes,
}

impl ReadAs<'_> {
    /// Returns the default settings, whose notes go to `notes`.
    pub fn noting(notes: &Notes) -> Self {
        Self { notes: notes.clone(), ..Self::default() }
    }

    /// Returns the default settings with mapped fields.
    pub fn mapping(map: &FieldMap) -> Self {
        Self { map: map.clone(), ..Self::default() }
    }

    /// Returns how the annotations are checked that are read with these settings.
    pub(super) fn checks<'p>(&self) -> Checks<'p> {
        let notes = self.notes.clone();
        Checks { misfit: self.misfit, unlocated: self.unlocated, unless_it_fits: None, notes }
    }

    /// Returns these settings for another purpose.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.export.purpose = purpose;
        self
    }

    /// Whether files are read as they are detected: the user named no format, no unit of offsets,
    /// no form of the text, no classes, no annotator, no column and no notation of tags, and mapped
    /// no field.
    pub fn is_detected(&self) -> bool {
        self.format.is_none()
            && self.offset_unit.is_none()
            && self.form.is_as_stored()
            && self.labels.is_empty()
            && self.export.annotators == Annotators::Only
            && self.tokens.is_recognised()
            && self.map.is_empty()
    }

    /// Returns how a file is read by a field map; `None` if it is left to the reader of its format.
    fn mapping_of(&self, file: &Path, text: &str) -> Result<Option<Mapping>, Diagnostic> {
        if self.format.is_some() && self.map.is_empty() {
            return Ok(None);
        }
        let options = MapOptions {
            purpose: self.export.purpose,
            map: &self.map,
            is_numbered: self.is_numbered || self.join != Join::Id,
            needs_text: self.join == Join::Text,
        };
        Mapping::of_file(file, text, options)
    }
}

/// Returns how the files at a path are read by field maps, as far as the beginnings of the files
/// show. Files that cannot be read are left out: reading them reports why.
pub fn mappings(path: &Path, read_as: &ReadAs<'_>) -> Vec<Mapping> {
    let files = choose(path, read_as.format).unwrap_or_default();
    let mapping = |file: &PathBuf| {
        // A pipe can be read only once.
        let is_regular = fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
        let bytes = is_regular.then(|| head(file))??;
        // The beginning of a file may end inside a character; what is no UTF-8 elsewhere is no
        // text.
        let end = match std::str::from_utf8(&bytes) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return None,
        };
        read_as.mapping_of(file, decode(&bytes[..end]).ok()?).ok()?
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
        texts: None,
        entries: BTreeMap::new(),
        diagnostics: Vec::new(),
        omits_empty: false,
        lists_empty: false,
        own_file: None,
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
    loading.refuse_unknown_content();
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
pub(super) fn choose(path: &Path, format: Option<&'static Format>) -> Result<Vec<PathBuf>, Diagnostic> {
    if let Some(format) = format {
        let found = if format.folder && path.is_dir() {
            files_below(path, format.extensions)?
        } else {
            or_parquet(path, files(path, format.extensions)?)?
        };
        if found.is_empty() {
            let message = format!("there are no {} files in this folder", format.extension_list());
            return Err(Diagnostic::new(message).in_file(path).help("is `--from` right?"));
        }
        return Ok(found);
    }
    let extensions: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    let found = or_parquet(path, files(path, &extensions)?)?;
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

/// Returns the files that were found in a folder, or its Parquet files if none were: data sets are
/// published as folders of them.
fn or_parquet(path: &Path, found: Vec<PathBuf>) -> Result<Vec<PathBuf>, Diagnostic> {
    if found.is_empty() { files(path, &["parquet"]) } else { Ok(found) }
}

/// Returns the format of the first file that can be in one format only.
fn first_detected(files: &[PathBuf]) -> Option<&'static Format> {
    files.iter().find_map(|file| Some(Format::of_file(file, &read_file(file).ok()?, None).ok()?.0))
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

/// The entries of a file with the diagnostics of those that are malformed, and whether the file's
/// format is one of folders.
type Read = (Vec<Result<Entry, Diagnostic>>, bool);

struct EntryLoader<'l> {
    read_as: ReadAs<'l>,
    known: &'l KnownDocuments<'l>,
    /// The ids of the known documents by text, in the form that offsets count; `None` for a text
    /// that several have. Filled when it is first needed.
    texts: Option<FxHashMap<Cow<'l, str>, Option<&'l str>>>,
    entries: BTreeMap<String, Entry>,
    diagnostics: Vec<Diagnostic>,
    /// Whether a file is in a format that omits documents without labels, and whether one is in a
    /// format that can list them nevertheless.
    omits_empty: bool,
    lists_empty: bool,
    /// The first file in karat's format or with mapped fields.
    own_file: Option<PathBuf>,
}

impl<'l> EntryLoader<'l> {
    /// Reads a file. If its content may be in several formats, as an empty list may, it is read in
    /// that of the other files, which `usual` returns.
    fn file(&mut self, file: &Path, path: &Path, usual: &dyn Fn() -> Option<&'static Format>) {
        let Some(bytes) = self.bytes(file) else { return };
        let mapping = match decode(&bytes).map(|text| (text, self.read_as.mapping_of(file, text))) {
            Ok((text, Ok(Some(mapping)))) => Some((text, mapping)),
            Ok((_, Err(diagnostic))) => return self.diagnostics.push(diagnostic),
            Ok((_, Ok(None))) | Err(_) => None,
        };
        let read = match mapping {
            Some((text, mapping)) => self.read_mapped(file, text, &mapping),
            None => self.read(file, &bytes, usual),
        };
        let (read, is_folder) = match read {
            Ok(read) => read,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        for (number, entry) in read.into_iter().enumerate() {
            match entry.and_then(|entry| check_name(entry, file, path)) {
                Ok(mut entry) => {
                    // Most documents in token files have only numbers as ids.
                    if entry.annotations.tags.is_some() && file != path {
                        entry.id = format!("{}.{}", stem(file), entry.id);
                    }
                    if is_folder {
                        entry.id = nested_id(path, file, &entry.id);
                    }
                    entry.given = GivenBasis { unit: self.read_as.offset_unit, form: self.read_as.form };
                    match self.join(&mut entry, number) {
                        Ok(()) => self.add(entry),
                        Err(diagnostic) => self.diagnostics.push(diagnostic),
                    }
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    /// Reads a file by the reader of its format. Returns what it read, and whether the format is
    /// one of folders.
    fn read(
        &mut self,
        file: &Path,
        bytes: &[u8],
        usual: &dyn Fn() -> Option<&'static Format>,
    ) -> Result<Read, Diagnostic> {
        let detected = Format::of_file(file, bytes, self.read_as.format).or_else(|diagnostic| {
            let candidates = Format::candidates(file, bytes);
            let is_candidate = |format: &&'static Format| candidates.iter().any(|other| other.name == format.name);
            let usual = if candidates.len() > 1 { usual().filter(is_candidate) } else { None };
            usual.map_or(Err(diagnostic), |format| Format::of_file(file, bytes, Some(format)))
        });
        let (format, text) = detected?;
        let how = if self.read_as.format.is_some() { "the named format" } else { "detected from content" };
        self.read_as.notes.explain(file, format!("read as {}, {how}", format.name));
        if !format.has_annotators {
            self.refuse_annotator(file, format.name)?;
        }
        self.omits_empty |= format.omits_empty;
        self.lists_empty |= format.omits_empty && format.capabilities.empty_documents;
        if format.name == Format::own().name {
            self.own_file.get_or_insert_with(|| file.to_owned());
        }
        let companion = format.companion.map(|extension| file.with_extension(extension)).filter(|file| file.exists());
        let beside = companion.as_deref().and_then(|file| self.bytes(file));
        let beside = beside.as_deref().map(decode).transpose();
        let beside = beside.map_err(|diagnostic| diagnostic.in_file(companion.unwrap_or_default()))?;
        let known = self.known;
        let documents = |id: &str| known.get(id).copied().flatten();
        let ReadAs { tokens, labels, offset_unit, ref export, ref notes, ref map, .. } = self.read_as;
        let has = TokenChoices { tags: format.chooses_tags, column: format.chooses_column };
        if let Some(diagnostic) = not_chosen(format.name, has, tokens) {
            return Err(diagnostic.in_file(file));
        }
        let mapped_key = map.text_key().filter(|_| format.has_text_key);
        let text_key = mapped_key.map(str::to_owned).or_else(|| export.text_key.clone());
        let export = &Export { text_key, ..export.clone() };
        let documents = &documents;
        let input =
            Input { file, text, bytes, companion: beside, documents, tokens, labels, offset_unit, export, notes };
        // A defect of a reader costs its file only.
        let read = guarded(|| (format.read)(&input))
            .map_err(|panic| Diagnostic::new(format!("the reader of {} {panic}", format.name)).in_file(file))?;
        let lacks_text = |entry: &Result<Entry, Diagnostic>| entry.as_ref().is_ok_and(|entry| entry.text.is_none());
        if let Some(key) = mapped_key
            && !read.is_empty()
            && read.iter().all(lacks_text)
        {
            let diagnostic = Diagnostic::new(format!("no document has a text under the key `{key}`")).in_file(file);
            return Err(diagnostic.help("take `text` out of the map: karat then looks for the key or names the keys"));
        }
        Ok((read, format.folder))
    }

    /// Reads a file by a field map, and notes what it assumes.
    fn read_mapped(&mut self, file: &Path, text: &str, mapping: &Mapping) -> Result<Read, Diagnostic> {
        const FORMAT: &str = "of mapped fields";
        let model = match &self.read_as.export.annotators {
            Annotators::Named(name) if mapping.chooses_model() => Some(name.clone()),
            _ => {
                self.refuse_annotator(file, FORMAT)?;
                None
            }
        };
        if let Some(diagnostic) = not_chosen(FORMAT, TokenChoices::default(), self.read_as.tokens) {
            return Err(diagnostic.in_file(file));
        }
        self.own_file.get_or_insert_with(|| file.to_owned());
        if !mapping.assumption.is_empty() {
            self.read_as.notes.state(file, mapping.assumption.as_str());
        }
        Ok((mapping.read(file, text, model.as_deref()), false))
    }

    /// Fails if an annotator is chosen in a file whose format names none.
    fn refuse_annotator(&self, file: &Path, format: &str) -> Result<(), Diagnostic> {
        let Annotators::Named(name) = &self.read_as.export.annotators else { return Ok(()) };
        let message = format!("files in the format {format} name no annotators, so there is no {name:?}");
        let diagnostic = Diagnostic::new(message).in_file(file);
        Err(diagnostic.help("take `--annotator` or `--pred-annotator` out"))
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
        let refused = decode(&bytes).ok().and_then(|text| unknown_content(file, text, self.read_as.export.purpose));
        self.diagnostics.extend(refused);
    }

    fn bytes(&mut self, file: &Path) -> Option<Vec<u8>> {
        read_file(file).map_err(|diagnostic| self.diagnostics.push(diagnostic)).ok()
    }

    /// Gives an entry the id by which it is joined to the other side. `number` is that of the entry
    /// in its file, from 0. In a format without ids, that is the id of the only document with the
    /// same text, if there is one.
    fn join(&mut self, entry: &mut Entry, number: usize) -> Result<(), Diagnostic> {
        match self.read_as.join {
            Join::Line => entry.id = (number + 1).to_string(),
            Join::Text if self.read_as.export.purpose == Purpose::Predictions => {
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

    /// Returns the id of the known document with a text, in the form that offsets count;
    /// `Some(None)` if several have it.
    fn of_text(&mut self, text: &str) -> Option<Option<&'l str>> {
        let (known, form) = (self.known, self.read_as.form);
        let texts = self.texts.get_or_insert_with(|| {
            let mut texts: FxHashMap<Cow<'l, str>, Option<&str>> = FxHashMap::default();
            for (id, document) in known.iter().filter_map(|(id, document)| Some((*id, (*document)?))) {
                texts.entry(form.of(document.text())).and_modify(|id| *id = None).or_insert(Some(id));
            }
            texts
        });
        texts.get(&form.of(text)).copied()
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
fn not_chosen(format: &str, has: TokenChoices, tokens: TokenOptions<'_>) -> Option<Diagnostic> {
    let names_column = matches!(tokens.column, Column::Number(_) | Column::Named(_));
    let option = match tokens.notation {
        Some(_) if !has.tags => "--tags",
        _ if names_column && !has.column => "--column",
        _ => return None,
    };
    let diagnostic = Diagnostic::new(format!("`{option}` does not apply to the format {format}"));
    Some(diagnostic.help(format!("leave out `{option}`, or name another format with `--from`")))
}

/// Which options of token files apply to a format.
#[derive(Clone, Copy, Default)]
struct TokenChoices {
    tags: bool,
    column: bool,
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
