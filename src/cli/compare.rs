//! `karat compare`: compares two files of predictions or two runs, with intervals and tests.

use std::collections::{BTreeMap, BTreeSet};

use karat::compare::{
    CompareSettings, Comparison, SummaryTexts, adjust_over_systems, compare_counts, compare_slices, document_changes,
    listed_documents,
};
use karat::document::Reference;
use karat::error::{Diagnostic, Error};
use karat::report::{COMPARED, ComparedSystems, ComparisonReport, ExtractorReport, Report};
use karat::score::streamed::{read_summaries, read_texts};
use karat::score::{Settings, System, SystemCounts, Wanted, count_system, nothing_to_score, score};
use karat::text::shown_name;

use super::output_format::OutputFormat;
use super::paired_inputs::{Paired, StreamedPair, TwoFiles, of_files, of_runs};
use super::plan::{CompareInput, ComparePlan, CountPair, ScoreLogs};
use super::reporting::for_page;
use super::styled_text::StyledText;
use super::table::Cell;
use super::tone::Tone;
use super::{compared_systems, counts, exit, notes, output, sample_scores, table, threads};

/// Compares the extractors that two runs have in common.
///
/// # Panics
/// Panics if the plan is not of two runs.
pub(super) fn of_two_runs(plan: &ComparePlan) -> Result<Vec<ComparisonReport>, Error> {
    let CompareInput::Runs(runs) = &plan.input else { panic!("two runs are compared") };
    of_runs(runs, &plan.scope, |paired| report_loaded(paired, plan))
}

pub(super) fn execute(plan: &ComparePlan) -> Result<u8, Error> {
    threads::install(&plan.pool, || {
        match &plan.input {
            CompareInput::Runs(_) => print(plan.format, &of_two_runs(plan)?)?,
            CompareInput::Files(files) => {
                // Slices depend on the metadata or text of documents, and a page shows documents,
                // so the files must be loaded.
                let is_streamable = plan.slices.is_empty() && plan.format != OutputFormat::Html;
                let wanted = |_: &Settings| is_streamable.then_some(Wanted::All);
                let report = match of_files(files, wanted, false)? {
                    TwoFiles::Streamed(pair) => report_streamed(*pair, plan)?,
                    TwoFiles::Loaded(paired) => report_loaded(&paired, plan)?,
                };
                print(plan.format, &[report])?;
            }
            CompareInput::SystemsOfRuns(systems) if systems.is_pair => {
                let compared = compared_systems::of_runs(systems, plan)?;
                print(plan.format, &compared.into_iter().flat_map(|one| one.reports).collect::<Vec<_>>())?;
            }
            CompareInput::SystemsOfRuns(systems) => {
                compared_systems::print(plan.format, &compared_systems::of_runs(systems, plan)?)?;
            }
            CompareInput::Scores(logs) => compare_logs(logs, plan)?,
            CompareInput::Counts(pair) => compare_files_of_counts(pair, plan)?,
            CompareInput::SeveralFiles(files) => {
                compared_systems::print(plan.format, &[compared_systems::of_files(files, plan)?])?;
            }
        }
        Ok(exit::PASS)
    })
}

/// Compares logs with scores of samples with the first of them.
fn compare_logs(logs: &ScoreLogs, plan: &ComparePlan) -> Result<(), Error> {
    let loaded = sample_scores::load(logs)?;
    let asked = CompareSettings { metrics: loaded.metric_names(&plan.settings.metrics), ..plan.settings.clone() };
    let [base, candidates @ ..] = loaded.counts.as_slice() else { panic!("a plan has at least two logs") };
    let report = |candidate| {
        let comparison = compare_counts([base, candidate], &loaded.settings, &asked, None, &|_| None);
        loaded.note_identical(&comparison);
        let (dataset, left_out) = (loaded.dataset.clone(), loaded.left_out);
        ComparisonReport { dataset, left_out, ..ComparisonReport::new(comparison) }
    };
    let mut reports: Vec<ComparisonReport> = candidates.iter().map(report).collect();
    check_metrics(reports.iter().map(|report| &report.comparison), &asked.metrics)?;
    if reports.len() == 1 {
        return print(plan.format, &reports);
    }
    let family = adjust_over_systems(reports.iter_mut().map(|report| &mut report.comparison));
    compared_systems::print(plan.format, &[ComparedSystems { reports, family }])
}

/// Compares the counts of two systems.
fn compare_files_of_counts(pair: &CountPair, plan: &ComparePlan) -> Result<(), Error> {
    let [base, candidate] = counts::read_pair(pair)?;
    let systems = [&base.counts, &candidate.counts];
    let comparison = compare_counts(systems, &candidate.settings, &plan.settings, None, &|_| None);
    check_metrics([&comparison], &plan.settings.metrics)?;
    let dataset = candidate.header.dataset.clone();
    print(plan.format, &[ComparisonReport { dataset, ..ComparisonReport::new(comparison) }])
}

fn report_loaded(paired: &Paired<'_>, plan: &ComparePlan) -> Result<ComparisonReport, Error> {
    let Paired { dataset, extractor, references, base, candidate, settings: scoring, left_out, .. } = paired;
    notes::without_reference(dataset, extractor, &paired.without_reference);
    if !extractor.is_empty() {
        paired.note_failures();
        paired.note_undefined_spans();
    }
    let [of_base, of_candidate] =
        [base, candidate].map(|system| count_system(references, system, scoring, &Wanted::All));
    let report = report_of(references, [base, candidate], [&of_base, &of_candidate], scoring, plan)?;
    if report.comparison.layers.is_empty() {
        return Err(paired.nothing_to_score());
    }
    check_metrics([&report.comparison], &plan.settings.metrics)?;
    let (dataset, extractor) = (dataset.clone(), extractor.clone());
    let mut report = ComparisonReport { dataset, extractor, left_out: *left_out, ..report };
    report.systems.iter_mut().for_each(|systems| systems.dataset.clone_from(&report.dataset));
    Ok(plan.withheld(report))
}

/// Compares two systems whose documents are loaded. The report has no names of data.
pub(super) fn report_of(
    references: &BTreeMap<String, Reference>,
    systems: [&System; 2],
    counts: [&SystemCounts; 2],
    scoring: &Settings,
    plan: &ComparePlan,
) -> Result<ComparisonReport, Error> {
    let texts = |id: &str| references.get(id)?.document.as_ref();
    let comparison = compare_counts(counts, scoring, &plan.settings, None, &texts);
    let slices = compare_slices(references, counts, scoring, &plan.settings, &plan.slices).map_err(Error::Input)?;
    let shown = ComparisonReport::shown_documents(&comparison).into_iter();
    let texts = shown.filter_map(|id| Some((id.to_owned(), texts(id)?.clone()))).collect();
    let changes = document_changes(counts, scoring, &comparison, plan.examples);
    let of_document = |id: &str| {
        let answers = systems.map(|system| system.answers.get(id));
        Some((id.to_owned(), SummaryTexts::of(&references.get(id)?.gold, answers)?))
    };
    let summaries = listed_documents(&changes).into_iter().filter_map(of_document).collect();
    let on_both = || {
        let mut report = Report::of_references(references);
        report.add_gold(references, BTreeMap::new());
        for system in systems {
            let scores = score(references, system, &Settings { documents: true, items: true, ..scoring.clone() });
            let extractor = ExtractorReport::new(system, &report.documents, scores);
            report.extractors.push(for_page(extractor, references, system.clone(), scoring));
        }
        Box::new(report)
    };
    let systems = (plan.format == OutputFormat::Html).then(on_both);
    let report = ComparisonReport::new(comparison);
    Ok(ComparisonReport { texts, slices, document_changes: changes, summaries, systems, ..report })
}

fn report_streamed(pair: StreamedPair, plan: &ComparePlan) -> Result<ComparisonReport, Error> {
    let StreamedPair { gold, predictions, dataset, systems, settings: scoring, golden, declared, .. } = pair;
    let counts = systems.each_ref();
    let comparison = compare_counts(counts, &scoring, &plan.settings, None, &|_| None);
    if comparison.layers.is_empty() {
        return Err(nothing_to_score(&golden, &declared));
    }
    check_metrics([&comparison], &plan.settings.metrics)?;
    // Reads only the texts of documents that the report shows.
    let texts = read_texts(&gold, &ComparisonReport::shown_documents(&comparison))?;
    let changes = document_changes(counts, &scoring, &comparison, plan.examples);
    let listed = listed_documents(&changes);
    let references = read_summaries(&gold, &listed)?;
    let [base, candidate] = [&predictions[0], &predictions[1]].map(|file| read_summaries(file, &listed));
    let (base, candidate) = (base?, candidate?);
    let of_document = |id: &str| {
        let answers = [&base, &candidate].map(|answers| answers.get(id));
        Some((id.to_owned(), SummaryTexts::of(&references.get(id)?.annotations, answers)?))
    };
    let summaries = listed.into_iter().filter_map(of_document).collect();
    let report = ComparisonReport::new(comparison);
    Ok(plan.withheld(ComparisonReport { dataset, texts, document_changes: changes, summaries, ..report }))
}

/// Fails if a selected metric is absent from all comparisons.
pub(super) fn check_metrics<'c>(
    comparisons: impl IntoIterator<Item = &'c Comparison>,
    asked: &[String],
) -> Result<(), Error> {
    let figures = comparisons.into_iter().flat_map(Comparison::figures);
    let known: BTreeSet<String> = figures.map(|figure| figure.name.to_string()).collect();
    let unknown = asked.iter().filter(|metric| !known.contains(*metric));
    let diagnostics: Vec<Diagnostic> = unknown
        .map(|metric| {
            let diagnostic = Diagnostic::new(format!("there is no metric `{metric}` here"));
            diagnostic.help_with_nearest(metric, known.iter().map(String::as_str))
        })
        .collect();
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}

fn print(format: OutputFormat, reports: &[ComparisonReport]) -> Result<(), Error> {
    format.print(reports, || StyledText::joined(reports.iter().map(tables)))?;
    print_notes(reports);
    Ok(())
}

pub(super) fn tables(report: &ComparisonReport) -> StyledText {
    let comparison = &report.comparison;
    let of = [report.dataset.as_str(), report.extractor.as_str()].into_iter().filter(|part| !part.is_empty());
    let [candidate, base] = [&comparison.candidate, &comparison.base].map(|name| shown_name(name));
    let title = format!("{}: {candidate} against {base}\n", of.map(shown_name).collect::<Vec<_>>().join(", "));
    let mut text = StyledText::from(title);
    if let Some(roles) = report.roles() {
        text.push(format!("{roles}\n"));
    }
    if comparison.is_identical {
        text.push("both systems gave the same answers for every document\n");
    }
    let mut section = |title: &str, rows: Vec<[String; 8]>| {
        if rows.is_empty() {
            return;
        }
        let mut shown = table::new(COMPARED).optional(&LEAST_IMPORTANT);
        rows.into_iter().for_each(|row| shown.add_row(toned(&COMPARED, &row)));
        text.push(format!("\n{title}"));
        text.push(table::render(&shown));
    };
    section("", report.figures(false));
    section("labels that changed, worst first\n", report.labels());
    section("slices, worst first\n", report.slices());
    let changes = report.changes();
    if !changes.is_empty() {
        text.push(format!("\n{changes}"));
    }
    text
}

/// The columns of a comparison that a narrow terminal lacks, the first one to go first. The base
/// is the candidate less the difference.
pub(super) const LEAST_IMPORTANT: [&str; 5] = ["detectable", "p", "adjusted", "base", "candidate"];

/// Returns the cells of a row of a comparison, of which the difference and the verdict have the
/// colour of the verdict.
pub(super) fn toned(header: &[&str], row: &[String]) -> Vec<Cell> {
    let tone = row.last().and_then(|verdict| Tone::of_word(verdict));
    let cell = |(name, cell): (&&str, &String)| {
        Cell::message(cell).toned(tone.filter(|_| matches!(*name, "difference" | "verdict")))
    };
    header.iter().zip(row).map(cell).collect()
}

/// Prints notes on documents that are left out and on layers without intervals.
fn print_notes(reports: &[ComparisonReport]) {
    for report in reports {
        if report.left_out > 0 {
            output::note(&format!("note: {} documents that only one side has are ignored\n", report.left_out));
        }
        for figure in report.comparison.figures().filter(|figure| figure.decides && figure.left_out > 0) {
            let (name, left_out) = (&figure.name, figure.left_out);
            let note = format!("note: {name}: {left_out} documents that a system did not answer are left out\n");
            output::note(&note);
        }
        let alone = report.comparison.layers.iter().filter(|layer| layer.clusters < 2).map(|layer| &layer.layer);
        let alone = notes::without_variation(alone, "cluster", "there is no interval");
        alone.iter().for_each(|note| output::note(note));
    }
}
