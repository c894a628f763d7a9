//! The plan of `karat compare`.

use karat::compare::{CompareSettings, SliceBy};
use karat::error::Error;
use rayon::ThreadPool;

use super::super::args::compare::{CompareArgs, How};
use super::super::output_format::OutputFormat;
use super::super::texts;
use super::pairs::{FilePair, PairScope, RunPair};

/// What `karat compare` compares, and by which tests.
pub(in crate::cli) struct ComparePlan {
    pub pool: ThreadPool,
    pub input: CompareInput,
    pub scope: PairScope,
    pub settings: CompareSettings,
    /// The slices that are also compared.
    pub slices: Vec<SliceBy>,
    pub format: OutputFormat,
}

/// Two files, or two runs.
pub(in crate::cli) enum CompareInput {
    Files(Box<FilePair>),
    Runs(Box<RunPair>),
}

impl ComparePlan {
    /// Whether the texts of a dataset's documents are withheld.
    pub fn is_confidential(&self, dataset: &str) -> bool {
        let of_config = match &self.input {
            CompareInput::Files(_) => false,
            CompareInput::Runs(runs) => runs.config.is_confidential(dataset),
        };
        of_config || texts::are_withheld()
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
        let input = match (&args.base, &args.candidate) {
            (Some(base), Some(candidate)) => CompareInput::Runs(Box::new(RunPair::resolve(args, base, candidate)?)),
            _ => CompareInput::Files(Box::new(FilePair::resolve(&args.files, &scope)?)),
        };
        Ok(Self { pool, input, scope, settings: settings(how), slices: how.slices.clone(), format: args.format })
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
