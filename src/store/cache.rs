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

use rustc_hash::FxHashMap;

use super::answer_line::AnswerLine;
use super::append_file::AppendFile;
use super::document_key::document_key;
use crate::document::Document;
use crate::error::Diagnostic;
use crate::extractor::Extractor;
use crate::format::sha256;
use crate::runner::{AnswerKey, CachedAnswer};
use crate::score::Status;

/// The cached answers of one extractor with its current fingerprint.
pub(super) struct ExtractorCache {
    file: AppendFile,
    known: FxHashMap<(String, usize), (String, CachedAnswer)>,
}

impl ExtractorCache {
    /// Opens the cache of an extractor. `folder` contains the caches of all extractors.
    ///
    /// # Errors
    /// Fails if a file of the cache cannot be created or written.
    pub fn open(folder: &Path, extractor: &dyn Extractor) -> Result<Self, Diagnostic> {
        let [lines, parts] = files(folder, extractor);
        let file = AppendFile::open(&lines)?;
        if !parts.exists() {
            let of: BTreeMap<String, String> = extractor.fingerprint_parts().into_iter().collect();
            let text = serde_json::to_string_pretty(&of).expect("parts are plain data") + "\n";
            fs::write(&parts, text).map_err(|error| Diagnostic::io("write this", &parts, &error))?;
        }
        Ok(Self { file, known: read(&lines) })
    }

    /// Whether the cache has no answers from earlier runs.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the cached answer to a request about the document with this key.
    pub fn recall(&self, key: &str, answer_key: &AnswerKey<'_>) -> Option<CachedAnswer> {
        self.known.get(&(key.to_owned(), answer_key.request.repeat)).map(|(_, cached)| cached.clone())
    }

    pub fn keep(&self, key: &str, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) {
        if cached.answer.status == Status::Ok {
            self.file.add(&AnswerLine::new(key.to_owned(), answer_key, cached).text());
        }
    }

    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.file.diagnostic()
    }
}

fn files(folder: &Path, extractor: &dyn Extractor) -> [PathBuf; 2] {
    let name = sha256(extractor.fingerprint());
    let folder = folder.join(extractor.name());
    ["jsonl", "json"].map(|extension| folder.join(&name).with_extension(extension))
}

/// Reads a cache: by document key and repeat, the document's id and the answer. Malformed lines and
/// unreadable files count as cache misses.
fn read(lines: &Path) -> FxHashMap<(String, usize), (String, CachedAnswer)> {
    let bytes = fs::read(lines).unwrap_or_default();
    let lines =
        bytes.split(|byte| *byte == b'\n').filter_map(|line| AnswerLine::parse(std::str::from_utf8(line).ok()?));
    let known = lines.filter_map(|line| {
        let key = (line.key.clone(), line.repeat);
        Some((key, line.into_answer()?))
    });
    known.collect()
}

/// Explains in one sentence whether a document is a cache hit, and if not, what changed.
pub fn explain(folder: &Path, extractor: &dyn Extractor, document: &Document) -> String {
    let [lines, parts] = files(folder, extractor);
    let key = document_key(document);
    let current = read(&lines);
    let mut repeats: Vec<usize> =
        current.keys().filter(|(known, _)| *known == key).map(|(_, repeat)| *repeat).collect();
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
        read(&path.with_extension("jsonl")).into_iter().any(|((known, _), (id, _))| known == key || id == document.id())
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
    let changed: Vec<String> = changed.into_iter().map(|part| format!("`{part}`")).collect();
    format!("it is requested, since the extractor changed: {}", changed.join(", "))
}
