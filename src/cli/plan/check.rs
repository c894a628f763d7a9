//! The plan of `karat check`.

use std::path::PathBuf;

use karat::error::{Diagnostic, Error};
use karat::format::FieldMap;

use super::super::args::check::{CheckArgs, Deny};
use super::super::output_format::{OutputFile, OutputFormat};
use super::super::texts;
use super::config_file::ConfigFile;

/// Which files `karat check` reads, and what it looks for.
pub(in crate::cli) struct CheckPlan {
    /// The datasets, at least one.
    pub targets: Vec<CheckTarget>,
    pub mode: CheckMode,
    /// Whether warnings are an error.
    pub denies_warnings: bool,
    pub format: OutputFormat,
    /// The files to which the result is also written.
    pub files_to_write: Vec<OutputFile>,
}

/// What `karat check` looks for.
pub(in crate::cli) enum CheckMode {
    /// The findings of all lints.
    Lints,
    /// The findings that are left once files are fixed.
    LintsAfterFix,
    /// Golden labels that most extractors of the run in a folder contradict.
    Suspects { run: PathBuf },
}

/// The name of a dataset and the paths of its files.
pub(in crate::cli) struct CheckTarget {
    pub name: String,
    pub documents: Option<PathBuf>,
    pub golden: PathBuf,
    /// The sources of the fields of the golden files.
    pub map: FieldMap,
    /// Whether findings quote no texts.
    pub is_confidential: bool,
}

impl CheckPlan {
    /// Finds the datasets. Fails if one is unknown, or if there is none.
    pub fn resolve(args: &CheckArgs) -> Result<Self, Error> {
        let mode = match &args.against {
            Some(run) => CheckMode::Suspects { run: run.clone() },
            None if args.fix => CheckMode::LintsAfterFix,
            None => CheckMode::Lints,
        };
        Ok(Self {
            targets: targets(args)?,
            mode,
            denies_warnings: args.deny == Some(Deny::Warnings),
            format: args.format,
            files_to_write: OutputFile::distinct(&args.files_to_write)?,
        })
    }
}

fn targets(args: &CheckArgs) -> Result<Vec<CheckTarget>, Error> {
    if let Some(golden) = &args.golden {
        let name = golden.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let map = args.fields.fields()?;
        let (documents, is_confidential) = (args.documents.clone(), texts::are_withheld());
        return Ok(vec![CheckTarget { name, documents, golden: golden.clone(), map, is_confidential }]);
    }
    let config = ConfigFile::load(&args.config)?.parsed;
    let selected: Vec<&String> = args.datasets.iter().chain(&args.named).collect();
    let unknown_ids = selected.iter().copied().filter(|name| !config.datasets.contains_key(*name));
    let unknown: Vec<Diagnostic> = unknown_ids
        .map(|name| {
            let diagnostic = Diagnostic::new(format!("unknown dataset {name:?}")).in_file(&args.config);
            diagnostic.help_with_nearest(name, config.datasets.keys().map(String::as_str))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Input(unknown));
    }
    let wanted = config.datasets.iter().filter(|(name, _)| selected.is_empty() || selected.contains(name));
    let target = |(name, dataset): (&String, &karat::config::DatasetConfig)| CheckTarget {
        name: name.clone(),
        documents: Some(dataset.documents.clone()),
        golden: dataset.golden.clone(),
        map: dataset.map.clone(),
        is_confidential: dataset.is_confidential,
    };
    let mut targets: Vec<CheckTarget> = Vec::new();
    for candidate in wanted.map(target) {
        // Splits of a dataset share their files, which are read once, unless datasets are selected
        // by name or compared with a run.
        let same = |other: &CheckTarget| (&other.documents, &other.golden) == (&candidate.documents, &candidate.golden);
        if !selected.is_empty() || args.against.is_some() || !targets.iter().any(same) {
            targets.push(candidate);
        }
    }
    if targets.is_empty() {
        let diagnostic = Diagnostic::new("there is no dataset to check").in_file(&args.config);
        return Err(Error::NothingSelected(
            diagnostic.help("declare one as [datasets.NAME], or use --golden and --documents"),
        ));
    }
    Ok(targets)
}
