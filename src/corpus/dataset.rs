//! A dataset: documents, golden files, and what `dataset.toml` says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::documents::has_extension;
use super::{load_annotators, load_documents, load_golden};
use crate::document::{Annotator, Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::{decode, sha256, to_line};

/// Documents with their golden files.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The name of its table in `karat.toml`.
    pub name: String,
    /// What is known of it.
    pub info: DatasetInfo,
    /// Golden files with their documents, by id.
    pub references: BTreeMap<String, Reference>,
    /// The rest of the dataset, where it is cut to a split: predictions may speak of it.
    pub outside: BTreeMap<String, Reference>,
    /// The passes that the golden files were adjudicated from, where `passes/` beside them holds two or more.
    pub annotators: Vec<Annotator>,
}

/// The content of `dataset.toml`, which is optional, as is every key of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatasetInfo {
    /// A title for reports.
    pub name: Option<String>,
    /// What the texts are.
    pub description: Option<String>,
    /// Licence of the texts.
    pub licence: Option<String>,
    /// Where the texts come from.
    pub source: Option<String>,
    /// Language of the texts, as a BCP 47 tag.
    pub language: Option<String>,
    /// The layers that its golden files should have.
    pub layers: Vec<String>,
    /// The labels that entities may have; any, where it is left out.
    pub labels: Vec<String>,
    /// Whether entities may lie inside one another.
    pub nested: bool,
    /// The fewest and the most words of a golden summary.
    pub summary_words: Option<(usize, usize)>,
    /// Named parts, as lists of document ids.
    pub splits: BTreeMap<String, Vec<String>>,
    /// Splits whose golden files must not change unnoticed, with the hash of each.
    pub seals: BTreeMap<String, String>,
}

impl Dataset {
    /// Loads documents and golden files, and `dataset.toml` from the folder that holds the documents.
    ///
    /// # Errors
    /// With every fault of every file.
    pub fn load(name: &str, documents: &Path, golden: &Path) -> Result<Self, Error> {
        let (texts, mut diagnostics) = load_documents(documents);
        let info = documents.parent().map(|folder| load_info(&folder.join("dataset.toml"))).transpose();
        let info = info.unwrap_or_else(|diagnostic| {
            diagnostics.push(diagnostic);
            None
        });
        let texts_are_whole = diagnostics.is_empty();
        let (mut references, wrong) = load_golden(golden, texts_are_whole.then_some(&texts));
        references.values_mut().for_each(|reference| reference.gold.decode_tags());
        diagnostics.extend(wrong);
        let annotators = if texts_are_whole { load_passes(&golden.join("passes"), &texts) } else { Ok(Vec::new()) };
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
            outside: BTreeMap::new(),
            annotators,
        })
    }

    /// The documents of one split alone; a sealed one must be as it was sealed.
    ///
    /// # Errors
    /// Where there is no such split, where it names documents that there are not, and where its seal is broken.
    pub fn of_split(mut self, split: &str) -> Result<Self, Error> {
        let unknown_ids = self.info.unknown_id_seals();
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
            .map(|id| {
                Diagnostic::new(format!("the split {split:?} names a document that there is not")).of_document(id)
            })
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

    /// What is wrong with the seals: splits that there are not, and splits that have changed.
    pub fn seal_diagnostics(&self) -> Vec<Diagnostic> {
        let broken = self.info.seals.iter().filter_map(|(split, seal)| {
            let ids = self.info.splits.get(split)?;
            check_seal(&self.name, split, seal, self.references.iter().filter(|(id, _)| ids.contains(id)))
        });
        self.info.unknown_id_seals().into_iter().chain(broken).collect()
    }

    /// The documents, in the order of their ids.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.references.values().filter_map(|reference| reference.document.as_ref())
    }
}

impl DatasetInfo {
    /// Seals of splits that there are not: they would seal nothing.
    fn unknown_id_seals(&self) -> Vec<Diagnostic> {
        let unknown_ids = self.seals.keys().filter(|name| !self.splits.contains_key(*name));
        let diagnostic = |name: &String| {
            let diagnostic = Diagnostic::new(format!("[seals] names the split {name:?}, which there is not"));
            diagnostic.help_with_nearest(name, self.splits.keys().map(String::as_str))
        };
        unknown_ids.map(diagnostic).collect()
    }
}

/// What is wrong with a seal, if it is broken: it is a hash over texts and golden annotations.
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

/// The passes below a folder, if there are at least two to compare.
pub(super) fn load_passes(folder: &Path, texts: &BTreeMap<String, Document>) -> Result<Vec<Annotator>, Error> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut passes: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_pass(path)).collect();
    passes.sort();
    if passes.len() < 2 { Ok(Vec::new()) } else { load_annotators(&passes, Some(texts)) }
}

/// A pass is a folder of files, or one `.jsonl`.
fn is_pass(path: &Path) -> bool {
    path.is_dir() || has_extension(path, "jsonl")
}

/// What `dataset.toml` says; nothing, where it is not there.
pub(super) fn load_info(file: &Path) -> Result<DatasetInfo, Diagnostic> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(DatasetInfo::default()),
        Err(error) => return Err(Diagnostic::io("read this", file, &error)),
    };
    let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
    toml::from_str(text).map_err(|error| Diagnostic::toml(text, &error).in_file(file))
}
