//! Coverage as in the LoReHLT evaluations: how much of each gold entity is covered by predictions
//! with its label, and how much of each prediction by gold entities.
//!
//! The coverage of an entity is its covered code points divided by all its code points. Recall is
//! the mean coverage of gold entities, precision that of predictions. `max` takes the best single
//! entity of the other side, `sum` the union of all. The first word applies to the gold side
//! (recall), the second to the predictions (precision), as in the aggregates `overlap-maxmax`,
//! `-maxsum`, `-summax` and `-sumsum` of neleval 3.1.1.

use std::collections::{BTreeMap, BTreeSet};

use super::breaks::can_list_pairs;
use super::matching::Matching;
use crate::align::{LabelledSpan, overlapping};
use crate::metric::{Name, Options, Statistic, StatisticKey, Statistics};

/// How the coverage of an entity is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// By the best single entity.
    Max,
    /// By the union of all entities.
    Sum,
}

/// Returns the names of the metrics, each with the strategies of the gold and the predicted side.
pub(super) fn metrics(options: &Options) -> Vec<(Name, (Share, Share))> {
    use Share::{Max, Sum};
    if !options.spans.coverage {
        return Vec::new();
    }
    vec![
        ("coverage-maxmax".into(), (Max, Max)),
        ("coverage-maxsum".into(), (Max, Sum)),
        ("coverage-summax".into(), (Sum, Max)),
        ("coverage-sumsum".into(), (Sum, Sum)),
    ]
}

/// Counts a document.
pub(super) fn count(matching: &Matching<'_>, options: &Options, statistics: &mut Statistics) {
    let metrics = metrics(options);
    if metrics.is_empty() {
        return;
    }
    let counted = matching.counted_predictions();
    let gold = &matching.gold_items;
    let predicted: Vec<LabelledSpan> = counted.iter().map(|&p| matching.predicted_items[p].clone()).collect();
    let [of_gold, of_predicted] = both_ways(gold, &predicted);
    for (name, (recall, precision)) in metrics {
        // Per label: sum of coverages and number of gold entities, sum of coverages and number of
        // predictions.
        let mut by_label = vec![((0.0, 0.0), (0.0, 0.0)); matching.labels.len()];
        for (g, covered) in of_gold.iter().enumerate() {
            let sum = &mut by_label[matching.gold_label(g)].0;
            *sum = (sum.0 + covered.share(&gold[g], recall), sum.1 + 1.0);
        }
        for (p, covered) in of_predicted.iter().enumerate() {
            let sum = &mut by_label[predicted[p].label as usize].1;
            *sum = (sum.0 + covered.share(&predicted[p], precision), sum.1 + 1.0);
        }
        let statistic = |(recall, precision)| Statistic::Shares { precision, recall };
        let mut whole = statistic(((0.0, 0.0), (0.0, 0.0)));
        for (label, sums) in matching.labels.iter().zip(by_label) {
            whole += statistic(sums);
            statistics.add(StatisticKey::labelled(name.clone(), label), statistic(sums));
        }
        statistics.add(StatisticKey::whole(name), whole);
    }
}

/// The number of code points of an item that items of the other side with its label cover.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Covered {
    /// By the best single item.
    most: u64,
    /// By all of them together.
    together: u64,
}

impl Covered {
    /// Returns the covered fraction of the item, 0 to 1.
    fn share(self, item: &LabelledSpan, how: Share) -> f64 {
        let covered = match how {
            Share::Max => self.most,
            Share::Sum => self.together,
        };
        covered as f64 / item.length() as f64
    }
}

/// Returns what is covered of each item of both sides. Of more pairs than can be listed,
/// discontinuous items cover all from their first to their last code point.
fn both_ways(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Vec<Covered>; 2] {
    if can_list_pairs(gold, predicted) { by_pairs(gold, predicted) } else { by_ends(gold, predicted) }
}

fn by_pairs(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Vec<Covered>; 2] {
    let (mut of_gold, mut of_predicted) = (vec![Vec::new(); gold.len()], vec![Vec::new(); predicted.len()]);
    for (g, p, _) in overlapping(gold, predicted) {
        if gold[g].label == predicted[p].label {
            of_gold[g].push(&predicted[p]);
            of_predicted[p].push(&gold[g]);
        }
    }
    let covered = |(item, others): (&LabelledSpan, Vec<&LabelledSpan>)| Covered {
        most: others.iter().map(|other| item.shared(other)).max().unwrap_or(0),
        together: together(item, &others),
    };
    [gold.iter().zip(of_gold).map(covered).collect(), predicted.iter().zip(of_predicted).map(covered).collect()]
}

fn by_ends(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> [Vec<Covered>; 2] {
    let mut covered = [vec![Covered::default(); gold.len()], vec![Covered::default(); predicted.len()]];
    let mut by_label: BTreeMap<u32, [Vec<usize>; 2]> = BTreeMap::new();
    for (side, items) in [gold, predicted].into_iter().enumerate() {
        for (at, item) in items.iter().enumerate() {
            by_label.entry(item.label).or_default()[side].push(at);
        }
    }
    for of_label in by_label.values() {
        let range = |item: &LabelledSpan| (u64::from(item.start), u64::from(item.end));
        let ranges = [
            of_label[0].iter().map(|&at| range(&gold[at])).collect::<Vec<_>>(),
            of_label[1].iter().map(|&at| range(&predicted[at])).collect::<Vec<_>>(),
        ];
        for side in [0, 1] {
            for (&at, found) in of_label[side].iter().zip(covered_by(&ranges[side], &ranges[1 - side])) {
                covered[side][at] = found;
            }
        }
    }
    covered
}

/// Returns what others cover of each range, in time n log n. The range that covers most of another
/// starts before it and ends last, or starts in it and reaches its end as early as possible, or is
/// the longest one within it.
fn covered_by(ranges: &[(u64, u64)], others: &[(u64, u64)]) -> Vec<Covered> {
    let mut by_start = others.to_vec();
    by_start.sort_unstable();
    let mut last_end = 0;
    let (mut ends, mut unions) = (Vec::with_capacity(others.len()), Vec::with_capacity(others.len()));
    let mut sum = 0;
    for &(start, end) in &by_start {
        // What the ranges up to this one cover together.
        sum += end.saturating_sub(start.max(last_end));
        last_end = end.max(last_end);
        ends.push(last_end);
        unions.push(sum);
    }
    let before = |at: u64| by_start.partition_point(|other| other.0 < at);
    let covered_before = |at: u64| match before(at) {
        0 => 0,
        count => unions[count - 1] - ends[count - 1].saturating_sub(at),
    };
    let mut found: Vec<Covered> = ranges
        .iter()
        .map(|&(start, end)| {
            let reached = match before(start + 1) {
                0 => 0,
                count => ends[count - 1].min(end).saturating_sub(start),
            };
            Covered { most: reached, together: covered_before(end) - covered_before(start) }
        })
        .collect();

    let by_end = |ranges: &[(u64, u64)]| {
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        order.sort_by_key(|&at| ranges[at].1);
        order
    };
    let (order, other_order) = (by_end(ranges), by_end(others));
    // Others that start within a range and reach its end: the first of them covers most.
    let (mut starts, mut to_add) = (BTreeSet::new(), other_order.iter().rev().peekable());
    for &at in order.iter().rev() {
        let (start, end) = ranges[at];
        while let Some(&other) = to_add.next_if(|&&other| others[other].1 >= end) {
            starts.insert(others[other].0);
        }
        if let Some(&first) = starts.range(start..end).next() {
            found[at].most = found[at].most.max(end - first);
        }
    }
    // Others within a range: the longest covers most. A Fenwick tree has the longest by start, from
    // the last start to the first.
    let (mut longest, mut to_add) = (vec![0; others.len() + 1], other_order.iter().peekable());
    for &at in &order {
        let (start, end) = ranges[at];
        while let Some(&other) = to_add.next_if(|&&other| others[other].1 <= end) {
            let mut place = others.len() - before(others[other].0);
            while place < longest.len() {
                longest[place] = (others[other].1 - others[other].0).max(longest[place]);
                place += place & place.wrapping_neg();
            }
        }
        let mut place = others.len() - before(start);
        while place > 0 {
            found[at].most = found[at].most.max(longest[place]);
            place -= place & place.wrapping_neg();
        }
    }
    found
}

/// Returns the number of code points of an item that any of the others covers.
fn together(item: &LabelledSpan, others: &[&LabelledSpan]) -> u64 {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for part in item.parts() {
        for other in others.iter().flat_map(|other| other.parts()) {
            let range = (part.0.max(other.0), part.1.min(other.1));
            if range.0 < range.1 {
                ranges.push(range);
            }
        }
    }
    ranges.sort_unstable();
    let (mut covered, mut reached) = (0, 0);
    for (start, end) in ranges {
        covered += u64::from(end.saturating_sub(start.max(reached)));
        reached = reached.max(end);
    }
    covered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use super::{by_ends, by_pairs};
    use crate::align::LabelledSpan;

    fn entities() -> impl Strategy<Value = Vec<LabelledSpan>> {
        let entity = (0..30_u32, 1..20_u32, 0..2_u32);
        let entity = entity.prop_map(|(start, length, label)| LabelledSpan::new(start, start + length, label));
        proptest::collection::vec(entity, 0..12)
    }

    proptest! {
        #[test]
        fn coverage_is_found_without_listing_pairs(gold in entities(), predicted in entities()) {
            prop_assert_eq!(by_ends(&gold, &predicted), by_pairs(&gold, &predicted));
        }
    }
}
