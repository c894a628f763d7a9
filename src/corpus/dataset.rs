//! A dataset: documents, golden files, and what `dataset.toml` says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{load_documents, load_golden};
use crate::document::{Document, Reference};
use crate::error::{Error, Fault};
use crate::format::decode;

/// Documents with their golden files.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The name of its table in `karat.toml`.
    pub name: String,
    /// What is known of it.
    pub info: DatasetInfo,
    /// Golden files with their documents, by id.
    pub references: BTreeMap<String, Reference>,
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
}

impl Dataset {
    /// Loads documents and golden files, and `dataset.toml` from the folder that holds the documents.
    ///
    /// # Errors
    /// With every fault of every file.
    pub fn load(name: &str, documents: &Path, golden: &Path) -> Result<Self, Error> {
        let (texts, mut faults) = load_documents(documents);
        let info = documents.parent().map(|folder| load_info(&folder.join("dataset.toml"))).transpose();
        let info = info.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let texts_are_whole = faults.is_empty();
        let (references, wrong) = load_golden(golden, texts_are_whole.then_some(&texts));
        faults.extend(wrong);
        if !faults.is_empty() {
            faults.sort_by(|a, b| (&a.file, a.position).cmp(&(&b.file, b.position)));
            return Err(Error::Input(faults));
        }
        Ok(Self { name: name.to_owned(), info: info.unwrap_or_default(), references })
    }

    /// The documents, in the order of their ids.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.references.values().filter_map(|reference| reference.document.as_ref())
    }
}

/// What `dataset.toml` says; nothing, where it is not there.
pub(super) fn load_info(file: &Path) -> Result<DatasetInfo, Fault> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(DatasetInfo::default()),
        Err(error) => return Err(Fault::io("read this", file, &error)),
    };
    let text = decode(&bytes).map_err(|fault| fault.in_file(file))?;
    toml::from_str(text).map_err(|error| Fault::toml(text, &error).in_file(file))
}
