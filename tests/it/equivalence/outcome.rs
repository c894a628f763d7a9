//! What a command did with a pair: its exit code, its output, and its figures.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

/// An error as it is shown: the message, with the document, and the file and line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Diagnostic {
    pub message: String,
    pub location: Option<(String, Option<usize>)>,
}

/// What came of a command.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub code: i32,
    pub diagnostics: BTreeSet<Diagnostic>,
    /// Warnings and notes, each on its own line.
    pub notes: BTreeSet<String>,
    pub stdout: String,
}

impl Outcome {
    pub(super) fn new(output: &std::process::Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let (mut diagnostics, mut notes) = (BTreeSet::new(), BTreeSet::new());
        let mut lines = stderr.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(message) = line.strip_prefix("error: ") {
                let location = lines.peek().and_then(|next| next.trim_start().strip_prefix("--> ")).map(location);
                diagnostics.insert(Diagnostic { message: named_alike(message), location });
            } else if line.starts_with("warning: ") || line.starts_with("note: ") {
                notes.insert(line.to_owned());
            }
        }
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        Self { code: output.status.code().unwrap_or(-1), diagnostics, notes, stdout }
    }

    /// Whether the input was accepted.
    pub(super) fn is_accepted(&self) -> bool {
        !matches!(self.code, 2 | 4)
    }

    /// The exit code of a refusal; nothing about an acceptance, whose code may be a verdict.
    pub(super) fn refusal(&self) -> Option<i32> {
        (!self.is_accepted()).then_some(self.code)
    }
}

/// A file and a line, if there is one; a file in a folder is called as if it were named itself.
fn location(text: &str) -> (String, Option<usize>) {
    let mut parts = text.rsplitn(3, ':');
    let (last, middle, first) = (parts.next(), parts.next(), parts.next());
    let line = last.and(middle).and_then(|line| line.parse().ok());
    let path = if line.is_some() { first.unwrap_or_default() } else { text };
    (named_alike(path), line)
}

/// A text in which a folder and the one file in it have the same name.
fn named_alike(text: &str) -> String {
    let text = text.replace("golden/gold.jsonl", "gold.jsonl").replace("predictions/pred.jsonl", "pred.jsonl");
    match text.as_str() {
        "golden" => "gold.jsonl".to_owned(),
        "predictions" => "pred.jsonl".to_owned(),
        _ => text,
    }
}

/// The members of a JSON object as they are written.
pub(super) fn members(json: &str) -> BTreeMap<String, String> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).unwrap_or_default();
    members.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect()
}

/// The metrics of `karat.scores/1` or `karat.comparison/1` by name, each with its members.
pub(super) fn metrics(json: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let metrics = members(json).remove("metrics").unwrap_or_default();
    members(&metrics).into_iter().map(|(name, figure)| (name, members(&figure))).collect()
}

/// A number of a metric to the last bit, for which `serde_json` rounds too carelessly.
pub(super) fn number(figure: &BTreeMap<String, String>, key: &str) -> Option<f64> {
    figure.get(key).and_then(|number| number.parse().ok())
}

/// The values of the metrics of `karat.scores/1`, by name.
pub(super) fn values(json: &str) -> BTreeMap<String, Option<f64>> {
    metrics(json).into_iter().map(|(name, figure)| (name, number(&figure, "value"))).collect()
}

/// The rows of `scores.csv` without the names of dataset and extractor.
pub(super) fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let row = |record: csv::StringRecord| -> BTreeMap<String, String> {
        let cells = header.iter().zip(record.iter()).map(|(key, value)| (key.to_owned(), value.to_owned()));
        cells.filter(|(key, _)| key != "dataset" && key != "extractor").collect()
    };
    reader.records().map(|record| row(record.expect("karat writes CSV"))).collect()
}

/// The figures of a table by the name that JSON gives them, as they are shown.
pub(super) fn table_figures(table: &str) -> BTreeMap<String, String> {
    let mut figures = BTreeMap::new();
    let mut stats: &[&str] = &[];
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("metric ") {
            stats = if line.contains(" precision ") { &["precision", "recall", "f1"] } else { &[""] };
            continue;
        }
        // From the end: documents, gold items, the interval, then the values.
        let mut rest = line;
        for _ in 0..2 {
            rest = last_cell(rest).0;
        }
        rest = match rest.strip_suffix(']') {
            Some(_) => rest[..rest.rfind('[').unwrap_or_default()].trim_end(),
            None => last_cell(rest).0,
        };
        let mut found = Vec::new();
        for stat in stats.iter().rev() {
            let (before, value) = last_cell(rest);
            rest = before;
            found.push((*stat, value.to_owned()));
        }
        for (stat, value) in found {
            figures.insert(with_stat(rest, stat), value);
        }
    }
    figures
}

/// The name of a metric with a statistic, which precedes a cut-off: `keyphrases.f1@10`.
fn with_stat(metric: &str, stat: &str) -> String {
    match metric.rsplit_once('@').filter(|_| !metric.ends_with(']')) {
        _ if stat.is_empty() => metric.to_owned(),
        Some((metric, cut_off)) => format!("{metric}.{stat}@{cut_off}"),
        None => format!("{metric}.{stat}"),
    }
}

fn last_cell(line: &str) -> (&str, &str) {
    let at = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    (line[..at].trim_end(), &line[at..])
}
