//! How summaries are scored.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{BleuOptions, ChrfOptions, EditDistanceOptions, MeteorOptions, TerOptions};
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
    /// Let preset `sacrebleu` score documents that have more references than others.
    pub variable_references: bool,
    /// How BLEU is computed.
    pub bleu: BleuOptions,
    /// How chrF and chrF++ are computed.
    pub chrf: ChrfOptions,
    /// How TER is computed.
    pub ter: TerOptions,
    /// How METEOR is computed.
    pub meteor: MeteorOptions,
    /// How the word error rate is computed.
    pub edit_distance: EditDistanceOptions,
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

pub(super) fn by_name<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(value: D) -> Result<T, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}
