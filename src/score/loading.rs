//! Loads the files of a scoring completely, joins and checks them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Settings;
use super::acceptance::{Accepted, LoadedPredictions, Policy, accept, refuse};
use crate::corpus::{
    Misfit, Misfits, ReadAs, check_schemas, load_any_predictions_as, load_checked, load_documents, load_golden_as,
};
use crate::document::{Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::tokens::is_token_file;
use crate::metric::Options;

/// A file or folder and the format to read it as.
pub type ReadFrom<'f> = (&'f Path, ReadAs<'f>);

/// The files of one scoring.
pub struct ScoringInput<'f> {
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

impl ScoringInput<'_> {
    /// Returns whether the files may be streamed as far as the options are concerned: no format is
    /// named, and no other files are needed.
    pub fn is_plain(&self) -> bool {
        let is_default = |(_, read_as): &ReadFrom<'_>| read_as.is_detected();
        self.documents.is_none() && is_default(&self.gold) && self.systems.iter().all(is_default)
    }

    /// Returns whether labels whose stored text is not the document's are accepted.
    pub fn accepts_misfits(&self) -> bool {
        let accepts = |(_, read_as): &ReadFrom<'_>| read_as.misfit != Misfit::Refuse;
        accepts(&self.gold) || self.systems.iter().any(accepts)
    }

    /// Loads the files, joins them and runs all checks.
    ///
    /// # Errors
    /// Fails with all errors in the files, and with everything that [`accept`] refuses.
    pub fn load(&self, settings: &Settings) -> Result<Accepted<'static>, Error> {
        let mut diagnostics = Vec::new();
        let documents = self.documents.map(|path| load_documents(path).report_to(&mut diagnostics));
        let nothing = BTreeMap::new();
        let (gold, gold_as) = self.gold.clone();
        let references = load_golden_as(gold, gold_as, documents.as_ref().unwrap_or(&nothing));
        let mut references = references.report_to(&mut diagnostics);
        diagnostics.extend(documents.iter().flat_map(|documents| without_document(gold, &references, documents)));
        // Tokens are compared by index, which errors in the golden file would shift.
        let has_tokens = is_token_file(gold) || references.values().any(|reference| reference.gold.tags.is_some());
        if has_tokens && !diagnostics.is_empty() {
            let of_system = |(file, read_as): &ReadFrom<'_>| load_checked(file, read_as.clone(), &nothing).diagnostics;
            diagnostics.extend(self.systems.iter().flat_map(of_system));
            refuse(std::mem::take(&mut diagnostics))?;
        }
        if diagnostics.is_empty() {
            diagnostics.extend(self.unknown_records(&references, &settings.options));
            diagnostics.extend(check_schemas(gold, &settings.options));
        }
        let systems = self.systems.iter().map(|(file, read_as)| LoadedPredictions {
            file: (*file).to_owned(),
            predictions: load_any_predictions_as(file, read_as.clone(), &references),
        });
        let mut systems: Vec<LoadedPredictions> = systems.collect();
        let misfits = self.settle_misfits(&mut references, &mut systems);
        if !diagnostics.is_empty() {
            diagnostics.extend(systems.iter().flat_map(|system| system.predictions.diagnostics.iter().cloned()));
            refuse(diagnostics)?;
        }
        let accepted = accept(gold, Cow::Owned(references), systems, self.policy, settings)?;
        Ok(Accepted { misfits, ..accepted })
    }

    /// Drops or keeps the labels whose stored text is not the document's, as the user wants.
    /// Returns their numbers.
    fn settle_misfits(
        &self,
        references: &mut BTreeMap<String, Reference>,
        systems: &mut [LoadedPredictions],
    ) -> Vec<Misfits> {
        let mut found = Vec::new();
        for ((file, read_as), system) in self.systems.iter().zip(systems) {
            let answers = system.predictions.answers.iter_mut().filter_map(|(id, answer)| {
                let document = references.get(id)?.document.as_ref()?;
                Some((document, answer))
            });
            let unknown = system.predictions.unknown_ids.values_mut();
            let unknown = unknown.filter_map(|one| Some((one.document.as_ref()?, &mut one.answer)));
            let counts = answers.chain(unknown).map(|(document, answer)| {
                let repeats = answer.repeats.iter_mut().map(|repeat| &mut repeat.annotations);
                let all = [&mut answer.annotations].into_iter().chain(repeats);
                all.map(|annotations| read_as.misfit.settle(annotations, document)).sum::<usize>()
            });
            found.push(Misfits { file: (*file).to_owned(), count: counts.sum(), settled: read_as.misfit });
        }
        let (gold, gold_as) = self.gold.clone();
        let counts = references.values_mut().map(|reference| match &reference.document {
            Some(document) => gold_as.misfit.settle(&mut reference.gold, document),
            None => 0,
        });
        found.insert(0, Misfits { file: gold.to_owned(), count: counts.sum(), settled: gold_as.misfit });
        found.retain(|misfits| misfits.count > 0);
        found
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
