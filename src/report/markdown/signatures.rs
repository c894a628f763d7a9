//! The sections on warnings and on signatures, which record how each figure was computed.

use std::collections::BTreeMap;

use super::super::Report;
use super::inert;
use super::table::{Align, Table};
use crate::metric::MetricName;
use crate::score::Figure;

/// Returns the list of warnings, by extractor and layer.
pub(super) fn warnings(report: &Report) -> String {
    let mut lines = Vec::new();
    for extractor in &report.extractors {
        for layer in &extractor.scores.layers {
            let line = |warning: &String| {
                format!(
                    "- {}, {}: {}\n",
                    inert::name(&extractor.name),
                    inert::layer(&layer.layer),
                    inert::escape(warning)
                )
            };
            lines.extend(layer.warnings.iter().map(line));
        }
    }
    if lines.is_empty() { String::new() } else { format!("## Warnings\n\n{}", lines.concat()) }
}

/// Returns the signature of each metric. Figures are comparable only if their signatures are equal.
pub(super) fn section(report: &Report) -> String {
    let mut by_signature: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let figures = report.extractors.iter().flat_map(|extractor| extractor.scores.figures());
    for figure in figures.filter(|figure| figure.name.is_whole()) {
        let names = by_signature.entry(figure.signature.to_string()).or_default();
        let name = group(figure);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut table = Table::new([("metric", Align::Left), ("signature", Align::Left)]);
    for (signature, names) in by_signature {
        table.row([names.join(", "), inert::signature_cell(&signature)]);
    }
    format!("## Signatures\n\nFigures may be compared where their signatures are equal.\n\n{}", table.render())
}

/// Returns the name of the metric without its statistic.
fn group(figure: &Figure) -> String {
    inert::code_cell(&MetricName { stat: "".into(), ..figure.name.clone() }.to_string())
}
