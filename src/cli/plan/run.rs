//! The plan of `karat run`.

use std::path::PathBuf;

use karat::error::Error;
use karat::runner::Selection;

use super::super::args::run::RunArgs;
use super::super::output_format::{OutputFile, OutputFormat};
use super::super::printing;
use super::config_file::ConfigFile;

/// What `karat run` runs, and into which folder.
pub(in crate::cli) struct RunPlan {
    pub config: ConfigFile,
    pub selection: Selection,
    /// The folder of the run; `None` for a new one of the project.
    pub out: Option<PathBuf>,
    pub mode: RunMode,
    /// The seed of the order of documents of a run that stops once the rules of the gate are
    /// decided; `None` for a run of all documents.
    pub until_decided: Option<u64>,
    pub is_resumed: bool,
    /// Number of threads.
    pub jobs: usize,
    /// Whether reports show latencies.
    pub has_timings: bool,
    pub is_quiet: bool,
    pub format: OutputFormat,
    /// The files to which the result is also written.
    pub files_to_write: Vec<OutputFile>,
}

/// The ways in which documents are processed.
pub(in crate::cli) enum RunMode {
    /// Loads all documents. Answers are cached if `is_cached` is set.
    Load { is_cached: bool },
    /// Reads documents one after the other.
    Stream,
    /// Runs nothing, and explains why the answers of a document are cached or not.
    ExplainCache { document: String },
}

impl RunPlan {
    /// Reads the configuration.
    pub fn resolve(args: &RunArgs) -> Result<Self, Error> {
        let mode = match &args.explain_cache {
            Some(document) => RunMode::ExplainCache { document: document.clone() },
            None if args.stream => RunMode::Stream,
            None => RunMode::Load { is_cached: !args.no_cache },
        };
        Ok(Self {
            config: ConfigFile::load(&args.config)?,
            selection: Selection {
                datasets: args.datasets.clone(),
                extractors: args.extractors.clone(),
                profile: args.profile.clone(),
                shard: args.shard,
                limit: args.limit,
                documents: args.documents.clone(),
            },
            out: args.out.clone(),
            mode,
            until_decided: args.until_decided.then_some(args.seed),
            is_resumed: args.resume,
            jobs: args.threads.count(),
            has_timings: args.timings,
            is_quiet: printing::is_quiet(),
            format: args.format,
            files_to_write: OutputFile::distinct(&args.files_to_write)?,
        })
    }
}
