//! `scores.csv`: one row per dataset, extractor, metric and label.

use std::io::{self, Write};

use super::number::six_places;
use super::{Renderer, Report};
use crate::metric::Counts;
use crate::score::Figure;

/// Renders `scores.csv`: one row for each figure.
pub struct ScoresCsv;

const HEADER: [&str; 20] = [
    "dataset",
    "extractor",
    "metric",
    "label",
    "value",
    "low",
    "high",
    "value_answered",
    "ceiling",
    "gold",
    "predicted",
    "correct",
    "incorrect",
    "partial",
    "missed",
    "spurious",
    "undefined_labels",
    "documents",
    "documents_answered",
    "signature",
];

impl Renderer for ScoresCsv {
    fn file_name(&self) -> &'static str {
        "scores.csv"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let rows = report.extractors.iter().flat_map(|extractor| {
            extractor.scores.figures().map(|figure| row(report, &extractor.name, figure).to_vec())
        });
        write_rows(out, header(&HEADER).chain(rows))
    }
}

fn row(report: &Report, extractor: &str, figure: &Figure) -> [String; 20] {
    let count =
        |of: fn(&Counts) -> u64| figure.counts.as_ref().map(|counts| of(counts).to_string()).unwrap_or_default();
    [
        report.dataset.clone(),
        extractor.to_owned(),
        figure.name.unlabelled().to_string(),
        figure.name.label.as_deref().unwrap_or_default().to_owned(),
        six_places(figure.value),
        six_places(figure.interval.map(|interval| interval.low)),
        six_places(figure.interval.map(|interval| interval.high)),
        six_places(figure.answered),
        six_places(report.ceiling.get(&figure.name).copied()),
        figure.gold.to_string(),
        figure.predicted.map(|predicted| predicted.to_string()).unwrap_or_default(),
        count(|counts| counts.correct),
        count(|counts| counts.incorrect),
        count(|counts| counts.partial),
        count(|counts| counts.missed),
        count(|counts| counts.spurious),
        figure.name.average.map(|_| figure.undefined.to_string()).unwrap_or_default(),
        figure.documents.to_string(),
        figure.documents_answered.to_string(),
        figure.signature.to_string(),
    ]
}

/// Returns a header as the first row of a table.
pub(super) fn header(names: &[&str]) -> impl Iterator<Item = Vec<String>> {
    std::iter::once(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Writes rows of comma-separated values, quoted where necessary (RFC 4180, but lines end with
/// `\n`).
///
/// # Errors
/// Fails if `out` cannot be written to.
pub(super) fn write_rows(out: &mut dyn Write, rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    for row in rows {
        writer.write_record(&row)?;
    }
    writer.flush()
}

/// Returns a CSV table with a header.
pub(super) fn to_csv(names: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = Vec::new();
    write_rows(&mut text, header(names).chain(rows)).expect("writing to memory");
    String::from_utf8(text).expect("fields are UTF-8")
}

/// Writes rows one at a time, in the format of [`to_csv`].
pub(super) struct Csv(csv::Writer<Vec<u8>>);

impl Default for Csv {
    fn default() -> Self {
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new()))
    }
}

impl Csv {
    pub fn row(&mut self, fields: &[impl AsRef<[u8]>]) {
        self.0.write_record(fields).expect("writing rows of equal length to memory");
    }

    pub fn into_text(self) -> String {
        String::from_utf8(self.0.into_inner().expect("writing to memory")).expect("fields are UTF-8")
    }
}
