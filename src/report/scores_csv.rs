//! `scores.csv`: one row per dataset, extractor, metric and label.

use super::number::six_places;
use super::{Renderer, Report};
use crate::metric::Counts;
use crate::score::Figure;

/// Every figure.
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

    fn render(&self, report: &Report) -> String {
        let rows = report.extractors.iter().flat_map(|extractor| {
            extractor.scores.figures().map(|figure| row(report, &extractor.name, figure).to_vec())
        });
        to_csv(&HEADER, rows)
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
        figure.signature.clone(),
    ]
}

/// Comma-separated values with `\n` line ends, quoted where needed (RFC 4180 but for the line end).
pub(super) fn to_csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut csv = Csv::default();
    csv.row(header);
    rows.for_each(|row| csv.row(&row));
    csv.into_text()
}

/// A writer of the format of [`to_csv`], for rows that come one by one.
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
