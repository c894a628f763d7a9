//! Golden files and predictions, joined to their documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::entries::{Known, ReadAs, known, load_entries_as, load_repeated_entries};
use super::token_files;
use super::validate::{Verdict, check};
use crate::document::{Answer, Document, Reference, Step};
use crate::error::Fault;
use crate::format::{Entry, Locator, LooksLike};

/// Golden files by id, each with its document, and what is wrong with the rest.
///
/// With `documents`, every document needs a golden file and every golden file a document. Without, the texts are taken
/// from the golden files, where they bring them.
pub fn load_golden(
    path: &Path,
    documents: Option<&BTreeMap<String, Document>>,
) -> (BTreeMap<String, Reference>, Vec<Fault>) {
    let nothing = BTreeMap::new();
    let texts = known(documents.unwrap_or(&nothing));
    let (entries, mut faults) = load_entries_as(path, ReadAs::default(), &texts);
    if let Some(documents) = documents {
        // Files that could not be read are not missing.
        if faults.is_empty() {
            faults.extend(unlabelled(path, documents, &entries));
        }
        faults.extend(entries.values().filter_map(|entry| unknown(entry, documents)));
    }
    let document = |id: &str| documents.and_then(|documents| documents.get(id));
    let (checked, wrong) = check_all(entries, document);
    faults.extend(wrong);
    let references = checked.into_iter().map(|(id, entry)| {
        let reference = reference(entry, document(&id));
        (id, reference)
    });
    (references.collect(), faults)
}

/// Golden files by id in the format that is asked for, each with its document, where that is among `documents`; and what is
/// wrong with the rest. There may be documents without a golden file.
pub fn load_golden_as(
    path: &Path,
    read_as: ReadAs,
    documents: &BTreeMap<String, Document>,
) -> (BTreeMap<String, Reference>, Vec<Fault>) {
    let (checked, faults) = load_checked(path, read_as, documents);
    let references = checked.into_iter().map(|(id, entry)| {
        let reference = reference(entry, documents.get(&id));
        (id, reference)
    });
    (references.collect(), faults)
}

/// Entries of a folder or file, checked against their documents, where these are known or brought; and all faults.
pub fn load_checked(
    path: &Path,
    read_as: ReadAs,
    documents: &BTreeMap<String, Document>,
) -> (BTreeMap<String, Entry>, Vec<Fault>) {
    let (entries, mut faults) = load_entries_as(path, read_as, &known(documents));
    let (checked, wrong) = check_all(entries, |id| documents.get(id));
    faults.extend(wrong);
    (checked, faults)
}

/// A fault for every document without a golden file.
pub(super) fn unlabelled(
    path: &Path,
    documents: &BTreeMap<String, Document>,
    entries: &BTreeMap<String, Entry>,
) -> Vec<Fault> {
    let missing = documents.keys().filter(|id| !entries.contains_key(*id));
    let describe = |id: &String| {
        let fault = Fault::new("there is no golden file for it").in_file(path).of_document(id);
        fault.help(format!("label it in {}", path.join(format!("{id}.json")).display()))
    };
    missing.map(describe).collect()
}

/// An entry with its document, or with the text it brings itself.
pub(super) fn reference(entry: Entry, document: Option<&Document>) -> Reference {
    let own = || Some(Document::with_meta(entry.id.clone(), entry.text.as_deref()?, entry.meta.clone()));
    let known = document.map(Document::meta).filter(|meta| !meta.is_empty());
    let meta = known.unwrap_or(&entry.meta).clone();
    let document = document.cloned().or_else(own);
    Reference { document, text_sha256: entry.text_sha256, meta, gold: entry.annotations }
}

/// Predictions, and what is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Predictions {
    /// By id, for the documents that there are.
    pub answers: BTreeMap<String, Answer>,
    /// By id, for documents that there are not.
    pub strangers: BTreeMap<String, Stranger>,
    /// Everything else that is wrong.
    pub faults: Vec<Fault>,
}

/// A prediction for a document that there is not.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// What it says.
    pub answer: Answer,
    /// The text that it brings.
    pub document: Option<Document>,
    /// What is wrong, where it is taken for a fault.
    pub fault: Fault,
}

/// Predictions by id, and what is wrong with the rest. A prediction for a document that there is not is a fault; a
/// document without a prediction is for the caller to judge.
pub fn load_predictions(
    path: &Path,
    references: &BTreeMap<String, Reference>,
) -> (BTreeMap<String, Answer>, Vec<Fault>) {
    let Predictions { answers, strangers, mut faults } = load_any_predictions(path, references);
    faults.extend(strangers.into_values().map(|stranger| stranger.fault));
    (answers, faults)
}

/// As [`load_predictions`], with the predictions for documents that there are not apart: the caller judges both sides.
pub fn load_any_predictions(path: &Path, references: &BTreeMap<String, Reference>) -> Predictions {
    load_any_predictions_as(path, ReadAs::default(), references)
}

/// The same in the format that is asked for.
pub fn load_any_predictions_as(path: &Path, read_as: ReadAs, references: &BTreeMap<String, Reference>) -> Predictions {
    let known: Known<'_> =
        references.iter().map(|(id, reference)| (id.as_str(), reference.document.as_ref())).collect();
    let (entries, mut faults) = load_repeated_entries(path, read_as, &known);
    if faults.is_empty()
        && let Some((answers, faults)) = token_files::join(&entries, references)
    {
        return Predictions { answers, faults, ..Predictions::default() };
    }
    let unknown: BTreeMap<String, Fault> =
        entries.values().filter_map(|entry| Some((entry.id.clone(), unknown(entry, references)?))).collect();
    faults.extend(entries.values().filter_map(|entry| other_version(entry, references.get(&entry.id)?)));
    let (checked, wrong) = check_all(entries, |id| references.get(id)?.document.as_ref());
    faults.extend(wrong);
    faults.extend(checked.values().flat_map(|entry| token_files::compare(entry, references)));
    let mut predictions = Predictions { faults, ..Predictions::default() };
    for entry in checked.into_values() {
        let id = entry.id.clone();
        match unknown.get(&id) {
            _ if entry.repeat > 1 => {
                let fault = repeat(entry, &mut predictions);
                predictions.faults.extend(fault);
            }
            Some(fault) => {
                let text = entry.text.as_deref();
                let document = text.map(|text| Document::with_meta(id.clone(), text, entry.meta.clone()));
                let stranger = Stranger { document, answer: entry.into_answer(), fault: fault.clone() };
                predictions.strangers.insert(id, stranger);
            }
            None => {
                predictions.answers.insert(id, entry.into_answer());
            }
        }
    }
    predictions
}

/// Puts what was said another time to the first.
fn repeat(entry: Entry, predictions: &mut Predictions) -> Option<Fault> {
    let stranger = predictions.strangers.get_mut(&entry.id).map(|stranger| &mut stranger.answer);
    let Some(first) =
        predictions.answers.get_mut(&entry.id).or(stranger).filter(|first| first.repeats.len() + 2 == entry.repeat)
    else {
        let message = format!("repeat {} is there, and repeat {} is not", entry.repeat, entry.repeat - 1);
        let fault = Fault::new(message).in_file(&entry.source.file).of_document(&entry.id);
        return Some(fault.at((entry.source.line.max(1), 1)).help("repeats count from 1, which need not be said"));
    };
    first.repeats.push(entry.into_answer());
    None
}

/// A golden line by itself, checked against its document; without one, its text is its own.
///
/// # Errors
/// With everything that is wrong with it.
pub fn to_reference(mut entry: Entry, line: &str, document: Option<&Document>) -> Result<Reference, Vec<Fault>> {
    let verdict = check(&mut entry, document);
    let faults = placed(&entry, line, verdict);
    if faults.is_empty() { Ok(reference(entry, document)) } else { Err(faults) }
}

/// A line of predictions by itself, checked against its golden file.
///
/// # Errors
/// With everything that is wrong with it.
pub fn to_answer(mut entry: Entry, line: &str, reference: &Reference) -> Result<Answer, Vec<Fault>> {
    let version = other_version(&entry, reference);
    let verdict = check(&mut entry, reference.document.as_ref());
    let faults: Vec<Fault> = version.into_iter().chain(placed(&entry, line, verdict)).collect();
    if faults.is_empty() { Ok(entry.into_answer()) } else { Err(faults) }
}

fn placed(entry: &Entry, line: &str, verdict: Verdict) -> Vec<Fault> {
    let place = |(fault, path): Misplaced| entry.source.locate(fault.of_document(&entry.id), line, &path);
    let unit = verdict.looks_like.map(|looks| looks.fault().in_file(&entry.source.file));
    verdict.faults.into_iter().map(place).chain(unit).collect()
}

/// The fault of a prediction made on another version of the text than its golden file; where the text itself is known, it
/// is checked against that.
fn other_version(entry: &Entry, reference: &Reference) -> Option<Fault> {
    let (labelled, predicted) = (reference.text_sha256.as_ref()?, entry.text_sha256.as_ref()?);
    if reference.document.is_some() || labelled.eq_ignore_ascii_case(predicted) {
        return None;
    }
    let message = format!("it was made on the text {predicted}, but the golden file labels {labelled}");
    let fault = Fault::new(message).in_file(&entry.source.file).of_document(&entry.id);
    Some(fault.help("both must be of the same version of the text"))
}

/// The fault of an entry whose document there is not.
pub(super) fn unknown<T>(entry: &Entry, documents: &BTreeMap<String, T>) -> Option<Fault> {
    if documents.contains_key(&entry.id) {
        return None;
    }
    let mut fault = Fault::new("there is no document with this id").in_file(&entry.source.file).of_document(&entry.id);
    if entry.source.line > 0 {
        fault = fault.at((entry.source.line, 1));
    }
    let near = crate::nearest::nearest(&entry.id, documents.keys().map(String::as_str));
    Some(match near {
        Some(near) => fault.help(format!("did you mean {near:?}?")),
        None => fault.help("ids join documents, golden files and predictions: all three must use the same"),
    })
}

/// Checks every entry against its document, in parallel.
pub(super) fn check_all<'d>(
    entries: BTreeMap<String, Entry>,
    document: impl Fn(&str) -> Option<&'d Document> + Sync,
) -> (BTreeMap<String, Entry>, Vec<Fault>) {
    let checked: Vec<(String, Entry, Verdict)> = entries
        .into_par_iter()
        .map(|(id, mut entry)| {
            let document = document(&entry.id);
            let verdict = check(&mut entry, document);
            (id, entry, verdict)
        })
        .collect();
    let (mut good, mut faults, mut locator) = (BTreeMap::new(), Vec::new(), Locator::default());
    // A file counts in one unit throughout: it is said once.
    let mut units: BTreeMap<(PathBuf, &str), LooksLike> = BTreeMap::new();
    for (key, entry, verdict) in checked {
        for (fault, path) in verdict.faults {
            if fault.position.is_some() {
                faults.push(fault.of_document(&entry.id));
                continue;
            }
            faults.push(locator.in_entry(fault.of_document(&entry.id), &entry, &path));
        }
        if let Some(looks) = verdict.looks_like {
            let sum = units.entry((entry.source.file.clone(), looks.unit.as_str()));
            let sum = sum.or_insert(LooksLike { matched: 0, texts: 0, ..looks });
            (sum.matched, sum.texts) = (sum.matched + looks.matched, sum.texts + looks.texts);
        }
        good.insert(key, entry);
    }
    faults.extend(units.into_iter().map(|((file, _), looks)| looks.fault().in_file(file)));
    (good, faults)
}

/// A fault with the path of the value that it is about.
pub(super) type Misplaced = (Fault, Vec<Step>);
