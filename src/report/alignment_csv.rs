//! `alignment.csv`: what became of every single item, with the text around it.

use super::context::around;
use super::scores_csv::to_csv;
use super::{Renderer, Report};
use crate::document::Document;
use crate::metric::{Item, Side};

/// Every item.
pub struct AlignmentCsv;

const HEADER: [&str; 16] = [
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
];

impl Renderer for AlignmentCsv {
    fn file_name(&self) -> &'static str {
        "alignment.csv"
    }

    fn render(&self, report: &Report) -> String {
        let rows = report.extractors.iter().flat_map(|extractor| {
            extractor.scores.layers.iter().flat_map(move |layer| {
                layer.documents.iter().flat_map(move |(id, document)| {
                    let start = [&report.dataset, &extractor.name, id, &layer.layer.to_string()].map(Clone::clone);
                    let text = report.texts.get(id);
                    document.items.iter().map(move |item| {
                        let detail = item.detail.map(|detail| detail.to_string()).or_else(|| item.ground.clone());
                        let detail = detail.unwrap_or_default();
                        [start.to_vec(), cells(text, item), vec![detail]].concat()
                    })
                })
            })
        });
        to_csv(&HEADER, rows)
    }
}

/// Class, both sides, evidence and context.
pub(super) fn cells(document: Option<&Document>, item: &Item) -> Vec<String> {
    let context = item.place().and_then(|place| around(document?, place));
    let context = context.map(|c| format!("{}⟦{}⟧{}", c.before, c.stretch, c.after)).unwrap_or_default();
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
