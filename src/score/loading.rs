//! Loads the files of a scoring completely, joins and checks them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Settings;
use super::acceptance::{Accepted, LoadedPredictions, Policy, accept, refuse};
use crate::corpus::{ReadAs, check_schemas, load_any_predictions_as, load_documents, load_entries, load_golden_as};
use crate::document::{Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::tokens::is_token_file;
use crate::metric::Options;

/// A file or folder and the format to read it as.
pub type ReadFrom<'f> = (&'f Path, ReadAs<'f>);

/// The files of one scoring.
pub struct Input<'f> {
    /// The golden files.
    pub gold: ReadFrom<'f>,
    /// The documents, if the golden files do not contain their texts.
    pub documents: Option<&'f Path>,
    /// The predictions of each system.
    pub systems: Vec<ReadFrom<'f>>,
    /// Which documents are accepted.
    pub policy: Policy,
    /// The options file.
    pub options: Option<&'f Path>,
}

impl Input<'_> {
    /// Returns whether the files may be streamed as far as the options are concerned: no format is
    /// named, and no other files are needed.
    pub fn is_plain(&self) -> bool {
        let is_default = |(_, read_as): &ReadFrom<'_>| read_as.is_detected();
        self.documents.is_none() && is_default(&self.gold) && self.systems.iter().all(is_default)
    }

    /// Loads the files, joins them and runs all checks.
    ///
    /// # Errors
    /// Fails with all errors in the files, and with everything that [`accept`] refuses.
    pub fn load(&self, settings: &Settings) -> Result<Accepted<'static>, Error> {
        let mut diagnostics = Vec::new();
        let documents = self.documents.map(|path| {
            let (documents, wrong) = load_documents(path);
            diagnostics.extend(wrong);
            documents
        });
        let nothing = BTreeMap::new();
        let (gold, gold_as) = self.gold;
        let (references, wrong) = load_golden_as(gold, gold_as, documents.as_ref().unwrap_or(&nothing));
        diagnostics.extend(wrong);
        diagnostics.extend(documents.iter().flat_map(|documents| without_document(gold, &references, documents)));
        // Tokens are compared by index, which errors in the golden file would shift.
        let has_tokens = is_token_file(gold) || references.values().any(|reference| reference.gold.tags.is_some());
        if has_tokens && !diagnostics.is_empty() {
            diagnostics.extend(self.systems.iter().flat_map(|(file, _)| load_entries(file).1));
            refuse(std::mem::take(&mut diagnostics))?;
        }
        if diagnostics.is_empty() {
            diagnostics.extend(self.unknown_records(&references, &settings.options));
            diagnostics.extend(check_schemas(gold, &settings.options));
        }
        let systems = self.systems.iter().map(|(file, read_as)| LoadedPredictions {
            file: (*file).to_owned(),
            predictions: load_any_predictions_as(file, *read_as, &references),
        });
        let systems: Vec<LoadedPredictions> = systems.collect();
        if !diagnostics.is_empty() {
            diagnostics.extend(systems.iter().flat_map(|system| system.predictions.diagnostics.iter().cloned()));
            refuse(diagnostics)?;
        }
        accept(gold, Cow::Owned(references), systems, self.policy, settings)
    }

    /// Returns diagnostics for options about records that no golden file has: a misspelt name would
    /// otherwise go unnoticed.
    fn unknown_records(&self, references: &BTreeMap<String, Reference>, options: &Options) -> Vec<Diagnostic> {
        let names = references.values().flat_map(|reference| reference.gold.records.iter().flat_map(BTreeMap::keys));
        let known: BTreeSet<&str> = names.map(String::as_str).collect();
        let unknown = options.records.keys().filter(|name| !known.contains(name.as_str()));
        let diagnostic = |name: &String| {
            let diagnostic = Diagnostic::new(format!("[records.{name}] is about records that no golden file has"));
            let diagnostic = self.options.iter().fold(diagnostic, |diagnostic, file| diagnostic.in_file(*file));
            diagnostic.help_with_nearest(name, known.iter().copied())
        };
        unknown.map(diagnostic).collect()
    }
}

/// Returns diagnostics for golden files that have no document.
fn without_document(
    gold: &Path,
    references: &BTreeMap<String, Reference>,
    documents: &BTreeMap<String, Document>,
) -> Vec<Diagnostic> {
    let unknown = references.keys().filter(|id| !documents.contains_key(*id));
    unknown.map(|id| Diagnostic::new("there is no such document").of_document(id).in_file(gold)).collect()
}
