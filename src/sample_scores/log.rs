//! The model of a log: its samples with their scores. Readers add rows; the log joins the rows of a
//! sample, and refuses those that contradict each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::ScoreFormat;
use crate::error::Diagnostic;

/// The scores that one run of another harness gave to its samples.
#[derive(Debug, Clone)]
pub struct ScoreLog {
    /// The format of the log.
    pub format: ScoreFormat,
    /// The name of the task, if the log has one.
    pub task: Option<String>,
    /// Why the run is not complete, if the log says so.
    pub incomplete: Option<String>,
    /// Whether the log contains the answers that were scored. Otherwise two logs count as identical
    /// if their scores are equal.
    pub has_answers: bool,
    /// The samples by id.
    pub samples: BTreeMap<String, Sample>,
    /// Which values are better, by the name of the metric, where the log shows it.
    pub evidence: BTreeMap<String, DirectionEvidence>,
    /// What the reader assumed and left out, one sentence each.
    pub notes: Vec<String>,
}

/// What passed and failed thresholds show about which values of a metric are better.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectionEvidence {
    /// The id of the first sample that passed or failed as if higher values were better.
    pub higher: Option<String>,
    /// The id of the first sample that passed or failed as if lower values were better.
    pub lower: Option<String>,
}

/// A sample with the averages of its repeats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// The cluster that the log or the user names.
    pub cluster: Option<String>,
    /// The fingerprint of the sample's input, if the log contains it.
    pub content: Option<u128>,
    /// The number of repeats, with those that ended in an error.
    pub repeats: u32,
    /// The message of the first repeat or metric that ended in an error.
    pub error: Option<String>,
    /// The number of repeats that ended in an error.
    pub errors: u32,
    /// The scores by the name of the metric.
    pub scores: BTreeMap<String, SampleScore>,
    /// The fingerprint of the answers and scores of all repeats.
    pub answer: u128,
}

/// The score of a sample: sums over its repeats.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SampleScore {
    /// The sum of the numerators; of the values, if these are no ratios.
    pub numerator: f64,
    /// The sum of the denominators, 1 for each value that is no ratio.
    pub denominator: f64,
    /// The number of repeats that have a value.
    pub scored: u32,
    /// The number of repeats without an error that have none, such as NaN.
    pub unscored: u32,
    /// Whether the log gives numerators and denominators.
    pub is_ratio: bool,
    /// The least and the greatest value of a repeat, or of its numerator over its denominator.
    pub ends: Option<(f64, f64)>,
}

/// A value of one repeat of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Ratio(f64, f64),
    /// The harness has no score, for instance since its judge failed.
    None,
}

/// One repeat of a sample.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub id: String,
    pub repeat: Option<String>,
    pub cluster: Option<String>,
    /// The input of the sample, to find out whether two logs are about the same one.
    pub content: Option<String>,
    pub values: Vec<(String, Value)>,
    /// The message, if the repeat ended in an error.
    pub error: Option<String>,
    /// The message, if only the metrics of this row ended in an error.
    pub metric_error: Option<String>,
    pub answer: Option<String>,
    pub place: Place,
}

/// Where a row is in its file: a line, or a path of JSON.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub line: Option<usize>,
    pub path: Option<String>,
}

impl Place {
    pub fn line(line: usize) -> Self {
        Self { line: Some(line), path: None }
    }

    pub fn path(path: impl Into<String>) -> Self {
        Self { line: None, path: Some(path.into()) }
    }

    /// Returns the place of a part of the row.
    pub fn below(&self, step: &str) -> Self {
        let path = format!("{}/{step}", self.path.as_deref().unwrap_or_default());
        Self { line: self.line, path: Some(path) }
    }

    /// Returns a diagnostic at this place.
    pub fn diagnostic(&self, message: impl Into<String>) -> Diagnostic {
        let message: String = message.into();
        let diagnostic = match &self.path {
            Some(path) => Diagnostic::new(format!("{message}, at {path}")),
            None => Diagnostic::new(message),
        };
        match self.line {
            Some(line) => diagnostic.at((line, 1)),
            None => diagnostic,
        }
    }
}

/// The repeats of one sample, by the name of the repeat.
type Repeats = BTreeMap<Option<String>, Row>;

/// Collects the rows of a log.
#[derive(Debug, Default)]
pub(super) struct LogBuilder {
    samples: BTreeMap<String, Repeats>,
    pub diagnostics: Vec<Diagnostic>,
    pub notes: Vec<String>,
    pub task: Option<String>,
    pub incomplete: Option<String>,
    pub evidence: BTreeMap<String, DirectionEvidence>,
    /// The texts that stand for numbers, with these numbers.
    pub mapped: BTreeMap<String, f64>,
}

impl LogBuilder {
    /// Adds a row. The rows of one repeat of a sample may each have other metrics.
    pub fn add(&mut self, row: Row) {
        if row.id.trim().is_empty() {
            self.diagnostics.push(row.place.diagnostic("the id of a sample is empty"));
            return;
        }
        let repeats = self.samples.entry(row.id.clone()).or_default();
        let Some(known) = repeats.get_mut(&row.repeat) else {
            repeats.insert(row.repeat.clone(), row);
            return;
        };
        let of_known: BTreeSet<&str> = known.values.iter().map(|(metric, _)| metric.as_str()).collect();
        let twice = row.values.iter().find(|(metric, _)| of_known.contains(metric.as_str()));
        let wrong = if let Some((metric, _)) = twice {
            Some(format!("the sample has two scores of `{metric}`"))
        } else if row.values.is_empty() || known.values.is_empty() {
            Some("the id of the sample occurs twice".to_owned())
        } else if row.cluster != known.cluster {
            Some("the sample is in two clusters".to_owned())
        } else if row.content != known.content {
            Some("the sample has two inputs".to_owned())
        } else {
            None
        };
        match wrong {
            Some(message) => {
                let diagnostic = row.place.diagnostic(message).of_document(&row.id);
                self.diagnostics.push(diagnostic.help("ids must be unique; a column `repeat` tells repeats apart"));
            }
            None => {
                known.values.extend(row.values);
                known.error = known.error.take().or(row.error);
                known.metric_error = known.metric_error.take().or(row.metric_error);
            }
        }
    }

    /// Records what a sample that passed or failed a threshold shows about a metric.
    pub fn observe(&mut self, metric: &str, id: &str, (score, threshold): (f64, f64), has_passed: bool) {
        let evidence = self.evidence.entry(metric.to_owned()).or_default();
        match (has_passed == (score >= threshold), has_passed == (score <= threshold)) {
            (true, false) => evidence.higher.get_or_insert_with(|| id.to_owned()),
            (false, true) => evidence.lower.get_or_insert_with(|| id.to_owned()),
            _ => return,
        };
    }

    /// Returns a diagnostic for each sample whose repeats are in different clusters or have
    /// different inputs, and for each metric with plain values and ratios.
    fn contradictions(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (id, repeats) in &self.samples {
            let clusters: BTreeSet<&String> = repeats.values().filter_map(|row| row.cluster.as_ref()).collect();
            let contents: BTreeSet<&String> = repeats.values().filter_map(|row| row.content.as_ref()).collect();
            if clusters.len() > 1 {
                let names: Vec<String> = clusters.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("repeats of the sample are in different clusters: {}", names.join(", "));
                found.push(Diagnostic::new(message).of_document(id));
            }
            if contents.len() > 1 {
                let diagnostic = Diagnostic::new("repeats of the sample have different inputs").of_document(id);
                found.push(diagnostic.help("give samples with different inputs different ids"));
            }
        }
        let mut first: BTreeMap<&str, [Option<&str>; 2]> = BTreeMap::new();
        for row in self.samples.values().flat_map(BTreeMap::values) {
            for (metric, value) in &row.values {
                let kind = match value {
                    Value::Number(_) => 0,
                    Value::Ratio(..) => 1,
                    Value::None => continue,
                };
                first.entry(metric).or_default()[kind].get_or_insert(&row.id);
            }
        }
        for (metric, ids) in first {
            let [Some(plain), Some(ratio)] = ids else { continue };
            let message =
                format!("`{metric}` is a plain value for `{plain}` and a numerator over a denominator for `{ratio}`");
            found.push(Diagnostic::new(message).help("write all values of a metric in one of the two ways"));
        }
        found
    }

    /// Returns the log. Fails with the diagnostics of all rows, and if there is no score.
    pub fn finish(mut self, format: ScoreFormat, file: &Path) -> Result<ScoreLog, Vec<Diagnostic>> {
        for (id, repeats) in &self.samples {
            if repeats.len() > 1 && repeats.contains_key(&None) {
                let diagnostic = Diagnostic::new("one row of the sample names its repeat and another does not");
                self.diagnostics.push(diagnostic.of_document(id));
            }
        }
        let contradictions = self.contradictions();
        self.diagnostics.extend(contradictions);
        if self.diagnostics.is_empty()
            && self.samples.values().flat_map(BTreeMap::values).all(|row| row.values.is_empty())
        {
            let diagnostic = Diagnostic::new(format!("no sample of this {} log has a score", format.title()));
            self.diagnostics.push(diagnostic.help("was the run scored?"));
        }
        if !self.diagnostics.is_empty() {
            return Err(shortened(self.diagnostics, file));
        }
        let has_answers = self.samples.values().flat_map(BTreeMap::values).any(|row| row.answer.is_some());
        let repeats: BTreeSet<usize> = self.samples.values().map(BTreeMap::len).collect();
        if let (Some(least), Some(most)) = (repeats.first(), repeats.last())
            && *most > 1
        {
            let count = if least == most { most.to_string() } else { format!("{least} to {most}") };
            self.notes.push(format!("the {count} repeats of each sample are averaged before samples are compared"));
        }
        if !self.mapped.is_empty() {
            let of = |(text, number): (&String, &f64)| format!("`{text}` as {number}");
            let mapped: Vec<String> = self.mapped.iter().map(of).collect();
            self.notes.push(format!(
                "scores that are no numbers are read as {} reads them: {}",
                format.title(),
                mapped.join(", ")
            ));
        }
        let samples = self.samples.into_iter().map(|(id, repeats)| (id, sample(repeats))).collect();
        let (task, incomplete, evidence, notes) = (self.task, self.incomplete, self.evidence, self.notes);
        Ok(ScoreLog { format, task, incomplete, has_answers, samples, evidence, notes })
    }
}

/// Returns at most 20 diagnostics of a file, and how many more there are.
pub(super) fn shortened(diagnostics: Vec<Diagnostic>, file: &Path) -> Vec<Diagnostic> {
    const MOST: usize = 20;
    let more = diagnostics.len().saturating_sub(MOST);
    let mut shown: Vec<Diagnostic> = diagnostics.into_iter().take(MOST).map(|one| one.in_file(file)).collect();
    if more > 0 {
        shown.push(Diagnostic::new(format!("there are {more} more errors like these")).in_file(file));
    }
    shown
}

/// Returns the fingerprint of texts, none of which can be mistaken for a part of its neighbour.
pub(super) fn fingerprint<'t>(texts: impl IntoIterator<Item = &'t str>) -> u128 {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let bytes: [u8; 32] = hash.finalize().into();
    u128::from_le_bytes(bytes[..16].try_into().unwrap_or_default())
}

fn sample(repeats: Repeats) -> Sample {
    let mut sample = Sample::default();
    let mut answers: Vec<String> = Vec::new();
    for mut row in repeats.into_values() {
        sample.repeats += 1;
        row.values.sort_by(|a, b| a.0.cmp(&b.0));
        answers.push(format!("{:?} {:?} {:?}", row.answer, row.error, row.values));
        sample.cluster = sample.cluster.or(row.cluster);
        sample.content = sample.content.or(row.content.map(|content| fingerprint([content.as_str()])));
        if let Some(message) = row.metric_error {
            sample.error.get_or_insert(message);
        }
        if let Some(message) = row.error {
            sample.errors += 1;
            sample.error.get_or_insert(message);
            continue;
        }
        for (metric, value) in row.values {
            let score = sample.scores.entry(metric).or_default();
            let (numerator, denominator) = match value {
                Value::Number(number) => (number, 1.0),
                Value::Ratio(numerator, denominator) => (numerator, denominator),
                Value::None => {
                    score.unscored += 1;
                    continue;
                }
            };
            score.is_ratio |= matches!(value, Value::Ratio(..));
            score.numerator += numerator;
            score.denominator += denominator;
            score.scored += 1;
            if denominator > 0.0 {
                let value = numerator / denominator;
                let (low, high) = score.ends.unwrap_or((value, value));
                score.ends = Some((low.min(value), high.max(value)));
            }
        }
    }
    sample.answer = fingerprint(answers.iter().map(String::as_str));
    sample
}
