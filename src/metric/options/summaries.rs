//! How summaries are scored.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::Rouge155Options;
use super::rouge155::checked;
use crate::text::Tokenizer;

/// How summaries are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SummaryOptions {
    /// What to compute beside the usual metrics, by names without `summary.`: `bleu`, `rouge3`, ...
    pub metrics: Vec<String>,
    /// How ROUGE cuts texts into tokens.
    #[serde(deserialize_with = "tokenizer")]
    pub tokenizer: Tokenizer,
    /// Whether ROUGE stems tokens of more than three characters.
    pub stem: bool,
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
}

fn tokenizer<'de, D: Deserializer<'de>>(value: D) -> Result<Tokenizer, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}
