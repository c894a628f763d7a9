//! The result of `karat compare` for two systems: JSON (`karat.comparison/1`), CSV, and tables for
//! reviewers.

use super::export::one_table;
use super::{Exporter, Report, comparison_to_html};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::context::{Context, around};
use super::document_changes;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::number::{six_places, three_places};
use super::scores_csv::to_csv;
use crate::compare::{
    Change, Compared, Comparison, DocumentFlips, FigureChanges, Flip, LayerComparison, SliceFigure, SummaryTexts,
    TestUsed,
};
use crate::decimals::signed;
use crate::document::{Document, Layer};
use crate::error::Diagnostic;
use crate::metric::Class;
use crate::stats::Interval;
use crate::text::{beginning, shown_name, shown_text, visible, visible_prose};

/// The comparison of two systems on one dataset.
#[derive(Debug, Clone)]
pub struct ComparisonReport {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor; empty if prediction files are compared.
    pub extractor: String,
    /// The figures and changed items of the comparison.
    pub comparison: Comparison,
    /// The documents whose text is known, by id.
    pub texts: BTreeMap<String, Document>,
    /// The deciding figures on slices of the documents, worst first.
    pub slices: Vec<SliceFigure>,
    /// The number of documents that only one system has and that were therefore left out.
    pub left_out: usize,
    /// The documents in which the deciding figures of layers without changed items changed most.
    pub document_changes: Vec<FigureChanges>,
    /// The summaries of these documents, by id.
    pub summaries: BTreeMap<String, SummaryTexts>,
    /// The run that both systems are extractors of; empty if they are not.
    pub run: String,
    /// The report on both systems, the baseline first, for a page that shows their documents.
    pub systems: Option<Box<Report>>,
}

/// The maximum number of documents whose changes are shown.
const MOST_DOCUMENTS: usize = 10;
/// The maximum number of changes shown for each document.
const MOST_FLIPS: usize = 5;
/// The maximum length of an item's text, in code points.
const LONGEST: usize = 60;

/// The header of the table of compared figures.
pub const COMPARED: [&str; 8] = ["metric", "base", "candidate", "difference", "p", "adjusted", "detectable", "verdict"];

impl ComparisonReport {
    /// Creates a report of a comparison, without the names of its data and without texts.
    pub fn new(comparison: Comparison) -> Self {
        Self {
            dataset: String::new(),
            extractor: String::new(),
            comparison,
            texts: BTreeMap::new(),
            slices: Vec::new(),
            left_out: 0,
            document_changes: Vec::new(),
            summaries: BTreeMap::new(),
            run: String::new(),
            systems: None,
        }
    }

    /// Returns the ids of the documents whose changes are shown.
    pub fn shown_documents(comparison: &Comparison) -> BTreeSet<&str> {
        let shown = comparison.layers.iter().flat_map(|layer| layer.flips.iter().take(MOST_DOCUMENTS));
        shown.map(|document| document.id.as_str()).collect()
    }

    /// Removes the texts of the documents and of the changed items. Offsets, labels and ids remain.
    pub fn withhold_texts(&mut self) {
        self.texts = BTreeMap::new();
        self.summaries = BTreeMap::new();
        self.systems.iter_mut().for_each(|report| report.withhold_texts());
        let flips = self.comparison.layers.iter_mut().flat_map(|layer| &mut layer.flips);
        flips.flat_map(|document| &mut document.flips).for_each(|flip| flip.side.text.clear());
    }

    /// Returns the JSON object of `karat.comparison/1`, with keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        let comparison = &self.comparison;
        let of_layer = |layer: &LayerComparison| {
            let metric = |figure: &Compared| (figure.name.to_string(), metric(figure));
            layer.figures.iter().map(metric).collect::<Vec<_>>()
        };
        let metrics: Map<String, Value> = comparison.layers.iter().flat_map(of_layer).collect();
        let flips = comparison.layers.iter().flat_map(|layer| {
            layer.flips.iter().map(|document| (layer.layer.to_string(), document)).collect::<Vec<_>>()
        });
        let mut value = json!({
            "schema": "karat.comparison/1",
            "base": comparison.base,
            "candidate": comparison.candidate,
            "dataset": self.dataset,
            "extractor": self.extractor,
            "identical": comparison.is_identical,
            "left_out": self.left_out,
            "metrics": metrics,
            "slices": self.slices.iter().map(slice).collect::<Vec<_>>(),
            "flips": flips.flat_map(|(layer, document)| flips_of(&layer, document)).collect::<Vec<_>>(),
            "document_changes": document_changes::to_values(&self.document_changes, &self.summaries),
        });
        if !self.run.is_empty() {
            value["run"] = json!(self.run);
        }
        value
    }

    /// Returns one row for each deciding figure; if `all` is set, also for all other figures
    /// without a label.
    pub fn figures(&self, all: bool) -> Vec<[String; 8]> {
        let shown = self.comparison.figures().filter(|figure| figure.decides || (all && figure.name.label.is_none()));
        shown.map(compared_cells).collect()
    }

    /// Returns one row for each of the labels that changed most in the deciding metrics, worst
    /// first.
    pub fn labels(&self) -> Vec<[String; 8]> {
        let mut labels: Vec<&Compared> = self
            .comparison
            .figures()
            .filter(|figure| figure.name.label.is_some() && figure.delta().is_some_and(|delta| delta != 0.0))
            .collect();
        labels.sort_by(|a, b| a.delta().unwrap_or(0.0).total_cmp(&b.delta().unwrap_or(0.0)));
        labels.into_iter().map(compared_cells).collect()
    }

    /// Returns one row for each deciding figure on a slice, worst first.
    pub fn slices(&self) -> Vec<[String; 8]> {
        let row = |slice: &SliceFigure| {
            let mut row = compared_cells(&slice.figure);
            row[0] = format!("{} ({} documents): {}", shown_name(&slice.slice), slice.documents, row[0]);
            row
        };
        self.slices.iter().map(row).collect()
    }

    /// Returns the changes as plain text: the numbers of changed items by layer, then the changes
    /// in the documents that changed most; last, the largest changes of figures without items.
    pub fn changes(&self) -> String {
        let mut text = String::new();
        for layer in self.comparison.layers.iter().filter(|layer| !layer.flips.is_empty()) {
            let count = |change: Change| layer.flips.iter().map(|document| document.count(change)).sum::<usize>();
            text.push_str(&format!(
                "{}: {} lost, {} newly spurious; {} gained, {} no longer spurious; in {} of {} documents\n",
                shown_name(&layer.layer.to_string()),
                count(Change::Lost),
                count(Change::NewlySpurious),
                count(Change::Gained),
                count(Change::NoLongerSpurious),
                layer.flips.len(),
                layer.documents
            ));
            for document in layer.flips.iter().take(MOST_DOCUMENTS) {
                text.push_str(&format!("  {}\n", shown_name(&document.id)));
                for flip in document.flips.iter().take(MOST_FLIPS) {
                    text.push_str(&format!("    {}\n", self.line(&layer.layer, &document.id, flip)));
                }
                if document.flips.len() > MOST_FLIPS {
                    text.push_str(&format!("    and {} more\n", document.flips.len() - MOST_FLIPS));
                }
            }
            if layer.flips.len() > MOST_DOCUMENTS {
                text.push_str(&format!("  and {} more documents\n", layer.flips.len() - MOST_DOCUMENTS));
            }
        }
        text.push_str(&document_changes::to_text(&self.document_changes, &self.summaries));
        text
    }

    /// Returns one line for a changed item: `lost PERSON: … [Ada] said …`.
    fn line(&self, layer: &Layer, id: &str, flip: &Flip) -> String {
        let side = &flip.side;
        let context = side.span.and_then(|span| around(self.texts.get(id)?, span));
        let context = context.map(|Context { before, range, after }| format!("{before}[{range}]{after}"));
        let context = context.map(|text| shown_text(&visible_prose(&text)).into_owned());
        let what = context.unwrap_or_else(|| match side.span.filter(|_| side.text.is_empty()) {
            // The text is unknown or withheld.
            Some((start, end)) => format!("{start}..{end}"),
            None if matches!(layer, Layer::Records(_)) => visible(&beginning(&side.text, LONGEST)).into_owned(),
            None => visible_prose(&beginning(&side.text, LONGEST)).into_owned(),
        });
        let label = if side.label.is_empty() { String::new() } else { format!(" {}", shown_name(&side.label)) };
        let class = flip.class.map(|class| format!(" ({})", class.as_str().replace('_', " "))).unwrap_or_default();
        format!("{}{label}{class}: {what}", flip.change.as_str().replace('_', " "))
    }

    /// Returns which of two extractors of one run is the baseline, and which the candidate; `None`
    /// for other comparisons, which name the systems in this order.
    pub fn roles(&self) -> Option<String> {
        let Comparison { base, candidate, .. } = &self.comparison;
        let roles = || {
            let [base, candidate, run] = [base, candidate, &self.run].map(|name| shown_name(name));
            format!("baseline: {base}; candidate: {candidate}; both of the run {run}")
        };
        (!self.run.is_empty()).then(roles)
    }

    /// Returns Markdown for a review.
    pub fn to_markdown(&self) -> String {
        let comparison = &self.comparison;
        let mut text = format!(
            "## {}: {} against {}\n\n",
            inert::name(&self.dataset),
            inert::name(&comparison.candidate),
            inert::name(&comparison.base)
        );
        if let Some(roles) = self.roles() {
            text.push_str(&format!("{}\n\n", inert::escape(&roles)));
        }
        if comparison.is_identical {
            text.push_str("Both systems gave the same answers for every document.\n\n");
        }
        let table = |rows: Vec<[String; 8]>| {
            let align = |name: &&'static str| if *name == "metric" { Align::Left } else { Align::Right };
            let mut table = Table::new(COMPARED.iter().map(|name| (*name, align(name))));
            rows.into_iter().for_each(|row| table.row(row.map(|cell| inert::escape(&cell))));
            table.render()
        };
        text.push_str(&table(self.figures(true)));
        let labels = self.labels();
        if !labels.is_empty() {
            text.push_str(&format!("\n### Labels\n\n{}", table(labels)));
        }
        let slices = self.slices();
        if !slices.is_empty() {
            text.push_str(&format!("\n### Slices, worst first\n\n{}", table(slices)));
        }
        let changes = self.changes();
        if !changes.is_empty() {
            // Markdown renders indented text as code, so that no markup in it takes effect.
            let lines: String = changes.lines().map(|line| format!("    {line}\n")).collect();
            text.push_str(&format!("\n### What changed\n\n{lines}"));
        }
        text
    }

    /// Returns CSV with one row for each figure.
    pub fn to_csv(&self) -> String {
        let header = [
            "dataset",
            "extractor",
            "metric",
            "base",
            "candidate",
            "delta",
            "low",
            "high",
            "p",
            "p_adjusted",
            "mde",
            "documents",
            "clusters",
            "documents_needed",
            "decides",
            "verdict",
            "signature",
            "base_system",
            "candidate_system",
        ];
        let rows = self.comparison.layers.iter().flat_map(|layer| {
            layer.figures.iter().map(|figure| {
                vec![
                    self.dataset.clone(),
                    self.extractor.clone(),
                    figure.name.to_string(),
                    six_places(figure.base),
                    six_places(figure.candidate),
                    six_places(figure.delta()),
                    six_places(figure.interval.map(|interval| interval.low)),
                    six_places(figure.interval.map(|interval| interval.high)),
                    six_places(figure.p),
                    six_places(figure.p_adjusted),
                    six_places(figure.mde),
                    figure.documents.to_string(),
                    figure.clusters.to_string(),
                    figure.needed.map(|needed| needed.to_string()).unwrap_or_default(),
                    figure.decides.to_string(),
                    figure.verdict.to_string(),
                    figure.signature.to_string(),
                    self.comparison.base.clone(),
                    self.comparison.candidate.clone(),
                ]
            })
        });
        to_csv(&header, rows)
    }
}

fn slice(slice: &SliceFigure) -> Value {
    let mut value = metric(&slice.figure);
    value["slice"] = json!(slice.slice);
    value["metric"] = json!(slice.figure.name.to_string());
    value
}

/// Returns a compared figure, as `metrics` of `karat.comparison/1` has it.
pub(super) fn metric(figure: &Compared) -> Value {
    let mut value = json!({
        "base": figure.base,
        "candidate": figure.candidate,
        "delta": figure.delta(),
        "low": figure.interval.map(|interval| interval.low),
        "high": figure.interval.map(|interval| interval.high),
        "standard_error": figure.difference.and_then(|difference| difference.error),
        "p": figure.p,
        "test": figure.test.map(TestUsed::as_str),
        "p_adjusted": figure.p_adjusted,
        "mde": figure.mde,
        "documents": figure.documents,
        "clusters": figure.clusters,
        "documents_needed": figure.needed,
        "decides": figure.decides,
        "verdict": figure.verdict.to_string(),
        "signature": figure.signature,
    });
    if figure.left_out > 0 {
        value["left_out"] = json!(figure.left_out);
    }
    value
}

fn flips_of(layer: &str, document: &DocumentFlips) -> Vec<Value> {
    let flip = |flip: &Flip| {
        json!({
            "document": document.id,
            "layer": layer,
            "change": flip.change.as_str(),
            "label": flip.side.label,
            "text": flip.side.text,
            "start": flip.side.span.map(|span| span.0),
            "end": flip.side.span.map(|span| span.1),
            "class": flip.class.map(Class::as_str),
        })
    };
    document.flips.iter().map(flip).collect()
}

/// Returns the cells of a compared figure, with the columns of [`COMPARED`].
pub fn compared_cells(figure: &Compared) -> [String; 8] {
    let difference = match (figure.delta(), figure.interval) {
        (Some(delta), Some(Interval { low, high })) => {
            format!("{} [{}, {}]", signed(delta, 3), signed(low, 3), signed(high, 3))
        }
        (Some(delta), None) => signed(delta, 3),
        _ => three_places(None),
    };
    [
        shown_name(&figure.name.to_string()).into_owned(),
        three_places(figure.base),
        three_places(figure.candidate),
        difference,
        p_value(figure.p),
        p_value(figure.p_adjusted),
        three_places(figure.mde),
        figure.verdict.to_string(),
    ]
}

fn p_value(p: Option<f64>) -> String {
    p.map_or_else(|| "–".to_owned(), |p| format!("{p:.4}"))
}

impl Exporter for [ComparisonReport] {
    fn to_json(&self) -> String {
        let value = match self {
            [one] => one.to_value(),
            many => {
                let all: Vec<_> = many.iter().map(ComparisonReport::to_value).collect();
                json!({"schema": "karat.comparison/1", "comparisons": all})
            }
        };
        format!("{value:#}\n")
    }

    fn to_csv(&self) -> String {
        one_table(self.iter().map(ComparisonReport::to_csv))
    }

    fn to_markdown(&self) -> String {
        self.iter().map(ComparisonReport::to_markdown).collect::<Vec<_>>().join("\n")
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::comparisons(self))
    }

    fn to_html(&self) -> Result<String, Diagnostic> {
        match self {
            [ComparisonReport { systems: Some(report), .. }] => Ok(comparison_to_html(report, &self[0])),
            several => {
                let diagnostic =
                    Diagnostic::new(format!("a page shows one comparison, and here are {}", several.len()));
                Err(diagnostic.help("choose one with --dataset and --extractor"))
            }
        }
    }
}
