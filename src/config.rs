//! The configuration file `karat.toml`: datasets, extractors, profiles, scoring options and gate
//! rules.
//!
//! Reading collects every error with its line and column instead of stopping at the first. Unknown
//! keys are errors, since an ignored misspelling would silently change what is scored; the message
//! proposes the nearest known key. Relative paths start from the folder of the file, so that karat
//! can be run from any folder.

mod extractors;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod http_parts;
#[cfg(feature = "process")]
mod process;
mod reader;
#[cfg(feature = "http")]
mod response;
mod rules;
mod secrets;
#[cfg(any(feature = "http", feature = "process"))]
mod values;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::corpus::Locate;
use crate::document::LayerSet;
use crate::error::{Diagnostic, Error};
#[cfg(feature = "builtin")]
use crate::extractor::builtin;
#[cfg(feature = "http")]
use crate::extractor::http::{EndpointSettings, ModelSettings};
#[cfg(feature = "process")]
use crate::extractor::process::ProcessSettings;
use crate::format::{FieldMap, OffsetUnit, decode};
use crate::gate::{IfNoBaseline, Rule};
use crate::limits::Limits;
use crate::metric::Options;
use crate::score::ClusterBy;

#[cfg(any(feature = "http", feature = "process"))]
pub use values::parse_time;

/// The name of the configuration file.
pub const FILE: &str = "karat.toml";

/// The content of `karat.toml`. Relative paths are joined to the folder of the file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The datasets, by name.
    pub datasets: BTreeMap<String, DatasetConfig>,
    /// The extractors, in the order of the file, which is the order of the reports.
    pub extractors: Vec<ExtractorConfig>,
    /// The profiles, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// How every dataset is scored, unless its own tables override it.
    pub options: Options,
    /// The limits of the input; `None` if the file does not set any.
    pub limits: Option<Limits>,
    /// The gate rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// What rules make of an extractor without a baseline, unless they set it themselves; `None` is
    /// an error.
    pub if_no_baseline: Option<IfNoBaseline>,
}

/// A `[datasets.NAME]` table.
#[derive(Debug, Clone)]
pub struct DatasetConfig {
    /// The folder of documents, or a `.jsonl` file.
    pub documents: PathBuf,
    /// The folder of golden files, or a `.jsonl` file.
    pub golden: PathBuf,
    /// The sources of the fields of the golden files, if they are mapped.
    pub map: FieldMap,
    /// The layers to score; `None` means all.
    pub layers: Option<LayerSet>,
    /// The split of `dataset.toml` whose documents are used; `None` means all documents.
    pub split: Option<String>,
    /// Whether the dataset runs only if it is selected by name.
    pub on_request: bool,
    /// Whether the texts of its documents are kept out of reports, messages and run folders.
    pub is_confidential: bool,
    /// The unit of clustering for confidence intervals and significance tests.
    pub cluster: ClusterBy,
    /// How the dataset is scored: the tables of the configuration, overridden by those of the
    /// dataset.
    pub options: Options,
}

/// An `[extractors.NAME]` table.
#[derive(Debug, Clone)]
pub struct ExtractorConfig {
    /// The extractor's name in reports.
    pub name: String,
    /// The kind of the extractor, with its settings.
    pub kind: ExtractorKind,
    /// How often the extractor is asked about every document; 1 by default.
    pub repeats: usize,
    /// Whether the extractor runs only if it is selected by name or by a profile.
    pub on_request: bool,
    /// Whether its answers are cached for later runs.
    pub cache: bool,
    /// The datasets that it runs on; `None` means all.
    pub datasets: Option<Vec<String>>,
    /// How entities without offsets are located in their documents; `None` leaves them so.
    pub locate: Option<Locate>,
    /// The folder for the replies of failed documents; `None` if they are not kept.
    pub keep_failed: Option<PathBuf>,
}

impl ExtractorConfig {
    /// Whether the extractor runs on the dataset with this name.
    pub fn runs_on(&self, dataset: &str) -> bool {
        self.datasets.as_ref().is_none_or(|names| names.iter().any(|name| name == dataset))
    }
}

/// The kind of an extractor, with its settings.
#[derive(Debug, Clone)]
pub enum ExtractorKind {
    /// A built-in extractor.
    #[cfg(feature = "builtin")]
    Builtin {
        /// The built-in extractor.
        builtin: &'static builtin::Builtin,
        /// The values of its options.
        options: toml::Table,
    },
    /// A program that karat runs.
    #[cfg(feature = "process")]
    Process(Box<ProcessSettings>),
    /// A service that receives documents over HTTP.
    #[cfg(feature = "http")]
    Http(Box<EndpointSettings>),
    /// A language model behind an OpenAI-compatible API.
    #[cfg(feature = "http")]
    OpenAi(Box<ModelSettings>),
    /// Predictions that another program has written.
    Predictions(PredictionFiles),
}

impl ExtractorKind {
    /// The files of predictions; `None` if karat asks the extractor for answers.
    pub fn predictions(&self) -> Option<&PredictionFiles> {
        match self {
            Self::Predictions(files) => Some(files),
            #[cfg(any(feature = "builtin", feature = "http", feature = "process"))]
            _ => None,
        }
    }
}

/// Predictions that another program has written to files.
#[derive(Debug, Clone)]
pub struct PredictionFiles {
    /// The folder or file of predictions.
    pub path: PathBuf,
    /// The sources of their fields, if they are mapped.
    pub map: FieldMap,
    /// The layers that they fill; `None` means those that occur in them.
    pub layers: Option<LayerSet>,
    /// Whether a document without a prediction is an error instead of counting as missed.
    pub requires_all: bool,
    /// The unit of the offsets in files that do not state it.
    pub offset_unit: Option<OffsetUnit>,
}

/// A `[profiles.NAME]` table.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// The extractors that are selected; `None` means all.
    pub extractors: Option<Vec<String>>,
    /// The datasets that are selected; `None` means all.
    pub datasets: Option<Vec<String>>,
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// Fails with every error in the file, each with line and column.
    pub fn load(file: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(file).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                let is_default = file == Path::new(FILE);
                let message = if is_default { "there is no karat.toml here" } else { "there is no such configuration" };
                let diagnostic = Diagnostic::new(message).in_file(file);
                return diagnostic.help(
                    "`karat init` writes a karat.toml for the data of a folder; if you have one, run karat in its \
                     folder or name it with --config",
                );
            }
            Diagnostic::io("read the configuration", file, &error)
        })?;
        let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(text, file, folder)
    }

    /// Makes all datasets confidential, as `text = false` in their tables does.
    pub fn withhold_texts(&mut self) {
        self.datasets.values_mut().for_each(|dataset| dataset.is_confidential = true);
    }

    /// Reads the text of a configuration file. Relative paths start from `folder`; `file` is the
    /// name in diagnostics.
    ///
    /// # Errors
    /// Fails with every error in the text, each with line and column.
    pub fn parse(text: &str, file: &Path, folder: &Path) -> Result<Self, Error> {
        let root = DeTable::parse(text).map_err(|error| {
            let diagnostic = Diagnostic::toml(text, &error).in_file(file);
            let has_line = |wanted: &str| text.lines().any(|line| line.trim() == wanted);
            if has_line("[gate]") && has_line("[[gate]]") {
                return diagnostic.help("beside [gate], rules are written as [[gate.rules]]");
            }
            diagnostic
        })?;
        reader::read(root.get_ref(), text, file, folder).map_err(Error::Input)
    }
}
