//! `karat report`: the report on a run, in any format, from the run's answers.

use std::collections::BTreeSet;
use std::slice;

use karat::error::{Diagnostic, Error};
use karat::report::Report;
use karat::runner::{Plan, Selection};
use karat::store::{Run, Selected};

use super::merge::{Gaps, answers};
use super::plan::{ConfigFile, ReportPlan};
use super::reporting::{ReportRequest, mark_part, reports, summary, warn};
use super::styled_text::StyledText;
use super::{exit, notes, output, threads};

pub(super) fn execute(plan: &ReportPlan) -> Result<u8, Error> {
    let reports = threads::install(&plan.pool, || on_run(&plan.run, &plan.selected, &plan.config))?;
    let place = format!("`karat report {} --format html` has everything", plan.run.folder().display());
    plan.format.print_from(&place, reports.as_slice(), || StyledText::joined(reports.iter().map(summary)))?;
    warn(&reports);
    Ok(if reports.iter().all(Report::is_complete) { exit::PASS } else { exit::INCOMPLETE })
}

/// Scores the answers of a run with the golden files as they are now.
pub(super) fn on_run(run: &Run, selected: &Selected, config: &ConfigFile) -> Result<Vec<Report>, Error> {
    if selected.is_empty() {
        let diagnostic = Diagnostic::new("the run has no answers to report on").in_file(run.folder());
        return Err(Error::NothingSelected(diagnostic.help("`run.json` lists its datasets and extractors")));
    }
    let extractors: BTreeSet<String> = selected.values().flatten().cloned().collect();
    let selection = Selection {
        datasets: selected.keys().cloned().collect(),
        extractors: extractors.into_iter().collect(),
        ..Selection::default()
    };
    let plan = Plan::new(&config.parsed, &config.path, &selection)?;
    notes::of_plan(&plan);
    for (dataset, _) in &plan.datasets {
        let known = &config.parsed.datasets[&dataset.name];
        let changes = run.document_changes(dataset, &known.documents).changed;
        for changed in changes.iter().chain(&run.golden_changes(dataset, &known.golden).changed) {
            output::note(&format!(
                "note: {}: {changed} changed since the run; its answers are scored with what is there now\n",
                dataset.name
            ));
        }
    }
    let mut answers = answers(&plan, &config.parsed, selected, slice::from_ref(run), Gaps::Missing)?;
    let request =
        ReportRequest { config: &config.path, parsed: &config.parsed, is_part: false, quiet: true, timings: false };
    let mut reports = reports(&plan, &mut answers, &request)?;
    run.gap().iter().for_each(|gap| mark_part(&mut reports, gap));
    Ok(reports)
}
