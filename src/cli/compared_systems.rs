//! `karat compare` of more than two systems, or of extractors of one run: the first system is the
//! baseline, and each other one is compared with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use karat::compare::adjust_over_systems;
use karat::document::{LayerSet, Reference};
use karat::error::{Diagnostic, Error};
use karat::report::{COMPARED_SYSTEMS, ComparedSystems, ComparisonReport};
use karat::score::{Accepted, Settings, System, SystemCounts, Wanted, count_system, nothing_to_score};

use super::compare::{LEAST_IMPORTANT, check_metrics, report_of, toned};
use super::output_format::OutputFormat;
use super::paired_inputs::{accept_of_runs, note_accepted, note_failures};
use super::plan::{ComparePlan, FileSystems, GroupMember, RunSystems, SystemGroup};
use super::styled_text::StyledText;
use super::{notes, output, table};

/// Compares files of predictions with the first of them.
pub(super) fn of_files(files: &FileSystems, plan: &ComparePlan) -> Result<ComparedSystems, Error> {
    let (pair, input) = (files.pair(), files.input());
    let accepted = input.load(&pair.settings);
    notes::of_reading(files.notes());
    let accepted = accepted?;
    note_accepted(&accepted, &pair.settings);
    let names = files.names().into_iter().map(|name| (name, None)).collect();
    let group = LoadedGroup::new((pair.dataset(), String::new(), String::new()), names, accepted, &pair.settings);
    let golden = || group.references.values().flat_map(|reference| reference.gold.layers()).collect();
    group.compare(plan)?.ok_or_else(|| nothing_to_score(&golden(), &group.systems[0].declared))
}

/// Compares systems of runs with the first of them, group by group. Only one group is in memory at
/// a time.
pub(super) fn of_runs(systems: &RunSystems, plan: &ComparePlan) -> Result<Vec<ComparedSystems>, Error> {
    let (mut compared, mut diagnostics) = (Vec::new(), Vec::new());
    for group in &systems.groups {
        match of_group(systems, group, plan) {
            Ok(found) => compared.extend(found),
            Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    if compared.is_empty() {
        let diagnostic = Diagnostic::new("no system fills a layer that the baseline fills, too");
        return Err(Error::NothingSelected(diagnostic.help("`run.json` lists the layers of each extractor")));
    }
    Ok(compared)
}

fn of_group(systems: &RunSystems, group: &SystemGroup, plan: &ComparePlan) -> Result<Option<ComparedSystems>, Error> {
    let SystemGroup { dataset: name, extractor, run, systems: members } = group;
    let (dataset, settings) = systems.config.load_dataset(name).map_err(Error::Input)?;
    let settings = plan.scope.settings(settings);
    let golden = (systems.config.golden(name), &dataset.references);
    let files = members.iter().map(|member| member.file.as_path());
    let accepted = accept_of_runs(golden, files, &settings, &plan.scope)?;
    notes::without_reference(name, if extractor.is_empty() { run } else { extractor }, &accepted.without_reference);
    let parts = [name.as_str(), extractor].into_iter().filter(|part| !part.is_empty());
    let prefix: String = parts.map(|part| format!("{part}: ")).collect();
    notes::undefined_spans_of(&prefix, &accepted.settings(&settings));
    notes::withheld(&prefix, &accepted.withheld);
    let names = members.iter().map(|GroupMember { name, layers, .. }| (name.clone(), layers.clone())).collect();
    LoadedGroup::new((name.clone(), extractor.clone(), run.clone()), names, accepted, &settings).compare(plan)
}

/// Systems with the golden files on which they are compared.
struct LoadedGroup<'r> {
    dataset: String,
    extractor: String,
    run: String,
    references: Cow<'r, BTreeMap<String, Reference>>,
    systems: Vec<System>,
    settings: Settings,
    left_out: usize,
}

impl<'r> LoadedGroup<'r> {
    fn new(
        (dataset, extractor, run): (String, String, String),
        names: Vec<(String, Option<LayerSet>)>,
        accepted: Accepted<'r>,
        settings: &Settings,
    ) -> Self {
        let settings = accepted.settings(settings);
        let Accepted { references, answers, left_out, declared, .. } = accepted;
        let system = |((name, layers), answers): ((String, Option<LayerSet>), _)| System {
            name,
            declared: layers.unwrap_or_else(|| declared.clone()),
            answers,
        };
        let systems = names.into_iter().zip(answers).map(system).collect();
        Self { dataset, extractor, run, references, systems, settings, left_out: left_out.len() }
    }

    /// Compares each system with the first. Returns `None` if none has a layer in common with it.
    fn compare(&self, plan: &ComparePlan) -> Result<Option<ComparedSystems>, Error> {
        let Self { dataset, extractor, run, references, systems, settings, .. } = self;
        let mut of: Vec<&str> = vec![dataset, extractor];
        of.retain(|part| !part.is_empty());
        for system in systems {
            note_failures(&[&of[..], &[&system.name]].concat().join(", "), system, references);
        }
        let count = |system: &System| count_system(references, system, settings, &Wanted::All);
        let counts: Vec<SystemCounts> = systems.iter().map(count).collect();
        let [base, others @ ..] = systems.as_slice() else { return Ok(None) };
        let mut reports = Vec::new();
        for (other, counted) in others.iter().zip(&counts[1..]) {
            note_layers([base, other], &of.join(", "));
            let report = report_of(references, [base, other], [&counts[0], counted], settings, plan)?;
            if report.comparison.layers.is_empty() {
                continue;
            }
            let (dataset, extractor, run) = (dataset.clone(), extractor.clone(), run.clone());
            let report = ComparisonReport { dataset, extractor, run, left_out: self.left_out, ..report };
            reports.push(plan.withheld(report));
        }
        if reports.is_empty() {
            return Ok(None);
        }
        check_metrics(reports.iter().map(|report| &report.comparison), &plan.settings.metrics)?;
        let family = adjust_over_systems(reports.iter_mut().map(|report| &mut report.comparison));
        Ok(Some(ComparedSystems { reports, family }))
    }
}

/// Prints a note on the layers that only one of two extractors fills, which are not compared.
fn note_layers([base, other]: [&System; 2], of: &str) {
    for (one, another) in [(base, other), (other, base)] {
        let alone: Vec<String> = one.declared.difference(&another.declared).map(ToString::to_string).collect();
        if !alone.is_empty() {
            let (layers, base, other, one) = (alone.join(", "), &base.name, &other.name, &one.name);
            let what = format!("{other} is not compared with {base} on {layers}, which only {one} fills");
            output::note(&format!("note: {of}: {what}\n"));
        }
    }
}

/// Prints one table for each dataset and extractor, and notes on documents that are left out.
pub(super) fn print(format: OutputFormat, compared: &[ComparedSystems]) -> Result<(), Error> {
    format.print(compared, || StyledText::joined(compared.iter().map(text)))?;
    for ComparedSystems { reports, .. } in compared {
        if let Some(ComparisonReport { left_out, .. }) = reports.first()
            && *left_out > 0
        {
            output::note(&format!("note: {left_out} documents that not every system has are ignored\n"));
        }
        for report in reports {
            let candidate = &report.comparison.candidate;
            for figure in report.comparison.figures().filter(|figure| figure.decides && figure.left_out > 0) {
                let (name, left_out) = (&figure.name, figure.left_out);
                let what = format!("{left_out} documents that a system did not answer are left out");
                output::note(&format!("note: {candidate}: {name}: {what}\n"));
            }
        }
    }
    Ok(())
}

/// Renders one table, with a row for each system and metric.
fn text(systems: &ComparedSystems) -> StyledText {
    let mut shown = table::new(COMPARED_SYSTEMS).names(&[1]).optional(&LEAST_IMPORTANT);
    systems.rows().into_iter().for_each(|row| shown.add_row(toned(&COMPARED_SYSTEMS, &row)));
    let mut text = StyledText::from(format!("{}\n\n", systems.title()));
    text.push(table::render(&shown));
    text.push(format!("{}\n", systems.legend()));
    text
}
