//! `karat power`: the statistical power to detect differences between systems, estimated from two
//! files of predictions or from a run.

use std::path::Path;

use karat::compare::{CompareSettings, compare, compare_counts, power_of_comparison, power_of_one};
use karat::config::Config;
use karat::error::{Diagnostic, Error};
use karat::report::PowerReport;
use karat::runner::load_dataset;
use karat::score::{Missing, Wanted};
use karat::store::{Baseline, Project, baseline_files};

use super::args::power::PowerArgs;
use super::paired_inputs::{Paired, PredictionFile, TwoFiles, Which, of_files, pair};
use super::{exit, runs, table, threads};

pub(super) fn execute(args: &PowerArgs) -> Result<u8, Error> {
    let pool = threads::pool(args.threads.jobs.unwrap_or(0).into())?;
    pool.install(|| {
        let reports = if args.files.gold.is_some() { of_two_files(args)? } else { of_run(args)? };
        if reports.iter().all(|report| report.curves.is_empty()) {
            let diagnostic = Diagnostic::new("no figure has a known standard error");
            return Err(Error::NothingSelected(
                diagnostic
                    .help("at least two documents must differ; --metric names figures, as `karat compare` shows them"),
            ));
        }
        args.format.print(reports.as_slice(), || reports.iter().map(text).collect::<Vec<_>>().join("\n"))?;
        Ok(exit::PASS)
    })
}

fn text(report: &PowerReport) -> String {
    let of = |curve| {
        let (header, rows) = PowerReport::table(curve);
        let mut shown = table::new(header);
        rows.into_iter().for_each(|row| {
            shown.add_row(row);
        });
        format!("{}\n{}", report.sentences(curve), table::render(shown))
    };
    report.curves.iter().map(of).collect::<Vec<_>>().join("\n")
}

fn of_two_files(args: &PowerArgs) -> Result<Vec<PowerReport>, Error> {
    let which = Which {
        layers: &[],
        intersection: args.intersection,
        missing: args.files.missing.into(),
        cluster: args.cluster.as_ref(),
    };
    let pair = of_files(&args.files, which, |_| Some(Wanted::All), false)?;
    let nothing = pair.nothing_to_score();
    let report = match pair {
        TwoFiles::Loaded(paired) => of_pair(args, &paired)?,
        TwoFiles::Streamed(pair) => {
            let [base, candidate] = &pair.systems;
            let comparison = compare_counts([base, candidate], &pair.settings, &asked(args), None, &|_| None);
            if comparison.layers.is_empty() {
                return Err(nothing);
            }
            let curves = power_of_comparison(&comparison, &args.effects);
            PowerReport { dataset: pair.dataset, extractor: String::new(), assumed: None, curves }
        }
    };
    Ok(vec![report])
}

fn asked(args: &PowerArgs) -> CompareSettings {
    CompareSettings { metrics: args.metrics.clone(), assignments: 0, ..CompareSettings::default() }
}

/// Returns the power curves of two systems, from the standard error of their difference.
fn of_pair(args: &PowerArgs, paired: &Paired<'_>) -> Result<PowerReport, Error> {
    let comparison = compare(&paired.references, &paired.base, &paired.candidate, &paired.settings, &asked(args));
    Ok(PowerReport {
        dataset: paired.dataset.clone(),
        extractor: paired.extractor.clone(),
        assumed: None,
        curves: power_of_comparison(&comparison.map_err(Error::Input)?, &args.effects),
    })
}

/// Returns the power curves of every extractor of a run. An extractor is compared with its baseline
/// if the two differ; otherwise the error is derived from the assumed correlation of
/// `--correlation`.
fn of_run(args: &PowerArgs) -> Result<Vec<PowerReport>, Error> {
    let config = Config::load(&args.config)?;
    let home = args.config.parent().unwrap_or(Path::new(""));
    let run = runs::open(&args.run.clone().map_or_else(|| Project::new(home).newest_run(), Ok)?)?;
    let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
    let mut reports = Vec::new();
    for (name, extractors) in selected {
        let (dataset, settings) = load_dataset(&config, &args.config, &name).map_err(Error::Input)?;
        for extractor in extractors {
            let file = run.predictions(&name, &extractor);
            let files = baseline_files(home, &name, &extractor);
            let has_baseline = matches!(Baseline::load(&files), Ok(Some(_)));
            let candidate = || PredictionFile { name: run.folder().display().to_string(), file: &file };
            let base = if has_baseline {
                PredictionFile { name: "the baseline".to_owned(), file: &files[0] }
            } else {
                candidate()
            };
            let which = Which {
                layers: &[],
                intersection: has_baseline,
                missing: Missing::Error,
                cluster: args.cluster.as_ref(),
            };
            let golden = (config.datasets[&name].golden.as_path(), &dataset.references);
            let sides = [base, candidate()];
            let paired = pair(name.clone(), extractor, golden, sides, settings.clone(), which)?;
            let mut report = of_pair(args, &paired)?;
            if report.curves.is_empty() {
                let Paired { references, candidate, settings, .. } = &paired;
                let curves =
                    power_of_one(references, candidate, settings, &args.metrics, args.correlation, &args.effects);
                report = PowerReport { assumed: Some(args.correlation), curves, ..report };
            }
            reports.push(report);
        }
    }
    Ok(reports)
}
