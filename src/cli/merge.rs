//! `karat merge`: merges the shards of a run into one run, and reports on all documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use karat::config::Config;
use karat::corpus::{Dataset, Predictions, load_predictions};
use karat::document::{Layer, LayerSet};
use karat::error::{Diagnostic, Error};
use karat::history::RunSource;
use karat::runner::{Account, Answers, Plan, Selection};
use karat::score::{Accepted, Answer, LoadedPredictions, Origin, Policy, Settings, System, accept};
use karat::store::{ExtractorEntry, Manifest, Project, Run, RunWriter, Selected};

use super::history::{RecordedAs, Recording};
use super::output_format::OutputFormat;
use super::plan::{ConfigFile, MergePlan};
use super::printing::is_csv_safe;
use super::progress::Phase;
use super::reporting::{ReportRequest, print_summary, reports};
use super::run_location::{self, RunFolderArgs};
use super::{notes, threads};

pub(super) fn execute(plan: &MergePlan) -> Result<u8, Error> {
    threads::install(&plan.pool, || merge(plan))
}

fn merge(merged: &MergePlan) -> Result<u8, Error> {
    let begun = Instant::now();
    let MergePlan { jobs, runs, config: ConfigFile { parsed: config, path }, profile, out, is_quiet, .. } = merged;
    let has = alike(runs)?;
    let selection = Selection {
        datasets: has.keys().cloned().collect(),
        extractors: has.values().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        ..Selection::default()
    };
    let (out, profile) = (out.as_ref(), profile.as_ref());
    let location = RunFolderArgs {
        config: path,
        out,
        profile,
        shard: None,
        is_partial: false,
        is_until_decided: false,
        selected_by: Vec::new(),
        is_stream: false,
    };
    let environment = location.environment(*jobs);
    let id = location.id(&environment);
    let phase = Phase::begin("reading the runs");
    let plan = Plan::new(config, path, &selection)?;
    notes::of_plan(&plan);
    let mut answers = answers(&plan, config, &has, runs, Gaps::Refused)?;
    drop(phase);
    let folder = location.folder(&plan, &environment);
    let _lock = folder.open(&plan, profile)?;
    let recording = Recording::begin(location.home());
    let request = ReportRequest { config: path, parsed: config, is_part: false, quiet: *is_quiet, timings: false };
    let writer = RunWriter::new(&folder, &answers, Manifest::new(&plan, &answers, environment))?;
    let phase = Phase::begin("scoring the answers");
    let reports = reports(&plan, &mut answers, &request)?;
    drop(phase);
    let manifest = writer.ended(run_location::now()).with_safe_csv(is_csv_safe()).finish(&reports)?;
    let recorded_as = RecordedAs { id: &id, source: RunSource::Merge, profile, is_interrupted: false };
    recording.finish(&folder, &manifest, &reports, recorded_as);
    Project::new(location.home()).ignore_in_git()?;
    print_summary(&reports, &answers, &folder, (OutputFormat::Table, *is_quiet), &[], begun)
}

/// Returns the datasets and extractors of the runs. Fails if they are not the same in all runs.
fn alike(runs: &[Run]) -> Result<Selected, Error> {
    let (mut has, mut diagnostics) = (Vec::new(), Vec::new());
    for run in runs {
        match run.select(|_, _| true) {
            Ok(selected) => has.push(selected),
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let others = runs.iter().zip(&has).filter(|(_, other)| **other != has[0]);
    let first = runs[0].folder().display();
    diagnostics.extend(others.map(|(run, _)| {
        let diagnostic =
            Diagnostic::new(format!("its datasets or extractors differ from those of {first}")).in_file(run.folder());
        diagnostic.help("all shards of a run have the same datasets and extractors")
    }));
    if diagnostics.is_empty() { Ok(has.swap_remove(0)) } else { Err(Error::Input(diagnostics)) }
}

/// How documents are treated that no run has an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// They are an error.
    Refused,
    /// They count as missing.
    Missing,
}

/// Returns the answers of all runs. Fails if a document is in several runs.
pub(super) fn answers(
    plan: &Plan,
    config: &Config,
    has: &Selected,
    runs: &[Run],
    gaps: Gaps,
) -> Result<Answers, Error> {
    let (mut merged, mut diagnostics) = (Answers::default(), Vec::new());
    for extractor in &plan.extractors {
        let on = plan.datasets.iter().filter(|(dataset, _)| {
            extractor.on.contains_key(&dataset.name)
                && has.get(&dataset.name).is_some_and(|extractors| extractors.contains(&extractor.name))
        });
        for (dataset, settings) in on {
            let mut by_id: BTreeMap<String, Answer> = BTreeMap::new();
            // Until a shard declares layers.
            let mut account = Account { is_merged: true, is_undeclared: true, ..Account::default() };
            let mut declared = LayerSet::new();
            for run in runs {
                let file = run.predictions(&dataset.name, &extractor.name);
                let found = load_predictions(&file, &dataset.references);
                for (id, mut answer) in found.report_to(&mut diagnostics) {
                    if dataset.is_confidential {
                        answer.withhold_message();
                    }
                    if by_id.insert(id.clone(), answer).is_some() {
                        let diagnostic =
                            Diagnostic::new("another run also has this document").of_document(id).in_file(&file);
                        diagnostics.push(diagnostic.help("every document must be in exactly one of the runs"));
                    }
                }
                if let Some(of) = run.extractor(&extractor.name) {
                    add(of, &dataset.name, &mut account, &mut declared);
                }
            }
            let missing = dataset.references.keys().filter(|id| gaps == Gaps::Refused && !by_id.contains_key(*id));
            diagnostics.extend(missing.map(|id| {
                let diagnostic = Diagnostic::new(format!("no run has an answer by {:?} for it", extractor.name));
                diagnostic.of_document(id).help("is a shard left out?")
            }));
            let golden = config.datasets[&dataset.name].golden.as_path();
            if account.is_undeclared {
                // As in a run that was never shared out, it has missed every golden layer.
                declared = dataset.references.values().flat_map(|reference| reference.gold.layers()).collect();
            }
            match accepted(golden, dataset, settings, by_id) {
                Ok(Accepted { answers: mut of_system, withheld, .. }) => {
                    let answers = of_system.swap_remove(0);
                    notes::withheld(&format!("{}, {}: ", dataset.name, extractor.name), &withheld);
                    declared.retain(|layer| !withheld.contains(layer));
                    let system = System { name: extractor.name.clone(), declared, answers };
                    merged.systems.entry(dataset.name.clone()).or_default().push(system);
                }
                Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
            }
            merged.accounts.insert((extractor.name.clone(), dataset.name.clone()), account);
        }
    }
    if diagnostics.is_empty() { Ok(merged) } else { Err(Error::Input(diagnostics)) }
}

/// Runs the checks of all commands on the answers of all runs. Missing documents are excluded from
/// them, since they are reported as documents of a shard that is left out.
fn accepted<'d>(
    golden: &Path,
    dataset: &'d Dataset,
    settings: &Settings,
    answers: BTreeMap<String, Answer>,
) -> Result<Accepted<'d>, Error> {
    let predictions = Predictions { answers, ..Predictions::default() };
    let systems = vec![LoadedPredictions { file: PathBuf::new(), predictions }];
    let policy = Policy { allows_unanswered: true, origin: Origin::Run, ..Policy::default() };
    accept(golden, Cow::Borrowed(&dataset.references), systems, policy, settings)
}

fn add(entry: &ExtractorEntry, dataset: &str, account: &mut Account, declared: &mut LayerSet) {
    if !entry.undeclared.contains(dataset) {
        let layers = entry.layers.get(dataset).into_iter().flatten();
        declared.extend(layers.filter_map(|layer| layer.parse::<Layer>().ok()));
        account.is_undeclared = false;
    }
    if let Some(milliseconds) = entry.milliseconds.get(dataset) {
        Duration::try_from_secs_f64(milliseconds / 1e3).into_iter().for_each(|took| account.latencies.add(took));
        account.timed += entry.timed_answers(dataset);
    }
    if let Some(usage) = entry.usage.get(dataset) {
        account.usage.get_or_insert_default().add(*usage);
    }
    account.reported_version = account.reported_version.take().or_else(|| entry.reported_version.clone());
    account.notes.extend(entry.notes.get(dataset).cloned().unwrap_or_default());
}
