//! Loads the annotations of several annotators of the same documents, to measure their agreement.
//! All must have labelled the same versions of the texts; otherwise agreement would be computed on
//! different things.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::entries::{ReadAs, as_known, load_entries_as};
use super::golden::check_all;
use crate::document::{Annotator, Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::{Annotators, Entry, Purpose, sha256};
use crate::parallel;

/// Loads the annotations of several annotators, who must have labelled the same versions of the
/// texts. [`check_same_documents`] finds documents that only some of them labelled.
///
/// Each annotator is named after its folder or file, or after the whole path if two names would be
/// equal. If `read_as` reads all annotators, a single path is an export that contains the
/// annotations of several, by name.
///
/// # Errors
/// Fails with every error in every file, and every text that two annotators have in different
/// versions.
pub fn load_annotators(
    paths: &[PathBuf],
    documents: Option<&BTreeMap<String, Document>>,
    read_as: &ReadAs<'_>,
) -> Result<Vec<Annotator>, Error> {
    let read_as = read_as.clone().with_purpose(Purpose::Gold);
    let is_export = read_as.export.annotators == Annotators::All;
    let known = documents.filter(|_| is_export).map(as_known).unwrap_or_default();
    let mut diagnostics = Vec::new();
    let loaded = parallel::map(paths, |path| load_entries_as(path, read_as.clone(), &known));
    let mut loaded: Vec<_> = loaded.into_iter().map(|entries| entries.report_to(&mut diagnostics)).collect();
    let mut sources: Vec<(String, &Path)> = names(paths).into_iter().zip(paths.iter().map(PathBuf::as_path)).collect();
    if let ([path], true, true) = (paths, is_export, diagnostics.is_empty()) {
        let by_annotator = split(path, loaded.remove(0))?;
        (sources, loaded) = by_annotator.into_iter().map(|(name, entries)| ((name, path.as_path()), entries)).unzip();
    }
    if diagnostics.is_empty() {
        diagnostics.extend(different_versions(&loaded));
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    // A text that one annotator's file contains is used to check the others.
    let brought: BTreeMap<String, Document> = loaded
        .iter()
        .flat_map(BTreeMap::values)
        .filter_map(|entry| Some((entry.id.clone(), Document::new(entry.id.clone(), entry.text.as_deref()?))))
        .collect();
    let document = |id: &str| documents.and_then(|documents| documents.get(id)).or_else(|| brought.get(id));
    let checked = loaded.into_iter().map(|entries| check_all(entries, document).report_to(&mut diagnostics));
    let all: Vec<_> = checked.collect();
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let annotators = sources.into_iter().zip(all).map(|((name, file), entries)| {
        let reference = |mut entry: Entry| {
            entry.annotations.decode_tags();
            let document = document(&entry.id).cloned();
            Reference { document, text_sha256: entry.text_sha256, gold: entry.annotations, ..Reference::default() }
        };
        let documents = entries.into_iter().map(|(id, entry)| (id, reference(entry))).collect();
        Annotator { name, file: file.to_owned(), documents }
    });
    Ok(annotators.collect())
}

/// Splits an export by annotators. Fails if it contains the annotations of fewer than two.
fn split(path: &Path, entries: BTreeMap<String, Entry>) -> Result<BTreeMap<String, BTreeMap<String, Entry>>, Error> {
    let mut by_annotator: BTreeMap<String, BTreeMap<String, Entry>> = BTreeMap::new();
    for entry in entries.into_values() {
        if let Some(annotator) = &entry.annotator {
            by_annotator.entry(annotator.clone()).or_default().insert(entry.id.clone(), entry);
        }
    }
    if by_annotator.len() < 2 {
        let what = match by_annotator.first_key_value() {
            None => "it names no annotators".to_owned(),
            Some((name, _)) => format!("it contains the annotations of {name} only"),
        };
        let diagnostic = Diagnostic::new(what).in_file(path);
        return Err(diagnostic.help("name the files of two annotators, or an export that contains both").into());
    }
    Ok(by_annotator)
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    let short = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stems: Vec<Option<String>> = paths.iter().map(|path| short(path)).collect();
    let is_unique = |stem: &Option<String>| stems.iter().filter(|other| *other == stem).count() == 1;
    let name = |(path, stem): (&PathBuf, &Option<String>)| {
        stem.clone().filter(|_| is_unique(stem)).unwrap_or_else(|| path.display().to_string())
    };
    paths.iter().zip(&stems).map(name).collect()
}

/// Returns a diagnostic for each document that one annotator labelled and another did not.
/// Agreement is computed on the documents of all annotators.
pub fn check_same_documents(annotators: &[Annotator]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for Annotator { file, documents, .. } in annotators {
        for other in annotators {
            let lacking = other.documents.keys().filter(|id| !documents.contains_key(*id));
            diagnostics.extend(lacking.map(|id| {
                let message = format!("it is missing here, but labelled in {}", other.file.display());
                let diagnostic = Diagnostic::new(message).in_file(file).of_document(id);
                diagnostic.help("annotators are compared on the same documents")
            }));
        }
    }
    diagnostics
}

fn different_versions(all: &[BTreeMap<String, Entry>]) -> Vec<Diagnostic> {
    let version = |entry: &Entry| entry.text_sha256.clone().or_else(|| entry.text.as_ref().map(sha256));
    let mut seen: BTreeMap<&str, (String, &Entry)> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for entry in all.iter().flat_map(BTreeMap::values) {
        let Some(hash) = version(entry) else { continue };
        match seen.get(entry.id.as_str()) {
            Some((first, other)) if !first.eq_ignore_ascii_case(&hash) => {
                let other = other.source.file.display();
                let message = format!("it labels the text {hash}, but {other} labels {first}");
                let diagnostic = Diagnostic::new(message).in_file(&entry.source.file).of_document(&entry.id);
                diagnostics.push(diagnostic.help("both must label the same version of the text"));
            }
            Some(_) => {}
            None => {
                seen.insert(&entry.id, (hash, entry));
            }
        }
    }
    diagnostics
}
