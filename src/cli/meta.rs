//! `karat meta`: meta-evaluation of metrics, by their correlation with human ratings.

use karat::error::Error;
use karat::meta::{Compare, MOST_METRICS, RatedScores, evaluate};
use karat::report::{COMPARISON_HEADER, MetaReport, comparison_cells};
use karat::text::shown_name;

use super::output_format::OutputFormat;
use super::plan::MetaPlan;
use super::progress::Phase;
use super::styled_text::StyledText;
use super::{exit, output, table};

pub(super) fn execute(plan: MetaPlan) -> Result<u8, Error> {
    let MetaPlan { pool, judged, settings, negated, format } = plan;
    let evaluate_all = || judged.iter().map(|judged| evaluate(judged, &settings)).collect();
    // If there is no thread pool, the current threads compute the same result.
    let phase = Phase::begin("correlating");
    let dimensions = pool.map_or_else(evaluate_all, |pool| pool.install(evaluate_all));
    drop(phase);
    let report = MetaReport { settings, negated: negated.into_iter().collect(), dimensions };
    format.print(&report, || tables(&report))?;
    notes(&judged, &report, format).iter().for_each(|note| output::note(note));
    Ok(exit::PASS)
}

/// Returns notes on limits of the figures: absent summaries, untested metrics and too few
/// permutations.
fn notes(judged: &[RatedScores], report: &MetaReport, format: OutputFormat) -> Vec<String> {
    let mut notes = Vec::new();
    for judged in judged {
        let (found, name) = (judged.numbers, &judged.name);
        let whole = found.systems * found.documents;
        if found.summaries < whole {
            notes.push(format!(
                "note: {name}: {} of {whole} pairs of a system and a document have a summary: the means of systems are not of the same documents\n",
                found.summaries
            ));
        }
        // The other formats show this number themselves.
        if format == OutputFormat::Csv && found.left_out > 0 {
            notes.push(format!("note: {name}: {} summaries were left out\n", found.left_out));
        }
    }
    let metrics = judged.first().map_or(0, |judged| judged.metrics.len());
    if report.settings.compare == Compare::Unasked && metrics > MOST_METRICS {
        notes.push(format!(
            "note: {metrics} metrics are not tested against each other: `--compare A,B` or `--compare all` does\n"
        ));
    }
    let pairs = report.dimensions.iter().map(|found| found.comparisons.len()).max().unwrap_or(0)
        / (report.settings.levels.len() * report.settings.coefficients.len());
    let drawn = report.dimensions.iter().flat_map(|found| &found.comparisons).filter_map(|found| found.permuted);
    if let Some(fewest) = drawn.filter(|test| !test.exact).map(|test| test.permutations).min() {
        let least = pairs as f64 / (fewest + 1) as f64;
        if least > 0.05 {
            notes.push(format!(
                "note: with {pairs} pairs, {fewest} permutations cannot give a corrected p below {least:.3}: raise `--permutations`\n"
            ));
        }
    }
    notes
}

/// Renders the correlations and comparisons of each dimension, then the method.
fn tables(report: &MetaReport) -> StyledText {
    let mut parts = Vec::new();
    for dimension in &report.dimensions {
        parts.push(StyledText::from(format!("{}: {}\n", shown_name(&dimension.name), dimension.rests_on())));
        let mut rows = table::new(report.figure_header()).optional(&["n"]);
        report.figure_cells(dimension).into_iter().for_each(|row| {
            rows.add_row(row);
        });
        parts.push(table::render(&rows));
        if !dimension.comparisons.is_empty() {
            let mut rows = table::new(COMPARISON_HEADER).names(&[1]);
            comparison_cells(dimension).into_iter().for_each(|row| {
                rows.add_row(row);
            });
            parts.push(table::render(&rows));
        }
    }
    parts.push(StyledText::from(format!("{}\n", report.method())));
    StyledText::joined(parts)
}
