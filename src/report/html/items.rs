//! The items of one extractor, by document, as the viewer reads them.
//!
//! Items come from memory, or from the rows of `alignment.csv` and `facts.csv` that were rendered
//! while documents were counted. Both are read through the cells of these tables, so that both give
//! the same page.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::super::alignment_csv::{self, Whose};
use super::super::{ExtractorReport, Report, facts_csv};
use crate::corpus::{GoldLabel, GoldPlaces};
use crate::document::Layer;
use crate::metric::Class;
use crate::score::LayerScores;

/// The start, end, label and text of a side of an item; offsets count code points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Side(pub Option<u32>, pub Option<u32>, pub String, pub String);

/// The outcome of one item: the numbers of its layer and class, both sides, the evidence, the kind
/// of error or the ground, the line of the golden label, and the indices of the gold and of the
/// predicted record that are compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ItemRow(
    pub usize,
    pub usize,
    pub Option<Side>,
    pub Option<Side>,
    pub Option<String>,
    pub Option<String>,
    pub Option<usize>,
    #[serde(skip_serializing_if = "is_in_no_record")] pub [Option<u32>; 2],
);

/// A number, date or name of a summary: kind, whether it is invented, text, start and end in the
/// summary, start and end in the source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct FactRow(String, bool, String, u32, u32, Option<u32>, Option<u32>);

/// The items and facts of one extractor, by document.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub items: BTreeMap<String, Vec<ItemRow>>,
    pub facts: BTreeMap<String, Vec<FactRow>>,
}

impl Items {
    /// Collects the items of an extractor. Those of streamed documents are left out: they may be
    /// too many for one page.
    pub fn of(report: &Report, extractor: &ExtractorReport) -> io::Result<Self> {
        let layers: Layers =
            report.layers().into_iter().enumerate().map(|(at, layer)| (layer.to_string(), at)).collect();
        let mut found = Self::default();
        if report.unlisted > 0 {
            return Ok(found);
        }
        match &extractor.rows {
            Some(rows) => {
                let mut stored = Vec::new();
                rows.copy_items(&mut stored)?;
                each_row(&stored, |cells| found.add_item(&layers, cells))?;
                stored.clear();
                rows.copy_facts(&mut stored)?;
                each_row(&stored, |cells| found.add_fact(cells))?;
            }
            None => {
                for scores in &extractor.scores.layers {
                    found.add_layer(report, extractor, scores, &layers);
                }
            }
        }
        for (id, items) in &mut found.items {
            if let Some(places) = report.gold.get(id).and_then(|gold| gold.places.as_ref()) {
                add_lines(items, places.clone(), report);
            }
        }
        Ok(found)
    }

    fn add_layer(&mut self, report: &Report, extractor: &ExtractorReport, scores: &LayerScores, layers: &Layers) {
        for (id, document) in &scores.documents {
            let whose = Whose { dataset: "", extractor: &extractor.name, id, layer: &scores.layer };
            // The context is cut anew for both spans, so that the document is not needed.
            for cells in alignment_csv::rows(whose, None, &document.items) {
                self.add_item(layers, &cells.iter().map(String::as_str).collect::<Vec<_>>());
            }
            for cells in facts_csv::rows("", &extractor.name, id, report.texts.get(id), &document.facts) {
                self.add_fact(&cells.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
    }

    /// Adds a row of `alignment.csv`, given in its columns.
    fn add_item(&mut self, layers: &Layers, cells: &[&str]) {
        let [_, _, id, layer, class, sides @ .., evidence, _, detail, gold_record, predicted_record] = cells else {
            return;
        };
        let class = Class::ALL.iter().position(|one| one.as_str() == *class);
        let (Some(layer), Some(class)) = (layers.get(*layer), class) else { return };
        let side = |cells: &[&str]| {
            let side = Side(cells[0].parse().ok(), cells[1].parse().ok(), cells[2].to_owned(), cells[3].to_owned());
            cells.iter().any(|cell| !cell.is_empty()).then_some(side)
        };
        let records = [gold_record, predicted_record].map(|cell| cell.parse().ok());
        let item = ItemRow(
            *layer,
            class,
            side(&sides[..4]),
            side(&sides[4..]),
            filled(evidence),
            filled(detail),
            None,
            records,
        );
        self.items.entry((*id).to_owned()).or_default().push(item);
    }

    /// Adds a row of `facts.csv`, given in its columns.
    fn add_fact(&mut self, cells: &[&str]) {
        let [_, _, id, kind, invented, text, _, start, end, source_start, source_end, _] = cells else { return };
        let number = |cell: &str| cell.parse().ok();
        let (Some(start), Some(end)) = (number(start), number(end)) else { return };
        let source = (number(source_start), number(source_end));
        let fact = FactRow((*kind).to_owned(), *invented == "yes", (*text).to_owned(), start, end, source.0, source.1);
        self.facts.entry((*id).to_owned()).or_default().push(fact);
    }
}

/// The numbers of the layers, by name.
type Layers = BTreeMap<String, usize>;

fn is_in_no_record(records: &[Option<u32>; 2]) -> bool {
    *records == [None; 2]
}

fn filled(cell: &str) -> Option<String> {
    Some(cell.to_owned()).filter(|cell| !cell.is_empty())
}

/// Calls `each` with the cells of every row of a CSV table without a header.
fn each_row(table: &[u8], mut each: impl FnMut(&[&str])) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table);
    for record in reader.records() {
        each(&record.map_err(io::Error::other)?.iter().collect::<Vec<_>>());
    }
    Ok(())
}

/// Adds the lines of the golden labels.
fn add_lines(items: &mut [ItemRow], mut places: GoldPlaces, report: &Report) {
    let layers: Vec<&Layer> = report.layers().into_iter().collect();
    for ItemRow(layer, _, gold, _, _, _, line, [record, _]) in items {
        let Some(Side(start, end, label, text)) = gold else { continue };
        let place = GoldLabel { span: start.zip(*end), label, text, record: *record };
        *line = places.take_line(layers[*layer], &place);
    }
}
