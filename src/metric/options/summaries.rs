//! Options of summary metrics.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::Rouge155Options;
use super::SourceOptions;
use super::rouge155::checked;
use super::{BleuOptions, ChrfOptions, EditDistanceOptions, MeteorOptions, TerOptions};
use crate::metric::Name;
use crate::metric::embedding::Embedder;
use crate::metric::summary::Embedding;
use crate::text::{Stemmer, Tokenizer, sentence};

/// Options of summary metrics.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SummaryOptions {
    /// The metrics to compute beside the default ones, by names without `summary.`: `bleu`,
    /// `rouge3`, ...
    pub metrics: Vec<String>,
    /// If not empty, only these metrics are computed; names are without `summary.`.
    #[serde(skip)]
    pub only: Vec<String>,
    /// The tokenizer of ROUGE.
    #[serde(deserialize_with = "by_name")]
    pub tokenizer: Tokenizer,
    /// The stemmer of ROUGE.
    #[serde(deserialize_with = "by_name")]
    pub stemmer: Stemmer,
    /// How ROUGE-Lsum splits sentences.
    pub sentences: Sentences,
    /// The folder of a Model2Vec model, relative to the folder of the options file; enables its
    /// metrics.
    pub embeddings: Option<PathBuf>,
    /// The model loaded from that folder.
    #[serde(skip)]
    pub embedder: Option<Embedder>,
    /// The options of the preset `rouge155`.
    #[serde(deserialize_with = "checked")]
    pub rouge155: Rouge155Options,
    /// Whether the preset `sacrebleu` accepts documents with different numbers of references.
    pub variable_references: bool,
    /// The options of BLEU.
    pub bleu: BleuOptions,
    /// The options of chrF and chrF++.
    pub chrf: ChrfOptions,
    /// The options of TER.
    pub ter: TerOptions,
    /// The options of METEOR.
    pub meteor: MeteorOptions,
    /// The options of the word error rate.
    pub edit_distance: EditDistanceOptions,
    /// The limits of the length of a summary.
    pub source: SourceOptions,
}

/// How ROUGE-Lsum splits sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sentences {
    /// Each line is a sentence, as in rouge-score, whose callers split sentences.
    #[default]
    Lines,
    /// By karat's rule ([`sentence`]).
    Split,
}

impl Sentences {
    /// Returns the name of the rule in signatures.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Split => sentence::RULE,
        }
    }

    /// Returns a text with one sentence per line.
    pub fn lines(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Lines => Cow::Borrowed(text),
            Self::Split => {
                // A wrapped sentence contains line breaks of its own.
                let sentences = sentence::split(text).into_iter().map(|range| text[range].replace('\n', " "));
                Cow::Owned(sentences.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

impl SummaryOptions {
    /// Restricts the computed metrics to those in full names (`summary.bleu`, `summary.rouge3.f1`,
    /// ...). `summary` alone requests all default metrics, and so does a name that is not `known`;
    /// names of other layers are ignored.
    pub fn ask(&mut self, names: &[String], known: &[Name]) {
        let of_summaries = names.iter().filter_map(|name| name.strip_prefix("summary"));
        let asked: Vec<&str> = of_summaries.filter(|rest| rest.is_empty() || rest.starts_with('.')).collect();
        let stats = ["precision", "recall", "f1"];
        let bare = |name: &str| -> String {
            let without = stats.iter().find_map(|stat| name.strip_suffix(stat)?.strip_suffix('.'));
            without.unwrap_or(name).to_owned()
        };
        let asked: Vec<String> = asked.iter().map(|rest| bare(rest.trim_start_matches('.'))).collect();
        if asked.iter().all(|asked| known.iter().any(|name| is_of(name, asked))) {
            self.metrics.extend(asked.iter().cloned());
            self.only = asked;
        }
    }

    /// Adds the metrics with these full names (`summary.bleu`, ...) to the default ones, if they
    /// are `known`; other names are ignored.
    pub fn also_ask(&mut self, names: &[String], known: &[Name]) {
        let mut asked = Self::default();
        for name in names {
            asked.ask(std::slice::from_ref(name), known);
        }
        self.metrics.extend(asked.metrics);
    }

    /// Returns whether a metric is requested, by its whole name or by a prefix that ends before a
    /// dot.
    pub fn asks_for(&self, name: &str) -> bool {
        self.metrics.iter().any(|asked| is_of(name, asked))
    }

    /// Returns whether a metric is excluded, because others are requested.
    pub fn leaves_out(&self, name: &str) -> bool {
        !self.only.is_empty() && !self.asks_for(name)
    }

    /// Returns a requested metric that needs a model, if none is loaded.
    pub fn without_embeddings(&self) -> Option<&str> {
        let needs = |name: &&str| Embedding::NAMES.contains(name);
        self.metrics.iter().map(String::as_str).find(needs).filter(|_| self.embedder.is_none())
    }
}

/// Returns whether a name equals `asked` or begins with it and a dot.
fn is_of(name: &str, asked: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

pub(super) fn by_name<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(value: D) -> Result<T, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}
