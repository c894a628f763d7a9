//! `karat.toml`: what is run on what. Unknown keys are refused, with the nearest known one.

mod extractors;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod http_parts;
mod process;
mod reader;
mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::document::LayerSet;
use crate::error::{Diagnostic, Error};
use crate::extractor::builtin;
#[cfg(feature = "http")]
use crate::extractor::http::{EndpointSettings, ModelSettings};
use crate::extractor::process::ProcessSettings;
use crate::format::decode;
use crate::gate::Rule;
use crate::metric::Options;
use crate::score::ClusterBy;

pub use process::parse_time;

/// The file's name.
pub const FILE: &str = "karat.toml";

/// What `karat.toml` says, with paths relative to its folder.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// By name.
    pub datasets: BTreeMap<String, DatasetConfig>,
    /// In the order of the file, which is the order of the reports.
    pub extractors: Vec<ExtractorConfig>,
    /// By name.
    pub profiles: BTreeMap<String, Profile>,
    /// How every dataset is scored, unless it says otherwise.
    pub options: Options,
    /// What a change has to keep, in the order of the file.
    pub rules: Vec<Rule>,
}

/// A `[datasets.NAME]` table.
#[derive(Debug, Clone)]
pub struct DatasetConfig {
    /// Folder of documents, or a `.jsonl`.
    pub documents: PathBuf,
    /// Folder of golden files, or a `.jsonl`.
    pub golden: PathBuf,
    /// The layers to score; all, where it is left out.
    pub layers: Option<LayerSet>,
    /// Only the documents of this split of `dataset.toml`.
    pub split: Option<String>,
    /// Run only where it is selected by name.
    pub on_request: bool,
    /// What is independent of what, for intervals and tests.
    pub cluster: ClusterBy,
    /// How it is scored: the configuration's tables, with those that the dataset has of its own in their place.
    pub options: Options,
}

/// An `[extractors.NAME]` table.
#[derive(Debug, Clone)]
pub struct ExtractorConfig {
    /// The name in reports.
    pub name: String,
    /// What it is.
    pub kind: ExtractorKind,
    /// How often it is asked about every document; 1, where it is left out.
    pub repeats: usize,
    /// Run only where it is selected by name or by a profile.
    pub on_request: bool,
    /// Whether its answers are kept for later runs.
    pub cache: bool,
    /// The datasets it runs on; all, where it is left out.
    pub datasets: Option<Vec<String>>,
}

impl ExtractorConfig {
    /// Whether it runs on the dataset of this name.
    pub fn runs_on(&self, dataset: &str) -> bool {
        self.datasets.as_ref().is_none_or(|names| names.iter().any(|name| name == dataset))
    }
}

/// The kinds of extractors.
#[derive(Debug, Clone)]
pub enum ExtractorKind {
    /// One that karat brings.
    Builtin {
        /// Its name.
        builtin: &'static builtin::Builtin,
        /// Its options.
        options: toml::Table,
    },
    /// Another program.
    Process(ProcessSettings),
    /// A service that takes documents over HTTP.
    #[cfg(feature = "http")]
    Http(Box<EndpointSettings>),
    /// A model behind an OpenAI-compatible API.
    #[cfg(feature = "http")]
    OpenAi(Box<ModelSettings>),
    /// A folder or file of predictions.
    Predictions {
        /// Where they are.
        path: PathBuf,
        /// The layers they fill; those that are found, where it is left out.
        layers: Option<LayerSet>,
        /// Whether a document without a prediction is refused instead of counting as missed.
        requires_all: bool,
    },
}

/// A `[profiles.NAME]` table.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Only these extractors.
    pub extractors: Option<Vec<String>>,
    /// Only these datasets.
    pub datasets: Option<Vec<String>>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// With every fault of it, by file, line and column.
    pub fn load(file: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(file).map_err(|error| {
            let diagnostic = Diagnostic::io("read the configuration", file, &error);
            diagnostic.help("run karat in the folder of karat.toml, or name the file with --config")
        })?;
        let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(text, file, folder)
    }

    /// Reads the text of a file; relative paths start from `folder`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, file: &Path, folder: &Path) -> Result<Self, Error> {
        let root = DeTable::parse(text).map_err(|error| Diagnostic::toml(text, &error).in_file(file))?;
        let (config, diagnostics) = reader::read(root.get_ref(), text, file, folder);
        if diagnostics.is_empty() { Ok(config) } else { Err(Error::Input(diagnostics)) }
    }
}
