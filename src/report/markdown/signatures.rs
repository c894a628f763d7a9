//! The sections on warnings and on signatures, which record how each figure was computed.

use super::super::Report;
use super::inert;
use super::page::source;
use crate::metric::MetricName;
use crate::score::headline_figure;

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
                    inert::escape_text(warning)
                )
            };
            lines.extend(layer.warnings.iter().map(line));
        }
    }
    if lines.is_empty() { String::new() } else { format!("## Warnings\n\n{}", lines.concat()) }
}

/// Returns the signature of the headline metric of each layer. Figures are comparable only if their
/// signatures are equal.
pub(super) fn section(report: &Report) -> String {
    let mut lines: Vec<String> = Vec::new();
    for layer in report.layers() {
        for figure in report.on_layer(layer).into_iter().filter_map(|(_, scores)| headline_figure(scores)) {
            let name = MetricName { stat: "".into(), ..figure.name.clone() }.to_string();
            let signature = figure.signature.to_string();
            let line = format!("- signature of {}: {}\n", inert::code(&name), inert::signature(&signature));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let source = source(report, "scores.csv", "those of all metrics in its column `signature`");
    format!("## Signatures\n\nFigures may be compared where their signatures are equal{source}.\n\n{}", lines.concat())
}
