//! Documents whose text a change edits. The base commit answered another text, so that its answers
//! to them are no comparison; without them, a change that corrects a document could not be judged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use karat::document::Reference;
use karat::error::Diagnostic;
use karat::format::sha256;
use serde::Deserialize;

/// The keys of a line of a baseline that matter here.
#[derive(Deserialize)]
struct Line {
    id: String,
    text_sha256: Option<String>,
}

/// Copies a baseline of a base commit into a folder, without the answers to other texts than the
/// current ones. Returns the copy and the ids of the documents that were left out; `None` if there
/// are none.
pub(super) fn without_other_texts(
    baseline: &Path,
    references: &BTreeMap<String, Reference>,
    folder: &Path,
) -> Result<Option<(PathBuf, Vec<String>)>, Diagnostic> {
    let content =
        fs::read_to_string(baseline).map_err(|error| Diagnostic::io("read the baseline", baseline, &error))?;
    let mut left_out = Vec::new();
    let mut kept = String::new();
    for line in content.split_inclusive('\n') {
        let other = serde_json::from_str::<Line>(line).ok().filter(|line| {
            let document = references.get(&line.id).and_then(|reference| reference.document.as_ref());
            let texts = document.zip(line.text_sha256.as_ref());
            texts.is_some_and(|(document, stored)| *stored != sha256(document.text()))
        });
        match other {
            Some(line) => left_out.push(line.id),
            None => kept.push_str(line),
        }
    }
    left_out.dedup();
    if left_out.is_empty() {
        return Ok(None);
    }
    let copy = folder.join(baseline.file_name().unwrap_or_default());
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&copy, kept))
        .map_err(|error| Diagnostic::io("write the commit's baseline", &copy, &error))?;
    Ok(Some((copy, left_out)))
}
