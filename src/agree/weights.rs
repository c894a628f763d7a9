//! Weights of key points as ratings: units are key points of several annotators that rest on the same evidence.

use std::collections::BTreeMap;

use crate::align::{self, align};
use crate::document::{Annotator, KeyPoint, Reference};

/// By document, one unit for each pair of key points whose evidence overlaps (one to one, by the first piece of evidence),
/// with both weights. For two annotators; `None` entries stand for the others.
pub(super) fn units(annotators: &[Annotator], first: usize, second: usize) -> BTreeMap<String, Vec<Vec<Option<f64>>>> {
    let mut by_document = BTreeMap::new();
    for (id, one) in &annotators[first].documents {
        let Some(other) = annotators[second].documents.get(id) else { continue };
        let (one, other) = (points(one), points(other));
        let pairs = align(&items(&one), &items(&other)).pairs;
        let weight = |point: &KeyPoint| Some(f64::from(point.weight));
        let unit = |pair: &align::Pair| {
            let mut unit = vec![None; annotators.len()];
            unit[first] = weight(one[pair.gold]);
            unit[second] = weight(other[pair.predicted]);
            unit
        };
        by_document.insert(id.clone(), pairs.iter().map(unit).collect());
    }
    by_document
}

fn points(reference: &Reference) -> Vec<&KeyPoint> {
    reference.gold.key_points.iter().flatten().filter(|point| !point.evidence.is_empty()).collect()
}

fn items(points: &[&KeyPoint]) -> Vec<align::Item> {
    points.iter().map(|point| align::Item::new(point.evidence[0].start, point.evidence[0].end, 0)).collect()
}
