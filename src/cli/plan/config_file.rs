//! The configuration, with the file that it was read from.

use std::path::{Path, PathBuf};

use karat::config::Config;
use karat::corpus::Dataset;
use karat::error::{Diagnostic, Error};
use karat::limits;
use karat::runner::load_dataset;
use karat::score::Settings;

use super::super::{notes, texts};

/// A configuration and the path of its file.
pub(in crate::cli) struct ConfigFile {
    pub parsed: Config,
    pub path: PathBuf,
}

impl ConfigFile {
    /// Reads a configuration. Fails with every error in it.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut parsed = Config::load(path)?;
        texts::apply(&mut parsed);
        parsed.limits.into_iter().for_each(limits::set);
        Ok(Self { parsed, path: path.to_owned() })
    }

    /// Returns the folder of the file, in which runs and baselines are.
    pub fn home(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Returns the path of a dataset's golden files. Panics if there is no such dataset.
    pub fn golden(&self, dataset: &str) -> &Path {
        &self.parsed.datasets[dataset].golden
    }

    /// Whether the texts of a dataset's documents are withheld.
    pub fn is_confidential(&self, dataset: &str) -> bool {
        self.parsed.datasets.get(dataset).is_some_and(|dataset| dataset.is_confidential)
    }

    /// Loads a dataset with its scoring settings, and prints what its readers assumed and left out.
    /// Fails with every error in its files.
    pub fn load_dataset(&self, name: &str) -> Result<(Dataset, Settings), Vec<Diagnostic>> {
        let (dataset, settings) = load_dataset(&self.parsed, &self.path, name)?;
        notes::of_reading([&dataset.notes]);
        Ok((dataset, settings))
    }
}
