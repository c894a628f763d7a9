//! The answer cache: what an extractor answered in earlier runs, keyed by the document's content,
//! the extractor's fingerprint and the number of the repeat.
//!
//! `.karat/cache/<extractor>/<fingerprint>.jsonl` contains the answers of one extractor in one
//! configuration; `<fingerprint>.json` beside it lists the parts of the fingerprint, so that
//! `karat` can explain a cache miss. Only successful answers are kept: a failure is asked again in
//! the next run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::answer_log::{AnswerLog, AnswerLogKind, KnownAnswers, read_answers};
use super::document_key::document_key;
use crate::document::Document;
use crate::error::Diagnostic;
use crate::extractor::Extractor;
use crate::format::sha256;

/// Largest number of changed parts of a fingerprint that are named.
const MOST_SHOWN: usize = 10;

/// Opens the cache of an extractor with its current fingerprint. `folder` contains the caches of
/// all extractors, and `now` is when the current run began.
///
/// # Errors
/// Fails if a file of the cache cannot be created or written.
pub(super) fn open(folder: &Path, extractor: &dyn Extractor, now: &str) -> Result<AnswerLog, Diagnostic> {
    let [lines, parts] = files(folder, extractor);
    let log = AnswerLog::open(AnswerLogKind::Cache, &lines, read(&lines), now)?;
    if !parts.exists() {
        let of: BTreeMap<String, String> = extractor.fingerprint_parts().into_iter().collect();
        let text = serde_json::to_string_pretty(&of).expect("parts are plain data") + "\n";
        fs::write(&parts, text).map_err(|error| Diagnostic::io("write this", &parts, &error))?;
    }
    Ok(log)
}

fn files(folder: &Path, extractor: &dyn Extractor) -> [PathBuf; 2] {
    let name = sha256(extractor.fingerprint());
    let folder = folder.join(extractor.name());
    ["jsonl", "json"].map(|extension| folder.join(&name).with_extension(extension))
}

/// Reads a cache. Malformed lines and unreadable files count as cache misses.
fn read(lines: &Path) -> KnownAnswers {
    read_answers(AnswerLogKind::Cache, &fs::read(lines).unwrap_or_default())
}

/// Explains in one sentence whether a document is a cache hit, and if not, what changed.
pub fn explain(folder: &Path, extractor: &dyn Extractor, document: &Document) -> String {
    if let Some(obstacle) = extractor.cache_obstacle() {
        return format!("it is requested every time: {obstacle}");
    }
    let [lines, parts] = files(folder, extractor);
    let key = document_key(document);
    let current = read(&lines);
    let mut repeats: Vec<usize> =
        current.keys().filter(|(_, _, known, _)| *known == key).map(|(_, _, _, repeat)| *repeat).collect();
    repeats.sort_unstable();
    match repeats.as_slice() {
        [] => {}
        [1] => return "its answer is in the cache".to_owned(),
        _ => return format!("{} answers are in the cache", repeats.len()),
    }
    if current.values().any(|(id, _)| id == document.id()) {
        return "it is requested, since its text or metadata changed".to_owned();
    }
    // The most recent earlier fingerprint under which this document was answered.
    let mut earlier: Vec<PathBuf> = fs::read_dir(folder.join(extractor.name()))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| *path != parts && path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    earlier.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).and_then(|metadata| metadata.modified()).ok()));
    let known = earlier.iter().find(|path| {
        read(&path.with_extension("jsonl"))
            .into_iter()
            .any(|((_, _, known, _), (id, _))| known == key || id == document.id())
    });
    let Some(then) = known.and_then(|path| fs::read(path).ok()) else {
        return "it is requested, since it never was".to_owned();
    };
    let then: BTreeMap<String, String> = serde_json::from_slice(&then).unwrap_or_default();
    let now: BTreeMap<String, String> = extractor.fingerprint_parts().into_iter().collect();
    let mut changed: Vec<&String> =
        then.keys().chain(now.keys()).filter(|part| then.get(*part) != now.get(*part)).collect();
    changed.sort();
    changed.dedup();
    let more = changed.len().saturating_sub(MOST_SHOWN);
    let mut changed: Vec<String> = changed.into_iter().take(MOST_SHOWN).map(|part| format!("`{part}`")).collect();
    if more > 0 {
        changed.push(format!("and {more} more"));
    }
    format!("it is requested, since the extractor changed: {}", changed.join(", "))
}
