//! What a configuration says of a program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::document::LayerSet;

/// How a program is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// `karat.extractor/1`: it lives as long as the run.
    #[default]
    Lines,
    /// It is started for every document: with the text on its standard input, or in files that its arguments name.
    Once,
}

/// An `[extractors.NAME]` table of the kind `process`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessSettings {
    /// The program and its arguments. No shell reads them.
    pub command: Vec<String>,
    /// How it is spoken to.
    pub mode: Mode,
    /// The layers it fills; those that it names itself, where they are left out.
    pub layers: Option<LayerSet>,
    /// How many of it run at once.
    pub workers: usize,
    /// How many requests each of them may hold at once.
    pub in_flight: usize,
    /// How long a document may take.
    pub timeout: Duration,
    /// How long it may take to start.
    pub start_timeout: Duration,
    /// How often a document is tried again.
    pub retries: u32,
    /// How long before the first of these; twice as long before each next.
    pub backoff: Duration,
    /// The most that it may answer to one document, in bytes.
    pub max_output: usize,
    /// Variables beside karat's own.
    pub env: BTreeMap<String, String>,
    /// The names of further variables that its output depends on.
    pub env_names: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// From where files are named.
    pub home: PathBuf,
    /// Files that its output depends on.
    pub files: Vec<PathBuf>,
}

impl ProcessSettings {
    /// A program with everything else as it is by default.
    pub fn new(command: Vec<String>, folder: PathBuf) -> Self {
        Self {
            command,
            mode: Mode::default(),
            layers: None,
            workers: 1,
            in_flight: 1,
            timeout: Duration::from_secs(30),
            start_timeout: Duration::from_secs(60),
            retries: 0,
            backoff: Duration::from_millis(200),
            max_output: 64 << 20,
            env: BTreeMap::new(),
            env_names: Vec::new(),
            home: folder.clone(),
            folder,
            files: Vec::new(),
        }
    }
}
