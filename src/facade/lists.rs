//! Scoring of one layer from plain lists, whose elements are joined by their indices.

use super::score;
use crate::document::{Annotations, Entity, Span};
use crate::error::{Diagnostic, Error};
use crate::score::Scores;

/// Scores labelled spans given as lists: one list for each document, of tuples of start, end and
/// label. Element `i` of both slices is document `i`.
///
/// Offsets count Unicode code points, and `end` is one past the last one. Labels are compared as
/// they are. Figures are named `entities.METRIC.STAT` with the metrics `strict` (span and label),
/// `exact` (span alone), `partial` and `type`, and the statistics `precision`, `recall` and `f1`, 0
/// to 1; see [`Scores::get`]. Ids of documents in the result are the indices from 0: `"0"`, `"1"`,
/// and so on.
///
/// # Errors
/// Fails if the slices differ in length or are empty, if a span is empty (`start >= end`), or if a
/// label is blank; with every such error at once.
///
/// ```
/// let gold = [vec![(0, 3, "PERSON"), (17, 21, "GPE")], vec![(4, 9, "ORG")]];
/// let predicted = [vec![(0, 3, "PERSON"), (17, 21, "ORG")], vec![]];
/// let scores = karat::entities(&gold, &predicted)?;
/// assert_eq!(scores.get("entities.strict.f1"), Some(0.4)); // 1 of 2 predicted, 1 of 3 gold
/// # Ok::<(), karat::error::Error>(())
/// ```
pub fn entities<G, P, L, M>(gold: &[G], predicted: &[P]) -> Result<Scores, Error>
where
    G: AsRef<[(u32, u32, L)]>,
    P: AsRef<[(u32, u32, M)]>,
    L: AsRef<str>,
    M: AsRef<str>,
{
    same_length(gold.len(), predicted.len())?;
    score(
        numbered(gold.iter().map(|spans| labelled_spans(spans.as_ref()))),
        numbered(predicted.iter().map(|spans| labelled_spans(spans.as_ref()))),
    )
}

/// Scores summaries against one reference each. Element `i` of both slices is document `i`.
///
/// Figures are named `summary.METRIC.STAT` with the metrics `rouge1`, `rouge2`, `rougeL` and
/// `rougeLsum` and the statistics `precision`, `recall` and `f1`, 0 to 1, means over the documents;
/// see [`Scores::get`]. For several references of a document, for metrics such as BLEU, and for
/// figures against the source text use [`crate::Scoring`]. Ids of documents in the result are the
/// indices from 0.
///
/// # Errors
/// Fails if the slices differ in length or are empty.
///
/// ```
/// let scores = karat::summaries(&["the cat sat on the mat"], &["the cat on the mat"])?;
/// assert_eq!(scores.get("summary.rouge1.precision"), Some(1.0));
/// assert_eq!(scores.get("summary.rouge1.recall"), Some(5.0 / 6.0));
/// # Ok::<(), karat::error::Error>(())
/// ```
pub fn summaries<R, C>(references: &[R], candidates: &[C]) -> Result<Scores, Error>
where
    R: AsRef<str>,
    C: AsRef<str>,
{
    same_length(references.len(), candidates.len())?;
    score(
        numbered(references.iter().map(|text| summary(text.as_ref()))),
        numbered(candidates.iter().map(|text| summary(text.as_ref()))),
    )
}

/// Annotations with the indices of their documents as ids.
fn numbered(documents: impl Iterator<Item = Annotations>) -> impl Iterator<Item = (String, Annotations)> {
    documents.enumerate().map(|(index, annotations)| (index.to_string(), annotations))
}

fn labelled_spans<L: AsRef<str>>(spans: &[(u32, u32, L)]) -> Annotations {
    let entity = |(start, end, label): &(u32, u32, L)| Entity::new(Span::new(*start, *end), label.as_ref());
    Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
}

fn summary(text: &str) -> Annotations {
    Annotations { summaries: Some(vec![text.to_owned()]), ..Annotations::default() }
}

/// # Errors
/// Fails if one list has more documents than the other.
fn same_length(gold: usize, predicted: usize) -> Result<(), Error> {
    if gold == predicted {
        return Ok(());
    }
    let diagnostic = Diagnostic::new(format!("the golden list has length {gold}, the predicted list {predicted}"));
    Err(diagnostic.help("element i of both lists is document i").into())
}
