//! Reads some documents of streamed files again, by their ids, to show them. No document of a
//! streamed file is kept in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::document::{Annotations, Answer, Document};
use crate::error::Diagnostic;
use crate::format::{Entry, read_id, read_line};

/// Returns the texts of some documents of a JSON-lines file in karat's own format, as far as the
/// file contains them.
///
/// # Errors
/// Fails if the file cannot be read. Invalid lines are skipped.
pub fn read_texts(file: &Path, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Document>, Diagnostic> {
    let mut texts = BTreeMap::new();
    each_entry(file, ids, |entry| {
        if let Entry { id, text: Some(text), meta, .. } = entry {
            texts.insert(id.clone(), Document::with_meta(id, text, meta));
        }
        texts.len() < ids.len()
    })?;
    Ok(texts)
}

/// Returns the answers to some documents in a JSON-lines file in karat's own format, with their
/// repeats, as far as the file contains them. Of the annotations they have only the summaries,
/// which need no check of offsets. In a golden file these are the references.
///
/// # Errors
/// Fails if the file cannot be read. Invalid lines are skipped.
pub fn read_summaries(file: &Path, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Answer>, Diagnostic> {
    let mut repeats: BTreeMap<String, BTreeMap<usize, Answer>> = BTreeMap::new();
    each_entry(file, ids, |entry| {
        let (id, repeat) = (entry.id.clone(), entry.repeat);
        let answer = entry.into_answer();
        let annotations = Annotations { summaries: answer.annotations.summaries, ..Annotations::default() };
        repeats.entry(id).or_default().insert(repeat, Answer { annotations, ..answer });
        true
    })?;
    let joined = repeats.into_iter().filter_map(|(id, answers)| {
        let mut answers = answers.into_values();
        let first = answers.next()?;
        Some((id, Answer { repeats: answers.collect(), ..first }))
    });
    Ok(joined.collect())
}

/// Calls `visit` with every valid entry of a JSON-lines file whose id is in `ids`, until it returns
/// false.
fn each_entry(file: &Path, ids: &BTreeSet<&str>, mut visit: impl FnMut(Entry) -> bool) -> Result<(), Diagnostic> {
    if ids.is_empty() {
        return Ok(());
    }
    let error = |error: io::Error| Diagnostic::io("read this", file, &error);
    let reader = BufReader::with_capacity(1 << 16, File::open(file).map_err(error)?);
    for (at, line) in reader.lines().enumerate() {
        let line = line.map_err(error)?;
        let line = line.strip_prefix('\u{feff}').filter(|_| at == 0).unwrap_or(&line);
        if read_id(line).is_some_and(|id| !ids.contains(id)) {
            continue;
        }
        if let Ok(entry) = read_line(file, at + 1, line)
            && ids.contains(entry.id.as_str())
            && !visit(entry)
        {
            break;
        }
    }
    Ok(())
}
