//! Loads the files of a scoring completely, joins and checks them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Settings;
use super::acceptance::{Accepted, LoadedPredictions, Policy, accept, refuse};
use crate::corpus::{
    Join, Misfit, Misfits, Predictions, ReadAs, check_schemas, load_any_predictions_as, load_checked, load_documents,
    load_golden_as, mappings,
};
use crate::document::{Annotations, Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::tokens::is_token_file;
use crate::format::{Mapping, Purpose};
use crate::metric::Options;

/// A file or folder and the format to read it as.
pub type ReadFrom<'f> = (&'f Path, ReadAs<'f>);

/// The files of one scoring.
pub struct ScoringInput<'f> {
    /// The golden files.
    pub gold: ReadFrom<'f>,
    /// Further files of references, if files have one text a line.
    pub further_gold: Vec<&'f Path>,
    /// The documents, if the golden files do not contain their texts.
    pub documents: Option<&'f Path>,
    /// The predictions of each system.
    pub systems: Vec<ReadFrom<'f>>,
    /// How documents are joined; `None` means by line if a file has one text a line, and otherwise
    /// by id.
    pub join: Option<Join>,
    /// Which documents are accepted.
    pub policy: Policy,
    /// The options file.
    pub options: Option<&'f Path>,
}

impl ScoringInput<'_> {
    /// Returns whether the files may be streamed as far as the options are concerned: no format is
    /// named, no field is mapped, documents are joined by id, and no other files are needed.
    pub fn is_plain(&self) -> bool {
        let is_default = |(_, read_as): &ReadFrom<'_>| read_as.is_detected();
        let is_alone = self.documents.is_none() && self.further_gold.is_empty();
        is_alone
            && self.join.is_none_or(|join| join == Join::Id)
            && is_default(&self.gold)
            && self.systems.iter().all(is_default)
    }

    /// Returns how documents are joined. Notes that they are joined by line if the user has not
    /// said so.
    fn joined_by(&self) -> Join {
        let is_of_lines = |(file, read_as): &ReadFrom<'_>, purpose: Purpose| {
            let read_as = read_as.clone().with_purpose(purpose);
            file.is_file() && mappings(file, &read_as).iter().any(Mapping::is_of_lines)
        };
        if let Some(join) = self.join {
            return join;
        }
        let mut systems = self.systems.iter();
        if !is_of_lines(&self.gold, Purpose::Gold) && !systems.any(|file| is_of_lines(file, Purpose::Predictions)) {
            return Join::Id;
        }
        let systems: Vec<String> = self.systems.iter().map(|(file, _)| file.display().to_string()).collect();
        let (gold, gold_as) = &self.gold;
        let systems = systems.join(", ");
        gold_as.notes.state(gold, format!("joined by line with {systems}; --join says otherwise"));
        Join::Line
    }

    /// Returns how a file is read whose documents are joined in this way.
    fn read_as<'r>(&self, read_as: &ReadAs<'r>, join: Join) -> ReadAs<'r> {
        let is_numbered = self.systems.iter().all(|(file, _)| *file == self.gold.0);
        ReadAs { join, is_numbered, ..read_as.clone() }
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
        let join = self.joined_by();
        let documents = self.documents.map(|path| load_documents(path).report_to(&mut diagnostics));
        let nothing = BTreeMap::new();
        let (gold, gold_as) = (self.gold.0, self.read_as(&self.gold.1, join));
        let references = load_golden_as(gold, gold_as.clone(), documents.as_ref().unwrap_or(&nothing));
        let mut references = references.report_to(&mut diagnostics);
        diagnostics.extend(documents.iter().flat_map(|documents| without_document(gold, &references, documents)));
        if diagnostics.is_empty() {
            diagnostics.extend(self.add_references(&mut references, &gold_as));
        }
        // Tokens are compared by index, which errors in the golden file would shift.
        let has_tokens = is_token_file(gold) || references.values().any(|reference| reference.gold.tags.is_some());
        if has_tokens && !diagnostics.is_empty() {
            let of_system = |(file, read_as): &ReadFrom<'_>| load_checked(file, read_as.clone(), &nothing).diagnostics;
            diagnostics.extend(self.systems.iter().flat_map(of_system));
            refuse(std::mem::take(&mut diagnostics))?;
        }
        if diagnostics.is_empty() {
            if !self.policy.is_part {
                diagnostics.extend(self.unknown_records(&references, &settings.options));
            }
            diagnostics.extend(check_schemas(gold, gold_as.clone(), &settings.options));
        }
        let systems = self.systems.iter().map(|(file, read_as)| LoadedPredictions {
            file: (*file).to_owned(),
            predictions: load_any_predictions_as(file, self.read_as(read_as, join), &references),
        });
        let mut systems: Vec<LoadedPredictions> = systems.collect();
        if join == Join::Line && diagnostics.is_empty() {
            diagnostics.extend(systems.iter().filter_map(|system| unequal_lines(gold, &references, system)));
        }
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

    /// Adds the references in the further golden files to those of the first.
    fn add_references(&self, references: &mut BTreeMap<String, Reference>, read_as: &ReadAs<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let read_as = &read_as.clone().with_purpose(Purpose::Gold);
        for file in &self.further_gold {
            let is_of_lines = |file: &Path| mappings(file, read_as).iter().any(Mapping::is_of_lines);
            if let Some(other) = [self.gold.0, *file].into_iter().find(|file| !is_of_lines(file)) {
                let diagnostic = Diagnostic::new("this is no file with one text a line").in_file(other);
                diagnostics.push(diagnostic.help(
                    "only such files can be named by several --gold: write the references of a document as `summaries`",
                ));
                continue;
            }
            let more = load_golden_as(file, read_as.clone(), &BTreeMap::new()).report_to(&mut diagnostics);
            if more.len() != references.len() {
                diagnostics.push(unequal((self.gold.0, references.len()), (file, more.len()), None));
                continue;
            }
            for (id, reference) in more {
                if let Some(known) = references.get_mut(&id) {
                    known.gold.summaries.get_or_insert_default().extend(reference.gold.summaries.unwrap_or_default());
                }
            }
        }
        diagnostics
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

/// Returns a diagnostic if a system has another number of lines than the golden file.
fn unequal_lines(
    gold: &Path,
    references: &BTreeMap<String, Reference>,
    system: &LoadedPredictions,
) -> Option<Diagnostic> {
    let Predictions { answers, unknown_ids, diagnostics } = &system.predictions;
    let (expected, found) = (references.len(), answers.len() + unknown_ids.len());
    if expected == found || !diagnostics.is_empty() {
        return None;
    }
    let is_blank =
        |annotations: &Annotations| annotations.summaries.iter().flatten().all(|summary| summary.trim().is_empty());
    // The ids are the numbers of the lines.
    let gold_is_blank = references.get(&expected.to_string()).is_some_and(|last| is_blank(&last.gold));
    let last = found.to_string();
    let answer = answers.get(&last).or_else(|| unknown_ids.get(&last).map(|unknown| &unknown.answer));
    let is_blank = answer.is_some_and(|answer| is_blank(&answer.annotations));
    let blank = if expected > found && gold_is_blank {
        Some(gold)
    } else {
        Some(system.file.as_path()).filter(|_| found > expected && is_blank)
    };
    Some(unequal((gold, expected), (&system.file, found), blank))
}

/// Returns the diagnostic for two files with different numbers of lines. `blank` is the one whose
/// last line is empty, if that explains the difference.
fn unequal((gold, expected): (&Path, usize), (file, found): (&Path, usize), blank: Option<&Path>) -> Diagnostic {
    let count = |number: usize| if number == 1 { "1 line".to_owned() } else { format!("{number} lines") };
    let (expected_lines, found_lines) = (count(expected), count(found));
    let message =
        format!("{} has {expected_lines}, but this has {found_lines}: they are joined by line", gold.display());
    let diagnostic = Diagnostic::new(message).in_file(file);
    diagnostic.help(match blank {
        Some(file) => format!("the last line of {} is empty: take it out", file.display()),
        None => "a text with a line break in it takes two lines; `--join id` joins by ids".to_owned(),
    })
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
