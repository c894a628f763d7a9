//! Golden and predicted documents in memory: conversions into [`Reference`] and [`Answer`], and the
//! checks that readers of files make.

use std::collections::BTreeMap;
use std::path::Path;

use crate::corpus::{Predictions, UnmatchedPrediction, to_answer, to_reference};
use crate::document::{Annotations, Answer, Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::extractor::ExtractError;
use crate::format::{Entry, GivenBasis, Source};
use crate::nearest::nearest;

/// The file that diagnostics of golden documents name.
pub(super) const GOLD: &str = "<gold>";
/// The file that diagnostics of predicted documents name.
pub(super) const PREDICTED: &str = "<predicted>";

impl From<Annotations> for Reference {
    /// Makes golden annotations a reference without a text: offsets are not compared with the
    /// length of the document, and stored texts are not checked.
    fn from(gold: Annotations) -> Self {
        Self { gold, ..Self::default() }
    }
}

impl From<&Annotations> for Reference {
    /// Copies golden annotations into a reference without a text.
    fn from(gold: &Annotations) -> Self {
        gold.clone().into()
    }
}

impl From<(Document, Annotations)> for Reference {
    /// Makes golden annotations a reference with its text, against which the spans of both sides
    /// are checked.
    fn from((document, gold): (Document, Annotations)) -> Self {
        Self { meta: document.meta().clone(), document: Some(document), gold, ..Self::default() }
    }
}

impl From<Annotations> for Answer {
    /// Makes annotations an answer of status [`Status::Ok`](crate::document::Status::Ok).
    fn from(annotations: Annotations) -> Self {
        Self::ok(annotations)
    }
}

impl From<&Annotations> for Answer {
    /// Copies annotations into an answer of status [`Status::Ok`](crate::document::Status::Ok).
    fn from(annotations: &Annotations) -> Self {
        Self::ok(annotations.clone())
    }
}

impl From<Result<Annotations, ExtractError>> for Answer {
    /// Makes what [`crate::extractor::Extractor::extract`] returns an answer. An error gives its
    /// status and its message, and the document scores as an empty prediction.
    fn from(outcome: Result<Annotations, ExtractError>) -> Self {
        outcome.map_or_else(|error| Self::without(error.status(), error.to_string()), Self::ok)
    }
}

/// Checks golden documents and puts them in order of their ids.
///
/// # Errors
/// Fails with one diagnostic for each error of each document.
pub(super) fn references(gold: Vec<(String, Reference)>) -> Result<BTreeMap<String, Reference>, Error> {
    let mut diagnostics = Vec::new();
    let gold = by_id(gold, GOLD, &mut diagnostics);
    let mut references = BTreeMap::new();
    for (id, reference) in gold {
        let Reference { document, text_sha256, meta, gold } = reference;
        let entry = Entry { text_sha256, meta, ..entry(&id, GOLD, gold) };
        match to_reference(entry, "", document.as_ref()) {
            Ok(reference) => {
                references.insert(id, reference);
            }
            Err(wrong) => diagnostics.extend(wrong.into_iter().map(|diagnostic| in_memory(diagnostic, &id))),
        }
    }
    if diagnostics.is_empty() { Ok(references) } else { Err(Error::Input(diagnostics)) }
}

/// Checks predicted documents against the golden ones. Documents without a golden one are kept
/// apart.
pub(super) fn predictions(predicted: Vec<(String, Answer)>, references: &BTreeMap<String, Reference>) -> Predictions {
    let mut predictions = Predictions::default();
    let none = Reference::default();
    for (id, mut answer) in by_id(predicted, PREDICTED, &mut predictions.diagnostics) {
        let reference = references.get(&id);
        for annotations in answer.annotations_mut() {
            let entry = entry(&id, PREDICTED, std::mem::take(annotations));
            match to_answer(entry, "", reference.unwrap_or(&none)) {
                Ok(checked) => *annotations = checked.annotations,
                Err(wrong) => {
                    predictions.diagnostics.extend(wrong.into_iter().map(|diagnostic| in_memory(diagnostic, &id)));
                }
            }
        }
        if reference.is_some() {
            predictions.answers.insert(id, answer);
        } else {
            let diagnostic = without_golden(&id, references);
            predictions.unknown_ids.insert(id, UnmatchedPrediction { answer, document: None, diagnostic });
        }
    }
    predictions
}

/// Documents by id. An id that is empty or occurs twice is an error.
fn by_id<T>(documents: Vec<(String, T)>, side: &str, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, T> {
    let mut by_id = BTreeMap::new();
    for (id, document) in documents {
        let message = match id.as_str() {
            "" => "the id is empty",
            id if by_id.contains_key(id) => "two documents have this id",
            _ => {
                by_id.insert(id, document);
                continue;
            }
        };
        let diagnostic = Diagnostic::new(message).in_file(side).of_document(id);
        diagnostics.push(diagnostic.help("ids join golden and predicted documents: each side has every id once"));
    }
    by_id
}

/// Annotations as an entry of a file, which is what the checks take.
fn entry(id: &str, side: &str, annotations: Annotations) -> Entry {
    Entry {
        source: Source { file: Path::new(side).to_owned(), line: 0 },
        id: id.to_owned(),
        text: None,
        text_sha256: None,
        meta: BTreeMap::new(),
        error: None,
        status: None,
        repeat: 1,
        annotations,
        offset_unit: None,
        given: GivenBasis::default(),
        is_numbered: false,
        annotator: None,
        places: None,
    }
}

/// A diagnostic of a document in memory: there is no line to point at.
fn in_memory(mut diagnostic: Diagnostic, id: &str) -> Diagnostic {
    (diagnostic.position, diagnostic.excerpt) = (None, None);
    if diagnostic.document.is_some() {
        return diagnostic;
    }
    // The offsets have another unit, which a reader of files reports once for each file.
    let help = "offsets count code points; `Document::span` makes a span of a range of bytes";
    diagnostic.of_document(id).help(help)
}

/// The error of a predicted document without a golden one.
fn without_golden(id: &str, references: &BTreeMap<String, Reference>) -> Diagnostic {
    let diagnostic = Diagnostic::new("no golden document has this id").in_file(PREDICTED).of_document(id);
    match nearest(id, references.keys().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean {near:?}?")),
        None => diagnostic.help("ids join golden and predicted documents"),
    }
}
