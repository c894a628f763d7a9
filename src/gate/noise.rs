//! A/A test: compares repeats of one extractor with each other, to see how far figures vary
//! although nothing was changed.

use std::collections::BTreeMap;

use super::{GateCase, GateVerdict, Rule, Spent, judge};
use crate::compare::{CompareSettings, compare_counts};
use crate::document::Reference;
use crate::error::Diagnostic;
use crate::metric::MetricName;
use crate::score::{Formulas, InRepeat, Scores, Settings, System, SystemCounts, Wanted, count_system, in_repeats};
use crate::stats::{mean, variance, within_share};

/// How one figure varies between repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// The name of the figure.
    pub name: MetricName,
    /// The mean over the repeats for which it is defined.
    pub mean: Option<f64>,
    /// The standard deviation over repeats: the noise floor.
    pub deviation: f64,
    /// The largest difference between two repeats.
    pub largest: f64,
    /// The fraction of the variance of per-document figures that lies within documents, 0 to 1;
    /// `None` if it is undefined.
    pub within: Option<f64>,
    /// The number of ordered pairs of repeats for which a gate with the margin gives each verdict.
    pub verdicts: BTreeMap<GateVerdict, usize>,
}

impl Noise {
    /// Returns the fraction of pairs that a gate would fail although nothing was changed, 0 to 1.
    pub fn false_fails(&self) -> f64 {
        let all: usize = self.verdicts.values().sum();
        self.verdicts.get(&GateVerdict::Fail).copied().unwrap_or(0) as f64 / all.max(1) as f64
    }
}

/// The variation between repeats of one extractor on one dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeats {
    /// The number of repeats.
    pub repeats: usize,
    /// The number of documents.
    pub documents: usize,
    /// The number of documents whose answers were not byte-identical in all repeats.
    pub changing: usize,
    /// The variation of each requested figure, or of the headline of every layer.
    pub noise: Vec<Noise>,
}

/// Compares repeats with each other.
///
/// # Errors
/// Fails if documents lack the metadata field that they are clustered by.
pub fn noise(
    references: &BTreeMap<String, Reference>,
    repeats: &[System],
    settings: &Settings,
    metrics: &[String],
    margin: f64,
) -> Result<Repeats, Vec<Diagnostic>> {
    let plain = settings.figures_only();
    settings.cluster.clusters(references)?;
    let wanted = if metrics.is_empty() { Wanted::Headlines } else { Wanted::named(metrics, settings) };
    let count = |system: &System| count_system(references, system, &plain, &wanted);
    let counts: Vec<SystemCounts> = repeats.iter().map(count).collect();
    Ok(noise_of_counts(&counts, settings, metrics, margin))
}

/// Compares repeats with each other, given the counts of each on the same documents.
pub fn noise_of_counts(counts: &[SystemCounts], settings: &Settings, metrics: &[String], margin: f64) -> Repeats {
    let plain = settings.figures_only();
    let is_wanted = |formulas: Formulas<'_>, name: &MetricName| {
        if metrics.is_empty() { formulas.is_headline(name) } else { metrics.contains(&name.to_string()) }
    };
    let documents = counts.first().map_or(0, |repeat| repeat.documents().len());
    let values = in_repeats(counts, settings, is_wanted);
    let mut found: Vec<Noise> = values.into_iter().map(|(name, rows)| of_figure(name, rows)).collect();
    let names: Vec<String> = found.iter().map(|noise| noise.name.to_string()).collect();
    let asked = CompareSettings { metrics: names.clone(), assignments: 0, ..CompareSettings::default() };
    for (at, base) in counts.iter().enumerate() {
        for candidate in counts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, candidate)| candidate) {
            let comparison = compare_counts([base, candidate], &plain, &asked, None, &|_| None);
            for (noise, name) in found.iter_mut().zip(&names) {
                let rule = Rule { metric: Some(name.clone()), margin: Some(margin), ..Rule::default() };
                let case = GateCase {
                    dataset: "",
                    extractor: "",
                    slice: None,
                    comparison: Some(&comparison),
                    scores: &Scores::default(),
                    documents,
                    failed: 0,
                    spent: Spent::default(),
                };
                for finding in judge(&[(&rule, case)]) {
                    *noise.verdicts.entry(finding.verdict).or_default() += 1;
                }
            }
        }
    }
    let answer = |repeat: &SystemCounts, at: usize| repeat.documents()[at].answer;
    let changes = |at: &usize| counts.windows(2).any(|pair| answer(&pair[0], *at) != answer(&pair[1], *at));
    Repeats { repeats: counts.len(), documents, changing: (0..documents).filter(changes).count(), noise: found }
}

fn of_figure(name: MetricName, rows: Vec<InRepeat>) -> Noise {
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let ends = values.iter().fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((*value, *value), |(low, high)| (low.min(*value), high.max(*value))))
    });
    Noise {
        name,
        mean: mean(&values),
        deviation: variance(&values).unwrap_or(0.0).sqrt(),
        largest: ends.map_or(0.0, |(low, high)| high - low),
        within: within_share(&rows.into_iter().map(|row| row.documents).collect::<Vec<_>>()),
        verdicts: BTreeMap::new(),
    }
}
