//! Alignment of labelled spans.
//!
//! The alignment is the lexicographic optimum of the number of pairs with equal span and label,
//! then with equal span, then overlapping with equal label, then overlapping. Ties are broken by
//! the larger overlap in code points, then by the lexicographically smallest list of pairs by
//! (start, end, label). The result does not depend on the order of the input, and duplicates count
//! as a multiset.
//!
//! Equal spans with equal labels are paired first, in one merge of two sorted lists: any such
//! pairing is optimal on the first level, and copies are interchangeable. Then equal spans are
//! grouped ([`same_spans`]). The rest falls into connected components of overlap
//! ([`super::component`]), each solved on its own ([`super::solver`]). On real documents the cost
//! is that of the sort.

use super::component::{self, SameSpan, Sides};
use super::objective::Gain;
use super::solver;

/// A labelled span, prepared for the alignment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledSpan {
    /// Offset of the first code point.
    pub start: u32,
    /// Offset after the last code point; greater than `start`.
    pub end: u32,
    /// Rank of the label in sorted order.
    pub label: u32,
    /// The parts of a discontinuous span, in order; empty for a contiguous one.
    pub fragments: Vec<(u32, u32)>,
}

impl LabelledSpan {
    /// A contiguous item.
    pub fn new(start: u32, end: u32, label: u32) -> Self {
        Self { start, end, label, fragments: Vec::new() }
    }

    /// Whether both spans cover the same text.
    pub fn same_span(&self, other: &Self) -> bool {
        (self.start, self.end, &self.fragments) == (other.start, other.end, &other.fragments)
    }

    /// What [`Self::same_span`] compares, as a key.
    fn span(&self) -> (u32, u32, &[(u32, u32)]) {
        (self.start, self.end, &self.fragments)
    }

    /// The contiguous parts of the span, in text order.
    pub fn parts(&self) -> impl Iterator<Item = (u32, u32)> {
        let whole = self.fragments.is_empty().then_some((self.start, self.end));
        whole.into_iter().chain(self.fragments.iter().copied())
    }

    /// Number of code points that the span covers.
    pub fn length(&self) -> u64 {
        self.parts().map(|(start, end)| u64::from(end.saturating_sub(start))).sum()
    }

    /// Number of code points that both spans cover.
    pub fn shared(&self, other: &Self) -> u64 {
        let whole = |item: &Self| [(item.start, item.end)];
        let (a, b) = (whole(self), whole(other));
        let a = if self.fragments.is_empty() { &a[..] } else { &self.fragments };
        let b = if other.fragments.is_empty() { &b[..] } else { &other.fragments };
        shared_parts(a, b)
    }
}

/// Returns the number of code points that two lists of ranges cover together, one pair of ranges at
/// a time. Lists in text order, as documents have them, are merged.
pub(crate) fn shared_parts(a: &[(u32, u32)], b: &[(u32, u32)]) -> u64 {
    let overlap = |x: &(u32, u32), y: &(u32, u32)| u64::from(x.1.min(y.1).saturating_sub(x.0.max(y.0)));
    let is_in_order = |parts: &[(u32, u32)]| parts.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    if !is_in_order(a) || !is_in_order(b) {
        return a.iter().map(|x| b.iter().map(|y| overlap(x, y)).sum::<u64>()).sum();
    }
    let (mut at, mut other, mut shared) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(at), b.get(other)) {
        shared += overlap(x, y);
        if x.1 <= y.1 { at += 1 } else { other += 1 }
    }
    shared
}

/// A gold item and the prediction aligned with it, by their indices in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Index in the gold list.
    pub gold: usize,
    /// Index in the predicted list.
    pub predicted: usize,
    /// Whether the spans are equal.
    pub exact: bool,
    /// Whether the labels are equal.
    pub same_label: bool,
    /// Index of the gold item's form that the prediction matches ([`super::align_forms`]); 0 is the
    /// item itself.
    pub form: usize,
}

/// The result of an alignment. Every gold item is in a pair or missed, every prediction is in a
/// pair or spurious.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The pairs, in the order of the gold items by (start, end, label).
    pub pairs: Vec<Pair>,
    /// Indices of the gold items without a prediction, in the same order.
    pub missed: Vec<usize>,
    /// Indices of the predictions without a gold item, in the order of (start, end, label).
    pub spurious: Vec<usize>,
    /// Whether some pairs were chosen by a rule (level by level, and in each level by the ends of
    /// the spans) rather than as the optimum, since too many items overlap each other.
    pub is_greedy: bool,
}

/// Aligns the predicted and the gold items of one document and layer.
pub fn align(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> Alignment {
    let (gold_order, predicted_order) = (sorted(gold), sorted(predicted));
    let mut answers: Vec<Option<usize>> = vec![None; gold.len()];
    let (rest_gold, rest_predicted) = pair_equals(gold, predicted, &gold_order, &predicted_order, &mut answers);
    let left = |order: &[usize], items: &[LabelledSpan]| order.iter().map(|&at| items[at].clone()).collect::<Vec<_>>();
    let (rest_gold, rest_predicted, groups) = same_spans(gold, predicted, rest_gold, rest_predicted, &mut answers);
    let (gold_items, predicted_items) = (left(&rest_gold, gold), left(&rest_predicted, predicted));
    let sides = Sides { groups, ..Sides::of(&gold_items, &predicted_items) };
    let mut is_greedy = false;
    for component in sides.components() {
        let (pairs, is_exact) = solver::solve(&sides, &component);
        is_greedy |= !is_exact;
        for (g, p) in pairs {
            answers[rest_gold[g]] = Some(rest_predicted[p]);
        }
    }
    let alignment = collect(&gold_order, &predicted_order, &answers, |g, p| {
        let (exact, same_label) = (gold[g].same_span(&predicted[p]), gold[g].label == predicted[p].label);
        Pair { gold: g, predicted: p, exact, same_label, form: 0 }
    });
    Alignment { is_greedy, ..alignment }
}

/// All pairs that share code points, by their indices in the input, with the number of shared code
/// points; ordered by gold item and then prediction. The time is that of the sort plus linear in
/// the number of pairs.
pub fn overlapping(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> Vec<(usize, usize, u64)> {
    let (gold_order, predicted_order) = (sorted(gold), sorted(predicted));
    let ordered =
        |order: &[usize], items: &[LabelledSpan]| order.iter().map(|&at| items[at].clone()).collect::<Vec<_>>();
    let pairs = component::overlaps(&ordered(&gold_order, gold), &ordered(&predicted_order, predicted));
    let indices = |(g, p, gain): (usize, usize, Gain)| (gold_order[g], predicted_order[p], gain.shared.unsigned_abs());
    pairs.into_iter().map(indices).collect()
}

/// The number of pairs that overlap if each item covers all from its start to its end. The time is
/// that of a sort, however many pairs there are.
pub fn count_overlapping(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> usize {
    let mut starts: Vec<u32> = predicted.iter().map(|item| item.start).collect();
    let mut ends: Vec<u32> = predicted.iter().map(|item| item.end).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let started = |item: &LabelledSpan| starts.partition_point(|&start| start < item.end);
    let ended = |item: &LabelledSpan| ends.partition_point(|&end| end <= item.start);
    gold.iter().map(|item| started(item) - ended(item)).sum()
}

/// The indices of items in sorted order.
pub(super) fn sorted<T: Ord>(items: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| items[a].cmp(&items[b]));
    order
}

/// Pairs items that are equal in span and label. Returns the remaining indices of both lists, in
/// order.
fn pair_equals(
    gold: &[LabelledSpan],
    predicted: &[LabelledSpan],
    gold_order: &[usize],
    predicted_order: &[usize],
    answers: &mut [Option<usize>],
) -> (Vec<usize>, Vec<usize>) {
    let (mut rest_gold, mut rest_predicted) = (Vec::new(), Vec::new());
    let mut candidates = predicted_order.iter().copied().peekable();
    for &g in gold_order {
        while let Some(p) = candidates.next_if(|&p| predicted[p] < gold[g]) {
            rest_predicted.push(p);
        }
        match candidates.next_if(|&p| predicted[p] == gold[g]) {
            Some(p) => answers[g] = Some(p),
            None => rest_gold.push(g),
        }
    }
    rest_predicted.extend(candidates);
    (rest_gold, rest_predicted)
}

/// Groups the items with equal spans on both sides, of which no two have equal labels. Returns the
/// remaining indices of both lists, and the groups by their places in these.
///
/// A group of n gold items and m predictions has at most min(n, m) pairs with equal boundaries, and
/// every optimum has that many in each group: more exact pairs in total outweigh everything below
/// them, and groups share no items. So the items of the smaller side have no pairs elsewhere, and
/// if n = m, neither has any. All pairs of the group gain the same, so that with n = m the first is
/// paired with the first, which is the lexicographically smallest list, and the group is done.
fn same_spans(
    gold: &[LabelledSpan],
    predicted: &[LabelledSpan],
    rest_gold: Vec<usize>,
    rest_predicted: Vec<usize>,
    answers: &mut [Option<usize>],
) -> (Vec<usize>, Vec<usize>, Vec<SameSpan>) {
    if rest_gold.is_empty() || rest_predicted.is_empty() {
        return (rest_gold, rest_predicted, Vec::new());
    }
    let by_span = |items: &[LabelledSpan], rest: &[usize]| {
        let mut places: Vec<usize> = (0..rest.len()).collect();
        places.sort_by(|&a, &b| items[rest[a]].span().cmp(&items[rest[b]].span()));
        places
    };
    let (gold_places, predicted_places) = (by_span(gold, &rest_gold), by_span(predicted, &rest_predicted));
    let (mut left_gold, mut left_predicted) = (vec![true; rest_gold.len()], vec![true; rest_predicted.len()]);
    let mut groups: Vec<SameSpan> = Vec::new();
    let mut candidates = &predicted_places[..];
    for of_gold in gold_places.chunk_by(|&a, &b| gold[rest_gold[a]].same_span(&gold[rest_gold[b]])) {
        let span = gold[rest_gold[of_gold[0]]].span();
        let before = candidates.partition_point(|&p| predicted[rest_predicted[p]].span() < span);
        let (_, from) = candidates.split_at(before);
        let equal = from.partition_point(|&p| predicted[rest_predicted[p]].span() == span);
        let (of_predicted, after) = from.split_at(equal);
        candidates = after;
        if of_predicted.is_empty() {
            continue;
        }
        if of_gold.len() == of_predicted.len() {
            for (&g, &p) in of_gold.iter().zip(of_predicted) {
                (left_gold[g], left_predicted[p]) = (false, false);
                answers[rest_gold[g]] = Some(rest_predicted[p]);
            }
        } else {
            groups.push(SameSpan { gold: of_gold.to_vec(), predicted: of_predicted.to_vec() });
        }
    }
    let kept = |rest: Vec<usize>, left: &[bool]| {
        rest.into_iter().zip(left).filter(|(_, left)| **left).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let place_among = |left: &[bool]| {
        let places = left.iter().scan(0, |next, left| {
            *next += usize::from(*left);
            Some(*next - usize::from(*left))
        });
        places.collect::<Vec<usize>>()
    };
    let (moved_gold, moved_predicted) = (place_among(&left_gold), place_among(&left_predicted));
    for group in &mut groups {
        group.gold.iter_mut().for_each(|place| *place = moved_gold[*place]);
        group.predicted.iter_mut().for_each(|place| *place = moved_predicted[*place]);
    }
    (kept(rest_gold, &left_gold), kept(rest_predicted, &left_predicted), groups)
}

/// Builds the alignment from each gold item's prediction. `pair` describes one pair.
pub(super) fn collect(
    gold_order: &[usize],
    predicted_order: &[usize],
    answers: &[Option<usize>],
    pair: impl Fn(usize, usize) -> Pair,
) -> Alignment {
    let mut alignment = Alignment::default();
    let mut answered = vec![false; predicted_order.len()];
    for &g in gold_order {
        let Some(p) = answers[g] else {
            alignment.missed.push(g);
            continue;
        };
        answered[p] = true;
        alignment.pairs.push(pair(g, p));
    }
    alignment.spurious = predicted_order.iter().copied().filter(|&p| !answered[p]).collect();
    alignment
}

#[cfg(test)]
mod tests {
    use super::{LabelledSpan, Pair, align};

    #[test]
    fn an_exact_span_wins_over_a_label_elsewhere() {
        let gold = [LabelledSpan::new(0, 9, 0)];
        for predicted in [
            [LabelledSpan::new(5, 14, 0), LabelledSpan::new(0, 9, 1)],
            [LabelledSpan::new(0, 9, 1), LabelledSpan::new(5, 14, 0)],
        ] {
            let alignment = align(&gold, &predicted);
            let exact = predicted.iter().position(|item| item.start == 0).unwrap();
            assert_eq!(alignment.pairs, [Pair { gold: 0, predicted: exact, exact: true, same_label: false, form: 0 }]);
            assert_eq!(alignment.spurious, [1 - exact]);
        }
    }

    #[test]
    fn touching_spans_do_not_overlap() {
        let alignment = align(&[LabelledSpan::new(0, 5, 0)], &[LabelledSpan::new(5, 9, 0)]);
        assert!(alignment.pairs.is_empty());
    }

    #[test]
    fn fragments_that_share_nothing_are_no_pair() {
        let split = LabelledSpan { fragments: vec![(0, 2), (8, 10)], ..LabelledSpan::new(0, 10, 0) };
        let inside = LabelledSpan::new(3, 6, 0);
        let gold = [split];
        assert!(align(&gold, &[inside]).pairs.is_empty());
        assert!(!align(&gold, &[LabelledSpan::new(0, 10, 0)]).pairs[0].exact);
        assert!(align(&gold, &gold).pairs[0].exact);
    }

    #[test]
    fn more_pairs_beat_a_larger_overlap() {
        // One gold item prefers the long prediction, but the number of pairs is largest only if
        // both are paired.
        let gold = [LabelledSpan::new(0, 10, 0), LabelledSpan::new(10, 20, 0)];
        let predicted = [LabelledSpan::new(1, 19, 0), LabelledSpan::new(0, 3, 0)];
        let alignment = align(&gold, &predicted);
        let pairs: Vec<_> = alignment.pairs.iter().map(|pair| (pair.gold, pair.predicted)).collect();
        assert_eq!(pairs, [(0, 1), (1, 0)]);
    }
}
