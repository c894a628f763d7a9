//! Settings of a program from the configuration.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::document::LayerSet;
use crate::format::OffsetUnit;
use crate::process::matching_files;

/// How karat communicates with a program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By `karat.extractor/1`; the program lives as long as the run.
    #[default]
    Lines,
    /// The program is started for each document, with the text on its standard input or in files
    /// that its arguments name.
    Once,
}

/// An `[extractors.NAME]` table of the kind `process`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessSettings {
    /// The program and its arguments, passed on without a shell.
    pub command: Vec<String>,
    /// How karat communicates with it.
    pub mode: Mode,
    /// The layers it fills; if `None`, those of its handshake.
    pub layers: Option<LayerSet>,
    /// Number of concurrent instances.
    pub workers: usize,
    /// Maximum number of open requests per instance.
    pub in_flight: usize,
    /// Time limit for a document.
    pub timeout: Duration,
    /// Time limit for the start and the handshake.
    pub start_timeout: Duration,
    /// Maximum number of retries for a document.
    pub retries: u32,
    /// Wait before the first retry; it doubles with each further retry.
    pub backoff: Duration,
    /// Maximum size of the answer to a document, in bytes.
    pub max_output: usize,
    /// The longest text that it takes, in bytes; if `None`, that of its handshake.
    pub max_text: Option<usize>,
    /// The unit of offsets in replies that do not state it; if `None`, that of its handshake.
    pub offset_unit: Option<OffsetUnit>,
    /// Environment variables that are added to karat's own.
    pub env: BTreeMap<String, String>,
    /// Names of inherited environment variables that its output depends on.
    pub env_names: Vec<String>,
    /// The working directory.
    pub folder: PathBuf,
    /// The folder that paths are relative to, usually that of `karat.toml`.
    pub home: PathBuf,
    /// Files that its output depends on; paths or patterns with `*`, `?`, `[...]` and `**`.
    pub files: Vec<PathBuf>,
    /// The lock file of its dependencies.
    pub lock: Option<PathBuf>,
    /// Files and folders that its output does not depend on, although they are beside its script:
    /// the configuration, datasets and reports.
    pub ignored: Vec<PathBuf>,
}

impl ProcessSettings {
    /// Returns the first of `files` and `lock` that matches nothing.
    pub fn unmatched_file(&self) -> Option<&Path> {
        self.files.iter().chain(&self.lock).map(PathBuf::as_path).find(|file| matching_files(file).is_empty())
    }

    /// A program with defaults for everything but its command and working directory.
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
            max_text: None,
            offset_unit: None,
            env: BTreeMap::new(),
            env_names: Vec::new(),
            home: folder.clone(),
            folder,
            files: Vec::new(),
            lock: None,
            ignored: Vec::new(),
        }
    }

    /// The variables that the program receives by its settings, with their values.
    pub fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let inherited = self.env_names.iter().filter_map(|name| Some((name.clone(), env::var(name).ok()?)));
        self.env.iter().map(|(name, value)| (name.clone(), value.clone())).chain(inherited)
    }
}
