//! `documents.csv`: one row per dataset, extractor, document and whole-layer metric; documents that were not answered
//! stand in it with their status and message.

use super::number::six_places;
use super::scores_csv::to_csv;
use super::{ExtractorReport, Renderer, Report};
use crate::score::is_whole;

/// Every document.
pub struct DocumentsCsv;

const HEADER: [&str; 9] = ["dataset", "extractor", "document", "status", "layer", "metric", "value", "gold", "message"];

impl Renderer for DocumentsCsv {
    fn file_name(&self) -> &'static str {
        "documents.csv"
    }

    fn render(&self, report: &Report) -> String {
        let rows = report.extractors.iter().flat_map(|extractor| rows(&report.dataset, extractor));
        to_csv(&HEADER, rows)
    }
}

fn rows(dataset: &str, extractor: &ExtractorReport) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (id, (status, message)) in &extractor.ends {
        let start = [dataset, &extractor.name, id, status.as_str()].map(str::to_owned);
        let message = message.clone().unwrap_or_default();
        let before = rows.len();
        for layer in &extractor.scores.layers {
            let Some(document) = layer.documents.get(id) else { continue };
            for (name, value) in layer.in_document(document).filter(|(name, _)| is_whole(name)) {
                let rest = [layer.layer.to_string(), name.to_string(), six_places(value), document.gold.to_string()];
                rows.push([start.to_vec(), rest.to_vec(), vec![message.clone()]].concat());
            }
        }
        // A document without any golden layer that the extractor fills still has its row.
        if rows.len() == before {
            rows.push([start.to_vec(), vec![String::new(); 4], vec![message]].concat());
        }
    }
    rows
}
