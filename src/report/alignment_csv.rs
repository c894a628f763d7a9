//! `alignment.csv`: the outcome of every item, with its context in the document.

use std::io::{self, Write};

use super::context::around;
use super::scores_csv::{header, write_rows};
use super::{Renderer, Report};
use crate::document::{Document, Layer};
use crate::metric::{Item, Side};

/// Renders `alignment.csv`: one row for each item.
pub struct AlignmentCsv;

const HEADER: [&str; 18] = [
    "dataset",
    "extractor",
    "document",
    "layer",
    "class",
    "gold_start",
    "gold_end",
    "gold_label",
    "gold_text",
    "predicted_start",
    "predicted_end",
    "predicted_label",
    "predicted_text",
    "evidence",
    "context",
    "detail",
    "gold_record",
    "predicted_record",
];

impl Renderer for AlignmentCsv {
    fn file_name(&self) -> &'static str {
        "alignment.csv"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        write_rows(out, header(&HEADER))?;
        for extractor in &report.extractors {
            if let Some(rows) = &extractor.rows {
                rows.copy_items(out)?;
                continue;
            }
            for layer in &extractor.scores.layers {
                for (id, document) in &layer.documents {
                    let at = Whose { dataset: &report.dataset, extractor: &extractor.name, id, layer: &layer.layer };
                    write_rows(out, rows(at, report.texts.get(id), &document.items))?;
                }
            }
        }
        Ok(())
    }
}

/// The dataset, extractor, document and layer of a block of items.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub dataset: &'a str,
    pub extractor: &'a str,
    pub id: &'a str,
    pub layer: &'a Layer,
}

/// Returns one row for each item of one layer of one document.
pub(super) fn rows<'a>(
    whose: Whose<'a>,
    text: Option<&'a Document>,
    items: &'a [Item],
) -> impl Iterator<Item = Vec<String>> + 'a {
    let layer = whose.layer.to_string();
    items.iter().map(move |item| {
        let detail = item.detail.map(|detail| detail.to_string()).or_else(|| item.ground.clone());
        let start = [whose.dataset, whose.extractor, whose.id, &layer].map(str::to_owned);
        let [gold, predicted] = item.records.map(|index| index.map(|index| index.to_string()).unwrap_or_default());
        [start.to_vec(), cells(text, item), vec![detail.unwrap_or_default(), gold, predicted]].concat()
    })
}

/// Returns the cells of an item: class, gold side, predicted side, evidence and context.
pub(super) fn cells(document: Option<&Document>, item: &Item) -> Vec<String> {
    let context = item.span().and_then(|span| around(document?, span));
    let context = context.map(|c| format!("{}⟦{}⟧{}", c.before, c.range, c.after)).unwrap_or_default();
    let mut cells = vec![item.class.to_string()];
    cells.extend(side(item.gold.as_ref()));
    cells.extend(side(item.predicted.as_ref()));
    cells.push(item.evidence.clone().unwrap_or_default());
    cells.push(context);
    cells
}

fn side(side: Option<&Side>) -> [String; 4] {
    let Some(side) = side else { return Default::default() };
    let offset = |of: fn((u32, u32)) -> u32| side.span.map(|span| of(span).to_string()).unwrap_or_default();
    [offset(|span| span.0), offset(|span| span.1), side.label.clone(), side.text.clone()]
}
