//! The four schemes of nervaluate 1.2.1 with the places of their outcomes and any least overlap,
//! for `karat.compat.nervaluate`. karat's preset `nervaluate` counts the same for the usual
//! overlap.

use std::collections::BTreeSet;

use pyo3::prelude::*;
use rayon::prelude::*;

use crate::pool;

/// A label, and the first and the last position.
type Span = (String, i64, i64);
/// A document and an entity in it.
type Place = (usize, usize);

/// The places of correct, incorrect, partial, missed and spurious entities. Missed ones are places
/// of golden entities, all others of predicted ones.
type Outcomes = [Vec<Place>; 5];

const CORRECT: usize = 0;
const INCORRECT: usize = 1;
const PARTIAL: usize = 2;
const MISSED: usize = 3;
const SPURIOUS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Strict,
    Partial,
    Type,
    Exact,
}

const SCHEMES: [Scheme; 4] = [Scheme::Strict, Scheme::Partial, Scheme::Type, Scheme::Exact];

/// Matches predicted entities with golden ones under the schemes `strict`, `partial`, `ent_type`
/// and `exact`, in this order. Returns the outcomes over all labels (`None`) and by label.
#[pyfunction]
pub fn nervaluate_outcomes(
    py: Python<'_>,
    gold: Vec<Vec<Span>>,
    predicted: Vec<Vec<Span>>,
    min_overlap: f64,
) -> Vec<(Option<String>, Vec<Outcomes>)> {
    py.detach(|| {
        let labels: BTreeSet<&String> = gold.iter().chain(&predicted).flatten().map(|(label, ..)| label).collect();
        let groups: Vec<Option<&String>> = std::iter::once(None).chain(labels.into_iter().map(Some)).collect();
        let of_group = |group: Option<&String>| {
            let outcomes = SCHEMES.map(|scheme| {
                let mut outcomes = Outcomes::default();
                for (document, (gold, predicted)) in gold.iter().zip(&predicted).enumerate() {
                    let of_label = |spans: &'_ [Span]| -> Vec<usize> {
                        (0..spans.len()).filter(|at| group.is_none_or(|label| spans[*at].0 == *label)).collect()
                    };
                    let gold: Vec<&Span> = of_label(gold).into_iter().map(|at| &gold[at]).collect();
                    let predicted: Vec<&Span> = of_label(predicted).into_iter().map(|at| &predicted[at]).collect();
                    match_document(scheme, document, &gold, &predicted, min_overlap, &mut outcomes);
                }
                outcomes
            });
            (group.cloned(), outcomes.to_vec())
        };
        pool::install(|| groups.into_par_iter().map(of_group).collect())
    })
}

/// Whether a prediction covers enough of a golden entity, in percent of its length.
fn overlaps((_, start, end): &Span, (_, gold_start, gold_end): &Span, min_overlap: f64) -> bool {
    let shared = end.min(gold_end) - start.max(gold_start) + 1;
    let is_apart = start > gold_end || end < gold_start;
    let share = if is_apart { 0.0 } else { shared as f64 / (gold_end - gold_start + 1) as f64 * 100.0 };
    share >= min_overlap
}

/// Each prediction takes the first free golden entity that is correct, or under `ent_type` the
/// closest one; otherwise the first free one that it overlaps.
fn match_document(
    scheme: Scheme,
    document: usize,
    gold: &[&Span],
    predicted: &[&Span],
    min_overlap: f64,
    outcomes: &mut Outcomes,
) {
    let mut is_taken = vec![false; gold.len()];
    for (at, prediction) in predicted.iter().enumerate() {
        let (mut right, mut other): (Option<(usize, i64)>, Option<usize>) = (None, None);
        for (number, golden) in gold.iter().enumerate().filter(|(number, _)| !is_taken[*number]) {
            let has_label = prediction.0 == golden.0;
            let has_ends = (prediction.1, prediction.2) == (golden.1, golden.2);
            let is_near = overlaps(prediction, golden, min_overlap);
            let distance = (prediction.1 - golden.1).abs() + (prediction.2 - golden.2).abs();
            let is_right = match scheme {
                Scheme::Strict => has_label && has_ends,
                Scheme::Exact => has_ends,
                Scheme::Partial => is_near && has_ends,
                Scheme::Type => is_near && has_label,
            };
            if is_right {
                if right.is_none_or(|(_, closest)| distance < closest) {
                    right = Some((number, distance));
                }
                // Only labels can match a closer entity further on.
                if scheme != Scheme::Type {
                    break;
                }
            } else if is_near && other.is_none() {
                other = Some(number);
            }
        }
        let (taken, outcome) = match (right, other) {
            (Some((number, _)), _) => (Some(number), CORRECT),
            (None, Some(number)) if scheme == Scheme::Partial => (Some(number), PARTIAL),
            (None, Some(number)) => (Some(number), INCORRECT),
            (None, None) => (None, SPURIOUS),
        };
        outcomes[outcome].push((document, at));
        if let Some(number) = taken {
            is_taken[number] = true;
        }
    }
    let missed = is_taken.iter().enumerate().filter(|(_, is_taken)| !**is_taken);
    outcomes[MISSED].extend(missed.map(|(number, _)| (document, number)));
}
