//! `documents.csv`: one row per dataset, extractor, document and whole-layer metric. Documents
//! without an answer have a row with their status and message.

use std::io::{self, Write};

use super::number::six_places;
use super::scores_csv::{header, write_rows};
use super::{ExtractorReport, Renderer, Report};
use crate::score::Status;

/// Renders `documents.csv`: one row for each document and whole-layer metric.
pub struct DocumentsCsv;

const HEADER: [&str; 9] = ["dataset", "extractor", "document", "status", "layer", "metric", "value", "gold", "message"];

impl Renderer for DocumentsCsv {
    fn file_name(&self) -> &'static str {
        "documents.csv"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let rows = report.extractors.iter().flat_map(|extractor| {
            extractor.ends.iter().flat_map(|(id, end)| rows(&report.dataset, extractor, id, end))
        });
        write_rows(out, header(&HEADER).chain(rows))
    }
}

/// Returns one row for each metric of one document. A document without a golden layer that the
/// extractor fills still has one row.
fn rows(
    dataset: &str,
    extractor: &ExtractorReport,
    id: &str,
    (status, message): &(Status, Option<String>),
) -> Vec<Vec<String>> {
    let start = [dataset, &extractor.name, id, status.as_str()].map(str::to_owned);
    let message = message.clone().unwrap_or_default();
    let mut rows = Vec::new();
    for layer in &extractor.scores.layers {
        let Some(document) = layer.documents.get(id) else { continue };
        for (name, value) in layer.in_document(document).filter(|(name, _)| name.is_whole()) {
            let rest = [layer.layer.to_string(), name.to_string(), six_places(value), document.gold.to_string()];
            rows.push([start.to_vec(), rest.to_vec(), vec![message.clone()]].concat());
        }
    }
    if rows.is_empty() {
        rows.push([start.to_vec(), vec![String::new(); 4], vec![message]].concat());
    }
    rows
}
