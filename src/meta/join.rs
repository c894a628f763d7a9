//! Scores and ratings of the same summaries, joined by system and document.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Grid;
use super::load::Loaded;
use crate::error::Diagnostic;
use crate::format::measurements::RATING;

/// What becomes of summaries that lack a score or a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// They are errors.
    Error,
    /// They are left out, of all metrics.
    Skip,
}

/// The scores and the ratings of one dimension, for the same summaries.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The dimension.
    pub name: String,
    /// Which systems summarized which documents.
    pub grid: Grid,
    /// People's ratings by place in the grid: the mean over annotators.
    pub ratings: Vec<f64>,
    /// Each metric's scores, likewise, in the order of their names.
    pub metrics: Vec<(String, Vec<f64>)>,
    /// How many there are of what.
    pub numbers: Numbers,
}

/// How many there are of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Systems.
    pub systems: usize,
    /// Documents.
    pub documents: usize,
    /// Summaries: pairs of the two that have all scores and a rating.
    pub summaries: usize,
    /// Ratings of these, each annotator's counted.
    pub ratings: usize,
    /// The fewest ratings that a summary has.
    pub fewest: usize,
    /// The most.
    pub most: usize,
    /// Summaries that lack a score or the rating, and were left out.
    pub left_out: usize,
}

/// Joins them, dimension by dimension.
///
/// # Errors
/// Every summary that lacks a score of some metric or a rating, unless these are left out; all in one go.
pub fn join(loaded: &Loaded, missing: Missing) -> Result<Vec<Judged>, Vec<Diagnostic>> {
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
        if missing == Missing::Error {
            diagnostics.extend(partial.iter().map(|((system, document), lacks)| {
                let diagnostic = Diagnostic::new(format!("the summary by {system:?} has {}", enumerate(lacks)))
                    .of_document(document);
                diagnostic.help("`--missing skip` leaves out what is not scored and rated alike")
            }));
        }
        let keys: Vec<&(String, String)> = whole.into_iter().map(|(key, _)| key).collect();
        judged.push(grid(dimension, &keys, loaded, partial.len()));
    }
    if diagnostics.is_empty() { Ok(judged) } else { Err(diagnostics) }
}

/// The first three, and how many more.
fn enumerate(lacks: &[String]) -> String {
    match lacks {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        lacks => lacks.join(", "),
    }
}

fn grid(dimension: &str, keys: &[&(String, String)], loaded: &Loaded, left_out: usize) -> Judged {
    let systems: BTreeSet<&String> = keys.iter().map(|(system, _)| system).collect();
    let documents: BTreeSet<&String> = keys.iter().map(|(_, document)| document).collect();
    let number = |names: &BTreeSet<&String>| -> BTreeMap<String, usize> {
        names.iter().enumerate().map(|(at, name)| ((*name).clone(), at)).collect()
    };
    let (systems, documents) = (number(&systems), number(&documents));
    let place = |key: &(String, String)| systems[&key.0] * documents.len() + documents[&key.1];
    let mut present = vec![false; systems.len() * documents.len()];
    keys.iter().for_each(|key| present[place(key)] = true);
    let spread = |value: &dyn Fn(&(String, String)) -> f64| {
        let mut values = vec![0.0; present.len()];
        keys.iter().for_each(|key| values[place(key)] = value(key));
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
    Judged {
        name: dimension.to_owned(),
        ratings: spread(&|key| mean(&given[key])),
        metrics: loaded.metrics.iter().map(|(name, scores)| (name.clone(), spread(&|key| scores[key]))).collect(),
        grid: Grid::new(systems.len(), documents.len(), present),
        numbers,
    }
}

/// The mean, the same for any order.
fn mean(ratings: &[f64]) -> f64 {
    let mut sorted = ratings.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.iter().sum::<f64>() / sorted.len() as f64
}
