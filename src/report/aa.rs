//! The result of `karat aa`, the noise of one extractor over repeated runs: JSON (`karat.aa/1`) and
//! table cells.

use super::Exporter;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::scores_csv::to_csv;
use serde_json::{Map, Value, json};

use super::number::three_places;
use crate::error::Diagnostic;
use crate::gate::{GateVerdict, Noise, Repeats};

/// The noise of one extractor on one dataset, measured by repeated runs.
#[derive(Debug, Clone)]
pub struct AaReport {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// The margin of the gate that judges each pair of repeats.
    pub margin: f64,
    /// The noise of each metric over the repeats.
    pub repeats: Repeats,
}

/// The header of the table of noise by metric.
pub const NOISE: [&str; 10] =
    ["dataset", "extractor", "metric", "mean", "sd", "largest", "within", "changing", "false fails", "inconclusive"];

impl AaReport {
    /// Returns the JSON object of one extractor, with keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        let of = |noise: &Noise| {
            let verdicts: Map<String, Value> =
                noise.verdicts.iter().map(|(verdict, count)| (verdict.to_string(), json!(count))).collect();
            let content = json!({
                "mean": noise.mean,
                "standard_deviation": noise.deviation,
                "largest_difference": noise.largest,
                "within_document_share": noise.within,
                "verdicts": verdicts,
                "false_fail_rate": noise.false_fails(),
            });
            (noise.name.to_string(), content)
        };
        json!({
            "dataset": self.dataset,
            "extractor": self.extractor,
            "repeats": self.repeats.repeats,
            "margin": self.margin,
            "documents": self.repeats.documents,
            "documents_changing": self.repeats.changing,
            "metrics": self.repeats.noise.iter().map(of).collect::<Map<_, _>>(),
        })
    }

    /// Returns one row for each metric, with the columns of `NOISE`.
    pub fn rows(&self) -> Vec<[String; 10]> {
        let share = |noise: &Noise, verdict| {
            let all: usize = noise.verdicts.values().sum();
            format!("{}/{all}", noise.verdicts.get(&verdict).copied().unwrap_or(0))
        };
        let row = |noise: &Noise| {
            [
                self.dataset.clone(),
                self.extractor.clone(),
                noise.name.to_string(),
                three_places(noise.mean),
                format!("{:.4}", noise.deviation),
                format!("{:.4}", noise.largest),
                noise.within.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", 100.0 * share)),
                format!("{}/{}", self.repeats.changing, self.repeats.documents),
                share(noise, GateVerdict::Fail),
                share(noise, GateVerdict::Inconclusive),
            ]
        };
        self.repeats.noise.iter().map(row).collect()
    }
}

impl Exporter for [AaReport] {
    fn to_json(&self) -> String {
        let of: Vec<_> = self.iter().map(AaReport::to_value).collect();
        format!("{:#}\n", json!({"schema": "karat.aa/1", "of": of}))
    }

    fn to_csv(&self) -> String {
        to_csv(&NOISE, self.iter().flat_map(AaReport::rows).map(Vec::from))
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::noise(self))
    }

    fn to_markdown(&self) -> String {
        let mut table = Table::new(NOISE.iter().enumerate().map(|(column, name)| {
            let align = if column < 3 { Align::Left } else { Align::Right };
            (*name, align)
        }));
        self.iter().flat_map(AaReport::rows).for_each(|row| table.row(row.iter().map(|cell| inert::name(cell))));
        format!("# Repeats against themselves\n\n{}", table.render())
    }
}
