//! The four schemes of nervaluate 1.2.1 with the places of their outcomes and any least overlap,
//! for `karat.compat.nervaluate`. karat's preset `nervaluate` counts the same for the usual
//! overlap.

use std::collections::{BTreeMap, BTreeSet};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyDict, PyInt, PyList, PyString, PyType};
use pyo3::{IntoPyObjectExt, intern};
use rayon::prelude::*;

use crate::pool;
use crate::texts::text;

/// An entity: the number of its label, and its first and its last position.
#[derive(Clone, Copy)]
struct Span {
    label: u32,
    start: i64,
    end: i64,
}

/// Documents with entities.
#[pyclass(frozen)]
pub struct Documents {
    /// The distinct labels, in the order of first use.
    labels: Vec<String>,
    documents: Vec<Vec<Span>>,
}

/// Pairs of a position and a tag, and the number of positions.
type TaggedDocument<'py> = (Vec<(i64, Bound<'py, PyAny>)>, i64);

/// The entities of documents, by document.
type Spans = [Vec<Span>];

/// Numbers of labels.
#[derive(Default)]
struct Labels {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Labels {
    fn number(&mut self, label: &str) -> u32 {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(label.to_owned());
        self.numbers.insert(label.to_owned(), number);
        number
    }
}

#[pymethods]
impl Documents {
    /// Reads a list of documents: lists of dicts with `label`, `start` and `end`.
    ///
    /// Raises ValueError for anything else, in the words of the package.
    #[staticmethod]
    fn of_dicts(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        let keys = [intern!(py, "label"), intern!(py, "start"), intern!(py, "end")];
        let mut labels = Labels::default();
        let mut documents = Vec::new();
        for entities in data.cast::<PyList>().map_err(|_| invalid("DictLoader expects list input"))? {
            let entities = entities
                .cast::<PyList>()
                .map_err(|_| invalid("Each document must be a list of entity dictionaries"))?;
            let mut spans = Vec::with_capacity(entities.len());
            for entity in entities {
                let Ok(entity) = entity.cast::<PyDict>() else {
                    return Err(invalid(format!("Invalid entity type: {}", entity.get_type().repr()?)));
                };
                let [Some(label), Some(start), Some(end)] =
                    [entity.get_item(keys[0])?, entity.get_item(keys[1])?, entity.get_item(keys[2])?]
                else {
                    return Err(invalid("Entity missing required keys: {'label', 'start', 'end'}"));
                };
                if !label.is_instance_of::<PyString>() {
                    return Err(invalid("Entity label must be a string"));
                }
                if !start.is_instance_of::<PyInt>() || !end.is_instance_of::<PyInt>() {
                    return Err(invalid("Entity start and end must be integers"));
                }
                spans.push(Span { label: labels.number(&text(&label)?), start: start.extract()?, end: end.extract()? });
            }
            documents.push(spans);
        }
        Ok(Self { labels: labels.names, documents })
    }

    /// Reads entities of tags: for each document, pairs of a position and a tag, and the number of
    /// positions. An entity goes on while the label is the same and no `B` begins another.
    ///
    /// Raises ValueError for a tag that does not begin with `B-` or `I-`, in the words of the
    /// package.
    #[staticmethod]
    fn of_tags(documents: Vec<TaggedDocument<'_>>) -> PyResult<Self> {
        let mut labels = Labels::default();
        let mut all = Vec::with_capacity(documents.len());
        for (tags, length) in documents {
            let mut spans = Vec::new();
            let mut open: Option<(u32, i64)> = None;
            for (at, tag) in &tags {
                let tag = text(tag)?;
                if &*tag == "O" {
                    close(&mut open, *at, &mut spans);
                    continue;
                }
                // The package cuts two characters off, whatever they are.
                let label = tag.char_indices().nth(2).map_or("", |(byte, _)| &tag[byte..]);
                let number = labels.number(label);
                if open.is_some_and(|(other, _)| other == number) && !tag.starts_with('B') {
                    continue;
                }
                close(&mut open, *at, &mut spans);
                if !tag.starts_with("B-") && !tag.starts_with("I-") {
                    return Err(invalid(format!("Invalid tag format: {tag}")));
                }
                open = Some((number, *at));
            }
            close(&mut open, length, &mut spans);
            all.push(spans);
        }
        Ok(Self { labels: labels.names, documents: all })
    }

    fn __len__(&self) -> usize {
        self.documents.len()
    }

    /// Returns the entities of each document, made by `kind(label, start, end)`.
    fn entities<'py>(&self, kind: &Bound<'py, PyType>) -> PyResult<Vec<Vec<Bound<'py, PyAny>>>> {
        let entity = |span: &Span| kind.call1((&self.labels[span.label as usize], span.start, span.end));
        self.documents.iter().map(|spans| spans.iter().map(entity).collect()).collect()
    }
}

fn invalid(message: impl Into<String>) -> PyErr {
    PyValueError::new_err(message.into())
}

/// Ends the open entity before a position.
fn close(open: &mut Option<(u32, i64)>, before: i64, spans: &mut Vec<Span>) {
    if let Some((label, start)) = open.take() {
        spans.push(Span { label, start, end: before - 1 });
    }
}

/// A document and an entity in it.
type Place = (u32, u32);

/// The places of correct, incorrect, partial, missed and spurious entities. Missed ones are places
/// of golden entities, all others of predicted ones.
#[pyclass(frozen)]
#[derive(Default)]
pub struct Outcomes([Vec<Place>; 5]);

#[pymethods]
impl Outcomes {
    /// Returns the number of entities of each outcome.
    fn counts(&self) -> [usize; 5] {
        self.0.each_ref().map(Vec::len)
    }

    /// Returns the places of each outcome, as lists of a document and the entity in it.
    fn places<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.each_ref().into_bound_py_any(py)
    }
}

const CORRECT: usize = 0;
const INCORRECT: usize = 1;
const PARTIAL: usize = 2;
const MISSED: usize = 3;
const SPURIOUS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Strict,
    Partial,
    Type,
    Exact,
}

const SCHEMES: [Scheme; 4] = [Scheme::Strict, Scheme::Partial, Scheme::Type, Scheme::Exact];

/// Documents that one task compares.
const AT_ONCE: usize = 512;

/// Matches predicted entities with golden ones under the schemes `strict`, `partial`, `ent_type`
/// and `exact`, in this order. Only labels in `tags` count. Returns the outcomes over all labels
/// (`None`), and by label in the order of the labels.
#[pyfunction]
pub fn nervaluate_outcomes(
    py: Python<'_>,
    gold: &Documents,
    predicted: &Documents,
    tags: BTreeSet<String>,
    min_overlap: f64,
) -> Vec<(Option<String>, [Outcomes; 4])> {
    py.detach(|| {
        let labels: BTreeSet<&String> = [gold, predicted].iter().flat_map(|side| side.used(&tags)).collect();
        let labels: Vec<&String> = labels.into_iter().collect();
        let numbers = [gold, predicted].map(|side| side.numbers(&labels));
        let of_documents = |(chunk, (gold, predicted)): (usize, (&Spans, &Spans))| {
            let mut groups: Vec<[Outcomes; 4]> = (0..=labels.len()).map(|_| Default::default()).collect();
            // What a document needs is allocated once.
            let (mut sides, mut of_label) = (<[Vec<Span>; 2]>::default(), <[Vec<Span>; 2]>::default());
            let (mut present, mut is_taken) = (Vec::new(), Vec::new());
            for (at, (gold, predicted)) in gold.iter().zip(predicted).enumerate() {
                let document = (chunk * AT_ONCE + at) as u32;
                for ((side, spans), numbers) in sides.iter_mut().zip([gold, predicted]).zip(&numbers) {
                    let kept = |span: &Span| Some(Span { label: numbers[span.label as usize]?, ..*span });
                    side.clear();
                    side.extend(spans.iter().filter_map(kept));
                }
                match_schemes(document, &sides, min_overlap, &mut is_taken, &mut groups[0]);
                present.clear();
                present.extend(sides.iter().flatten().map(|span| span.label));
                present.sort_unstable();
                present.dedup();
                for &label in &present {
                    for (some, side) in of_label.iter_mut().zip(&sides) {
                        some.clear();
                        some.extend(side.iter().filter(|span| span.label == label));
                    }
                    let group = &mut groups[1 + label as usize];
                    match_schemes(document, &of_label, min_overlap, &mut is_taken, group);
                }
            }
            groups
        };
        let chunks = (gold.documents.par_chunks(AT_ONCE)).zip(predicted.documents.par_chunks(AT_ONCE)).enumerate();
        let chunks: Vec<Vec<[Outcomes; 4]>> = pool::install(|| chunks.map(of_documents).collect());
        let names = std::iter::once(None).chain(labels.iter().map(|label| Some((*label).clone())));
        let mut groups: Vec<_> = names.map(|name| (name, <[Outcomes; 4]>::default())).collect();
        for chunk in chunks {
            for ((_, group), more) in groups.iter_mut().zip(chunk) {
                for (outcomes, more) in group.iter_mut().zip(more) {
                    outcomes.0.iter_mut().zip(more.0).for_each(|(places, more)| places.extend(more));
                }
            }
        }
        groups
    })
}

impl Documents {
    /// The labels that count and that an entity has.
    fn used<'d>(&'d self, tags: &BTreeSet<String>) -> Vec<&'d String> {
        let mut is_used = vec![false; self.labels.len()];
        self.documents.iter().flatten().for_each(|span| is_used[span.label as usize] = true);
        let labels = self.labels.iter().zip(is_used);
        labels.filter(|(label, is_used)| *is_used && tags.contains(*label)).map(|(label, _)| label).collect()
    }

    /// Returns the place among the labels of each label here.
    fn numbers(&self, labels: &[&String]) -> Vec<Option<u32>> {
        let place = |label: &String| labels.binary_search(&label).ok().map(|place| place as u32);
        self.labels.iter().map(place).collect()
    }
}

/// Whether a prediction covers enough of a golden entity, in percent of its length.
fn overlaps(predicted: &Span, gold: &Span, min_overlap: f64) -> bool {
    let shared = predicted.end.min(gold.end) - predicted.start.max(gold.start) + 1;
    let is_apart = predicted.start > gold.end || predicted.end < gold.start;
    let share = if is_apart { 0.0 } else { shared as f64 / (gold.end - gold.start + 1) as f64 * 100.0 };
    share >= min_overlap
}

/// Matches the golden and the predicted entities of a document under every scheme.
fn match_schemes(
    document: u32,
    [gold, predicted]: &[Vec<Span>; 2],
    min_overlap: f64,
    is_taken: &mut Vec<bool>,
    outcomes: &mut [Outcomes; 4],
) {
    for (scheme, outcomes) in SCHEMES.into_iter().zip(outcomes) {
        is_taken.clear();
        is_taken.resize(gold.len(), false);
        match_document(scheme, document, (gold, predicted), min_overlap, is_taken, &mut outcomes.0);
    }
}

/// Each prediction takes the first free golden entity that is correct, or under `ent_type` the
/// closest one; otherwise the first free one that it overlaps.
fn match_document(
    scheme: Scheme,
    document: u32,
    (gold, predicted): (&[Span], &[Span]),
    min_overlap: f64,
    is_taken: &mut [bool],
    outcomes: &mut [Vec<Place>; 5],
) {
    for (at, prediction) in predicted.iter().enumerate() {
        let (mut right, mut other): (Option<(usize, i64)>, Option<usize>) = (None, None);
        for (number, golden) in gold.iter().enumerate().filter(|(number, _)| !is_taken[*number]) {
            let has_label = prediction.label == golden.label;
            let has_ends = (prediction.start, prediction.end) == (golden.start, golden.end);
            let is_near = overlaps(prediction, golden, min_overlap);
            let distance = (prediction.start - golden.start).abs() + (prediction.end - golden.end).abs();
            let is_right = match scheme {
                Scheme::Strict => has_label && has_ends,
                Scheme::Exact => has_ends,
                Scheme::Partial => is_near && has_ends,
                Scheme::Type => is_near && has_label,
            };
            if is_right {
                if right.is_none_or(|(_, closest)| distance < closest) {
                    right = Some((number, distance));
                }
                // Only labels can match a closer entity further on.
                if scheme != Scheme::Type {
                    break;
                }
            } else if is_near && other.is_none() {
                other = Some(number);
            }
        }
        let (taken, outcome) = match (right, other) {
            (Some((number, _)), _) => (Some(number), CORRECT),
            (None, Some(number)) if scheme == Scheme::Partial => (Some(number), PARTIAL),
            (None, Some(number)) => (Some(number), INCORRECT),
            (None, None) => (None, SPURIOUS),
        };
        outcomes[outcome].push((document, at as u32));
        if let Some(number) = taken {
            is_taken[number] = true;
        }
    }
    let missed = is_taken.iter().enumerate().filter(|(_, is_taken)| !**is_taken);
    outcomes[MISSED].extend(missed.map(|(number, _)| (document, number as u32)));
}
