//! Golden files and predictions, joined to their documents.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::entries::load_entries;
use super::validate::check;
use crate::document::{Annotations, Document, Reference};
use crate::error::Fault;
use crate::format::Entry;

/// Golden files by id, each with its document, and what is wrong with the rest.
///
/// With `documents`, every document needs a golden file and every golden file a document. Without, the texts are taken
/// from the golden files, where they bring them.
pub fn load_golden(
    path: &Path,
    documents: Option<&BTreeMap<String, Document>>,
) -> (BTreeMap<String, Reference>, Vec<Fault>) {
    let (entries, mut faults) = load_entries(path);
    if let Some(documents) = documents {
        // Files that could not be read are not missing.
        if faults.is_empty() {
            faults.extend(unlabelled(path, documents, &entries));
        }
        faults.extend(entries.values().filter_map(|entry| unknown(entry, documents.keys())));
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
    Reference { document: document.cloned().or_else(own), gold: entry.annotations }
}

/// Predictions by id, and what is wrong with the rest. A prediction for a document that there is not is a fault; a
/// document without a prediction is for the caller to judge.
pub fn load_predictions(
    path: &Path,
    documents: &BTreeMap<String, Option<&Document>>,
) -> (BTreeMap<String, Annotations>, Vec<Fault>) {
    let (entries, mut faults) = load_entries(path);
    faults.extend(entries.values().filter_map(|entry| unknown(entry, documents.keys())));
    let (checked, wrong) = check_all(entries, |id| documents.get(id).copied().flatten());
    faults.extend(wrong);
    (checked.into_iter().map(|(id, entry)| (id, entry.annotations)).collect(), faults)
}

/// The fault of an entry whose document there is not.
pub(super) fn unknown<'a>(entry: &Entry, ids: impl Iterator<Item = &'a String>) -> Option<Fault> {
    let ids: Vec<&str> = ids.map(String::as_str).collect();
    if ids.contains(&entry.id.as_str()) {
        return None;
    }
    let mut fault = Fault::new("there is no document with this id").in_file(&entry.source.file).of_document(&entry.id);
    if entry.source.line > 0 {
        fault = fault.at((entry.source.line, 1));
    }
    let near = crate::nearest::nearest(&entry.id, ids.iter().copied());
    Some(match near {
        Some(near) => fault.help(format!("did you mean {near:?}?")),
        None => fault.help("ids join documents, golden files and predictions: all three must use the same"),
    })
}

fn check_all<'d>(
    entries: BTreeMap<String, Entry>,
    document: impl Fn(&str) -> Option<&'d Document> + Sync,
) -> (BTreeMap<String, Entry>, Vec<Fault>) {
    let checked: Vec<(Entry, Vec<Fault>)> = entries
        .into_par_iter()
        .map(|(id, mut entry)| {
            let wrong = check(&mut entry, document(&id)).faults.into_iter().map(|(fault, _)| fault).collect();
            (entry, wrong)
        })
        .collect();
    let mut faults = Vec::new();
    let good = checked.into_iter().map(|(entry, wrong)| {
        faults.extend(wrong);
        (entry.id.clone(), entry)
    });
    let good = good.collect();
    (good, faults)
}
