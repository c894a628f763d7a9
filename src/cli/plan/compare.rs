//! The plan of `karat compare`.

use std::path::PathBuf;

use karat::compare::{CompareSettings, SliceBy};
use karat::error::{Diagnostic, Error};
use karat::report::ComparisonReport;
use rayon::ThreadPool;

use super::super::args::compare::{CompareArgs, Files, How};
use super::super::output_format::OutputFormat;
use super::super::texts;
use super::compared_systems::{FileSystems, RunSystems};
use super::counts::CountPair;
use super::pairs::{FilePair, PairScope, RunPair};
use super::score_logs::ScoreLogs;

/// What `karat compare` compares, and by which tests.
pub(in crate::cli) struct ComparePlan {
    pub pool: ThreadPool,
    pub input: CompareInput,
    pub scope: PairScope,
    pub settings: CompareSettings,
    /// The slices that are also compared.
    pub slices: Vec<SliceBy>,
    /// The number of documents that are shown where a figure fell most, and where it rose most.
    pub examples: usize,
    pub format: OutputFormat,
}

/// Two files, two runs, or systems that are compared with the first of them.
pub(in crate::cli) enum CompareInput {
    Files(Box<FilePair>),
    Runs(Box<RunPair>),
    SeveralFiles(Box<FileSystems>),
    /// Several runs, or extractors of one run.
    SystemsOfRuns(Box<RunSystems>),
    /// Logs with scores of samples, two or more.
    Scores(Box<ScoreLogs>),
    /// Counts of two systems.
    Counts(CountPair),
}

impl ComparePlan {
    /// Returns a report without the texts of its documents, if its dataset is confidential.
    pub fn withheld(&self, mut report: ComparisonReport) -> ComparisonReport {
        let of_config = match &self.input {
            CompareInput::Files(_)
            | CompareInput::SeveralFiles(_)
            | CompareInput::Scores(_)
            | CompareInput::Counts(_) => false,
            CompareInput::Runs(runs) => runs.config.is_confidential(&report.dataset),
            CompareInput::SystemsOfRuns(systems) => systems.config.is_confidential(&report.dataset),
        };
        if of_config || texts::are_withheld() {
            report.withhold_texts();
        }
        report
    }

    /// Opens the runs, or reads the options that files are scored with.
    pub fn resolve(args: &CompareArgs) -> Result<Self, Error> {
        let how = &args.how;
        let pool = how.threads.pool()?;
        let layers = (!how.layers.is_empty()).then(|| how.layers.iter().cloned().collect());
        let scope = PairScope {
            layers,
            metrics: how.metrics.clone(),
            ..PairScope::new(how.intersection, args.files.missing.into(), how.cluster.as_ref())
        };
        let has_files = args.files.gold.is_some();
        let missing = (how.intersection, args.files.missing.into());
        let logs = ScoreLogs::resolve(&args.logs, missing, how.cluster.as_ref(), 2..=usize::MAX)?;
        if logs.is_some() {
            ScoreLogs::check_format(args.format)?;
        }
        let of_predictions = || -> Result<CompareInput, Error> {
            Ok(match (&args.base, args.candidates.as_slice()) {
                (Some(base), candidates @ [_, _, ..]) if has_files => {
                    CompareInput::SeveralFiles(Box::new(FileSystems::resolve(&args.files, base, candidates, &scope)?))
                }
                (Some(base), candidates) if has_files => {
                    let (baseline, predictions) = (Some(base.clone()), candidates.first().cloned());
                    let files = Files { baseline, predictions, ..args.files.clone() };
                    CompareInput::Files(Box::new(FilePair::resolve(&files, &scope)?))
                }
                (None, _) => CompareInput::Files(Box::new(FilePair::resolve(&args.files, &scope)?)),
                (Some(run), []) => CompareInput::SystemsOfRuns(Box::new(RunSystems::extractors_of(args, run)?)),
                (Some(base), [candidate]) => CompareInput::Runs(Box::new(RunPair::resolve(args, base, candidate)?)),
                (Some(base), others) => {
                    let folders: Vec<&PathBuf> = [base].into_iter().chain(others).collect();
                    CompareInput::SystemsOfRuns(Box::new(RunSystems::of_runs(args, &folders)?))
                }
            })
        };
        let input = match logs {
            Some(logs) => CompareInput::Scores(Box::new(logs)),
            None if !args.counts.candidate_counts.is_empty() => {
                ScoreLogs::check_format(args.format)?;
                CompareInput::Counts(CountPair::resolve(&args.counts, true)?)
            }
            None => of_predictions()?,
        };
        let plan = Self {
            pool,
            input,
            scope,
            settings: settings(how),
            slices: how.slices.clone(),
            examples: how.examples,
            format: args.format,
        };
        plan.check_slices()?;
        Ok(plan)
    }
}

impl ComparePlan {
    /// Returns whether two systems are compared, in full, rather than several in one table.
    fn is_pair(&self) -> bool {
        match &self.input {
            CompareInput::Files(_) | CompareInput::Runs(_) | CompareInput::Counts(_) => true,
            CompareInput::SeveralFiles(_) => false,
            CompareInput::Scores(logs) => logs.files.len() == 2,
            CompareInput::SystemsOfRuns(systems) => systems.is_pair,
        }
    }

    /// Fails if slices are requested of more than two systems: no table has a place for them.
    fn check_slices(&self) -> Result<(), Error> {
        if self.slices.is_empty() || self.is_pair() {
            return Ok(());
        }
        let diagnostic = Diagnostic::new("`--slice` compares two systems, but more are named");
        Err(diagnostic.help("compare each system with the baseline by itself").into())
    }
}

fn settings(how: &How) -> CompareSettings {
    CompareSettings {
        test: how.test.into(),
        assignments: how.assignments,
        seed: how.seed,
        margin: how.margin,
        metrics: how.metrics.clone(),
        ..CompareSettings::default()
    }
}
