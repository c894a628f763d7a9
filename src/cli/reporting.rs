//! Reports of a run and their terminal summary, shared by `karat run` and `karat merge`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use karat::agree::{ceiling, pairwise};
use karat::compare::score_slices;
use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::{Layer, LayerSet, Reference};
use karat::error::Error;
use karat::report::{ExtractorReport, Report, three_places};
use karat::runner::{Answers, Plan, Timings};
use karat::score::{Settings, Status, System, headline_figure, score_into, within_documents, without_reference};
use karat::store::{Project, RowsPutAside, RunFolder, RunGap};
use karat::text::{REPORTED, alike, cut, ids, visible};

use super::corrected_labels::{self, GoldenLog};
use super::judging::against_baseline;
use super::output_format::{OutputFile, OutputFormat, write_files};
use super::styled_text::StyledText;
use super::{exit, notes, output, printing, run_ending, table, verdicts};

/// Prints the reports, warnings, notes and unanswered documents, and returns the exit code. On a
/// terminal, the time since `begun` is among them.
pub(super) fn print_summary(
    reports: &[Report],
    answers: &Answers,
    folder: &RunFolder,
    (format, is_quiet): (OutputFormat, bool),
    files_to_write: &[OutputFile],
    begun: Instant,
) -> Result<u8, Error> {
    let is_read = printing::is_terminal() && format == OutputFormat::Table && !is_quiet;
    let is_complete = reports.iter().all(Report::is_complete);
    let place = format!("`report.md` of each dataset in {} has everything", folder.run.folder().display());
    write_files(files_to_write, &place, reports)?;
    if !is_quiet || format != OutputFormat::Table {
        format.print_from(&place, reports, || {
            let placed = |report| {
                let mut text = summary(report);
                if is_read {
                    text.push(run_ending::differences(report));
                }
                text.push("report: ");
                text.push(StyledText::link(&place_of(report, folder, is_complete)));
                text.push("\n");
                text
            };
            StyledText::joined(reports.iter().map(placed))
        })?;
    }
    if !is_quiet {
        warn(reports);
        for report in reports {
            for extractor in &report.extractors {
                notes::empty_summaries(&report.dataset, &extractor.name, &extractor.empty_summaries);
            }
        }
    }
    list("note", &noted(answers));
    let unanswered: Vec<String> = reports.iter().flat_map(unanswered).collect();
    list("not answered", &unanswered);
    if is_read {
        output::print_text(&run_ending::closing(answers, begun.elapsed(), folder, is_complete))?;
    }
    if is_complete {
        return Ok(exit::PASS);
    }
    if !folder.copies.is_empty() {
        let what = "the run is incomplete, so its reports are only in its own folder";
        output::note(&format!("note: {what}: {}\n", folder.run.folder().display()));
    }
    Ok(exit::INCOMPLETE)
}

/// Says in each report that only a part of the documents was run.
pub(super) fn mark_part(reports: &mut [Report], gap: &RunGap) {
    for report in reports {
        report.sample = Some(format!("This is a partial run: {gap}."));
    }
}

/// Prints at most 20 lines, followed by the number of the remaining ones.
fn list(what: &str, lines: &[String]) {
    const MOST: usize = 20;
    lines.iter().take(MOST).for_each(|line| output::note(line));
    if lines.len() > MOST {
        output::note(&format!("{what}: and {} more\n", lines.len() - MOST));
    }
}

/// Returns the notes of extractors on documents that they answered.
fn noted(answers: &Answers) -> Vec<String> {
    let mut lines = Vec::new();
    for ((extractor, dataset), account) in &answers.accounts {
        let notes =
            account.notes.iter().flat_map(|(id, notes)| notes.iter().map(move |note| (id.clone(), plain(note))));
        for (note, of) in alike(notes) {
            lines.push(format!("note: {dataset}, {extractor}, {}: {note}\n", ids(&of)));
        }
    }
    lines
}

fn unanswered(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for extractor in &report.extractors {
        let ends = extractor.ends.iter().filter(|(_, (status, _))| *status != Status::Ok);
        for ((status, message), of) in alike(ends.map(|(id, end)| (id.clone(), end.clone()))) {
            let message = plain(message.as_deref().unwrap_or_default());
            let (dataset, extractor) = (&report.dataset, &extractor.name);
            lines.push(format!("not answered: {dataset}, {extractor}, {}: {status}: {message}\n", ids(&of)));
        }
    }
    lines
}

/// Returns at most 600 characters of text from an extractor, on one line.
fn plain(words: &str) -> String {
    visible(&cut(words, REPORTED)).into_owned()
}

/// Prints the warnings about the figures of all reports.
pub(super) fn warn(reports: &[Report]) {
    for report in reports {
        for extractor in &report.extractors {
            let warnings = extractor.scores.layers.iter().flat_map(|layer| &layer.warnings);
            let prefix = format!("{}, {}, ", report.dataset, extractor.name);
            notes::warnings(&prefix, warnings).iter().for_each(|warning| output::note(warning));
        }
    }
}

/// Options for making reports.
pub(super) struct ReportRequest<'a> {
    /// The path of the configuration.
    pub config: &'a Path,
    pub parsed: &'a Config,
    /// Whether only some documents were run, so that the golden labels are not those of a baseline.
    pub is_part: bool,
    pub quiet: bool,
    pub timings: bool,
}

/// Returns the report of every dataset.
pub(super) fn reports(plan: &Plan, answers: &mut Answers, request: &ReportRequest<'_>) -> Result<Vec<Report>, Error> {
    let home = request.config.parent().unwrap_or(Path::new(""));
    let cache = Project::new(home).judge_cache();
    let of = |(dataset, settings): &(Dataset, Settings)| {
        let mut report = Report { is_of_run: true, ..Report::new(dataset) };
        report.add_gold(&dataset.references, dataset.gold_places(home));
        report.ceiling = ceiling(&pairwise(&dataset.annotators, settings));
        let golden = &request.parsed.datasets[&dataset.name].golden;
        let log = (!request.is_part).then(|| GoldenLog::read(golden, home));
        for mut system in answers.systems.remove(&dataset.name).unwrap_or_default() {
            let mut settings = settings.for_answers(&dataset.references, [&system.answers]);
            if !request.quiet {
                notes::undefined_spans_of(&format!("{}, {}: ", dataset.name, system.name), &settings);
            }
            if !settings.options.key_points.judge.is_empty() {
                // The ceiling is computed by matching passages, so it does not bound judged key
                // points.
                report.ceiling.retain(|name, _| name.layer != Layer::KeyPoints);
                let asked = verdicts::ask(&mut settings, (&cache, &plan.secrets), &dataset.references, &mut system)?;
                if let Some(asked) = asked.filter(|_| !request.quiet) {
                    output::note(&verdicts::note(&asked));
                }
            }
            if system.declared.contains(&Layer::Summaries) {
                let alone = without_reference(&dataset.references, &system.answers);
                notes::without_reference(&dataset.name, &system.name, alone);
            }
            let account = answers.accounts.get(&(system.name.clone(), dataset.name.clone()));
            // The gate counts every layer as missed that a system never named; figures of such a
            // system would be zeros that it never claimed.
            let (verdict, baseline) =
                against_baseline(&request.parsed.rules, (home, log.as_ref()), dataset, &settings, &system)?;
            if account.is_some_and(|account| account.is_undeclared) {
                system.declared = LayerSet::new();
            }
            let rows = Arc::new(RowsPutAside::new(dataset, &system.name));
            let scores = score_into(&dataset.references, &system, &settings, rows.as_ref());
            let timings = account.filter(|_| request.timings).map(Timings::of);
            let within = within_documents(&dataset.references, &system, &settings);
            let extractor = ExtractorReport::new(&system, &report.documents, scores);
            let extractor = ExtractorReport { verdict, baseline, within, timings, rows: Some(rows), ..extractor };
            report.extractors.push(for_page(extractor, &dataset.references, system, &settings));
        }
        if dataset.is_confidential {
            report.withhold_texts();
        }
        if !request.quiet {
            corrected_labels::note(&report.label_changes());
        }
        Ok(report)
    };
    plan.datasets.iter().map(of).collect()
}

/// Adds to the results of a system what only pages show: its figures on slices, and what it
/// predicted.
pub(super) fn for_page(
    extractor: ExtractorReport,
    references: &BTreeMap<String, Reference>,
    system: System,
    settings: &Settings,
) -> ExtractorReport {
    let slices = score_slices(references, &system, settings);
    let predicted = system.answers.into_iter().map(|(id, answer)| (id, answer.annotations)).collect();
    ExtractorReport { slices, predicted, ..extractor }
}

/// Returns the path of a report.
fn place_of(report: &Report, folder: &RunFolder, is_complete: bool) -> PathBuf {
    let copy =
        folder.copies.iter().find(|(dataset, _)| is_complete && *dataset == report.dataset).map(|(_, to)| to.clone());
    let place = copy.unwrap_or_else(|| folder.run.reports(&report.dataset));
    place.join("report.md")
}

/// Renders a table of the headline figures of all extractors.
pub(super) fn summary(report: &Report) -> StyledText {
    let layers = report.layers();
    let name = |layer| {
        let scores = report.on_layer(layer);
        let figure = scores.iter().find_map(|(_, scores)| headline_figure(scores));
        figure.map_or_else(|| layer.to_string(), |figure| figure.name.to_string())
    };
    let headings = layers.iter().map(|layer| name(layer));
    let mut rows = table::new([report.dataset.clone(), "answered".to_owned()].into_iter().chain(headings)).grid();
    for extractor in &report.extractors {
        let answered = format!("{}/{}", extractor.count(Status::Ok), extractor.asked());
        let value = |layer: &&Layer| {
            let scores = extractor.scores.layers.iter().find(|scores| scores.layer == **layer);
            three_places(scores.and_then(headline_figure).and_then(|figure| figure.value))
        };
        rows.add_row([extractor.name.clone(), answered].into_iter().chain(layers.iter().map(value)));
    }
    let mut text = table::render(&rows);
    text.push("\n");
    text
}
