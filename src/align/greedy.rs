//! Pairs for components that are too large for an exact solution: level by level of the objective,
//! each level without regard to the next.
//!
//! The rule, for each level from the most important one: items with equal spans are paired in
//! order, and overlapping items by their ends. The item that ends first is paired with the one that
//! ends first among those of the other side that overlap it and are still free. That item has the
//! fewest partners to choose from: whatever overlaps it and ends later also overlaps the others. So
//! the number of pairs of the level is the largest possible one, given those of the levels before,
//! as long as spans are contiguous and gold items have no alternatives. The time is that of a sort.
//!
//! The number of pairs with equal boundaries, with and without equal labels, is thereby the same as
//! in the optimum. Which items of equal spans remain for the overlaps, and which overlap is larger,
//! is not optimised.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use super::LabelledSpan;
use super::component::{Component, Sides};

/// The number of items that are tried for one that overlap it as a whole but share no code point,
/// because spans are discontinuous. Those that end later are not tried.
const MOST_TRIED: usize = 64;

/// Returns the pairs of a component by the indices of [`Sides`].
pub(super) fn pairs(sides: &Sides<'_>, component: &Component) -> Vec<(usize, usize)> {
    let mut rule = Rule {
        forms: component.forms.iter().map(|&form| sides.forms[form]).collect(),
        predicted: component.predicted.iter().map(|&p| (sides.predicted[p], p)).collect(),
        predicted_of: BTreeMap::new(),
        gold_of: BTreeMap::new(),
    };
    rule.pair_equal(|span| (span.start, span.end, &span.fragments[..], span.label));
    rule.pair_equal(|span| (span.start, span.end, &span.fragments[..], 0));
    rule.pair_by_label();
    rule.pair_overlapping(&rule.free_forms(), &rule.free_predicted());
    rule.predicted_of.into_iter().collect()
}

/// A form of a gold item, or a prediction, with the index of the item.
type Indexed<'a> = (&'a LabelledSpan, usize);

/// What has been paired.
struct Rule<'a> {
    forms: Vec<Indexed<'a>>,
    predicted: Vec<Indexed<'a>>,
    predicted_of: BTreeMap<usize, usize>,
    gold_of: BTreeMap<usize, usize>,
}

impl<'a> Rule<'a> {
    fn free_forms(&self) -> Vec<Indexed<'a>> {
        self.forms.iter().filter(|(_, g)| !self.predicted_of.contains_key(g)).copied().collect()
    }

    fn free_predicted(&self) -> Vec<Indexed<'a>> {
        self.predicted.iter().filter(|(_, p)| !self.gold_of.contains_key(p)).copied().collect()
    }

    fn pair(&mut self, g: usize, p: usize) {
        self.predicted_of.insert(g, p);
        self.gold_of.insert(p, g);
    }

    /// Pairs items with equal keys in order.
    fn pair_equal<K: Ord>(&mut self, key: impl Fn(&'a LabelledSpan) -> K) {
        let mut waiting: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
        for (span, p) in self.free_predicted() {
            waiting.entry(key(span)).or_default().push_back(p);
        }
        for (span, g) in self.free_forms() {
            if self.predicted_of.contains_key(&g) {
                continue;
            }
            if let Some(p) = waiting.get_mut(&key(span)).and_then(VecDeque::pop_front) {
                self.pair(g, p);
            }
        }
    }

    /// Pairs overlapping items with equal labels.
    fn pair_by_label(&mut self) {
        let mut by_label: BTreeMap<u32, [Vec<Indexed<'a>>; 2]> = BTreeMap::new();
        for item in self.free_forms() {
            by_label.entry(item.0.label).or_default()[0].push(item);
        }
        for item in self.free_predicted() {
            by_label.entry(item.0.label).or_default()[1].push(item);
        }
        for [forms, predicted] in by_label.values() {
            self.pair_overlapping(forms, predicted);
        }
    }

    /// Pairs overlapping items by their ends.
    fn pair_overlapping(&mut self, forms: &[Indexed<'a>], predicted: &[Indexed<'a>]) {
        let sides = [forms, predicted];
        let mut by_end: Vec<(u32, u32, usize, usize)> = Vec::with_capacity(forms.len() + predicted.len());
        for (side, items) in sides.iter().enumerate() {
            by_end.extend(items.iter().enumerate().map(|(at, (span, _))| (span.end, span.start, side, at)));
        }
        by_end.sort_unstable();
        let by_start = sides.map(|items| {
            let mut order: Vec<usize> = (0..items.len()).collect();
            order.sort_by_key(|&at| (items[at].0.start, at));
            order
        });
        let mut started = [0, 0];
        let mut open: [BinaryHeap<Reverse<(u32, u32, usize)>>; 2] = [BinaryHeap::new(), BinaryHeap::new()];
        for (end, start, side, at) in by_end {
            let (span, index) = sides[side][at];
            if self.is_paired(side, index) {
                continue;
            }
            let other = 1 - side;
            while let Some(&next) = by_start[other].get(started[other]) {
                let next_span = sides[other][next].0;
                if next_span.start >= end {
                    break;
                }
                open[other].push(Reverse((next_span.end, next_span.start, next)));
                started[other] += 1;
            }
            let mut tried = Vec::new();
            while let Some(candidate) = open[other].pop() {
                let Reverse((candidate_end, _, at)) = candidate;
                let (candidate_span, candidate_index) = sides[other][at];
                if candidate_end <= start || self.is_paired(other, candidate_index) {
                    continue;
                }
                if span.shared(candidate_span) > 0 {
                    let (g, p) = if side == 0 { (index, candidate_index) } else { (candidate_index, index) };
                    self.pair(g, p);
                    break;
                }
                tried.push(candidate);
                if tried.len() == MOST_TRIED {
                    break;
                }
            }
            open[other].extend(tried);
        }
    }

    fn is_paired(&self, side: usize, index: usize) -> bool {
        if side == 0 { self.predicted_of.contains_key(&index) } else { self.gold_of.contains_key(&index) }
    }
}
