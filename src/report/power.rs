//! The result of `karat power`, the differences that a comparison can detect: JSON
//! (`karat.power/1`) and table cells.

use super::Exporter;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::scores_csv::to_csv;
use serde_json::{Value, json};

use super::number::three_places;
use crate::compare::{Effect, Point, PowerCurve};
use crate::error::Diagnostic;
use crate::text::shown_name;

/// The power curves of one extractor on one dataset.
#[derive(Debug, Clone)]
pub struct PowerReport {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor; empty if prediction files are given.
    pub extractor: String,
    /// The assumed correlation of the errors of both systems; `None` if there are two systems,
    /// whose errors are known.
    pub assumed: Option<f64>,
    /// The power curves, one for each figure.
    pub curves: Vec<PowerCurve>,
}

impl PowerReport {
    /// Returns the JSON object of `karat.power/1`, with keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        let effect = |of: &Effect| json!({"effect": of.effect, "documents_needed": of.needed, "power": of.power});
        let point = |of: &Point| json!({"documents": of.clusters, "detectable": of.detectable, "power": of.powers});
        let curve = |curve: &PowerCurve| {
            let content = json!({
                "value": curve.value,
                "documents": curve.clusters,
                "standard_error": curve.error,
                "detectable": curve.detectable,
                "effects": curve.effects.iter().map(effect).collect::<Vec<_>>(),
                "curve": curve.curve.iter().map(point).collect::<Vec<_>>(),
            });
            (curve.name.to_string(), content)
        };
        json!({
            "dataset": self.dataset,
            "extractor": self.extractor,
            "assumed_correlation": self.assumed,
            "metrics": self.curves.iter().map(curve).collect::<serde_json::Map<_, _>>(),
        })
    }

    /// Returns sentences on the differences of a figure that its documents can detect.
    pub fn sentences(&self, curve: &PowerCurve) -> String {
        let of = [self.dataset.as_str(), self.extractor.as_str()].into_iter().filter(|part| !part.is_empty());
        let of = of.map(shown_name);
        let mut text = format!(
            "{}: {} {} on {} documents; the standard error of a difference is {:.4}{}\n",
            of.collect::<Vec<_>>().join(", "),
            shown_name(&curve.name.to_string()),
            three_places(curve.value),
            curve.clusters,
            curve.error,
            self.assumed.map(|share| format!(", if errors correlate by {share}")).unwrap_or_default(),
        );
        text.push_str(&format!("a difference of {:.3} is found four times of five\n", curve.detectable));
        for Effect { effect, needed, power } in &curve.effects {
            let documents =
                needed.map_or_else(|| "more documents than anyone labels".to_owned(), |n| format!("{n} documents"));
            text.push_str(&format!(
                "one of {effect} takes {documents}; here it is found with a power of {:.0} %\n",
                100.0 * power
            ));
        }
        text
    }

    /// Returns the header and the rows of the power curve of a figure.
    pub fn table(curve: &PowerCurve) -> (Vec<String>, Vec<Vec<String>>) {
        let powers = curve.effects.iter().map(|effect| format!("power for {}", effect.effect));
        let header = ["documents".to_owned(), "detectable".to_owned()].into_iter().chain(powers).collect();
        let row = |point: &Point| {
            let here = if point.clusters == curve.clusters { "* " } else { "" };
            let fixed = [format!("{here}{}", point.clusters), format!("{:.4}", point.detectable)];
            fixed.into_iter().chain(point.powers.iter().map(|power| format!("{power:.2}"))).collect()
        };
        (header, curve.curve.iter().map(row).collect())
    }
}

impl Exporter for [PowerReport] {
    fn to_json(&self) -> String {
        let of: Vec<_> = self.iter().map(PowerReport::to_value).collect();
        format!("{:#}\n", json!({"schema": "karat.power/1", "alpha": 0.05, "power": 0.8, "of": of}))
    }

    fn to_csv(&self) -> String {
        let header = ["dataset", "extractor", "metric", "documents", "detectable", "effect", "power"];
        let rows = self.iter().flat_map(|report| report.curves.iter().flat_map(|curve| curve_rows(report, curve)));
        to_csv(&header, rows)
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::powers(self))
    }

    fn to_markdown(&self) -> String {
        let mut page = "# Power\n".to_owned();
        for (report, curve) in self.iter().flat_map(|report| report.curves.iter().map(move |curve| (report, curve))) {
            let (header, rows) = PowerReport::table(curve);
            let mut table = Table::new(header.into_iter().map(|name| (name, Align::Right)));
            // A star marks the row of the number of documents at hand; it must not become Markdown.
            rows.into_iter().for_each(|row| table.row(row.iter().map(|cell| inert::escape(cell))));
            let sentences = report.sentences(curve);
            let sentences: Vec<String> = sentences.lines().map(|line| format!("{}.", inert::escape(line))).collect();
            page.push_str(&format!("\n{}\n\n{}", sentences.join("\n"), table.render()));
        }
        page
    }
}

/// Returns one row for each number of documents and each effect size of a curve.
fn curve_rows(report: &PowerReport, curve: &PowerCurve) -> Vec<Vec<String>> {
    let row = |documents: usize, detectable: f64, effect: String, power: String| {
        vec![
            report.dataset.clone(),
            report.extractor.clone(),
            curve.name.to_string(),
            documents.to_string(),
            format!("{detectable:.6}"),
            effect,
            power,
        ]
    };
    let of_point = |point: &Point| {
        let effects = curve.effects.iter().zip(&point.powers);
        let rows: Vec<_> = effects
            .map(|(effect, power)| {
                row(point.clusters, point.detectable, effect.effect.to_string(), format!("{power:.6}"))
            })
            .collect();
        if rows.is_empty() { vec![row(point.clusters, point.detectable, String::new(), String::new())] } else { rows }
    };
    curve.curve.iter().flat_map(of_point).collect()
}
