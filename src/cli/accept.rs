//! `karat accept`: makes a run's predictions the baselines that `karat gate` compares with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use karat::compare::{CompareSettings, compare};
use karat::corpus::load_any_predictions;
use karat::document::Answer;
use karat::error::{Diagnostic, Error};
use karat::metric::Signature;
use karat::report::ComparisonReport;
use karat::score::{LoadedPredictions, Missing, Origin, Policy, Settings, Status, System, accept, score};
use karat::store::{Baseline, Staging, add_baseline, baseline_files};

use super::compare::tables;
use super::paired_inputs::{PredictionFile, pair};
use super::plan::{AcceptPlan, AcceptedRun, PairScope};
use super::{exit, notes, output};

pub(super) fn execute(plan: &AcceptPlan) -> Result<u8, Error> {
    match plan {
        AcceptPlan::Run(plan) => plan.pool.install(|| accept_run(plan)),
        AcceptPlan::Remove { files, is_dry } => remove(files, *is_dry),
    }
}

/// Removes the files of baselines.
fn remove(files: &[(String, [PathBuf; 2])], is_dry: bool) -> Result<u8, Error> {
    for (name, files) in files {
        for file in files.iter().filter(|file| !is_dry && file.exists()) {
            fs::remove_file(file).map_err(|error| Diagnostic::io("remove this", file, &error))?;
        }
        let what = if is_dry { "would be removed" } else { "removed" };
        output::print(&format!("{what}: {name}\n"))?;
    }
    Ok(exit::PASS)
}

fn accept_run(plan: &AcceptedRun) -> Result<u8, Error> {
    let AcceptedRun { run, selected, config, is_dry, .. } = plan;
    let (mut staging, mut written, mut diagnostics) = (Staging::default(), Vec::new(), Vec::new());
    for (name, extractors) in selected {
        let (dataset, settings) = match config.load_dataset(name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                diagnostics.extend(wrong);
                continue;
            }
        };
        for extractor in extractors {
            let file = run.predictions(name, extractor);
            let predictions = load_any_predictions(&file, &dataset.references);
            let systems = vec![LoadedPredictions { file: file.clone(), predictions }];
            let golden = (config.golden(name), &dataset.references);
            let policy = Policy { origin: Origin::Run, ..Policy::default() };
            let mut accepted = match accept(golden.0, Cow::Borrowed(golden.1), systems, policy, &settings) {
                Ok(accepted) => accepted,
                Err(error) => {
                    diagnostics.extend(error.diagnostics().to_vec());
                    continue;
                }
            };
            notes::without_reference(name, extractor, &accepted.without_reference);
            notes::withheld(&format!("{name}, {extractor}: "), &accepted.withheld);
            let settings = accepted.settings(&settings);
            let answers = accepted.answers.swap_remove(0);
            let system = System { name: extractor.clone(), declared: accepted.declared, answers };
            let repeats = system.repeats();
            let is_failed = |id: &&String| Answer::end_after(system.answers.get(*id), repeats).0 != Status::Ok;
            let failed = golden.1.keys().filter(is_failed).count();
            if failed > 0 {
                output::note(&format!("warning: {name}, {extractor}: {failed} documents were not answered\n"));
            }
            let files = baseline_files(config.home(), name, extractor);
            match show(
                &files,
                name,
                extractor,
                golden,
                (run.folder(), &file),
                (settings.clone(), dataset.is_confidential),
            ) {
                Ok(text) => output::print(&text)?,
                Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
            }
            written.push(files[0].display().to_string());
            if *is_dry {
                continue;
            }
            let signatures = signatures(&dataset.references, &system, &settings);
            let mut answers = system.answers;
            if dataset.is_confidential {
                // Baselines are committed, so that they have no texts.
                answers = answers.into_iter().map(|(id, answer)| (id, answer.without_texts())).collect();
                let withheld = answers.values().flat_map(Answer::each).flat_map(|one| one.annotations.withheld.clone());
                notes::not_in_baseline(&format!("{name}, {extractor}: "), &withheld.collect());
            }
            add_baseline(&mut staging, &files, &dataset.references, &answers, signatures)?;
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    if written.is_empty() {
        let diagnostic =
            Diagnostic::new("the run has no predictions of the selected datasets and extractors").in_file(run.folder());
        return Err(Error::NothingSelected(
            diagnostic.help("`run.json` in its folder lists its datasets and extractors"),
        ));
    }
    if *is_dry {
        output::print("nothing was written\n")?;
        return Ok(exit::PASS);
    }
    staging.commit()?;
    output::print(&written.iter().map(|file| format!("accepted: {file}\n")).collect::<String>())?;
    Ok(exit::PASS)
}

/// Renders the differences from the existing baseline. An invalid baseline counts as absent, so
/// that accepting a run fixes it.
fn show(
    files: &[PathBuf; 2],
    dataset: &str,
    extractor: &str,
    golden: (&Path, &BTreeMap<String, karat::document::Reference>),
    (run, candidate): (&Path, &Path),
    (settings, is_confidential): (Settings, bool),
) -> Result<String, Error> {
    if !matches!(Baseline::load(files), Ok(Some(_))) {
        return Ok(format!("{dataset}, {extractor}: the first baseline\n"));
    }
    let sides = [
        PredictionFile { name: "the baseline".to_owned(), file: &files[0] },
        PredictionFile { name: run.display().to_string(), file: candidate },
    ];
    let scope = PairScope::new(true, Missing::Error, None);
    let paired = pair(dataset.to_owned(), extractor.to_owned(), golden, sides, settings, &scope)?;
    let asked = CompareSettings::default();
    let comparison = compare(&paired.references, &paired.base, &paired.candidate, &paired.settings, &asked);
    let texts = paired.references.iter().filter_map(|(id, one)| Some((id.clone(), one.document.clone()?)));
    let texts = texts.collect();
    let mut report = ComparisonReport {
        dataset: paired.dataset,
        extractor: paired.extractor,
        comparison: comparison.map_err(Error::Input)?,
        texts,
        slices: Vec::new(),
        left_out: paired.left_out,
    };
    if is_confidential {
        report.withhold_texts();
    }
    Ok(tables(&report) + "\n")
}

/// Returns the signatures of all figures over whole layers under the current options.
fn signatures(
    references: &BTreeMap<String, karat::document::Reference>,
    system: &System,
    settings: &Settings,
) -> BTreeMap<String, Signature> {
    let scores = score(references, system, &settings.figures_only());
    let whole = scores.figures().filter(|figure| figure.name.is_whole());
    whole.map(|figure| (figure.name.to_string(), figure.signature.clone())).collect()
}
