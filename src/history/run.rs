//! What the history records of a run. The JSON form is part of the contract `karat.history/1`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimals::decimals;

/// How a record came into the history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunSource {
    /// `karat run` recorded it.
    #[default]
    Run,
    /// `karat merge` recorded it.
    Merge,
    /// It was read from reports that were committed to git.
    Git,
}

impl RunSource {
    /// All sources.
    pub const ALL: [Self; 3] = [Self::Run, Self::Merge, Self::Git];

    /// The name in the database and in exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Merge => "merge",
            Self::Git => "git",
        }
    }
}

impl fmt::Display for RunSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One run in the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRun {
    /// The id of the run.
    pub run: String,
    /// How the record came into the history.
    pub source: RunSource,
    /// When the run began, in UTC with milliseconds (RFC 3339), so that times sort as texts. Of a
    /// commit, its date.
    pub started: String,
    /// When the run ended.
    pub ended: Option<String>,
    /// The version of karat that made the run.
    pub karat: Option<String>,
    /// The Git commit that was checked out.
    pub commit: Option<String>,
    /// The Git branch that was checked out.
    pub branch: Option<String>,
    /// Whether tracked files other than reports differed from the commit.
    pub dirty: Option<bool>,
    /// The profile of the run.
    pub profile: Option<String>,
    /// Which part of the documents was run, if not all of them.
    pub gap: Option<String>,
    /// SHA-256 of the configuration file.
    pub configuration_sha256: Option<String>,
    /// SHA-256 of `run.json`.
    pub manifest_sha256: Option<String>,
    /// The results by dataset and extractor.
    pub results: Vec<RecordedResult>,
}

/// The result of an extractor on a dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResult {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// The numbers of documents by status; `None` if only figures are known.
    pub statuses: Option<Statuses>,
    /// The state of the documents: `sha256:` and a hash.
    pub documents: Option<String>,
    /// The state of the golden files: `sha256:` and the hash of the labels, or `git:` and the id of
    /// the object. Only states of one kind can be compared.
    pub golden: Option<String>,
    /// The figures over all documents.
    pub figures: Vec<RecordedFigure>,
}

/// The numbers of documents by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are the names of the statuses")]
pub struct Statuses {
    pub documents: u64,
    pub ok: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub skipped: u64,
    pub missing: u64,
}

/// One figure over all documents, with six decimals as in `scores.csv`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFigure {
    /// The name of the figure without its label.
    pub metric: String,
    /// The label or field; `None` for the whole layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The value; `None` if it is undefined.
    pub value: Option<f64>,
    /// The lower end of the confidence interval.
    pub low: Option<f64>,
    /// The upper end of the confidence interval.
    pub high: Option<f64>,
    /// The number of gold items.
    pub gold: Option<u64>,
    /// The number of scored documents.
    pub documents: Option<u64>,
    /// The number of answered documents among them.
    pub answered: Option<u64>,
    /// How the figure was computed.
    pub signature: Option<String>,
    /// Whether it is the headline figure of its layer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub headline: bool,
}

/// Returns a value with six decimals, which are those of `scores.csv`, so that figures of a run and
/// those of its committed report are equal.
pub fn rounded(value: f64) -> f64 {
    decimals(value, 6).parse().unwrap_or(value)
}

impl RecordedRun {
    /// Returns the name of a dataset with the profile of the run, as in the folders of reports.
    pub fn dataset_with_profile(&self, dataset: &str) -> String {
        self.profile.as_ref().map_or_else(|| dataset.to_owned(), |profile| format!("{dataset}@{profile}"))
    }

    /// Returns the time of the run to the minute, in UTC.
    pub fn when(&self) -> String {
        self.started.get(..16).unwrap_or(&self.started).replace('T', " ")
    }

    /// Returns the first 8 digits of the commit, with a `+` if tracked files differed from it.
    pub fn short_commit(&self) -> String {
        let commit = self.commit.as_deref().unwrap_or_default();
        let short = commit.get(..8).unwrap_or(commit);
        if self.dirty == Some(true) && !short.is_empty() { format!("{short}+") } else { short.to_owned() }
    }
}

impl RecordedFigure {
    /// Returns the name for readers: the label, if there is one, follows in square brackets.
    pub fn name(&self) -> String {
        self.label.as_ref().map_or_else(|| self.metric.clone(), |label| format!("{} [{label}]", self.metric))
    }

    /// Returns whether some of the scored documents were not answered.
    pub fn rests_on_fewer(&self) -> bool {
        matches!((self.answered, self.documents), (Some(answered), Some(documents)) if answered < documents)
    }
}
