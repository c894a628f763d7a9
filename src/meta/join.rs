//! Joins scores and ratings of the same summaries by system and document.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Grid;
use super::load::Loaded;
use crate::error::Diagnostic;
use crate::format::measurements::RATING;

/// How summaries that lack a score or a rating are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingScores {
    /// Each of them is an error.
    Error,
    /// They are left out for all metrics.
    Skip,
}

/// The scores and the ratings of one dimension, for the same summaries.
#[derive(Debug, Clone)]
pub struct RatedScores {
    /// Name of the dimension.
    pub name: String,
    /// The grid of systems and documents.
    pub grid: Grid,
    /// The ratings by index in the grid: means over annotators.
    pub ratings: Vec<f64>,
    /// The scores of each metric by index in the grid, in the order of the metrics' names.
    pub metrics: Vec<(String, Vec<f64>)>,
    /// Sizes of the sample.
    pub numbers: Numbers,
}

/// Sizes of the sample that correlations are computed from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Number of systems.
    pub systems: usize,
    /// Number of documents.
    pub documents: usize,
    /// Number of summaries that have all scores and a rating.
    pub summaries: usize,
    /// Number of ratings of these summaries, counting each annotator's.
    pub ratings: usize,
    /// The smallest number of ratings of a summary.
    pub fewest: usize,
    /// The largest number of ratings of a summary.
    pub most: usize,
    /// Number of summaries that were left out because they lack a score or the rating.
    pub left_out: usize,
}

/// Joins scores and ratings, one dimension at a time.
///
/// # Errors
/// With [`MissingScores::Error`], fails with every summary that lacks a score of some metric or a
/// rating.
pub fn join(loaded: &Loaded, missing: MissingScores) -> Result<Vec<RatedScores>, Vec<Diagnostic>> {
    let (mut judged, mut diagnostics) = (Vec::new(), Vec::new());
    let scored: BTreeSet<&(String, String)> = loaded.metrics.values().flat_map(BTreeMap::keys).collect();
    for (dimension, ratings) in &loaded.dimensions {
        let all: BTreeSet<&(String, String)> = scored.iter().copied().chain(ratings.keys()).collect();
        let lacks = |key: &(String, String)| {
            let of = |(name, scores): (&String, &BTreeMap<(String, String), f64>)| {
                (!scores.contains_key(key)).then(|| format!("no score of `{name}`"))
            };
            let rating = (!ratings.contains_key(key)).then(|| match dimension.as_str() {
                RATING => "no rating".to_owned(),
                dimension => format!("no rating of `{dimension}`"),
            });
            loaded.metrics.iter().filter_map(of).chain(rating).collect::<Vec<String>>()
        };
        let (whole, partial): (Vec<_>, Vec<_>) =
            all.into_iter().map(|key| (key, lacks(key))).partition(|(_, lacks)| lacks.is_empty());
        if missing == MissingScores::Error {
            diagnostics.extend(partial.iter().map(|((system, document), lacks)| {
                let diagnostic = Diagnostic::new(format!("the summary by {system:?} has {}", enumerate(lacks)))
                    .of_document(document);
                diagnostic.help("`--missing skip` leaves out summaries that lack a score or a rating")
            }));
        }
        let keys: Vec<&(String, String)> = whole.into_iter().map(|(key, _)| key).collect();
        judged.push(grid(dimension, &keys, loaded, partial.len()));
    }
    if diagnostics.is_empty() { Ok(judged) } else { Err(diagnostics) }
}

/// The first three items, and the number of further ones.
fn enumerate(lacks: &[String]) -> String {
    match lacks {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        lacks => lacks.join(", "),
    }
}

fn grid(dimension: &str, keys: &[&(String, String)], loaded: &Loaded, left_out: usize) -> RatedScores {
    let systems: BTreeSet<&String> = keys.iter().map(|(system, _)| system).collect();
    let documents: BTreeSet<&String> = keys.iter().map(|(_, document)| document).collect();
    let number = |names: &BTreeSet<&String>| -> BTreeMap<String, usize> {
        names.iter().enumerate().map(|(at, name)| ((*name).clone(), at)).collect()
    };
    let (systems, documents) = (number(&systems), number(&documents));
    let index = |key: &(String, String)| systems[&key.0] * documents.len() + documents[&key.1];
    let mut present = vec![false; systems.len() * documents.len()];
    keys.iter().for_each(|key| present[index(key)] = true);
    let spread = |value: &dyn Fn(&(String, String)) -> f64| {
        let mut values = vec![0.0; present.len()];
        keys.iter().for_each(|key| values[index(key)] = value(key));
        values
    };
    let given = &loaded.dimensions[dimension];
    let counts = || keys.iter().map(|key| given[*key].len());
    let numbers = Numbers {
        systems: systems.len(),
        documents: documents.len(),
        summaries: keys.len(),
        ratings: counts().sum(),
        fewest: counts().min().unwrap_or(0),
        most: counts().max().unwrap_or(0),
        left_out,
    };
    RatedScores {
        name: dimension.to_owned(),
        ratings: spread(&|key| mean(&given[key])),
        metrics: loaded.metrics.iter().map(|(name, scores)| (name.clone(), spread(&|key| scores[key]))).collect(),
        grid: Grid::new(systems.len(), documents.len(), present),
        numbers,
    }
}

/// The mean, which does not depend on the order of the ratings.
fn mean(ratings: &[f64]) -> f64 {
    let mut sorted = ratings.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.iter().sum::<f64>() / sorted.len() as f64
}
