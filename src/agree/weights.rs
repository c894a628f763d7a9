//! Agreement on weights of key points. The units are key points of two annotators with overlapping
//! evidence.

use super::ratings::GroupedRatings;
use crate::align::{self, align};
use crate::document::{Annotator, KeyPoint, Reference};

/// One unit for each pair of key points whose first pieces of evidence are aligned one to one, with
/// both weights.
pub(super) fn units([first, second]: &[Annotator; 2]) -> GroupedRatings<u32> {
    let mut ratings = GroupedRatings::new(2);
    for (id, one) in &first.documents {
        let Some(other) = second.documents.get(id) else { continue };
        let (one, other) = (points(one), points(other));
        for pair in align(&items(&one), &items(&other)).pairs {
            ratings.push(Some(one[pair.gold].weight));
            ratings.push(Some(other[pair.predicted].weight));
        }
        ratings.end_document();
    }
    ratings
}

fn points(reference: &Reference) -> Vec<&KeyPoint> {
    reference.gold.key_points.iter().flatten().filter(|point| !point.evidence.is_empty()).collect()
}

fn items(points: &[&KeyPoint]) -> Vec<align::LabelledSpan> {
    points.iter().map(|point| align::LabelledSpan::new(point.evidence[0].start, point.evidence[0].end, 0)).collect()
}
