//! Annotations on disk: a folder of `.json` files (the file stem is the id) and `.jsonl` files, or a single file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::documents::{files, has_extension};
use crate::error::Fault;
use crate::format::{Entry, conll2012, decode, read_document, read_lines};

/// Entries by id, and what is wrong with the rest. Folders inside the folder are passed over: they hold labelling passes.
pub fn load_entries(path: &Path) -> (BTreeMap<String, Entry>, Vec<Fault>) {
    let (mut entries, mut faults) = (BTreeMap::new(), Vec::new());
    let files = match files(path, &["json", "jsonl", "conll"]) {
        Ok(files) => files,
        Err(fault) => return (entries, vec![fault]),
    };
    if files.is_empty() {
        let fault = Fault::new("there are no .json or .jsonl files in this folder").in_file(path);
        faults.push(fault.help("docs/FORMAT.md describes `karat.document/1`"));
    }
    let one_a_document = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    for file in files {
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) => {
                faults.push(Fault::io("read this", &file, &error));
                continue;
            }
        };
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err(fault) => {
                faults.push(fault.in_file(&file));
                continue;
            }
        };
        if conll2012::looks_like(text) {
            let (documents, wrong) = conll2012::read(&file, text);
            faults.extend(wrong);
            documents.into_iter().for_each(|entry| add(&mut entries, &mut faults, entry));
            continue;
        }
        for entry in read_file(&file, text) {
            match entry.and_then(|entry| check_name(entry, &file, one_a_document)) {
                Ok(entry) => add(&mut entries, &mut faults, entry),
                Err(fault) => faults.push(fault),
            }
        }
    }
    (entries, faults)
}

/// A `.json` file is one object, unless it is lines of them under the wrong name.
fn read_file(file: &Path, text: &str) -> Vec<Result<Entry, Fault>> {
    if has_extension(file, "json") {
        return vec![read_document(file, text)];
    }
    let lines: Vec<_> = read_lines(file, text).collect();
    let spread_over_lines = lines.len() > 1 && lines.iter().all(Result::is_err);
    match read_document(file, text) {
        Ok(entry) if spread_over_lines => vec![Ok(entry)],
        _ => lines,
    }
}

fn check_name(entry: Entry, file: &Path, one_a_document: bool) -> Result<Entry, Fault> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if !one_a_document || entry.source.line > 0 || stem == entry.id {
        return Ok(entry);
    }
    let message = format!("the file is named {stem:?}, but its `id` is {:?}", entry.id);
    Err(Fault::new(message).in_file(file).help("rename the file or mend the id"))
}

fn add(entries: &mut BTreeMap<String, Entry>, faults: &mut Vec<Fault>, entry: Entry) {
    if let Some(first) = entries.get(&entry.id) {
        let message = format!("duplicate id {:?}: {} and {} both have it", entry.id, first.source, entry.source);
        faults.push(Fault::new(message).in_file(&entry.source.file).help("take one of the two out"));
        return;
    }
    entries.insert(entry.id.clone(), entry);
}
