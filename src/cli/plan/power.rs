//! The plan of `karat power`.

use karat::compare::CompareSettings;
use karat::error::Error;
use karat::score::ClusterBy;
use karat::store::{Project, Run, Selected};
use rayon::ThreadPool;

use super::super::args::power::PowerArgs;
use super::super::output_format::OutputFormat;
use super::super::runs;
use super::config_file::ConfigFile;
use super::pairs::{FilePair, PairScope};
use super::score_logs::ScoreLogs;

/// What the power is estimated from, and for which differences.
pub(in crate::cli) struct PowerPlan {
    pub pool: ThreadPool,
    pub source: PowerSource,
    /// The settings of the comparison whose errors are used. It makes no test.
    pub settings: CompareSettings,
    /// The differences to detect.
    pub effects: Vec<f64>,
    /// The assumed correlation with a system that is not known.
    pub correlation: f64,
    pub format: OutputFormat,
}

/// Two files, or the extractors of a run.
pub(in crate::cli) enum PowerSource {
    Files(Box<FilePair>),
    /// Two logs with scores of samples.
    Scores(Box<ScoreLogs>),
    Run {
        config: Box<ConfigFile>,
        run: Box<Run>,
        /// The selected datasets and extractors.
        selected: Selected,
        /// How documents are clustered; overrides the configuration.
        cluster: Option<ClusterBy>,
    },
}

impl PowerPlan {
    /// Opens the run, which is the newest by default, or reads the options that files are scored
    /// with.
    pub fn resolve(args: &PowerArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let missing = (args.intersection, args.files.missing.into());
        let logs = ScoreLogs::resolve(&args.logs, missing, args.cluster.as_ref(), 2..=2)?;
        let source = if let Some(logs) = logs {
            PowerSource::Scores(Box::new(logs))
        } else if args.files.gold.is_some() {
            let scope = PairScope {
                metrics: args.metrics.clone(),
                ..PairScope::new(args.intersection, args.files.missing.into(), args.cluster.as_ref())
            };
            PowerSource::Files(Box::new(FilePair::resolve(&args.files, &scope)?))
        } else {
            let config = Box::new(ConfigFile::load(&args.config)?);
            let newest = || Project::new(config.home()).newest_run();
            let run = Box::new(runs::open(
                &args.run.as_ref().map_or_else(newest, |run| runs::folder_of(run, &args.config))?,
            )?);
            let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
            PowerSource::Run { config, run, selected, cluster: args.cluster.clone() }
        };
        let metrics = args.metrics.clone();
        Ok(Self {
            pool,
            source,
            settings: CompareSettings { metrics, assignments: 0, ..CompareSettings::default() },
            effects: args.effects.clone(),
            correlation: args.correlation,
            format: args.format,
        })
    }
}
