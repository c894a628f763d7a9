//! Repeats of one extractor against each other: how far its figures move where nothing was changed.

use std::collections::BTreeMap;

use super::{Case, Rule, Verdict, judge};
use crate::compare::{CompareSettings, compare};
use crate::document::Reference;
use crate::error::Fault;
use crate::metric::MetricName;
use crate::score::{Scores, Settings, Subject, is_headline, tallies};

/// How one figure moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// The figure.
    pub name: MetricName,
    /// Its mean over the repeats that it is defined for.
    pub mean: Option<f64>,
    /// Its standard deviation over repeats: the noise floor.
    pub deviation: f64,
    /// The largest difference of two repeats.
    pub largest: f64,
    /// Of the variance of documents' own figures, the share that lies within documents: 0 to 1; `None` where there is none.
    pub within: Option<f64>,
    /// How many ordered pairs of repeats a gate with the margin gives which verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
}

impl Noise {
    /// The share of pairs that a gate would fail although nothing was changed.
    pub fn false_fails(&self) -> f64 {
        let all: usize = self.verdicts.values().sum();
        self.verdicts.get(&Verdict::Fail).copied().unwrap_or(0) as f64 / all.max(1) as f64
    }
}

/// What repeats of one extractor on one dataset come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeats {
    /// How many there are.
    pub repeats: usize,
    /// Documents, and those that were not always answered with the same bytes.
    pub documents: usize,
    /// See `documents`.
    pub changing: usize,
    /// By figure: those asked for, or the headline of every layer.
    pub noise: Vec<Noise>,
}

/// Holds repeats against each other.
///
/// # Errors
/// Where documents lack the field that they are clustered by.
pub fn noise(
    references: &BTreeMap<String, Reference>,
    repeats: &[Subject],
    settings: &Settings,
    metrics: &[String],
    margin: f64,
) -> Result<Repeats, Vec<Fault>> {
    let plain = Settings { documents: false, examples: false, ..settings.clone() };
    let is_wanted =
        |name: &MetricName| if metrics.is_empty() { is_headline(name) } else { metrics.contains(&name.to_string()) };
    let mut values: BTreeMap<MetricName, Vec<Row>> = BTreeMap::new();
    for subject in repeats {
        for layer in tallies(references, subject, &plain) {
            let mut total = crate::metric::Tally::default();
            layer.documents.iter().for_each(|document| total.merge(&document.tally));
            for name in layer.formulas.names(&layer.layer, &total).into_iter().filter(is_wanted) {
                let of_document =
                    |document: &crate::score::DocumentTally| layer.formulas.value_of_document(&document.tally, &name);
                let documents = layer.documents.iter().map(of_document).collect();
                let row = Row { value: layer.formulas.value(&total, &name), documents };
                values.entry(name).or_default().push(row);
            }
        }
    }
    let mut found: Vec<Noise> = values.into_iter().map(|(name, rows)| of_figure(name, &rows)).collect();
    let names: Vec<String> = found.iter().map(|noise| noise.name.to_string()).collect();
    let asked = CompareSettings { metrics: names.clone(), assignments: 0, ..CompareSettings::default() };
    for (at, base) in repeats.iter().enumerate() {
        for candidate in repeats.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, candidate)| candidate) {
            let comparison = compare(references, base, candidate, &plain, &asked)?;
            for (noise, name) in found.iter_mut().zip(&names) {
                let rule = Rule { metric: Some(name.clone()), margin: Some(margin), ..Rule::default() };
                let case = Case {
                    dataset: "",
                    extractor: "",
                    slice: None,
                    comparison: Some(&comparison),
                    scores: &Scores::default(),
                    documents: references.len(),
                    failed: 0,
                    seconds: None,
                };
                for finding in judge(&[(&rule, case)]) {
                    *noise.verdicts.entry(finding.verdict).or_default() += 1;
                }
            }
        }
    }
    let changes = |id: &&String| repeats.windows(2).any(|pair| pair[0].answers.get(*id) != pair[1].answers.get(*id));
    Ok(Repeats {
        repeats: repeats.len(),
        documents: references.len(),
        changing: references.keys().filter(changes).count(),
        noise: found,
    })
}

/// A figure in one repeat: over all documents, and over each.
struct Row {
    value: Option<f64>,
    documents: Vec<Option<f64>>,
}

fn of_figure(name: MetricName, rows: &[Row]) -> Noise {
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let ends = values.iter().fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((*value, *value), |(low, high)| (low.min(*value), high.max(*value))))
    });
    Noise {
        name,
        mean: mean(&values),
        deviation: variance(&values).unwrap_or(0.0).sqrt(),
        largest: ends.map_or(0.0, |(low, high)| high - low),
        within: within(rows),
        verdicts: BTreeMap::new(),
    }
}

/// The share of the variance within documents: of the documents whose figure every repeat defines.
fn within(rows: &[Row]) -> Option<f64> {
    let documents = rows.first()?.documents.len();
    let of = |at: usize| rows.iter().map(|row| row.documents.get(at).copied().flatten()).collect::<Option<Vec<f64>>>();
    let by_document: Vec<Vec<f64>> = (0..documents).filter_map(of).collect();
    let inside: Vec<f64> = by_document.iter().filter_map(|values| variance(values)).collect();
    let means: Vec<f64> = by_document.iter().filter_map(|values| mean(values)).collect();
    let inside = mean(&inside)?;
    // The variance of means holds a share of what varies inside.
    let between = (variance(&means)? - inside / rows.len() as f64).max(0.0);
    (inside + between > 0.0).then(|| inside / (inside + between))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::{Row, within};

    #[test]
    fn variance_lies_within_documents_or_between_them() {
        let rows = |of: [[f64; 3]; 2]| of.map(|values| Row { value: None, documents: values.map(Some).to_vec() });
        assert_eq!(within(&rows([[0.1, 0.5, 0.9], [0.1, 0.5, 0.9]])), Some(0.0));
        assert_eq!(within(&rows([[0.1, 0.1, 0.1], [0.3, 0.3, 0.3]])), Some(1.0));
        assert_eq!(within(&rows([[0.5; 3], [0.5; 3]])), None);
        // Variances inside of .02, means .2, .5, .8 of variance .09: .02 / (.02 + .09 - .01).
        let share = within(&rows([[0.1, 0.4, 0.7], [0.3, 0.6, 0.9]])).unwrap();
        assert!((share - 0.2).abs() < 1e-12);
    }
}
