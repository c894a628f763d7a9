//! Entities of tag sequences, counted as seqeval 1.2.2 counts them, for `karat.compat.seqeval`. The
//! decoders are those of the presets.

use std::collections::BTreeMap;
use std::sync::Arc;

use karat::document::{Chunk, Scheme, Sentence, TagName, Tags, TokenFile, lenient};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rustc_hash::FxHashMap;

use crate::texts::text;

/// The numbers of right, predicted and golden entities.
type Counts = (u64, u64, u64);

/// Compares predicted tag sequences with golden ones, leniently or by a scheme, as sets of
/// entities. Returns the counts by label.
///
/// Raises ValueError for an empty tag, and for tags that are none of the scheme's.
#[pyfunction]
pub fn tag_counts<'py>(
    py: Python<'py>,
    scheme: Option<&str>,
    gold: &Bound<'py, PyAny>,
    predicted: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let scheme = scheme.map(str::parse::<Scheme>).transpose();
    let scheme = scheme.map_err(|error| PyValueError::new_err(format!("{error}")))?;
    let (gold, predicted) = (tags(gold)?, tags(predicted)?);
    let sides = [&gold, &predicted];
    if let Some(scheme) = scheme {
        sides.into_iter().try_for_each(|side| refuse(side, scheme))?;
    }
    let counts = py.detach(|| {
        let [gold, predicted] = sides.map(|side| entities(side, scheme));
        let mut counts = BTreeMap::<&str, Counts>::new();
        for (_, _, label) in &predicted {
            counts.entry(label).or_default().1 += 1;
        }
        for entity in &gold {
            let (right, _, of_gold) = counts.entry(entity.2).or_default();
            *right += u64::from(predicted.binary_search(entity).is_ok());
            *of_gold += 1;
        }
        counts
    });
    let by_label = PyDict::new(py);
    for (label, counts) in counts {
        by_label.set_item(label, counts)?;
    }
    Ok(by_label)
}

/// Returns the entities of tag sequences by a scheme, in text order: the sequence, the first tag,
/// the tag after the last one, and the label.
///
/// Raises ValueError as `tag_counts` does.
#[pyfunction]
pub fn tag_entities(scheme: &str, sequences: &Bound<'_, PyAny>) -> PyResult<Vec<(u32, u32, u32, String)>> {
    let scheme: Scheme = scheme.parse().map_err(|error| PyValueError::new_err(format!("{error}")))?;
    let tags = tags(sequences)?;
    refuse(&tags, scheme)?;
    let entity = |chunk: Chunk| {
        let at = tags.file.sentence_of(chunk.first);
        let Sentence { first, line } = tags.file.sentences[at as usize];
        let label = tags.file.names[chunk.name as usize].strict_label.to_string();
        (line - 1, chunk.first - first, chunk.last + 1 - first, label)
    };
    Ok(scheme.chunks(&tags).into_iter().map(entity).collect())
}

/// Returns what the second of two adjacent tags does under a scheme: whether it begins an entity,
/// continues that of the first, and whether that of the first has ended before it.
#[pyfunction]
pub fn tag_relations(scheme: &str, before: &str, tag: &str) -> PyResult<[bool; 3]> {
    let scheme: Scheme = scheme.parse().map_err(|error| PyValueError::new_err(format!("{error}")))?;
    Ok(scheme.relations(&TagName::new(before), &TagName::new(tag)))
}

fn refuse(tags: &Tags, scheme: Scheme) -> PyResult<()> {
    match scheme.unknown_ids(tags).first() {
        None => Ok(()),
        Some(token) => {
            let tag = &*tags.file.tag(*token).text;
            Err(PyValueError::new_err(format!("the tag {tag:?} is none of {scheme}'s")))
        }
    }
}

/// The distinct entities of tags, sorted: the last token, the first token, and the label.
fn entities(tags: &Tags, scheme: Option<Scheme>) -> Vec<(u32, u32, &str)> {
    let chunks = scheme.map_or_else(|| lenient::chunks(tags), |scheme| scheme.chunks(tags));
    let entity = |chunk: Chunk| {
        let name = &tags.file.names[chunk.name as usize];
        (chunk.last, chunk.first, if scheme.is_some() { &*name.strict_label } else { &*name.label })
    };
    let mut entities: Vec<(u32, u32, &str)> = chunks.into_iter().map(entity).collect();
    entities.sort_unstable();
    entities.dedup();
    entities
}

/// Reads lists of tags as the sentences of one document.
fn tags(sequences: &Bound<'_, PyAny>) -> PyResult<Tags> {
    let mut file = TokenFile::default();
    let mut by_text = FxHashMap::<Box<str>, u32>::default();
    for (line, sequence) in (1..).zip(sequences.try_iter()?) {
        let first = u32::try_from(file.tags.len());
        let first = first.map_err(|_| PyValueError::new_err("there are more than 2^32 tags"))?;
        for tag in sequence?.cast::<PyList>()? {
            let tag = text(&tag)?;
            let number = match by_text.get(&*tag) {
                Some(number) => *number,
                None if tag.is_empty() => return Err(PyValueError::new_err("a tag is empty")),
                None => {
                    let number = file.names.len() as u32;
                    by_text.insert(tag.as_ref().into(), number);
                    file.names.push(TagName::new(&tag));
                    number
                }
            };
            file.tags.push(number);
        }
        if file.tags.len() > first as usize {
            file.sentences.push(Sentence { first, line });
        }
    }
    let sentences = 0..file.sentences.len() as u32;
    Ok(Tags { file: Arc::new(file), sentences, opening: None, places: None, scheme: None, is_bilou: false })
}
