//! How summaries are scored.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::Rouge155Options;
use super::rouge155::checked;
use crate::metric::embedding::Embedder;
use crate::metric::summary::Embedding;
use crate::text::{Stemmer, Tokenizer};

/// How summaries are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SummaryOptions {
    /// What to compute beside the usual metrics, by names without `summary.`: `bleu`, `rouge3`, ...
    pub metrics: Vec<String>,
    /// How ROUGE cuts texts into tokens.
    #[serde(deserialize_with = "by_name")]
    pub tokenizer: Tokenizer,
    /// How ROUGE stems tokens.
    #[serde(deserialize_with = "by_name")]
    pub stemmer: Stemmer,
    /// The folder of a Model2Vec model, from the folder of the file that names it: its metrics are then computed.
    pub embeddings: Option<PathBuf>,
    /// The model of that folder, once it is loaded.
    #[serde(skip)]
    pub embedder: Option<Embedder>,
    /// How the preset `rouge155` is run.
    #[serde(deserialize_with = "checked")]
    pub rouge155: Rouge155Options,
}

impl SummaryOptions {
    /// Adds the metrics of these full names, with or without a statistic: `summary.bleu`, `summary.rouge3.f1`, ...; others
    /// are none of summaries.
    pub fn ask(&mut self, names: &[String]) {
        for name in names.iter().filter_map(|name| name.strip_prefix("summary.")) {
            let metric = ["precision", "recall", "f1"]
                .iter()
                .find_map(|stat| name.strip_suffix(stat)?.strip_suffix('.'))
                .unwrap_or(name);
            self.metrics.push(metric.to_owned());
        }
    }

    /// A metric that is asked for and needs a model, where none is loaded.
    pub fn without_embeddings(&self) -> Option<&str> {
        let needs = |name: &&str| Embedding::NAMES.contains(name);
        self.metrics.iter().map(String::as_str).find(needs).filter(|_| self.embedder.is_none())
    }
}

fn by_name<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(value: D) -> Result<T, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}
