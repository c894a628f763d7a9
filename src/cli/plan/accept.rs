//! The plan of `karat accept`.

use std::path::{Path, PathBuf};

use karat::error::{Diagnostic, Error};
use karat::store::{Run, Selected, baseline_files};
use rayon::ThreadPool;

use super::super::args::gate::AcceptArgs;
use super::super::runs;
use super::config_file::ConfigFile;

/// What is done with baselines.
pub(in crate::cli) enum AcceptPlan {
    /// A run's predictions become baselines.
    Run(Box<AcceptedRun>),
    /// Baselines are removed: their files, by name.
    Remove { files: Vec<(String, [PathBuf; 2])>, is_dry: bool },
}

/// The run whose predictions become baselines.
pub(in crate::cli) struct AcceptedRun {
    pub pool: ThreadPool,
    pub run: Run,
    /// The datasets and extractors to accept.
    pub selected: Selected,
    pub config: ConfigFile,
    /// Whether changes are only shown.
    pub is_dry: bool,
    /// Whether a run that lacks answers may become the baseline.
    pub allows_incomplete: bool,
    /// Whether a run that is worse than the baseline may replace it.
    pub allows_worse: bool,
}

impl AcceptPlan {
    /// Opens the run. Fails if its predictions were changed, or if a baseline to be removed is not
    /// there.
    pub fn resolve(args: &AcceptArgs) -> Result<Self, Error> {
        let Some(run) = &args.run else { return Self::removal(args) };
        let pool = args.threads.pool()?;
        let run = runs::open_named(run, &args.config)?;
        let selected = run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input)?;
        let config = ConfigFile::load(&args.config)?;
        Ok(Self::Run(Box::new(AcceptedRun {
            pool,
            run,
            selected,
            config,
            is_dry: args.dry_run,
            allows_incomplete: args.allow_incomplete,
            allows_worse: args.allow_worse,
        })))
    }

    fn removal(args: &AcceptArgs) -> Result<Self, Error> {
        let home = args.config.parent().unwrap_or(Path::new(""));
        let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
        for name in &args.remove {
            match name.split_once('/').map(|(dataset, extractor)| baseline_files(home, dataset, extractor)) {
                Some(found) if found[0].is_file() => files.push((name.clone(), found)),
                Some([file, _]) => diagnostics.push(Diagnostic::new("there is no such baseline").in_file(file)),
                None => {
                    let diagnostic = Diagnostic::new(format!("{name:?} does not name a baseline"));
                    diagnostics.push(diagnostic.help("write DATASET/EXTRACTOR"));
                }
            }
        }
        if diagnostics.is_empty() {
            Ok(Self::Remove { files, is_dry: args.dry_run })
        } else {
            Err(Error::Input(diagnostics))
        }
    }
}
