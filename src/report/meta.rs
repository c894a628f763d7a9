//! The result of `karat meta`: JSON (`karat.meta/1`), CSV and Markdown.

use serde_json::{Map, Value, json};

use super::Exporter;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::number::{six_places, three_places, with_interval};
use super::scores_csv::to_csv;
use crate::error::Diagnostic;
use crate::meta::{Dimension, Level, MetaSettings, MetricComparison, MetricCorrelation, Permuted};
use crate::metric::Signature;
use crate::stats::correlation::Coefficient;
use crate::stats::{Interval, Williams};
use crate::text::shown_name;

/// The correlations of metrics with human ratings.
#[derive(Debug, Clone)]
pub struct MetaReport {
    /// The coefficients, intervals and tests that were computed, with their settings.
    pub settings: MetaSettings,
    /// The metrics whose scores were negated before they were correlated.
    pub negated: Vec<String>,
    /// The results, one for each dimension of the ratings.
    pub dimensions: Vec<Dimension>,
}

impl Exporter for MetaReport {
    /// Returns `karat.meta/1`, with keys in alphabetical order.
    fn to_json(&self) -> String {
        let settings = &self.settings;
        let root = json!({
            "schema": "karat.meta/1",
            "bootstrap": {
                "over": settings.bootstrap.as_str(),
                "resamples": settings.resamples,
                "confidence": settings.confidence,
            },
            "permutation": {"over": settings.permute.as_str(), "permutations": settings.permutations},
            "seed": settings.seed,
            "negated": self.negated,
            "dimensions": self.dimensions.iter().map(|found| self.dimension(found)).collect::<Vec<_>>(),
        });
        let mut text = serde_json::to_string_pretty(&root).expect("correlations are plain data");
        text.push('\n');
        text
    }

    /// Returns CSV with one row for each correlation (`kind` is `correlation`) and each comparison
    /// of metrics (`comparison`).
    fn to_csv(&self) -> String {
        let header = [
            "kind",
            "dimension",
            "level",
            "coefficient",
            "metric",
            "against",
            "value",
            "low",
            "high",
            "n",
            "undefined",
            "williams_t",
            "williams_p",
            "williams_p_holm",
            "permutation_p",
            "permutation_p_holm",
            "exact",
            "signature",
        ];
        let rows = self.dimensions.iter().flat_map(|dimension| {
            let figures = dimension.figures.iter().map(|figure| self.figure_row(&dimension.name, figure));
            figures.chain(dimension.comparisons.iter().map(|found| self.comparison_row(&dimension.name, found)))
        });
        to_csv(&header, rows)
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::correlations(self))
    }

    /// Returns Markdown for a reviewer.
    fn to_markdown(&self) -> String {
        let mut page = format!("# Metrics and people\n\n{}\n", inert::escape(&self.method()));
        for dimension in &self.dimensions {
            page.push_str(&format!("\n## {}\n\n{}\n", inert::name(&dimension.name), dimension.rests_on()));
            let mut table = Table::new(self.figure_header().into_iter().enumerate().map(column));
            self.figure_cells(dimension).into_iter().for_each(|row| table.row(quoted(row, 1)));
            page.push_str(&format!("\n{}", table.render()));
            if !dimension.comparisons.is_empty() {
                let mut table = Table::new(COMPARISON_HEADER.into_iter().enumerate().map(column));
                comparison_cells(dimension).into_iter().for_each(|row| table.row(quoted(row, 2)));
                page.push_str(&format!("\n### One against another\n\n{}", table.render()));
            }
        }
        page
    }
}

impl MetaReport {
    fn dimension(&self, dimension: &Dimension) -> Value {
        let numbers = dimension.numbers;
        json!({
            "dimension": dimension.name,
            "systems": numbers.systems,
            "documents": numbers.documents,
            "summaries": numbers.summaries,
            "ratings": numbers.ratings,
            "ratings_per_summary": [numbers.fewest, numbers.most],
            "left_out": numbers.left_out,
            "correlations": dimension.figures.iter().map(|figure| self.figure(figure)).collect::<Vec<_>>(),
            "comparisons": dimension.comparisons.iter().map(|found| self.comparison(found)).collect::<Vec<_>>(),
        })
    }

    fn figure(&self, figure: &MetricCorrelation) -> Value {
        let mut entry = interval(figure.interval);
        entry.insert("metric".to_owned(), json!(figure.metric));
        entry.insert("level".to_owned(), json!(figure.level.as_str()));
        entry.insert("coefficient".to_owned(), json!(figure.coefficient.as_str()));
        entry.insert("value".to_owned(), json!(figure.correlated.value));
        entry.insert("n".to_owned(), json!(figure.correlated.n));
        entry.insert("undefined".to_owned(), json!(figure.correlated.undefined));
        entry.insert("resamples_undefined".to_owned(), json!(figure.resamples_undefined));
        entry.insert("signature".to_owned(), json!(self.signature_of_figure(figure)));
        Value::Object(entry)
    }

    fn comparison(&self, found: &MetricComparison) -> Value {
        let mut entry = interval(found.interval);
        entry.insert("first".to_owned(), json!(found.first));
        entry.insert("second".to_owned(), json!(found.second));
        entry.insert("level".to_owned(), json!(found.level.as_str()));
        entry.insert("coefficient".to_owned(), json!(found.coefficient.as_str()));
        entry.insert("difference".to_owned(), json!(found.difference));
        entry.insert("between".to_owned(), json!(found.between));
        let williams = |test: Williams| {
            json!({"t": test.t, "df": test.df, "p": test.p, "p_greater": test.p_greater, "p_less": test.p_less,
                   "p_holm": found.williams_holm})
        };
        entry.insert("williams".to_owned(), found.williams.map_or(Value::Null, williams));
        let permuted = |test: Permuted| {
            json!({"p": test.p, "p_greater": test.p_greater, "p_less": test.p_less, "p_holm": found.permuted_holm,
                   "exact": test.exact, "permutations": test.permutations, "undefined": test.undefined})
        };
        entry.insert("permutation".to_owned(), found.permuted.map_or(Value::Null, permuted));
        entry.insert("signature".to_owned(), json!(self.signature_of_comparison(found)));
        Value::Object(entry)
    }

    fn signature_of_figure(&self, figure: &MetricCorrelation) -> Signature {
        let signature = signature(figure.coefficient, figure.level);
        let signature = if self.negated.contains(&figure.metric) { signature.flag("negated") } else { signature };
        signature.and(self.bootstrap())
    }

    fn signature_of_comparison(&self, found: &MetricComparison) -> Signature {
        let MetaSettings { permute, permutations, seed, .. } = &self.settings;
        let negated = [&found.first, &found.second].into_iter().filter(|metric| self.negated.contains(*metric));
        negated
            .fold(signature(found.coefficient, found.level), |signature, metric| {
                signature.with("negated", metric.clone())
            })
            .with("williams", "two-sided")
            .with("permute", permute.as_str())
            .with("permutations", permutations.to_string())
            .with("seed", seed.to_string())
            .flag("holm")
    }

    fn bootstrap(&self) -> Signature {
        let MetaSettings { bootstrap, resamples, confidence, seed, .. } = &self.settings;
        let signature = Signature::default().with("bootstrap", bootstrap.as_str());
        let signature = signature.with("resamples", resamples.to_string()).with("confidence", confidence.to_string());
        signature.with("seed", seed.to_string())
    }

    fn figure_row(&self, dimension: &str, figure: &MetricCorrelation) -> Vec<String> {
        let start = ["correlation", dimension, figure.level.as_str(), figure.coefficient.as_str(), &figure.metric, ""];
        let mut row: Vec<String> = start.map(str::to_owned).to_vec();
        row.push(six_places(figure.correlated.value));
        row.extend(ends(figure.interval));
        row.extend([figure.correlated.n.to_string(), figure.correlated.undefined.to_string()]);
        row.extend(vec![String::new(); 6]);
        row.push(self.signature_of_figure(figure).to_string());
        row
    }

    fn comparison_row(&self, dimension: &str, found: &MetricComparison) -> Vec<String> {
        let (level, coefficient) = (found.level.as_str(), found.coefficient.as_str());
        let start = ["comparison", dimension, level, coefficient, &found.first, &found.second];
        let mut row: Vec<String> = start.map(str::to_owned).to_vec();
        row.push(six_places(found.difference));
        row.extend(ends(found.interval));
        row.extend([String::new(), String::new()]);
        row.push(six_places(found.williams.map(|test| test.t)));
        row.push(six_places(found.williams.map(|test| test.p)));
        row.push(six_places(found.williams_holm));
        row.push(six_places(found.permuted.map(|test| test.p)));
        row.push(six_places(found.permuted_holm));
        row.push(found.permuted.map(|test| test.exact.to_string()).unwrap_or_default());
        row.push(self.signature_of_comparison(found).to_string());
        row
    }

    /// Returns one to three sentences on how intervals and tests were computed.
    pub fn method(&self) -> String {
        let MetaSettings { bootstrap, resamples, confidence, permute, permutations, seed, .. } = &self.settings;
        let percent = confidence * 100.0;
        let intervals = match resamples {
            0 => "No intervals were asked for.".to_owned(),
            _ => format!(
                "Intervals: {percent} %, percentiles of {resamples} bootstrap resamples over {}.",
                over(bootstrap.as_str())
            ),
        };
        let tests = match (self.dimensions.iter().any(|found| !found.comparisons.is_empty()), permutations) {
            (false, _) => String::new(),
            (true, 0) => " Tests: Williams', two-sided.".to_owned(),
            (true, _) => {
                let over = if permute.as_str() == "both" { "single scores" } else { permute.as_str() };
                format!(
                    " Tests: Williams', and {permutations} permutations of {over}, or all there are; two-sided, Holm's correction over all pairs of a level and coefficient."
                )
            }
        };
        let negated = match self.negated.as_slice() {
            [] => String::new(),
            names => {
                let names: Vec<_> = names.iter().map(|name| shown_name(name)).collect();
                format!(" With the opposite sign: {}.", names.join(", "))
            }
        };
        format!("{intervals}{tests} Seed {seed}.{negated}")
    }

    /// Returns the header of the rows of [`MetaReport::figure_cells`].
    pub fn figure_header(&self) -> Vec<&'static str> {
        let names = self.settings.coefficients.iter().map(|coefficient| coefficient.title());
        ["metric", "level"].into_iter().chain(names).chain(["n"]).collect()
    }

    /// Returns one row for each metric and level, with all coefficients side by side.
    pub fn figure_cells(&self, dimension: &Dimension) -> Vec<Vec<String>> {
        let row = |figures: &[MetricCorrelation]| {
            let first = figures.first()?;
            let cells = figures.iter().map(|figure| with_interval(figure.correlated.value, figure.interval));
            let start = [first.metric.clone(), first.level.as_str().to_owned()];
            // Rank and value coefficients are undefined for the same data, so one number holds for
            // all.
            let n = match first.correlated.undefined {
                0 => first.correlated.n.to_string(),
                undefined => format!("{} of {}", first.correlated.n, first.correlated.n + undefined),
            };
            Some(start.into_iter().chain(cells).chain([n]).collect())
        };
        dimension.figures.chunk_by(|a, b| (&a.metric, a.level) == (&b.metric, b.level)).filter_map(row).collect()
    }
}

impl Dimension {
    /// Returns one or two sentences on the data behind the figures: the numbers of systems,
    /// documents, summaries and ratings.
    pub fn rests_on(&self) -> String {
        let numbers = self.numbers;
        let each = match (numbers.fewest, numbers.most) {
            (fewest, most) if fewest == most => format!("{most} each"),
            (fewest, most) => format!("{fewest} to {most} each"),
        };
        let (systems, documents) = (counted(numbers.systems, "system"), counted(numbers.documents, "document"));
        let (summaries, ratings) = (counted_many(numbers.summaries), counted(numbers.ratings, "rating"));
        let left_out = match numbers.left_out {
            0 => String::new(),
            left_out => format!(" Left out: {}, not scored and rated alike.", counted_many(left_out)),
        };
        format!("{systems}, {documents}, {summaries}, {ratings} ({each}).{left_out}")
    }
}

/// Returns the part that the signatures of correlations and of comparisons have in common.
fn signature(coefficient: Coefficient, level: Level) -> Signature {
    Signature::default().with("meta", coefficient.as_str()).with("level", level.as_str())
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn counted_many(n: usize) -> String {
    if n == 1 { "1 summary".to_owned() } else { format!("{n} summaries") }
}

fn over(what: &str) -> &str {
    if what == "both" { "systems and documents" } else { what }
}

/// The header of the rows of [`comparison_cells`].
pub const COMPARISON_HEADER: [&str; 8] =
    ["first", "second", "level", "coefficient", "first - second", "Williams p", "permutation p", "by Holm"];

/// Returns one row for each pair of metrics, level and coefficient.
pub fn comparison_cells(dimension: &Dimension) -> Vec<Vec<String>> {
    let row = |found: &MetricComparison| {
        vec![
            found.first.clone(),
            found.second.clone(),
            found.level.as_str().to_owned(),
            found.coefficient.as_str().to_owned(),
            with_interval(found.difference, found.interval),
            probability(found.williams.map(|test| test.p)),
            probability(found.permuted.map(|test| test.p)),
            format!("{} / {}", probability(found.williams_holm), probability(found.permuted_holm)),
        ]
    };
    dimension.comparisons.iter().map(row).collect()
}

fn probability(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.0005 => "<.001".to_owned(),
        p => three_places(p),
    }
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    [six_places(interval.map(|interval| interval.low)), six_places(interval.map(|interval| interval.high))]
}

fn interval(interval: Option<Interval>) -> Map<String, Value> {
    let low = json!(interval.map(|interval| interval.low));
    let high = json!(interval.map(|interval| interval.high));
    Map::from_iter([("low".to_owned(), low), ("high".to_owned(), high)])
}

fn column((at, name): (usize, &str)) -> (String, Align) {
    (name.to_owned(), if at < 2 { Align::Left } else { Align::Right })
}

/// Escapes the first `names` cells of a row, which contain names from input files, for Markdown.
fn quoted(mut row: Vec<String>, names: usize) -> Vec<String> {
    row[..names].iter_mut().for_each(|name| *name = inert::name(name));
    row
}
