//! The result of `karat agree`: JSON (`karat.agreement/1`), Markdown, CSV, and the worklist for
//! adjudication.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Exporter;
use super::alignment_csv::cells;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::number::{six_places, with_interval};
use super::scores_csv::{Csv, to_csv};
use crate::agree::{Coefficients, Pairwise, for_each_item};
use crate::document::{Annotator, Layer};
use crate::error::Diagnostic;
use crate::metric::{Class, MetricName};
use crate::score::{Figure, Settings};
use crate::stats::Interval;

/// The agreement between annotators.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// The annotators, each with the documents that they labelled.
    pub annotators: Vec<Annotator>,
    /// The scores of each pair of annotators, one scored against the other.
    pub pairs: Vec<Pairwise>,
    /// Chance-corrected coefficients over all annotators, by layer and label.
    pub coefficients: Vec<Coefficients>,
    /// The kinds of units without coefficients because there are more than two annotators.
    pub not_computed: Vec<String>,
}

impl Exporter for Agreement {
    /// Returns `karat.agreement/1`, with keys in alphabetical order.
    fn to_json(&self) -> String {
        let pairs = self.pairs.iter().map(|pair| {
            let metrics: Map<String, Value> =
                pair.scores.figures().map(|figure| (figure.name.to_string(), figure_json(figure))).collect();
            json!({"first": pair.first, "second": pair.second, "metrics": metrics})
        });
        let coefficients = self.coefficients.iter().map(|of| {
            let values: Map<String, Value> =
                of.coefficients.iter().map(|c| (c.name.to_owned(), value_json(c.value, c.interval))).collect();
            json!({"what": of.what, "label": of.label, "units": of.units, "coefficients": values})
        });
        let names: Vec<&str> = self.annotators.iter().map(|annotator| annotator.name.as_str()).collect();
        let root = json!({
            "schema": "karat.agreement/1",
            "annotators": names,
            "documents": self.documents(),
            "pairs": pairs.collect::<Vec<_>>(),
            "coefficients": coefficients.collect::<Vec<_>>(),
        });
        let mut text = serde_json::to_string_pretty(&root).expect("agreement is plain data");
        text.push('\n');
        text
    }

    /// Returns CSV with one row for each figure of each pair of annotators, and one for each
    /// coefficient over all annotators; the annotators of the latter are empty.
    fn to_csv(&self) -> String {
        let header = ["first", "second", "figure", "label", "value", "low", "high", "documents", "units"];
        let end = |interval: Option<Interval>, of: fn(Interval) -> f64| six_places(interval.map(of));
        let pairs = self.pairs.iter().flat_map(|pair| {
            pair.scores.figures().map(move |figure| {
                let label = figure.name.label.as_ref().map(ToString::to_string).unwrap_or_default();
                let name = MetricName { label: None, ..figure.name.clone() };
                vec![
                    pair.first.clone(),
                    pair.second.clone(),
                    name.to_string(),
                    label,
                    six_places(figure.value),
                    end(figure.interval, |interval| interval.low),
                    end(figure.interval, |interval| interval.high),
                    figure.documents.to_string(),
                    figure.gold.to_string(),
                ]
            })
        });
        let coefficients = self.coefficients.iter().flat_map(|of| {
            of.coefficients.iter().map(move |coefficient| {
                vec![
                    String::new(),
                    String::new(),
                    format!("{}.{}", of.what, coefficient.name),
                    of.label.as_ref().map(ToString::to_string).unwrap_or_default(),
                    six_places(coefficient.value),
                    end(coefficient.interval, |interval| interval.low),
                    end(coefficient.interval, |interval| interval.high),
                    String::new(),
                    of.units.to_string(),
                ]
            })
        });
        to_csv(&header, pairs.chain(coefficients))
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::agreement(self))
    }

    /// Returns Markdown for a reviewer.
    fn to_markdown(&self) -> String {
        let names: Vec<String> = self.annotators.iter().map(|annotator| inert::name(&annotator.name)).collect();
        let mut page = format!(
            "# Agreement\n\n{} annotators ({}), {} documents. Intervals are 95 % and clustered by document.\n",
            names.len(),
            names.join(", "),
            self.documents()
        );
        for pair in &self.pairs {
            let mut table = Table::new([("metric", Align::Left), ("F1", Align::Right), ("items", Align::Right)]);
            for figure in
                pair.scores.figures().filter(|figure| figure.name.stat == "f1" && figure.name.average.is_none())
            {
                let items = format!("{} / {}", figure.gold, figure.predicted.map_or("–".to_owned(), |p| p.to_string()));
                table.row([
                    inert::code_cell(&figure.name.to_string()),
                    with_interval(figure.value, figure.interval),
                    items,
                ]);
            }
            page.push_str(&format!(
                "\n## {} and {}\n\n{}",
                inert::name(&pair.first),
                inert::name(&pair.second),
                table.render()
            ));
        }
        page.push_str(&self.coefficients_markdown());
        page
    }
}

impl Agreement {
    /// Returns the number of documents compared, which are those that at least two annotators have.
    pub fn documents(&self) -> usize {
        let mut annotators_of: BTreeMap<&str, usize> = BTreeMap::new();
        for id in self.annotators.iter().flat_map(|annotator| annotator.documents.keys()) {
            *annotators_of.entry(id).or_default() += 1;
        }
        annotators_of.values().filter(|annotators| **annotators > 1).count()
    }

    /// Returns a sentence that names the kinds of units without coefficients, if there are any.
    pub fn not_computed_note(&self) -> Option<String> {
        let kinds = self.not_computed.join(", ");
        let note = format!(
            "coefficients of {kinds} are computed for two annotators only, and there are {}",
            self.annotators.len()
        );
        (!self.not_computed.is_empty()).then_some(note)
    }

    fn coefficients_markdown(&self) -> String {
        let mut text = String::new();
        for of in &self.coefficients {
            let label = of.label.as_ref().map(|label| format!("[{label}]")).unwrap_or_default();
            let mut table = Table::new([("coefficient", Align::Left), ("value", Align::Right)]);
            for coefficient in &of.coefficients {
                table.row([coefficient.name.to_owned(), with_interval(coefficient.value, coefficient.interval)]);
            }
            text.push_str(&format!(
                "\n### {}, {} units\n\n{}",
                inert::code(&format!("{}{label}", of.what)),
                of.units,
                table.render()
            ));
        }
        if let Some(note) = self.not_computed_note() {
            text.push_str(&format!("\nNot computed: {}.\n", inert::escape(&note)));
        }
        if text.is_empty() { text } else { format!("\n## Above chance\n{text}") }
    }

    /// Returns a CSV worklist for adjudication: every item on which a pair of annotators differs,
    /// with the empty columns `ruling` and `reason` for the adjudicator. `settings` must be those
    /// with which the pairs were scored. Without `has_texts`, the rows have no texts.
    pub fn worklist(&self, settings: &Settings, has_texts: bool) -> String {
        let header = [
            "first",
            "second",
            "document",
            "layer",
            "class",
            "first_start",
            "first_end",
            "first_label",
            "first_text",
            "second_start",
            "second_end",
            "second_label",
            "second_text",
            "evidence",
            "context",
            "ruling",
            "reason",
        ];
        let mut text = to_csv(&header, std::iter::empty());
        for (index, first) in self.annotators.iter().enumerate() {
            for second in &self.annotators[index + 1..] {
                let mut by_layer: BTreeMap<Layer, Csv> = BTreeMap::new();
                for_each_item(first, second, settings, |layer, id, items| {
                    let document = self.annotators.iter().find_map(|a| a.documents.get(id)?.document.as_ref());
                    let document = document.filter(|_| has_texts);
                    let differing = items.iter().filter(|item| item.class != Class::Correct).map(|item| {
                        let start = [&first.name, &second.name, id, &layer.to_string()].map(ToOwned::to_owned);
                        let mut item = item.clone();
                        if !has_texts {
                            item.withhold_texts();
                        }
                        [start.to_vec(), cells(document, &item), vec![String::new(), String::new()]].concat()
                    });
                    let csv = by_layer.entry(layer.clone()).or_default();
                    differing.for_each(|row| csv.row(&row));
                });
                by_layer.into_values().for_each(|csv| text.push_str(&csv.into_text()));
            }
        }
        text
    }
}

fn figure_json(figure: &Figure) -> Value {
    let mut value = value_json(figure.value, figure.interval);
    value["documents"] = json!(figure.documents);
    value["n"] = json!(figure.gold);
    value
}

fn value_json(value: Option<f64>, interval: Option<Interval>) -> Value {
    json!({"value": value, "low": interval.map(|interval| interval.low), "high": interval.map(|interval| interval.high)})
}
