//! The blocks of documents, of the answers to them, and of the errors.
//!
//! Documents are cut into chunks of about a megabyte, so that the viewer decodes only what it
//! shows. The answers of every extractor are cut at the same places.

use std::ops::Range;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::context::around;
use super::super::{ExtractorReport, Report};
use super::index::six_places;
use super::items::{FactRow, ItemRow, Items, Side};
use crate::document::{Annotations, Document};
use crate::metric::Class;

/// The size at which a chunk ends, in bytes of text. Compressed, it is some 200 KB at most.
const CHUNK: usize = 512 << 10;
/// The most documents of a chunk: items of short documents take more than their texts.
const MOST: usize = 100;

/// Cuts the documents into chunks.
pub(super) fn chunks(report: &Report, ids: &[&str]) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut size = usize::MAX;
    for (at, id) in ids.iter().enumerate() {
        let length = report.texts.get(*id).map_or(0, |document| document.text().len());
        match chunks.last_mut() {
            Some(chunk) if size.saturating_add(length) <= CHUNK && chunk.len() < MOST => {
                chunk.end = at + 1;
                size += length;
            }
            _ => {
                chunks.push(at..at + 1);
                size = length;
            }
        }
    }
    chunks
}

#[derive(Serialize)]
struct DocumentData<'r> {
    text: Option<&'r str>,
    gold: Option<&'r Annotations>,
    file: Option<&'r str>,
    line: Option<usize>,
}

/// Returns the texts and golden annotations of documents.
pub(super) fn documents(report: &Report, ids: &[&str]) -> impl Serialize {
    let of = |id: &&str| {
        let gold = report.gold.get(*id);
        let places = gold.and_then(|gold| gold.places.as_ref());
        DocumentData {
            text: report.texts.get(*id).map(Document::text),
            gold: gold.map(|gold| &gold.annotations),
            file: places.map(|places| places.file.as_str()),
            line: places.and_then(|places| places.line),
        }
    };
    ids.iter().map(of).collect::<Vec<_>>()
}

#[derive(Serialize)]
struct AnswerData<'r> {
    status: &'static str,
    message: Option<&'r str>,
    predicted: Option<&'r Annotations>,
    items: &'r [ItemRow],
    facts: &'r [FactRow],
    figures: Map<String, Value>,
}

/// Returns the answers of an extractor to documents.
pub(super) fn answers<'r>(extractor: &'r ExtractorReport, ids: &[&str], items: &'r Items) -> impl Serialize + use<'r> {
    let of = |id: &&str| {
        let end = extractor.ends.get(*id);
        AnswerData {
            status: end.map_or("missing", |(status, _)| status.as_str()),
            message: end.and_then(|(_, message)| message.as_deref()),
            predicted: extractor.predicted.get(*id),
            items: items.items.get(*id).map_or(&[], Vec::as_slice),
            facts: items.facts.get(*id).map_or(&[], Vec::as_slice),
            figures: figures(extractor, id),
        }
    };
    ids.iter().map(of).collect::<Vec<_>>()
}

/// Returns the figures of one document over whole layers.
fn figures(extractor: &ExtractorReport, id: &str) -> Map<String, Value> {
    let layers = extractor.scores.layers.iter().filter_map(|layer| Some((layer, layer.documents.get(id)?)));
    let figures = layers.flat_map(|(layer, document)| layer.in_document(document));
    let whole = figures.filter(|(name, _)| name.is_whole());
    whole.map(|(name, value)| (name.to_string(), json!(value.map(six_places)))).collect()
}

/// An error: the number of its document, the item, and the text before and after its spans.
#[derive(Serialize)]
struct ErrorRow<'r>(usize, &'r ItemRow, Option<(String, String)>);

/// Returns the errors of an extractor, in the order of the documents.
pub(super) fn errors<'r>(report: &'r Report, ids: &[&str], items: &'r Items) -> impl Serialize + use<'r> {
    let mut errors = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let document = report.texts.get(*id);
        let of_document = items.items.get(*id).into_iter().flatten();
        for item in of_document.filter(|item| Class::ALL[item.1] != Class::Correct) {
            let context = document.zip(both(item)).and_then(|(document, span)| around(document, span));
            errors.push(ErrorRow(at, item, context.map(|context| (context.before, context.after))));
        }
    }
    errors
}

/// Returns the range that covers the spans of both sides.
fn both(ItemRow(_, _, gold, predicted, ..): &ItemRow) -> Option<(u32, u32)> {
    let span = |Side(start, end, ..): &Side| start.zip(*end);
    let spans = || [gold, predicted].into_iter().flatten().filter_map(span);
    Some((spans().map(|span| span.0).min()?, spans().map(|span| span.1).max()?))
}
