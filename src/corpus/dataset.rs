//! A dataset: documents, golden files, and the metadata in `dataset.toml`. A dataset can be cut to
//! a split; a split can be sealed by a hash over its texts and golden annotations, so that a test
//! set does not change unnoticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::golden::load_golden_with;
use super::{GoldSource, ReadAs, check_same_documents, load_annotators, load_documents};
use crate::document::{Annotator, Document, Reference};
use crate::error::{Diagnostic, Error, Recovered};
use crate::format::{Notes, decode, has_extension, sha256, to_line};

/// Documents with their golden annotations.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The name of the dataset's table in `karat.toml`.
    pub name: String,
    /// The content of `dataset.toml`.
    pub info: DatasetInfo,
    /// The golden annotations with their documents, by document id.
    pub references: BTreeMap<String, Reference>,
    /// Where the golden annotations come from, by document id.
    pub sources: BTreeMap<String, GoldSource>,
    /// The documents outside the split that the dataset was cut to. Predictions may cover them.
    pub outside: BTreeMap<String, Reference>,
    /// The annotation passes from which the golden files were adjudicated, if the folder `passes/`
    /// among them contains at least two.
    pub annotators: Vec<Annotator>,
    /// Whether the texts of its documents are kept out of reports, messages and run folders.
    pub is_confidential: bool,
    /// What the readers of the golden files, of the passes and of files of predictions for the
    /// dataset assumed and left out.
    pub notes: Notes,
}

/// The content of `dataset.toml`. The file is optional, and so is each of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatasetInfo {
    /// A title for reports.
    pub name: Option<String>,
    /// A description of the texts.
    pub description: Option<String>,
    /// The licence of the texts.
    pub licence: Option<String>,
    /// The source of the texts.
    pub source: Option<String>,
    /// The language of the texts, as a BCP 47 tag.
    pub language: Option<String>,
    /// The layers that the golden files should have.
    pub layers: Vec<String>,
    /// The labels that entities may have; empty means any.
    pub labels: Vec<String>,
    /// Whether entities may be nested.
    pub nested: bool,
    /// The minimum and the maximum number of words of a golden summary.
    pub summary_words: Option<(usize, usize)>,
    /// The splits by name, as lists of document ids.
    pub splits: BTreeMap<String, Vec<String>>,
    /// The seals by split: the SHA-256 that the texts and golden annotations of the split must
    /// have.
    pub seals: BTreeMap<String, String>,
}

impl Dataset {
    /// Loads documents and golden files, and `dataset.toml` from the folder that contains the
    /// documents' folder or file.
    ///
    /// # Errors
    /// Fails with every error in every file.
    pub fn load(name: &str, documents: &Path, golden: &Path) -> Result<Self, Error> {
        Self::load_as(name, documents, golden, ReadAs::default())
    }

    /// Loads a dataset like [`Dataset::load`], with the golden files in a given format or with
    /// mapped fields.
    ///
    /// # Errors
    /// Fails with every error in every file.
    pub fn load_as(name: &str, documents: &Path, golden: &Path, read_as: ReadAs<'_>) -> Result<Self, Error> {
        let Recovered { value: texts, mut diagnostics } = load_documents(documents);
        let info = documents.parent().map(|folder| load_info(&folder.join("dataset.toml"))).transpose();
        let info = info.unwrap_or_else(|diagnostic| {
            diagnostics.push(diagnostic);
            None
        });
        let texts_are_complete = diagnostics.is_empty();
        let notes = read_as.notes.clone();
        let references = load_golden_with(golden, read_as, texts_are_complete.then_some(&texts));
        let loaded = references.unwrap_or_else(|wrong| {
            diagnostics.extend(wrong);
            BTreeMap::new()
        });
        let (mut references, mut sources) = (BTreeMap::new(), BTreeMap::new());
        for (id, (reference, source)) in loaded {
            references.insert(id.clone(), reference);
            sources.insert(id, source);
        }
        references.values_mut().for_each(|reference| reference.gold.decode_tags());
        let annotators =
            if texts_are_complete { load_passes(&golden.join("passes"), &texts, &notes) } else { Ok(Vec::new()) };
        let annotators = annotators.unwrap_or_else(|error| {
            diagnostics.extend(error.diagnostics().to_vec());
            Vec::new()
        });
        if !diagnostics.is_empty() {
            diagnostics.sort_by(|a, b| (&a.file, a.position).cmp(&(&b.file, b.position)));
            return Err(Error::Input(diagnostics));
        }
        Ok(Self {
            name: name.to_owned(),
            info: info.unwrap_or_default(),
            references,
            sources,
            outside: BTreeMap::new(),
            annotators,
            is_confidential: false,
            notes,
        })
    }

    /// Cuts the dataset to one split, and checks the split's seal if it has one.
    ///
    /// # Errors
    /// Fails if the split does not exist, if it names unknown documents, or if its seal is broken.
    pub fn of_split(mut self, split: &str) -> Result<Self, Error> {
        let unknown_ids = self.info.unknown_split_seals();
        if !unknown_ids.is_empty() {
            return Err(Error::Input(unknown_ids));
        }
        let Some(ids) = self.info.splits.get(split).cloned() else {
            let diagnostic = Diagnostic::new(format!("dataset {:?} has no split {split:?}", self.name));
            return Err(diagnostic.help_with_nearest(split, self.info.splits.keys().map(String::as_str)).into());
        };
        let unknown_ids: Vec<Diagnostic> = ids
            .iter()
            .filter(|id| !self.references.contains_key(*id))
            .map(|id| Diagnostic::new(format!("the split {split:?} names an unknown document")).of_document(id))
            .collect();
        if !unknown_ids.is_empty() {
            return Err(Error::Input(unknown_ids));
        }
        let (inside, outside) = self.references.into_iter().partition(|(id, _)| ids.contains(id));
        (self.references, self.outside) = (inside, outside);
        for annotator in &mut self.annotators {
            annotator.documents.retain(|id, _| ids.contains(id));
        }
        match self.info.seals.get(split) {
            Some(seal) => check_seal(&self.name, split, seal, &self.references)
                .map_or(Ok(self), |diagnostic| Err(diagnostic.into())),
            None => Ok(self),
        }
    }

    /// Checks the seals. Returns a diagnostic for each seal of an unknown split and for each sealed
    /// split that has changed.
    pub fn seal_diagnostics(&self) -> Vec<Diagnostic> {
        let broken = self.info.seals.iter().filter_map(|(split, seal)| {
            let ids = self.info.splits.get(split)?;
            check_seal(&self.name, split, seal, self.references.iter().filter(|(id, _)| ids.contains(id)))
        });
        self.info.unknown_split_seals().into_iter().chain(broken).collect()
    }

    /// Iterates over the documents in the order of their ids.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.references.values().filter_map(|reference| reference.document.as_ref())
    }
}

impl DatasetInfo {
    /// Returns the sealed split that contains a document, if there is one.
    pub fn sealed_split(&self, id: &str) -> Option<&str> {
        let has_id = |split: &str| self.splits.get(split).is_some_and(|ids| ids.iter().any(|one| one == id));
        self.seals.keys().map(String::as_str).find(|split| has_id(split))
    }

    /// Returns a diagnostic for each seal of an unknown split, which would seal nothing.
    pub fn unknown_split_seals(&self) -> Vec<Diagnostic> {
        let unknown_ids = self.seals.keys().filter(|name| !self.splits.contains_key(*name));
        let diagnostic = |name: &String| {
            let diagnostic = Diagnostic::new(format!("[seals] names the unknown split {name:?}"));
            diagnostic.help_with_nearest(name, self.splits.keys().map(String::as_str))
        };
        unknown_ids.map(diagnostic).collect()
    }
}

/// Returns a diagnostic if a seal is broken, i.e. if it is not the SHA-256 of the texts and golden
/// annotations of the split.
fn check_seal<'r>(
    dataset: &str,
    split: &str,
    seal: &str,
    references: impl IntoIterator<Item = (&'r String, &'r Reference)>,
) -> Option<Diagnostic> {
    let mut content = String::new();
    for (id, reference) in references {
        content.push_str(reference.document.as_ref().map_or("", Document::text));
        content.push_str(&to_line(id, &reference.gold));
    }
    let found = sha256(content);
    let message = format!("the sealed split {split:?} of dataset {dataset:?} has changed");
    let help = format!("if the change is meant, write `{split} = \"{found}\"` under [seals] in dataset.toml");
    (*seal != found).then(|| Diagnostic::new(message).help(help))
}

/// Loads the annotation passes in a folder, if there are at least two to compare.
pub(super) fn load_passes(
    folder: &Path,
    texts: &BTreeMap<String, Document>,
    notes: &Notes,
) -> Result<Vec<Annotator>, Error> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut passes: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_pass(path)).collect();
    passes.sort();
    if passes.len() < 2 {
        return Ok(Vec::new());
    }
    let annotators = load_annotators(&passes, Some(texts), &ReadAs::noting(notes))?;
    let diagnostics = check_same_documents(&annotators);
    if diagnostics.is_empty() { Ok(annotators) } else { Err(Error::Input(diagnostics)) }
}

/// Whether a path is an annotation pass: a folder of files, or a `.jsonl` file.
fn is_pass(path: &Path) -> bool {
    path.is_dir() || has_extension(path, "jsonl")
}

/// Reads `dataset.toml`. A missing file is the same as an empty one.
///
/// # Errors
/// Fails if the file cannot be read, or if its content is invalid.
pub fn load_info(file: &Path) -> Result<DatasetInfo, Diagnostic> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(DatasetInfo::default()),
        Err(error) => return Err(Diagnostic::io("read this", file, &error)),
    };
    let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
    toml::from_str(text).map_err(|error| Diagnostic::toml(text, &error).in_file(file))
}
