//! `karat compare`: compares two files of predictions or two runs, with intervals and tests.

use std::collections::BTreeSet;

use karat::compare::{CompareSettings, Comparison, compare_counts, compare_slices};
use karat::error::{Diagnostic, Error};
use karat::report::{COMPARED, ComparisonReport};
use karat::score::streamed::read_texts;
use karat::score::{Settings, Wanted, count_system, nothing_to_score};

use super::output_format::OutputFormat;
use super::paired_inputs::{Paired, StreamedPair, TwoFiles, of_files, of_runs};
use super::plan::{CompareInput, ComparePlan};
use super::{exit, notes, output, table};

pub(super) fn execute(plan: &ComparePlan) -> Result<u8, Error> {
    plan.pool.install(|| {
        let reports = match &plan.input {
            CompareInput::Runs(runs) => of_runs(runs, &plan.scope, |paired| report_loaded(paired, plan))?,
            CompareInput::Files(files) => {
                // Slices depend on the metadata or text of documents, so the files must be loaded.
                let wanted = |_: &Settings| plan.slices.is_empty().then_some(Wanted::All);
                vec![match of_files(files, wanted, false)? {
                    TwoFiles::Streamed(pair) => report_streamed(*pair, &plan.settings)?,
                    TwoFiles::Loaded(paired) => report_loaded(&paired, plan)?,
                }]
            }
        };
        let mut reports = reports;
        reports
            .iter_mut()
            .filter(|report| plan.is_confidential(&report.dataset))
            .for_each(ComparisonReport::withhold_texts);
        print(plan.format, &reports)?;
        print_notes(&reports);
        Ok(exit::PASS)
    })
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
    let (asked, both) = (&plan.settings, [&of_base, &of_candidate]);
    let texts = |id: &str| references.get(id)?.document.as_ref();
    let comparison = compare_counts(both, scoring, asked, None, &texts);
    if comparison.layers.is_empty() {
        return Err(paired.nothing_to_score());
    }
    check_metrics(&comparison, &asked.metrics)?;
    let slices = compare_slices(references, both, scoring, asked, &plan.slices).map_err(Error::Input)?;
    let texts = references.iter().filter_map(|(id, reference)| Some((id.clone(), reference.document.clone()?)));
    Ok(ComparisonReport {
        dataset: dataset.clone(),
        extractor: extractor.clone(),
        comparison,
        texts: texts.collect(),
        slices,
        left_out: *left_out,
    })
}

fn report_streamed(pair: StreamedPair, asked: &CompareSettings) -> Result<ComparisonReport, Error> {
    let StreamedPair { gold, dataset, systems: [base, candidate], settings: scoring, golden, declared, .. } = pair;
    let comparison = compare_counts([&base, &candidate], &scoring, asked, None, &|_| None);
    if comparison.layers.is_empty() {
        return Err(nothing_to_score(&golden, &declared));
    }
    check_metrics(&comparison, &asked.metrics)?;
    // Reads only the texts of documents that the report shows.
    let texts = read_texts(&gold, &ComparisonReport::shown_documents(&comparison))?;
    Ok(ComparisonReport { dataset, extractor: String::new(), comparison, texts, slices: Vec::new(), left_out: 0 })
}

/// Fails if a selected metric is absent from the comparison.
fn check_metrics(comparison: &Comparison, asked: &[String]) -> Result<(), Error> {
    let known: BTreeSet<String> = comparison.figures().map(|figure| figure.name.to_string()).collect();
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
    format.print(reports, || reports.iter().map(tables).collect::<Vec<_>>().join("\n"))
}

pub(super) fn tables(report: &ComparisonReport) -> String {
    let comparison = &report.comparison;
    let of = [report.dataset.as_str(), report.extractor.as_str()].into_iter().filter(|part| !part.is_empty());
    let mut text =
        format!("{}: {} against {}\n", of.collect::<Vec<_>>().join(", "), comparison.candidate, comparison.base);
    if comparison.is_identical {
        text.push_str("both systems gave the same answers for every document\n");
    }
    let mut section = |title: &str, rows: Vec<[String; 8]>| {
        if rows.is_empty() {
            return;
        }
        let mut shown = table::new(COMPARED);
        rows.into_iter().for_each(|row| {
            shown.add_row(row);
        });
        text.push_str(&format!("\n{title}{}", table::render(shown)));
    };
    section("", report.figures(false));
    section("labels that changed, worst first\n", report.labels());
    section("slices, worst first\n", report.slices());
    let changes = report.changes();
    if !changes.is_empty() {
        text.push_str(&format!("\n{changes}"));
    }
    text
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
        for layer in report.comparison.layers.iter().filter(|layer| layer.clusters < 2) {
            output::note(&format!("note: {}: one cluster shows no variation: there is no interval\n", layer.layer));
        }
    }
}
