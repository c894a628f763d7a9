//! Golden files and predictions, joined to their documents.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::entries::load_entries;
use super::validate::check;
use crate::document::{Answer, Document, Reference, Step};
use crate::error::Fault;
use crate::format::{Entry, Source, decode};

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
        let missing = documents.keys().filter(|id| !entries.contains_key(*id));
        // Files that could not be read are not missing.
        if faults.is_empty() {
            faults.extend(missing.map(|id| {
                let fault = Fault::new("there is no golden file for it").in_file(path).of_document(id);
                fault.help(format!("label it in {}", path.join(format!("{id}.json")).display()))
            }));
        }
        faults.extend(entries.values().filter_map(|entry| unknown(entry, documents)));
    }
    let (checked, wrong) = check_all(entries, |id| documents.and_then(|documents| documents.get(id)));
    faults.extend(wrong);
    let references = checked.into_iter().map(|(id, entry)| {
        let own = || entry.text.as_ref().map(|text| Document::with_meta(id.clone(), text.as_str(), entry.meta.clone()));
        let document = documents.and_then(|documents| documents.get(&id)).cloned().or_else(own);
        (id, Reference { document, gold: entry.annotations })
    });
    (references.collect(), faults)
}

/// Predictions by id, and what is wrong with the rest. A prediction for a document that there is not is a fault; a
/// document without a prediction is for the caller to judge.
pub fn load_predictions(
    path: &Path,
    documents: &BTreeMap<String, Option<&Document>>,
) -> (BTreeMap<String, Answer>, Vec<Fault>) {
    let (entries, mut faults) = load_entries(path);
    faults.extend(entries.values().filter_map(|entry| unknown(entry, documents)));
    let (checked, wrong) = check_all(entries, |id| documents.get(id).copied().flatten());
    faults.extend(wrong);
    (checked.into_iter().map(|(id, entry)| (id, entry.into_answer())).collect(), faults)
}

fn unknown<T>(entry: &Entry, documents: &BTreeMap<String, T>) -> Option<Fault> {
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
    let checked: Vec<(Entry, Vec<Misplaced>)> = entries
        .into_par_iter()
        .map(|(id, mut entry)| {
            let wrong = check(&mut entry, document(&id));
            (entry, wrong)
        })
        .collect();
    let (mut good, mut faults) = (BTreeMap::new(), Vec::new());
    for (entry, wrong) in checked {
        for (fault, path) in wrong {
            let fault = fault.of_document(&entry.id);
            // A file is read again to find the place; nobody looks at the places of thousands.
            faults.push(if faults.len() < LOCATED {
                locate_in_file(&entry.source, fault, &path)
            } else {
                fault.in_file(&entry.source.file).at((entry.source.line.max(1), 1))
            });
        }
        good.insert(entry.id.clone(), entry);
    }
    (good, faults)
}

/// A fault with the path of the value that it is about.
pub(super) type Misplaced = (Fault, Vec<Step>);

/// Faults whose place in the file is looked up.
const LOCATED: usize = 100;

fn locate_in_file(source: &Source, fault: Fault, path: &[Step]) -> Fault {
    let Ok(bytes) = std::fs::read(&source.file) else { return fault.in_file(&source.file) };
    let Ok(text) = decode(&bytes) else { return fault.in_file(&source.file) };
    let object = if source.line == 0 { Some(text) } else { text.lines().nth(source.line - 1) };
    source.locate(fault, object.unwrap_or_default(), path)
}
