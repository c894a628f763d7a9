//! A run as workflow commands of GitHub Actions.

use super::number::three_places;
use super::{ExtractorReport, Report};
use crate::check::github_command;
use crate::score::{Status, headline_figure};
use crate::text::{alike, ids, visible};

/// Returns a workflow command for each document without an answer, of which those with the same
/// reason share one, and a line for each extractor on a dataset with its headline figures.
pub(super) fn run_to_github(reports: &[Report]) -> String {
    let pairs = reports.iter().flat_map(|report| report.extractors.iter().map(move |extractor| (report, extractor)));
    let commands = pairs.clone().flat_map(|(report, extractor)| unanswered(report, extractor));
    commands.chain(pairs.map(|(report, extractor)| summary(report, extractor))).collect()
}

fn unanswered(report: &Report, extractor: &ExtractorReport) -> Vec<String> {
    let ends = extractor.ends.iter().filter(|(_, (status, _))| *status != Status::Ok);
    let command = |((status, message), of): ((Status, Option<String>), Vec<String>)| {
        // A document that was skipped on purpose is not an error of the extractor.
        let level = if status == Status::Skipped { "warning" } else { "error" };
        let title = format!("{}, {}: {status}", report.dataset, extractor.name);
        let reason = message.filter(|message| !message.is_empty()).unwrap_or_else(|| status.to_string());
        github_command(level, &[("title", title)], &format!("{}: {reason}", ids(&of)))
    };
    alike(ends.map(|(id, end)| (id.clone(), end.clone()))).into_iter().map(command).collect()
}

fn summary(report: &Report, extractor: &ExtractorReport) -> String {
    let figures = extractor.scores.layers.iter().filter_map(headline_figure);
    let figures = figures.map(|figure| format!(", {} {}", figure.name, three_places(figure.value)));
    let answered = format!("{} of {} answered", extractor.count(Status::Ok), extractor.asked());
    format!(
        "{}\n",
        visible(&format!("{}, {}: {answered}{}", report.dataset, extractor.name, figures.collect::<String>()))
    )
}
