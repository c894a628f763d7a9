//! Baselines: accepted predictions, against which the gate compares those of later runs. Only
//! `karat accept` writes them.
//!
//! `golden/baselines/<dataset>/<extractor>.jsonl` contains the predictions, each with the SHA-256
//! of its document's text. Predictions are stored rather than scores, so that a corrected golden
//! label changes both sides of a comparison. `<extractor>.json` beside it records how the
//! predictions were scored when they were accepted, and their SHA-256, so that an edit by hand is
//! detected.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Staging;
use super::layout::{RunLayout, Selected};
use super::manifest::golden_sha256;
use crate::corpus::Dataset;
use crate::document::{Answer, Document, Reference};
use crate::error::{Diagnostic, Error};
use crate::format::{hashed_answer_to_lines, sha256};
use crate::metric::Signature;
use crate::plain_words::plain_words;

/// The schema of a baseline's metadata file.
pub const BASELINE_SCHEMA: &str = "karat.baseline/1";

/// The metadata of a baseline, in the file beside its predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The file's schema, which is [`BASELINE_SCHEMA`].
    pub schema: String,
    /// The version of karat that wrote it.
    pub karat: String,
    /// SHA-256 of the file of predictions.
    pub predictions_sha256: String,
    /// The golden labels at that time; `None` in baselines of versions that did not record them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub golden: Option<AcceptedLabels>,
    /// How each figure over a whole layer was computed, by the figure's name.
    pub signatures: BTreeMap<String, Signature>,
}

/// The golden labels of a dataset when a baseline was accepted. Baselines are scored with the
/// current golden files, so that this decides nothing; it tells which labels moved since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedLabels {
    /// SHA-256 over the golden annotations.
    pub sha256: String,
    /// The number of lines that the log of corrections had.
    pub log_lines: usize,
    /// SHA-256 of these lines.
    pub log_sha256: String,
}

impl AcceptedLabels {
    /// Returns the golden labels of a dataset as they are now, given its log of corrections, which
    /// is empty if there is none. A last line without its line break is left out.
    pub fn of(dataset: &Dataset, log: &[u8]) -> Self {
        let log_lines = log.iter().filter(|byte| **byte == b'\n').count();
        let log = lines(log, log_lines).unwrap_or_default();
        Self { sha256: golden_sha256(dataset), log_lines, log_sha256: sha256(log) }
    }

    /// Whether the golden labels of a dataset are still the same.
    pub fn are_those_of(&self, dataset: &Dataset) -> bool {
        self.sha256 == golden_sha256(dataset)
    }

    /// Whether a log begins with the lines that were there.
    pub fn is_continued_by(&self, log: &[u8]) -> bool {
        lines(log, self.log_lines).is_some_and(|then| sha256(then) == self.log_sha256)
    }
}

/// Returns the first `count` lines with their line breaks; `None` if there are fewer.
fn lines(content: &[u8], count: usize) -> Option<&[u8]> {
    let Some(last) = count.checked_sub(1) else { return Some(&[]) };
    let (at, _) = content.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(last)?;
    Some(&content[..=at])
}

/// Returns the paths of an extractor's baseline on a dataset: the file of predictions and the
/// metadata file. `home` is the folder of the configuration.
pub fn baseline_files(home: &Path, dataset: &str, extractor: &str) -> [PathBuf; 2] {
    let folder = home.join("golden").join("baselines").join(dataset);
    [folder.join(format!("{extractor}.jsonl")), folder.join(format!("{extractor}.json"))]
}

/// Lists the baselines of a project, by dataset and extractor, without reading them. `home` is the
/// folder of the configuration.
pub fn baselines_in(home: &Path) -> Selected {
    let mut found = RunLayout::of_baselines(home).found();
    found.retain(|_, extractors| !extractors.is_empty());
    found
}

impl Baseline {
    /// Reads the metadata of a baseline; `None` if neither of its two files exists.
    ///
    /// # Errors
    /// Fails if one of the two files is missing or malformed, if the schema is another one, or if
    /// the predictions have another SHA-256 than the metadata.
    pub fn load([predictions, beside]: &[PathBuf; 2]) -> Result<Option<Self>, Diagnostic> {
        const HELP: &str = "`karat accept RUN` writes a new baseline; do not edit its files by hand";
        if !predictions.exists() && !beside.exists() {
            return Ok(None);
        }
        let read =
            |file: &Path| fs::read(file).map_err(|error| Diagnostic::io("read the baseline", file, &error).help(HELP));
        let (lines, text) = (read(predictions)?, read(beside)?);
        let broken = |message: String| Diagnostic::new(message).in_file(beside).help(HELP);
        let baseline: Self = serde_json::from_slice(&text)
            .map_err(|error| plain_words(&error.to_string()))
            .map_err(|words| broken(format!("this is not a `{BASELINE_SCHEMA}`: {words}")))?;
        if baseline.schema != BASELINE_SCHEMA {
            return Err(broken(format!(
                "its schema is `{}`, but this version of karat reads `{BASELINE_SCHEMA}`",
                baseline.schema
            )));
        }
        if sha256(lines) != baseline.predictions_sha256 {
            let diagnostic = Diagnostic::new("the predictions are not those that were accepted").in_file(predictions);
            return Err(diagnostic.help(HELP));
        }
        Ok(Some(baseline))
    }
}

/// Adds the two files of a baseline to files that are committed together.
///
/// # Errors
/// Fails if a file cannot be written.
pub fn add_baseline(
    staging: &mut Staging,
    [predictions, beside]: &[PathBuf; 2],
    references: &BTreeMap<String, Reference>,
    answers: &BTreeMap<String, Answer>,
    golden: AcceptedLabels,
    signatures: BTreeMap<String, Signature>,
) -> Result<(), Error> {
    let line = |(id, answer): (&String, &Answer)| {
        let text = references.get(id).and_then(|reference| reference.document.as_ref()).map(Document::text);
        hashed_answer_to_lines(id, answer, text.map(sha256).as_deref())
    };
    let lines: String = answers.iter().map(line).collect();
    let baseline = Baseline {
        schema: BASELINE_SCHEMA.to_owned(),
        karat: env!("CARGO_PKG_VERSION").to_owned(),
        predictions_sha256: sha256(&lines),
        golden: Some(golden),
        signatures,
    };
    let mut text = serde_json::to_string_pretty(&baseline).expect("a baseline is plain data");
    text.push('\n');
    staging.add(predictions, lines.as_bytes())?;
    staging.add(beside, text.as_bytes())
}
