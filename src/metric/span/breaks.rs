//! Splits and merges: entities that the other side has in pieces.
//!
//! An entity is broken if two of its pieces are side by side, where a piece is an entity of the
//! other side with more than half of itself within it. Pieces are listed pair by pair, unless so
//! many entities overlap each other that the pairs would not fit in memory. Contiguous entities are
//! then examined without listing pairs, in time n log n.

use crate::align::{LabelledSpan, count_overlapping, overlapping};

/// The largest number of pairs that are listed, beyond [`PAIRS_PER_ENTITY`] for each entity: they
/// take 24 MB.
const MOST_PAIRS: usize = 1 << 20;

/// The number of pairs per entity that are always listed.
const PAIRS_PER_ENTITY: usize = 16;

/// The entities of one side that are broken, and those of the other side that are pieces of a
/// broken one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breaks {
    pub broken: Vec<bool>,
    pub pieces: Vec<bool>,
}

/// Returns the breaks of the gold entities into predictions, and those of the predictions into gold
/// entities. Of more pairs than can be listed, discontinuous entities are taken from their first to
/// their last code point.
pub(super) fn both_ways(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Breaks; 2] {
    if can_list_pairs(gold, predicted) { by_pairs(gold, predicted) } else { by_midpoints(gold, predicted) }
}

/// Returns whether the overlapping pairs of two sides fit in memory.
pub(super) fn can_list_pairs(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> bool {
    count_overlapping(gold, predicted) <= MOST_PAIRS + PAIRS_PER_ENTITY * (gold.len() + predicted.len())
}

/// Returns whether the pairs cannot be listed and an entity is discontinuous, so that it is taken
/// from its first to its last code point.
pub(super) fn takes_whole_ranges(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> bool {
    let has_fragments = gold.iter().chain(predicted).any(|item| !item.fragments.is_empty());
    has_fragments && !can_list_pairs(gold, predicted)
}

/// Returns whether more than half of an entity is within another.
pub(super) fn is_piece(entity: &LabelledSpan, within: &LabelledSpan) -> bool {
    2 * within.shared(entity) > entity.length()
}

fn by_pairs(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Breaks; 2] {
    let (mut of_gold, mut of_predicted) = (vec![Vec::new(); gold.len()], vec![Vec::new(); predicted.len()]);
    for (g, p, shared) in overlapping(gold, predicted) {
        if 2 * shared > predicted[p].length() {
            of_gold[g].push(p);
        }
        if 2 * shared > gold[g].length() {
            of_predicted[p].push(g);
        }
    }
    let breaks = |pieces: &[Vec<usize>], others: &[LabelledSpan]| {
        let broken: Vec<bool> = pieces.iter().map(|pieces| are_side_by_side(others, pieces)).collect();
        let mut is_piece = vec![false; others.len()];
        for at in pieces.iter().zip(&broken).filter(|(_, broken)| **broken).flat_map(|(pieces, _)| pieces) {
            is_piece[*at] = true;
        }
        Breaks { broken, pieces: is_piece }
    };
    [breaks(&of_gold, predicted), breaks(&of_predicted, gold)]
}

/// Returns whether two of some items do not overlap, so that they are neither duplicates nor
/// nested.
fn are_side_by_side(items: &[LabelledSpan], some: &[usize]) -> bool {
    let first_end = some.iter().map(|&at| items[at].end).min();
    let last_start = some.iter().map(|&at| items[at].start).max();
    first_end.zip(last_start).is_some_and(|(end, start)| end <= start)
}

fn by_midpoints(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Breaks; 2] {
    let ranges = |items: &[LabelledSpan]| {
        items.iter().map(|item| (u64::from(item.start), u64::from(item.end))).collect::<Vec<_>>()
    };
    let (gold, predicted) = (ranges(gold), ranges(predicted));
    [breaks_of(&gold, &predicted), breaks_of(&predicted, &gold)]
}

/// Finds the breaks of entities into others. More than half of `(start, end)` is within an entity
/// exactly if its midpoint is inside and the entity is longer than half of it: the midpoint is
/// inside if both halves reach into the entity. So the pieces of an entity have midpoints in a
/// range and are not too long, and are found by adding the others from the shortest to the longest.
fn breaks_of(entities: &[(u64, u64)], others: &[(u64, u64)]) -> Breaks {
    let length = |range: (u64, u64)| range.1 - range.0;
    // Twice the midpoint, which is an integer.
    let middle = |range: (u64, u64)| range.0 + range.1;
    let by_length = |ranges: &[(u64, u64)]| {
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        order.sort_by_key(|&at| length(ranges[at]));
        order
    };
    let (entity_order, other_order) = (by_length(entities), by_length(others));

    let mut middles: Vec<u64> = others.iter().map(|&other| middle(other)).collect();
    middles.sort_unstable();
    let mut tree = Extremes::new(middles.len());
    let mut broken = vec![false; entities.len()];
    let mut to_add = other_order.iter().copied().peekable();
    for at in entity_order.iter().copied() {
        let entity = entities[at];
        while let Some(other) = to_add.next_if(|&other| length(others[other]) < 2 * length(entity)) {
            tree.add(middles.partition_point(|&known| known < middle(others[other])), others[other]);
        }
        let from = middles.partition_point(|&known| known <= 2 * entity.0);
        let to = middles.partition_point(|&known| known < 2 * entity.1);
        broken[at] = tree.first_end_and_last_start(from, to).is_some_and(|(end, start)| end <= start);
    }

    let mut starts: Vec<u64> = entities.iter().map(|entity| entity.0).collect();
    starts.sort_unstable();
    // For each number of starts, the last end of the added entities among them, as a Fenwick tree.
    let mut last_ends = vec![0; starts.len() + 1];
    let mut pieces = vec![false; others.len()];
    let mut to_add = entity_order.iter().rev().copied().filter(|&at| broken[at]).peekable();
    for at in other_order.iter().rev().copied() {
        let other = others[at];
        while let Some(entity) = to_add.next_if(|&entity| 2 * length(entities[entity]) > length(other)) {
            let mut place = starts.partition_point(|&start| start < entities[entity].0) + 1;
            while place < last_ends.len() {
                last_ends[place] = entities[entity].1.max(last_ends[place]);
                place += place & place.wrapping_neg();
            }
        }
        let (mut place, mut last_end) = (starts.partition_point(|&start| 2 * start < middle(other)), 0);
        while place > 0 {
            last_end = last_ends[place].max(last_end);
            place -= place & place.wrapping_neg();
        }
        pieces[at] = 2 * last_end > middle(other);
    }
    Breaks { broken, pieces }
}

/// A segment tree of the first end and the last start of ranges.
struct Extremes {
    size: usize,
    nodes: Vec<Option<(u64, u64)>>,
}

impl Extremes {
    fn new(size: usize) -> Self {
        Self { size, nodes: vec![None; 2 * size] }
    }

    fn merge(one: Option<(u64, u64)>, other: Option<(u64, u64)>) -> Option<(u64, u64)> {
        match (one, other) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        }
    }

    fn add(&mut self, at: usize, (start, end): (u64, u64)) {
        let mut node = at + self.size;
        while node > 0 {
            self.nodes[node] = Self::merge(self.nodes[node], Some((end, start)));
            node /= 2;
        }
    }

    fn first_end_and_last_start(&self, from: usize, to: usize) -> Option<(u64, u64)> {
        let (mut from, mut to, mut found) = (from + self.size, to + self.size, None);
        while from < to {
            if from % 2 == 1 {
                found = Self::merge(found, self.nodes[from]);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                found = Self::merge(found, self.nodes[to]);
            }
            (from, to) = (from / 2, to / 2);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use super::{by_midpoints, by_pairs};
    use crate::align::LabelledSpan;

    fn entities() -> impl Strategy<Value = Vec<LabelledSpan>> {
        let entity = (0..30_u32, 1..20_u32).prop_map(|(start, length)| LabelledSpan::new(start, start + length, 0));
        proptest::collection::vec(entity, 0..12)
    }

    proptest! {
        #[test]
        fn breaks_are_found_without_listing_pairs(gold in entities(), predicted in entities()) {
            prop_assert_eq!(by_midpoints(&gold, &predicted), by_pairs(&gold, &predicted));
        }
    }
}
