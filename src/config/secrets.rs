//! The secrets of a configuration: the variables that its extractors receive.

use super::{Config, ExtractorKind};
use crate::secrets::Secrets;

impl Config {
    /// Looks up the variables that the extractors name in `env`, `env_names`, `key_env` and
    /// `headers`. They are collected over all extractors, whether selected or not, since every
    /// program and every judge inherits the whole environment.
    pub fn secrets(&self) -> Secrets {
        Secrets::new(self.extractors.iter().flat_map(|extractor| variables(&extractor.kind)))
    }
}

fn variables(kind: &ExtractorKind) -> Vec<(String, String)> {
    match kind {
        #[cfg(feature = "process")]
        ExtractorKind::Process(settings) => settings.variables().collect(),
        #[cfg(feature = "http")]
        ExtractorKind::Http(settings) => settings.service.variables().collect(),
        #[cfg(feature = "http")]
        ExtractorKind::OpenAi(settings) => settings.service.variables().collect(),
        _ => Vec::new(),
    }
}
