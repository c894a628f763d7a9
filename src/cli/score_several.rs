//! Scores several systems against the same golden files, in one table. With a baseline, each other
//! system is compared with it.

use karat::compare::{ChangeVerdict, CompareSettings, Compared, adjust_over_systems, compare_counts};
use karat::error::Error;
use karat::report::{ComparisonReport, ExtractorReport, Report, SystemsExport, three_places};
use karat::score::{
    Accepted, Figure, ScoringInput, System, Wanted, bootstrap, count_system, nothing_to_score, score, within_documents,
};

use super::metric_names::select;
use super::output_format::OutputFormat;
use super::plan::ScorePlan;
use super::reporting::for_page;
use super::score::{bootstrapping, notes_of, report};
use super::styled_text::StyledText;
use super::table::Cell;
use super::tone::Tone;
use super::{exit, notes, output, table, texts};

pub(super) fn execute(plan: &ScorePlan<'_>, input: &ScoringInput<'_>) -> Result<u8, Error> {
    let loaded = input.load(&plan.settings);
    notes::of_reading(plan.reading_notes());
    let accepted = loaded?;
    let settings = &accepted.settings(&plan.settings);
    notes::undefined_spans(settings);
    notes::withheld("", &accepted.withheld);
    let Accepted { references, answers, left_out, golden, declared, misfits, .. } = accepted;
    notes::misfits(&misfits);
    let system = |(name, answers)| System { name, declared: declared.clone(), answers };
    let systems: Vec<System> = plan.systems().into_iter().zip(answers).map(system).collect();
    let documents = references.keys().cloned().collect();
    let mut reports = Vec::new();
    for system in &systems {
        let mut scores = score(&references, system, settings);
        if scores.layers.is_empty() {
            return Err(nothing_to_score(&golden, &system.declared));
        }
        if let Some(resampling) = plan.resampling {
            let _phase = bootstrapping(&scores, resampling);
            bootstrap(&mut scores, &references, system, settings, resampling);
        }
        select(&mut scores, &plan.metrics)?;
        let within = within_documents(&references, system, settings);
        let mut extractor = ExtractorReport { within, ..ExtractorReport::new(system, &documents, scores) };
        extractor.leave_out(left_out.clone());
        if plan.format == OutputFormat::Html {
            extractor = for_page(extractor, &references, system.clone(), settings);
        }
        reports.push(extractor);
    }
    let compare = |base: &System, candidate: &System| {
        let [of_base, of_candidate] =
            [base, candidate].map(|system| count_system(&references, system, settings, &Wanted::All));
        let texts = |id: &str| references.get(id)?.document.as_ref();
        let asked = CompareSettings::default();
        let comparison = compare_counts([&of_base, &of_candidate], settings, &asked, None, &texts);
        ComparisonReport { dataset: plan.dataset(), left_out: left_out.len(), ..ComparisonReport::new(comparison) }
    };
    let baseline = plan.baseline.map(|at| &systems[at]);
    let others = systems.iter().filter(|system| baseline.is_some_and(|baseline| baseline.name != system.name));
    let mut comparisons: Vec<ComparisonReport> =
        baseline.into_iter().flat_map(|baseline| others.clone().map(|other| compare(baseline, other))).collect();
    adjust_over_systems(comparisons.iter_mut().map(|report| &mut report.comparison));
    let mut report = Report { extractors: reports, ..report(plan, &references, Vec::new()) };
    if texts::are_withheld() {
        report.withhold_texts();
        comparisons.iter_mut().for_each(ComparisonReport::withhold_texts);
    }
    let baseline = baseline.map(|baseline| baseline.name.as_str());
    let export = SystemsExport { report: &report, baseline, comparisons: &comparisons, options: &plan.json };
    plan.format.print(&export, || one_table(&report, baseline, &comparisons))?;
    if plan.format != OutputFormat::Json {
        for extractor in &report.extractors {
            for note in notes_of(plan, extractor) {
                let (kind, rest) = note.split_once(": ").unwrap_or(("note", &note));
                output::note(&format!("{kind}: {}: {rest}", extractor.name));
            }
        }
    }
    Ok(exit::PASS)
}

/// Renders the figures of all systems, one column a system. Figures of single labels are left out.
fn one_table(report: &Report, baseline: Option<&str>, comparisons: &[ComparisonReport]) -> StyledText {
    let names = report.extractors.iter().map(|extractor| extractor.name.clone());
    let header = ["metric".to_owned()].into_iter().chain(names).chain(["gold".to_owned()]);
    let mut rows = table::new(header).grid().optional(&["gold"]);
    let figures = |extractor: &ExtractorReport| -> Vec<Figure> {
        extractor.scores.figures().filter(|figure| figure.name.label.is_none()).cloned().collect()
    };
    let by_system: Vec<Vec<Figure>> = report.extractors.iter().map(figures).collect();
    for figure in by_system.first().into_iter().flatten() {
        let cell = |(extractor, figures): (&ExtractorReport, &Vec<Figure>)| {
            let found = figures.iter().find(|found| found.name == figure.name);
            let value = found.map_or_else(|| "–".to_owned(), |found| three_places(found.value));
            let compared = comparisons.iter().find(|report| report.comparison.candidate == extractor.name);
            let compared = compared.and_then(|report| report.comparison.figures().find(|one| one.name == figure.name));
            compared.map_or_else(
                || Cell::from(&value),
                |compared| {
                    let cell = Cell::from(format!("{value}{}", difference(compared)));
                    cell.toned(Tone::of_change(compared.verdict))
                },
            )
        };
        let cells = report.extractors.iter().zip(&by_system).map(cell);
        let [name, gold] = [figure.name.to_string(), figure.gold.to_string()].map(Cell::from);
        let row = [name].into_iter().chain(cells).chain([gold]);
        rows.add_row(row.collect::<Vec<_>>());
    }
    let legend = baseline
        .map(|name| format!("in parentheses: the difference from {name}; * significant (adjusted p of at most .05)\n"));
    let mut text = table::render(&rows);
    text.push(legend.unwrap_or_default());
    text
}

/// Returns the difference of a figure from the baseline's, with a star if it is significant.
fn difference(compared: &Compared) -> String {
    let Some(delta) = compared.delta() else { return String::new() };
    let star = if matches!(compared.verdict, ChangeVerdict::Better | ChangeVerdict::Worse) { "*" } else { "" };
    format!(" ({delta:+.3}{star})")
}
