//! Comparisons of two systems, and of several systems with one baseline.

use super::super::{ComparedSystems, ComparisonReport, three_places};
use super::{STAR, Table, bold, document, figures, name};
use crate::compare::{ChangeVerdict, Compared};
use crate::decimals::signed;
use crate::stats::Interval;

const COLUMNS: [&str; 7] = ["Metric", "Baseline", "Candidate", "Difference", "$p$", "Adjusted", "Verdict"];

/// Returns a table for each comparison, with the better value of a significant change in bold.
pub(in crate::report) fn comparisons(reports: &[ComparisonReport]) -> String {
    let tables: Vec<Table> = reports.iter().map(comparison).collect();
    document(&tables)
}

fn comparison(report: &ComparisonReport) -> Table {
    let compared = &report.comparison;
    let caption = format!(
        "{} against {}, the baseline{}. In brackets: 95\\,\\% intervals of the difference.",
        name(&compared.candidate),
        name(&compared.base),
        on(&report.dataset, &report.extractor),
    );
    let mut table = Table::new(caption, 1, COLUMNS);
    for figure in compared.figures().filter(|figure| figure.decides || figure.name.label.is_none()) {
        table.signed([(&figure.name, figure.signature.to_string())]);
        table.row([name(&figure.name.to_string())].into_iter().chain(cells(figure)));
    }
    table.notes.push(STAR.to_owned());
    table
}

/// Returns a table for each dataset and extractor, with a row for each metric and system.
pub(in crate::report) fn compared_systems(compared: &[ComparedSystems]) -> String {
    let tables: Vec<Table> = compared.iter().map(of_systems).collect();
    document(&tables)
}

fn of_systems(systems: &ComparedSystems) -> Table {
    let [metric, rest @ ..] = COLUMNS;
    let mut table = Table::new(format!("{}.", super::sentence(&systems.title())), 2, {
        [metric, "System"].into_iter().chain(rest)
    });
    let mut names = Vec::new();
    for figure in systems.reports.iter().flat_map(|report| report.comparison.figures()) {
        if figure.decides && !names.contains(&&figure.name) {
            names.push(&figure.name);
        }
    }
    for of in names {
        for report in &systems.reports {
            let figure = report.comparison.figures().find(|figure| figure.decides && figure.name == *of);
            let Some(figure) = figure else { continue };
            table.signed([(&figure.name, figure.signature.to_string())]);
            let start = [name(&of.to_string()), name(&report.comparison.candidate)];
            table.row(start.into_iter().chain(cells(figure)));
        }
    }
    table.notes.extend([STAR.to_owned(), super::sentence(&systems.legend())]);
    table
}

fn on(dataset: &str, extractor: &str) -> String {
    let of: Vec<String> = [dataset, extractor].into_iter().filter(|part| !part.is_empty()).map(name).collect();
    if of.is_empty() { String::new() } else { format!(", on {}", of.join(", ")) }
}

/// Returns the cells of a figure after its name.
fn cells(figure: &Compared) -> [String; 6] {
    let gain = figure.gain().unwrap_or(0.0);
    let is_significant = matches!(figure.verdict, ChangeVerdict::Better | ChangeVerdict::Worse);
    let star = if is_significant { "$^{*}$" } else { "" };
    let difference = match (figure.delta(), figure.interval) {
        (Some(delta), Some(Interval { low, high })) => {
            let interval = figures(&format!(" [{}, {}]", signed(low, 3), signed(high, 3)));
            format!("{}{star}{interval}", figures(&signed(delta, 3)))
        }
        (Some(delta), None) => format!("{}{star}", figures(&signed(delta, 3))),
        _ => figures(&three_places(None)),
    };
    let p = |p: Option<f64>| p.map_or_else(|| figures(&three_places(None)), |p| format!("{p:.4}"));
    [
        bold(figures(&three_places(figure.base)), is_significant && gain < 0.0),
        bold(figures(&three_places(figure.candidate)), is_significant && gain > 0.0),
        difference,
        p(figure.p),
        p(figure.p_adjusted),
        figure.verdict.to_string(),
    ]
}
