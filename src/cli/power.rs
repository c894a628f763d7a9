//! `karat power`: the statistical power to detect differences between systems, estimated from two
//! files of predictions or from a run.

use karat::compare::{CompareSettings, compare, compare_counts, power_of_comparison, power_of_one};
use karat::error::{Diagnostic, Error};
use karat::report::PowerReport;
use karat::score::{ClusterBy, Missing, Wanted};
use karat::store::{Baseline, Run, Selected, baseline_files};

use super::paired_inputs::{Paired, PredictionFile, TwoFiles, of_files, pair};
use super::plan::{ConfigFile, FilePair, PairScope, PowerPlan, PowerSource, ScoreLogs};
use super::styled_text::StyledText;
use super::{exit, sample_scores, table, threads};

pub(super) fn execute(plan: &PowerPlan) -> Result<u8, Error> {
    threads::install(&plan.pool, || {
        let reports = match &plan.source {
            PowerSource::Files(files) => vec![of_two_files(plan, files)?],
            PowerSource::Scores(logs) => vec![of_logs(plan, logs)?],
            PowerSource::Run { config, run, selected, cluster } => {
                of_run(plan, config, run, selected, cluster.as_ref())?
            }
        };
        if reports.iter().all(|report| report.curves.is_empty()) {
            let diagnostic = Diagnostic::new("no figure has a known standard error");
            return Err(Error::NothingSelected(
                diagnostic
                    .help("at least two documents must differ; --metric names figures, as `karat compare` shows them"),
            ));
        }
        plan.format.print(reports.as_slice(), || StyledText::joined(reports.iter().map(text)))?;
        Ok(exit::PASS)
    })
}

fn text(report: &PowerReport) -> StyledText {
    let of = |curve| {
        let (header, rows) = PowerReport::table(curve);
        let mut shown = table::new(header).figures();
        rows.into_iter().for_each(|row| {
            shown.add_row(row);
        });
        let mut text = StyledText::from(format!("{}\n", report.sentences(curve)));
        text.push(table::render(&shown));
        text
    };
    StyledText::joined(report.curves.iter().map(of))
}

/// Returns the power curves of two logs with scores of samples.
fn of_logs(plan: &PowerPlan, logs: &ScoreLogs) -> Result<PowerReport, Error> {
    let loaded = sample_scores::load(logs)?;
    let asked = CompareSettings { metrics: loaded.metric_names(&plan.settings.metrics), ..plan.settings.clone() };
    let systems = [&loaded.counts[0], &loaded.counts[1]];
    let comparison = compare_counts(systems, &loaded.settings, &asked, None, &|_| None);
    let curves = power_of_comparison(&comparison, &plan.effects);
    Ok(PowerReport { dataset: loaded.dataset, extractor: String::new(), assumed: None, curves })
}

fn of_two_files(plan: &PowerPlan, files: &FilePair) -> Result<PowerReport, Error> {
    let pair = of_files(files, |_| Some(Wanted::All), false)?;
    let nothing = pair.nothing_to_score();
    match pair {
        TwoFiles::Loaded(paired) => of_pair(plan, &paired),
        TwoFiles::Streamed(pair) => {
            let [base, candidate] = &pair.systems;
            let comparison = compare_counts([base, candidate], &pair.settings, &plan.settings, None, &|_| None);
            if comparison.layers.is_empty() {
                return Err(nothing);
            }
            let curves = power_of_comparison(&comparison, &plan.effects);
            Ok(PowerReport { dataset: pair.dataset, extractor: String::new(), assumed: None, curves })
        }
    }
}

/// Returns the power curves of two systems, from the standard error of their difference.
fn of_pair(plan: &PowerPlan, paired: &Paired<'_>) -> Result<PowerReport, Error> {
    let comparison = compare(&paired.references, &paired.base, &paired.candidate, &paired.settings, &plan.settings);
    Ok(PowerReport {
        dataset: paired.dataset.clone(),
        extractor: paired.extractor.clone(),
        assumed: None,
        curves: power_of_comparison(&comparison.map_err(Error::Input)?, &plan.effects),
    })
}

/// Returns the power curves of every selected extractor of a run. An extractor is compared with its
/// baseline if the two differ; otherwise the error is derived from the assumed correlation of
/// `--correlation`.
fn of_run(
    plan: &PowerPlan,
    config: &ConfigFile,
    run: &Run,
    selected: &Selected,
    cluster: Option<&ClusterBy>,
) -> Result<Vec<PowerReport>, Error> {
    let mut reports = Vec::new();
    for (name, extractors) in selected {
        let (dataset, settings) = config.load_dataset(name).map_err(Error::Input)?;
        for extractor in extractors {
            let file = run.predictions(name, extractor);
            let files = baseline_files(config.home(), name, extractor);
            let has_baseline = matches!(Baseline::load(&files), Ok(Some(_)));
            let candidate = || PredictionFile { name: run.folder().display().to_string(), file: &file };
            let base = if has_baseline {
                PredictionFile { name: "the baseline".to_owned(), file: &files[0] }
            } else {
                candidate()
            };
            let scope = PairScope::new(has_baseline, Missing::Error, cluster);
            let golden = (config.golden(name), &dataset.references);
            let sides = [base, candidate()];
            let paired = pair(name.clone(), extractor.clone(), golden, sides, settings.clone(), &scope)?;
            paired.note_candidate_failures();
            let mut report = of_pair(plan, &paired)?;
            if report.curves.is_empty() {
                let Paired { references, candidate, settings, .. } = &paired;
                let metrics = &plan.settings.metrics;
                let curves = power_of_one(references, candidate, settings, metrics, plan.correlation, &plan.effects);
                report = PowerReport { assumed: Some(plan.correlation), curves, ..report };
            }
            reports.push(report);
        }
    }
    Ok(reports)
}
