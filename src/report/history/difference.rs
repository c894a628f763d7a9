//! The differences between the recorded figures of two runs.

use serde_json::{Value, json};

use super::super::Exporter;
use super::super::export::markdown_table;
use super::super::markdown::inert;
use super::super::number::six_places;
use super::super::scores_csv::to_csv;
use super::{are, counted, value};
use crate::decimals::signed;
use crate::history::{DifferenceRow, RunDifference, SignatureRelation};

/// The header of [`RunDifference::table`].
const HEADER: [&str; 6] = ["dataset", "extractor", "figure", "before", "after", "difference"];

impl RunDifference {
    /// Returns the header and the rows of the figures that are not equal.
    pub fn table(&self) -> ([&'static str; 6], Vec<Vec<String>>) {
        let row = |row: &DifferenceRow| {
            let difference = match (&row.signature, row.difference()) {
                (SignatureRelation::Differs(_), _) => "other signature".to_owned(),
                (SignatureRelation::Unknown, _) => "unknown signature".to_owned(),
                (SignatureRelation::Equal, Some(difference)) => signed(difference, 3),
                (SignatureRelation::Equal, None) => "–".to_owned(),
            };
            let [before, after] = [&row.figures[0], &row.figures[1]].map(value);
            vec![row.dataset.clone(), row.extractor.clone(), row.figures[0].name(), before, after, difference]
        };
        (HEADER, self.rows.iter().filter(|row| !row.is_equal()).map(row).collect())
    }

    /// Returns the sentences below the table.
    pub fn sentences(&self) -> Vec<String> {
        let equal = self.rows.iter().filter(|row| row.is_equal()).count();
        let mut sentences = vec![format!("{equal} of {} shared figures are equal", self.rows.len())];
        let runs = self.runs.iter().zip(self.alone).filter(|(_, alone)| *alone > 0);
        sentences.extend(runs.map(|(run, alone)| format!("{} {} in {run} only", counted(alone, "figure"), are(alone))));
        let [one, other] = &self.runs;
        let compare = if self.has_folders {
            format!("`karat compare {one} {other}` tests the runs")
        } else {
            "`karat compare` needs the folders of both runs, which do not exist here".to_owned()
        };
        sentences.push(format!("these are differences of recorded figures and no test; {compare}"));
        sentences
    }
}

impl Exporter for RunDifference {
    fn to_json(&self) -> String {
        let row = |row: &DifferenceRow| {
            json!({
                "dataset": row.dataset,
                "extractor": row.extractor,
                "metric": row.figures[0].metric,
                "label": row.figures[0].label,
                "values": [row.figures[0].value, row.figures[1].value],
                "difference": row.difference(),
                "signature_differs": row.signature.reason(),
            })
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        let value = json!({
            "schema": "karat.history_diff/1",
            "runs": self.runs,
            "figures": rows,
            "only_in": self.alone,
            "warnings": self.warnings,
        });
        format!("{value:#}\n")
    }

    fn to_csv(&self) -> String {
        let header = ["dataset", "extractor", "metric", "label", "before", "after", "difference", "signature_differs"];
        let row = |row: &DifferenceRow| {
            let [before, after] = &row.figures;
            vec![
                row.dataset.clone(),
                row.extractor.clone(),
                before.metric.clone(),
                before.label.clone().unwrap_or_default(),
                six_places(before.value),
                six_places(after.value),
                six_places(row.difference()),
                row.signature.reason().unwrap_or_default().to_owned(),
            ]
        };
        to_csv(&header, self.rows.iter().map(row))
    }

    fn to_markdown(&self) -> String {
        let [one, other] = &self.runs;
        let mut page = format!("# {} and {}\n", inert::name(one), inert::name(other));
        let (header, rows) = self.table();
        if !rows.is_empty() {
            page.push_str(&format!("\n{}", markdown_table(&header, rows.into_iter())));
        }
        page.push('\n');
        for warning in &self.warnings {
            page.push_str(&format!("- Warning: {}\n", inert::escape(warning)));
        }
        for sentence in self.sentences() {
            page.push_str(&format!("- {}\n", inert::escape_text(&sentence)));
        }
        page
    }
}
