//! Loads golden files and predictions, joins them to their documents by id, and checks them against
//! the texts. Golden files and predictions share the checks and differ in what an unmatched id
//! means: it is an error for golden files, while the caller decides about predictions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::GoldSource;
use super::contradictions::contradictions;
use super::coreference_words::move_to_golden_words;
use super::entries::{KnownDocuments, ReadAs, as_known, load_entries_as, load_repeated_entries};
use super::misfit::Misfit;
use super::segmentation::divide;
use super::size::fail_over_limits;
use super::token_files;
use super::unlocated::{NotFound, Unlocated};
use super::validate::{Checks, check, check_as};
use super::validation::{PathDiagnostic, Validation, report_shifts};
use crate::document::{Answer, Document, Reference};
use crate::error::{Diagnostic, Recovered};
use crate::format::{Entry, GivenBasis, Locator, Notes, OffsetBasis, OffsetUnit, Purpose, Shifted};
use crate::parallel;

/// Loads golden files by id, each with its document.
///
/// With `documents`, every document needs a golden file and every golden file a document. Without
/// it, the texts are those that the golden files contain, if any. `notes` receives what the reader
/// assumes and leaves out.
///
/// # Errors
/// Fails with every error in the golden files.
pub fn load_golden(
    path: &Path,
    notes: &Notes,
    documents: Option<&BTreeMap<String, Document>>,
) -> Result<BTreeMap<String, Reference>, Vec<Diagnostic>> {
    let loaded = load_golden_with(path, ReadAs::noting(notes), documents)?;
    Ok(loaded.into_iter().map(|(id, (reference, _))| (id, reference)).collect())
}

/// Loads golden files like [`load_golden`], in a given format or with mapped fields, and returns
/// where each comes from.
pub(super) fn load_golden_with(
    path: &Path,
    read_as: ReadAs<'_>,
    documents: Option<&BTreeMap<String, Document>>,
) -> Result<BTreeMap<String, (Reference, GoldSource)>, Vec<Diagnostic>> {
    let nothing = BTreeMap::new();
    let texts = as_known(documents.unwrap_or(&nothing));
    let read_as = read_as.with_purpose(Purpose::Gold);
    let Recovered { value: entries, mut diagnostics } = load_entries_as(path, read_as, &texts);
    if let Some(documents) = documents {
        // A document whose golden file could not be read does not count as unlabelled.
        if diagnostics.is_empty() {
            diagnostics.extend(unlabelled(path, documents, &entries));
        }
        diagnostics.extend(entries.values().filter_map(|entry| unknown(entry, documents)));
    }
    let document = |id: &str| documents.and_then(|documents| documents.get(id));
    let checked = check_all(entries, document).report_to(&mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let references = checked.into_iter().map(|(id, entry)| {
        let source = GoldSource { source: entry.source.clone(), places: entry.places.clone() };
        let reference = reference(entry, document(&id));
        (id, (reference, source))
    });
    Ok(references.collect())
}

/// Loads golden files by id in a given format, each with its document if that is among `documents`,
/// with all diagnostics. Documents without a golden file are permitted.
pub fn load_golden_as(
    path: &Path,
    read_as: ReadAs<'_>,
    documents: &BTreeMap<String, Document>,
) -> Recovered<BTreeMap<String, Reference>> {
    let read_as = read_as.with_purpose(Purpose::Gold);
    let checks = Checks { unless_it_fits: Some(path), ..read_as.checks() };
    let Recovered { value: entries, mut diagnostics } = load_entries_as(path, read_as, &as_known(documents));
    let checked = check_all_as(entries, |id| documents.get(id), &checks).report_to(&mut diagnostics);
    let references = checked.into_iter().map(|(id, entry)| {
        let reference = reference(entry, documents.get(&id));
        (id, reference)
    });
    Recovered { value: references.collect(), diagnostics }
}

/// Loads the entries of a folder or file by id, and checks each against its document if it is among
/// `documents` or the entry contains its text. Returns all diagnostics with them.
pub fn load_checked(
    path: &Path,
    read_as: ReadAs<'_>,
    documents: &BTreeMap<String, Document>,
) -> Recovered<BTreeMap<String, Entry>> {
    let checks = read_as.checks();
    let Recovered { value: entries, mut diagnostics } = load_entries_as(path, read_as, &as_known(documents));
    let value = check_all_as(entries, |id| documents.get(id), &checks).report_to(&mut diagnostics);
    Recovered { value, diagnostics }
}

/// Returns a diagnostic for each document without a golden file.
pub(super) fn unlabelled(
    path: &Path,
    documents: &BTreeMap<String, Document>,
    entries: &BTreeMap<String, Entry>,
) -> Vec<Diagnostic> {
    let missing = documents.keys().filter(|id| !entries.contains_key(*id));
    let describe = |id: &String| {
        let diagnostic = Diagnostic::new("there is no golden file for it").in_file(path).of_document(id);
        diagnostic.help(format!("label it in {}", path.join(format!("{id}.json")).display()))
    };
    missing.map(describe).collect()
}

/// Joins an entry to its document, or to the text that it contains itself.
pub(super) fn reference(entry: Entry, document: Option<&Document>) -> Reference {
    let own = || Some(Document::with_meta(entry.id.clone(), entry.text.as_deref()?, entry.meta.clone()));
    let known = document.map(Document::meta).filter(|meta| !meta.is_empty());
    let meta = known.unwrap_or(&entry.meta).clone();
    let document = document.cloned().or_else(own);
    Reference { document, text_sha256: entry.text_sha256, meta, gold: entry.annotations }
}

/// Predictions with the diagnostics of loading them.
#[derive(Debug, Clone, Default)]
pub struct Predictions {
    /// The predictions for known documents, by id.
    pub answers: BTreeMap<String, Answer>,
    /// The predictions for unknown ids, by id.
    pub unknown_ids: BTreeMap<String, UnmatchedPrediction>,
    /// All other diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

/// A prediction whose id is that of no document.
#[derive(Debug, Clone)]
pub struct UnmatchedPrediction {
    /// The prediction.
    pub answer: Answer,
    /// The document with the text that the prediction contains, if any.
    pub document: Option<Document>,
    /// The diagnostic, for callers that treat unknown ids as errors.
    pub diagnostic: Diagnostic,
}

/// Loads predictions by id, with all diagnostics. A prediction for an unknown id is an error; the
/// caller decides about documents without a prediction.
pub fn load_predictions(path: &Path, references: &BTreeMap<String, Reference>) -> Recovered<BTreeMap<String, Answer>> {
    let Predictions { answers, unknown_ids, mut diagnostics } = load_any_predictions(path, references);
    diagnostics.extend(unknown_ids.into_values().map(|unknown_id| unknown_id.diagnostic));
    Recovered { value: answers, diagnostics }
}

/// Loads predictions like [`load_predictions`], but returns those for unknown ids separately: the
/// caller decides about these as well as about documents without a prediction. Coreference files
/// must have the golden words, since the note that they have others is not returned.
pub fn load_any_predictions(path: &Path, references: &BTreeMap<String, Reference>) -> Predictions {
    let read_as = ReadAs { strict_words: true, unlocated: Unlocated::Keep, ..ReadAs::default() };
    load_any_predictions_as(path, read_as, references)
}

/// Loads predictions like [`load_any_predictions`], in a given format.
pub fn load_any_predictions_as(
    path: &Path,
    read_as: ReadAs<'_>,
    references: &BTreeMap<String, Reference>,
) -> Predictions {
    let (checks, is_strict) = (Checks { unless_it_fits: Some(path), ..read_as.checks() }, read_as.strict_words);
    let known: KnownDocuments<'_> =
        references.iter().map(|(id, reference)| (id.as_str(), reference.document.as_ref())).collect();
    let Recovered { value: mut entries, mut diagnostics } =
        load_repeated_entries(path, read_as.with_purpose(Purpose::Predictions), &known);
    entries.values_mut().for_each(fail_over_limits);
    if diagnostics.is_empty()
        && let Some(joined) = token_files::join(&entries, references)
    {
        return match joined {
            Ok(answers) => Predictions { answers, ..Predictions::default() },
            Err(diagnostics) => Predictions { diagnostics, ..Predictions::default() },
        };
    }
    if diagnostics.is_empty()
        && let Some(divided) = divide(&entries, references)
    {
        match divided {
            Ok(divided) => entries = divided,
            Err(diagnostic) => return Predictions { diagnostics: vec![diagnostic], ..Predictions::default() },
        }
    }
    diagnostics.extend(move_words(&mut entries, references, is_strict, &checks.notes));
    let unknown: BTreeMap<String, Diagnostic> =
        entries.values().filter_map(|entry| Some((entry.id.clone(), unknown(entry, references)?))).collect();
    diagnostics.extend(entries.values().filter_map(|entry| other_version(entry, references.get(&entry.id)?)));
    let checked = check_all_as(entries, |id| references.get(id)?.document.as_ref(), &checks);
    let checked = checked.report_to(&mut diagnostics);
    diagnostics.extend(checked.values().flat_map(|entry| token_files::compare(entry, references)));
    if diagnostics.is_empty() {
        let mut locator = Locator::default();
        for entry in checked.values() {
            let mut wrong =
                references.get(&entry.id).map(|reference| other_texts(entry, reference)).unwrap_or_default();
            wrong.retain(|(_, path)| checks.misfit != Misfit::Keep || !checks.misfit.accepts(path));
            let located = wrong
                .into_iter()
                .map(|(diagnostic, path)| locator.in_entry(diagnostic.of_document(&entry.id), entry, &path));
            diagnostics.extend(located);
        }
    }
    let mut predictions = Predictions { diagnostics, ..Predictions::default() };
    for entry in checked.into_values() {
        let id = entry.id.clone();
        match unknown.get(&id) {
            _ if entry.repeat > 1 => {
                let diagnostic = add_repeat(entry, &mut predictions);
                predictions.diagnostics.extend(diagnostic);
            }
            Some(diagnostic) => {
                let text = entry.text.as_deref();
                let document = text.map(|text| Document::with_meta(id.clone(), text, entry.meta.clone()));
                let unknown_id =
                    UnmatchedPrediction { document, answer: entry.into_answer(), diagnostic: diagnostic.clone() };
                predictions.unknown_ids.insert(id, unknown_id);
            }
            None => {
                predictions.answers.insert(id, entry.into_answer());
            }
        }
    }
    predictions
}

/// Compares the words of coreference files with the golden ones, and notes how many documents have
/// other words. If words are compared strictly, other words are errors.
fn move_words(
    entries: &mut BTreeMap<String, Entry>,
    references: &BTreeMap<String, Reference>,
    is_strict: bool,
    notes: &Notes,
) -> Vec<Diagnostic> {
    let (mut diagnostics, mut others) = (Vec::new(), Vec::new());
    for entry in entries.values_mut() {
        let Some(reference) = references.get(&entry.id) else { continue };
        match move_to_golden_words(entry, reference, is_strict) {
            Ok(other) => others.extend(other.map(|other| (entry.id.clone(), other, entry.source.file.clone()))),
            Err(diagnostic) => {
                // What follows from other words is no error of its own.
                entry.text = None;
                entry.annotations.coreference = Some(Vec::new());
                diagnostics.push(diagnostic);
            }
        }
    }
    if let Some((id, other, file)) = others.first() {
        let count = match others.len() {
            1 => String::new(),
            count => format!(" (the first of {count} documents with other words)"),
        };
        let message =
            format!("document {id:?}: {}{count}; mentions are compared by the positions of words", other.message);
        notes.state(file, message);
    }
    diagnostics
}

/// Adds a repeated answer to the first one. Returns a diagnostic if the repeats are not numbered
/// consecutively.
fn add_repeat(entry: Entry, predictions: &mut Predictions) -> Option<Diagnostic> {
    let unknown_id = predictions.unknown_ids.get_mut(&entry.id).map(|unknown_id| &mut unknown_id.answer);
    let Some(first) =
        predictions.answers.get_mut(&entry.id).or(unknown_id).filter(|first| first.repeats.len() + 2 == entry.repeat)
    else {
        let message = format!("repeat {} is present, but repeat {} is missing", entry.repeat, entry.repeat - 1);
        let diagnostic = Diagnostic::new(message).in_file(&entry.source.file).of_document(&entry.id);
        return Some(diagnostic.at((entry.source.line.max(1), 1)).help("repeats count from 1, which is the default"));
    };
    first.repeats.push(entry.into_answer());
    None
}

/// Checks a single golden line against its document, or else against the text that it contains.
///
/// # Errors
/// Fails with every error in the line.
pub fn to_reference(mut entry: Entry, line: &str, document: Option<&Document>) -> Result<Reference, Vec<Diagnostic>> {
    let validation = check(&mut entry, document);
    let diagnostics = located(&entry, line, validation);
    if diagnostics.is_empty() { Ok(reference(entry, document)) } else { Err(diagnostics) }
}

/// Checks a single line of predictions against its golden file.
///
/// # Errors
/// Fails with every error in the line.
pub fn to_answer(mut entry: Entry, line: &str, reference: &Reference) -> Result<Answer, Vec<Diagnostic>> {
    fail_over_limits(&mut entry);
    let version = other_version(&entry, reference);
    let validation = check(&mut entry, reference.document.as_ref());
    let mut diagnostics: Vec<Diagnostic> = version.into_iter().chain(located(&entry, line, validation)).collect();
    if diagnostics.is_empty() {
        let wrong = Validation { diagnostics: other_texts(&entry, reference), ..Validation::default() };
        diagnostics = located(&entry, line, wrong);
    }
    if diagnostics.is_empty() { Ok(entry.into_answer()) } else { Err(diagnostics) }
}

fn located(entry: &Entry, line: &str, mut validation: Validation) -> Vec<Diagnostic> {
    let shift = validation.take_shift().map(|diagnostic| diagnostic.in_file(&entry.source.file));
    if validation.diagnostics.is_empty() {
        return shift.into_iter().collect();
    }
    let of_document = |(diagnostic, path): PathDiagnostic| (diagnostic.of_document(&entry.id), path);
    let diagnostics = validation.diagnostics.into_iter().map(of_document).collect();
    let mut located = entry.source.locate_all(diagnostics, line);
    located.extend(shift);
    located
}

/// Returns a diagnostic if a prediction was made on another version of the text than its golden
/// file. If the text itself is known, the prediction is checked against that instead.
fn other_version(entry: &Entry, reference: &Reference) -> Option<Diagnostic> {
    let (labelled, predicted) = (reference.text_sha256.as_ref()?, entry.text_sha256.as_ref()?);
    if reference.document.is_some() || labelled.eq_ignore_ascii_case(predicted) {
        return None;
    }
    let message = format!("it was made on the text {predicted}, but the golden file labels {labelled}");
    let diagnostic = Diagnostic::new(message).in_file(&entry.source.file).of_document(&entry.id);
    Some(diagnostic.help("both must be of the same version of the text"))
}

/// Returns diagnostics for stored texts that contradict those of the golden file. If the text
/// itself is known, both sides were checked against that instead.
fn other_texts(entry: &Entry, reference: &Reference) -> Vec<PathDiagnostic> {
    match &reference.document {
        Some(_) => Vec::new(),
        None => contradictions(&reference.gold, &entry.annotations),
    }
}

/// Returns a diagnostic if no document has the id of an entry.
pub(super) fn unknown<T>(entry: &Entry, documents: &BTreeMap<String, T>) -> Option<Diagnostic> {
    if documents.contains_key(&entry.id) {
        return None;
    }
    let mut diagnostic = Diagnostic::new("no document has this id").in_file(&entry.source.file).of_document(&entry.id);
    if entry.source.line > 0 {
        diagnostic = diagnostic.at((entry.source.line, 1));
    }
    let near = crate::nearest::nearest(&entry.id, documents.keys().map(String::as_str));
    Some(match near {
        Some(near) => diagnostic.help(format!("did you mean {near:?}?")),
        None => diagnostic.help("ids join documents, golden files and predictions: all three must use the same"),
    })
}

/// Checks every entry against its document, in parallel.
pub(super) fn check_all<'d>(
    entries: BTreeMap<String, Entry>,
    document: impl Fn(&str) -> Option<&'d Document> + Sync,
) -> Recovered<BTreeMap<String, Entry>> {
    check_all_as(entries, document, &Checks::default())
}

/// Checks every entry against its document, in parallel.
fn check_all_as<'d>(
    mut entries: BTreeMap<String, Entry>,
    document: impl Fn(&str) -> Option<&'d Document> + Sync,
    checks: &Checks<'_>,
) -> Recovered<BTreeMap<String, Entry>> {
    if let Some(path) = checks.unless_it_fits {
        for (id, basis) in keep_what_fits(&mut entries, &document) {
            let what =
                format!("documents read without `{}`, since stored texts match only without it", basis.options());
            checks.notes.add(path, what, format!("{id:?}"));
        }
    }
    let mut checked: Vec<(String, Entry, Validation)> = parallel::map(entries, |(id, mut entry)| {
        let document = document(&entry.id);
        let validation = check_as(&mut entry, document, checks);
        (id, entry, validation)
    });
    let validations = checked.iter_mut().map(|(_, entry, validation)| (entry.source.file.as_path(), validation));
    let shifts = report_shifts(validations);
    let (mut good, mut diagnostics, mut locator) = (BTreeMap::new(), Vec::new(), Locator::default());
    for (key, entry, validation) in checked {
        note_not_found(&entry, validation.not_found, &checks.notes);
        for (diagnostic, path) in validation.diagnostics {
            if diagnostic.position.is_some() {
                diagnostics.push(diagnostic.of_document(&entry.id));
                continue;
            }
            diagnostics.push(locator.in_entry(diagnostic.of_document(&entry.id), &entry, &path));
        }
        good.insert(key, entry);
    }
    diagnostics.extend(shifts);
    Recovered { value: good, diagnostics }
}

/// Drops what the user says that offsets count for files whose stored texts show otherwise: some
/// match only without it, and none only with it. So an option that one side needs leaves the other
/// side as it is. Returns the ids of the documents in these files, and the dropped basis of each.
fn keep_what_fits<'d>(
    entries: &mut BTreeMap<String, Entry>,
    document: &impl Fn(&str) -> Option<&'d Document>,
) -> Vec<(String, OffsetBasis)> {
    let mut files: BTreeMap<PathBuf, (usize, usize)> = BTreeMap::new();
    for entry in entries.values().filter(|entry| entry.given != GivenBasis::default()) {
        let known = document(&entry.id).map(Document::text);
        let Some(text) = known.or(entry.text.as_deref()) else { continue };
        let given = entry.basis();
        let plain =
            OffsetBasis { unit: entry.offset_unit.unwrap_or(OffsetUnit::CodePoint), form: OffsetBasis::DEFAULT.form };
        let (without, with) = Shifted { annotations: &entry.annotations, text, read_as: plain }.compare(given);
        // Another form of the text is a reason to apply the option, too.
        let is_other = entry.text.as_deref().is_some_and(|own| own != text && given.form.same(own, text));
        let count = files.entry(entry.source.file.clone()).or_default();
        *count = (count.0 + without, count.1 + with + usize::from(is_other));
    }
    let fits = |entry: &&mut Entry| matches!(files.get(&entry.source.file), Some((1.., 0)));
    let drop = |entry: &mut Entry| {
        let basis = entry.basis();
        entry.given = GivenBasis::default();
        (entry.id.clone(), basis)
    };
    entries.values_mut().filter(fits).map(drop).collect()
}

/// Notes the entities of an entry that were not located.
fn note_not_found(entry: &Entry, not_found: NotFound, notes: &Notes) {
    let file = &entry.source.file;
    for ((count, first), what) in [
        (not_found.absent, "entities whose text is not in their document, which are spurious"),
        (not_found.ambiguous, "entities whose text occurs several times, which --locate exact leaves spurious"),
    ] {
        let example = format!("{} in {}", first.unwrap_or_default(), entry.id);
        (0..count).for_each(|_| notes.add(file, what, example.as_str()));
    }
}
