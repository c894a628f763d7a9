//! Repeats of one extractor: JSON (`karat.aa/1`) and the cells of tables.

use serde_json::{Map, Value, json};

use super::number::three_places;
use crate::gate::{Noise, Repeats, Verdict};

/// Repeats of one extractor on one dataset.
#[derive(Debug, Clone)]
pub struct AaReport {
    /// The dataset's name.
    pub dataset: String,
    /// The extractor's name.
    pub extractor: String,
    /// The margin of the gate that pairs were judged by.
    pub margin: f64,
    /// What was found.
    pub repeats: Repeats,
}

/// The header of a table of figures.
pub const NOISE: [&str; 10] =
    ["dataset", "extractor", "metric", "mean", "sd", "largest", "within", "changing", "false fails", "inconclusive"];

impl AaReport {
    /// The object of one extractor, keys in alphabetical order.
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

    /// One row a figure.
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
                share(noise, Verdict::Fail),
                share(noise, Verdict::Inconclusive),
            ]
        };
        self.repeats.noise.iter().map(row).collect()
    }
}
