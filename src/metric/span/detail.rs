//! Determines the kind of error of each entity.

use std::collections::BTreeSet;

use crate::align::{LabelledSpan, Pair, overlapping};
use crate::metric::item::Detail;

/// The kind of error of each pair, missed gold entity and spurious prediction of a matching.
pub(super) struct Details {
    /// `None` if the pair is correct.
    pub pairs: Vec<Option<Detail>>,
    pub missed: Vec<Detail>,
    pub spurious: Vec<Detail>,
}

/// Two sides and their alignment, as indices into the sides.
#[derive(Clone, Copy)]
pub(super) struct Aligned<'a> {
    pub gold: &'a [LabelledSpan],
    pub predicted: &'a [LabelledSpan],
    pub pairs: &'a [Pair],
    pub missed: &'a [usize],
    pub spurious: &'a [usize],
}

pub(super) fn details(aligned: Aligned<'_>) -> Details {
    let Breaks { split, merged } = breaks(aligned);
    let pair = |pair: &Pair| {
        let place = (pair.gold, pair.predicted);
        match (pair.exact, pair.same_label) {
            (true, true) => None,
            (true, false) => Some(Detail::Label),
            _ if split.contains(&place) => Some(Detail::Split),
            _ if merged.contains(&place) => Some(Detail::Merged),
            (false, true) => Some(off(&aligned.gold[pair.gold], &aligned.predicted[pair.predicted])),
            (false, false) => Some(Detail::Both),
        }
    };
    let of_gold = |breaks: &BTreeSet<(usize, usize)>| breaks.iter().map(|(g, _)| *g).collect::<BTreeSet<_>>();
    let of_predicted = |breaks: &BTreeSet<(usize, usize)>| breaks.iter().map(|(_, p)| *p).collect::<BTreeSet<_>>();
    let choose = |is_split: bool, is_merged: bool, otherwise: Detail| match (is_split, is_merged) {
        (true, _) => Detail::Split,
        (_, true) => Detail::Merged,
        _ => otherwise,
    };
    let (split_gold, merged_gold) = (of_gold(&split), of_gold(&merged));
    let (split_predicted, merged_predicted) = (of_predicted(&split), of_predicted(&merged));
    let missed = |g: &usize| choose(split_gold.contains(g), merged_gold.contains(g), Detail::Missed);
    let spurious = |p: &usize| choose(split_predicted.contains(p), merged_predicted.contains(p), Detail::Spurious);
    Details {
        pairs: aligned.pairs.iter().map(pair).collect(),
        missed: aligned.missed.iter().map(missed).collect(),
        spurious: aligned.spurious.iter().map(spurious).collect(),
    }
}

/// Returns the kind of boundary error of a prediction.
fn off(gold: &LabelledSpan, predicted: &LabelledSpan) -> Detail {
    let shared = gold.shared(predicted);
    match (shared == gold.length(), shared == predicted.length()) {
        (true, false) => Detail::TooLong,
        (false, true) => Detail::TooShort,
        _ => Detail::Shifted,
    }
}

/// Split gold entities with their pieces, and merging predictions with the entities they merge, as
/// pairs of gold entity and prediction.
#[derive(Default)]
struct Breaks {
    split: BTreeSet<(usize, usize)>,
    merged: BTreeSet<(usize, usize)>,
}

/// Finds splits and merges. A gold entity is split into the predictions that have more than half of
/// themselves within it, if two of these are side by side; a prediction merges gold entities
/// likewise. Entities with an exact match are excluded.
fn breaks(aligned: Aligned<'_>) -> Breaks {
    let open = || aligned.pairs.iter().filter(|pair| !pair.exact);
    let gold: Vec<usize> = open().map(|pair| pair.gold).chain(aligned.missed.iter().copied()).collect();
    let predicted: Vec<usize> = open().map(|pair| pair.predicted).chain(aligned.spurious.iter().copied()).collect();
    if gold.is_empty() || predicted.is_empty() {
        return Breaks::default();
    }
    let items = |of: &[LabelledSpan], places: &[usize]| places.iter().map(|&at| of[at].clone()).collect::<Vec<_>>();
    let (gold_items, predicted_items) = (items(aligned.gold, &gold), items(aligned.predicted, &predicted));
    let (mut pieces, mut parts) = (vec![Vec::new(); gold.len()], vec![Vec::new(); predicted.len()]);
    for (g, p, shared) in overlapping(&gold_items, &predicted_items) {
        if 2 * shared > predicted_items[p].length() {
            pieces[g].push(p);
        }
        if 2 * shared > gold_items[g].length() {
            parts[p].push(g);
        }
    }
    let mut breaks = Breaks::default();
    for (g, pieces) in pieces.iter().enumerate().filter(|(_, pieces)| are_side_by_side(&predicted_items, pieces)) {
        breaks.split.extend(pieces.iter().map(|&p| (gold[g], predicted[p])));
    }
    for (p, parts) in parts.iter().enumerate().filter(|(_, parts)| are_side_by_side(&gold_items, parts)) {
        breaks.merged.extend(parts.iter().map(|&g| (gold[g], predicted[p])));
    }
    breaks
}

/// Returns whether two of some items do not overlap, so that they are neither duplicates nor
/// nested.
fn are_side_by_side(items: &[LabelledSpan], some: &[usize]) -> bool {
    let first_end = some.iter().map(|&at| items[at].end).min();
    let last_start = some.iter().map(|&at| items[at].start).max();
    first_end.zip(last_start).is_some_and(|(end, start)| end <= start)
}
