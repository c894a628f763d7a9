//! Tables of the gate, of power and of noise.

use super::super::{AaReport, NOISE, PowerReport};
use super::{Table, document, figures, name, sentence};
use crate::gate::{GateFinding, GateOutcome};

/// Returns the verdicts of a gate.
pub(in crate::report) fn verdicts(outcome: &GateOutcome) -> String {
    let caption = format!("Verdicts of the gate: {}.", outcome.verdict());
    let mut table = Table::new(caption, 6, ["Verdict", "Dataset", "Extractor", "Metric", "Slice", "Reason"]);
    for finding in &outcome.findings {
        let GateFinding { verdict, dataset, extractor, metric, slice, message, informational, .. } = finding;
        let note = if *informational { " (informational)" } else { "" };
        table.row([
            format!("{verdict}{note}"),
            name(dataset),
            name(extractor),
            name(metric),
            name(slice.as_deref().unwrap_or_default()),
            sentence(message),
        ]);
    }
    document(&[table])
}

/// Returns the power curves, a table for each figure.
pub(in crate::report) fn powers(reports: &[PowerReport]) -> String {
    let curves = reports.iter().flat_map(|report| report.curves.iter().map(move |curve| (report, curve)));
    let tables: Vec<Table> = curves
        .map(|(report, curve)| {
            let (header, rows) = PowerReport::table(curve);
            let caption = sentence(&report.sentences(curve).trim_end().replace('\n', "; "));
            let mut table = Table::new(format!("{caption}."), 0, header.iter().map(|heading| sentence(heading)));
            rows.into_iter().for_each(|row| table.row(row.iter().map(|cell| figures(cell))));
            table
        })
        .collect();
    document(&tables)
}

/// Returns the noise of extractors over repeated runs.
pub(in crate::report) fn noise(reports: &[AaReport]) -> String {
    let mut table = Table::new("Repeats against themselves.".to_owned(), 3, NOISE.map(name));
    for row in reports.iter().flat_map(AaReport::rows) {
        table.row(row.iter().enumerate().map(|(at, cell)| if at < 3 { name(cell) } else { figures(cell) }));
    }
    document(&[table])
}
