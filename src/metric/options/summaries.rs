//! How summaries are scored.

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

/// How summaries are scored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SummaryOptions {
    /// What to compute beside the usual metrics, by names without `summary.`: `bleu`, `rouge3`, ...
    pub metrics: Vec<String>,
    /// Nothing but these, by the same names; everything usual, where it is empty.
    #[serde(skip)]
    pub only: Vec<String>,
    /// How ROUGE cuts texts into tokens.
    #[serde(deserialize_with = "by_name")]
    pub tokenizer: Tokenizer,
    /// How ROUGE stems tokens.
    #[serde(deserialize_with = "by_name")]
    pub stemmer: Stemmer,
    /// What ROUGE-Lsum takes for sentences.
    pub sentences: Sentences,
    /// The folder of a Model2Vec model, from the folder of the file that names it: its metrics are then computed.
    pub embeddings: Option<PathBuf>,
    /// The model of that folder, once it is loaded.
    #[serde(skip)]
    pub embedder: Option<Embedder>,
    /// How the preset `rouge155` is run.
    #[serde(deserialize_with = "checked")]
    pub rouge155: Rouge155Options,
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
    /// How long a summary may be.
    pub source: SourceOptions,
}

/// What ROUGE-Lsum takes for sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sentences {
    /// Lines, as rouge-score does: whoever calls it has to split.
    #[default]
    Lines,
    /// What karat's rule splits ([`sentence`]).
    Split,
}

impl Sentences {
    /// The name of the rule, for signatures.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Split => sentence::RULE,
        }
    }

    /// A text with one sentence a line.
    pub fn lines(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Lines => Cow::Borrowed(text),
            Self::Split => {
                // A wrapped sentence has line breaks of its own.
                let sentences = sentence::split(text).into_iter().map(|range| text[range].replace('\n', " "));
                Cow::Owned(sentences.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

impl SummaryOptions {
    /// Takes from full names (`summary.bleu`, `summary.rouge3.f1`, ...) what is to be computed: nothing but what is asked for.
    /// `summary` alone asks for everything usual, and so does a name that is not `known`; other names are none of summaries.
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

    /// Whether a metric is among those that are asked for by a whole name, or by its beginning up to a dot.
    pub fn asks_for(&self, name: &str) -> bool {
        self.metrics.iter().any(|asked| is_of(name, asked))
    }

    /// Whether a metric is left out, since others are asked for and it is not.
    pub fn leaves_out(&self, name: &str) -> bool {
        !self.only.is_empty() && !self.asks_for(name)
    }

    /// A metric that is asked for and needs a model, where none is loaded.
    pub fn without_embeddings(&self) -> Option<&str> {
        let needs = |name: &&str| Embedding::NAMES.contains(name);
        self.metrics.iter().map(String::as_str).find(needs).filter(|_| self.embedder.is_none())
    }
}

/// Whether a name is the one that is asked for, or begins with it up to a dot.
fn is_of(name: &str, asked: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

pub(super) fn by_name<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(value: D) -> Result<T, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}
