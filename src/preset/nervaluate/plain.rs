//! Fast path: the four schemes over plain spans in one pass over the predictions, with counts
//! identical to those of [`super::Nervaluate`].
//!
//! Among entities of one label, strict, exact and partial take the same gold items; so do exact and
//! partial among all entities. That leaves five runs, each with its own record of the gold items it
//! has used.

use super::{distance, is_overlap};
use crate::align::{LabelledSpan, OverlapIndex};
use crate::metric::{Counts, PlainCounter, PlainOutcome, PlainStatistics, Statistic};
use crate::preset::entities::plain_outcomes;

/// A gold item that a prediction overlaps.
struct OverlappingGold {
    gold: usize,
    same_span: bool,
    same_label: bool,
    distance: u32,
}

/// The runs over all entities, by scheme, and those over the entities of one label, by whether
/// spans must be equal.
#[derive(Clone, Copy)]
enum MatchingRun {
    Strict,
    Exact,
    Type,
    OfLabelBySpan,
    OfLabelByType,
}

const RUNS: [MatchingRun; 5] = [
    MatchingRun::Strict,
    MatchingRun::Exact,
    MatchingRun::Type,
    MatchingRun::OfLabelBySpan,
    MatchingRun::OfLabelByType,
];

/// The number of predictions that took a correct gold item, and of those that took another one.
#[derive(Clone, Copy, Default)]
struct TakenCounts {
    right: u64,
    other: u64,
}

/// The entities of one label, and how the last two runs matched them.
#[derive(Clone, Copy, Default)]
struct OfLabel {
    gold: u64,
    predicted: u64,
    by_span: TakenCounts,
    by_type: TakenCounts,
}

impl TakenCounts {
    /// Converts to outcome counts; incorrect pairs are half correct under `partial`.
    fn counts(self, gold: u64, predicted: u64, is_partial: bool) -> Counts {
        let taken = self.right + self.other;
        let (incorrect, partial) = if is_partial { (0, self.other) } else { (self.other, 0) };
        Counts { correct: self.right, incorrect, partial, missed: gold - taken, spurious: predicted - taken }
    }
}

/// Returns the gold item that a prediction takes in a run, and whether it is correct.
fn take(run: MatchingRun, links: &[OverlappingGold], used: &[u8]) -> Option<(usize, bool)> {
    let bit = 1 << run as u8;
    let (mut right, mut other): (Option<(u32, usize)>, Option<usize>) = (None, None);
    for link in links.iter().filter(|link| used[link.gold] & bit == 0) {
        let (counts, is_right, distance) = match run {
            MatchingRun::Strict => (true, link.same_span && link.same_label, 0),
            MatchingRun::Exact => (true, link.same_span, 0),
            MatchingRun::Type => (true, link.same_label, link.distance),
            MatchingRun::OfLabelBySpan => (link.same_label, link.same_span, 0),
            MatchingRun::OfLabelByType => (link.same_label, true, link.distance),
        };
        if !counts {
            continue;
        }
        if is_right {
            right = Some(right.map_or((distance, link.gold), |best| best.min((distance, link.gold))));
        } else {
            other = Some(other.map_or(link.gold, |first| first.min(link.gold)));
        }
    }
    right.map(|(_, gold)| (gold, true)).or(other.map(|gold| (gold, false)))
}

/// The fast path of [`super::Nervaluate`].
pub(super) struct PlainNervaluate;

impl PlainCounter for PlainNervaluate {
    fn count(
        &self,
        gold: &[LabelledSpan],
        predicted: &[LabelledSpan],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    ) {
        let mut pairs = Vec::new();
        sum(gold, predicted, statistics, outcomes.is_some().then_some(&mut pairs));
        if let Some(outcomes) = outcomes {
            plain_outcomes(gold, predicted, &pairs, outcomes);
        }
    }
}

/// Sums one document. Appends to `pairs` the gold span and the prediction of every pair under
/// strict.
fn sum(
    gold: &[LabelledSpan],
    predicted: &[LabelledSpan],
    statistics: &mut PlainStatistics,
    mut pairs: Option<&mut Vec<(usize, usize)>>,
) {
    let mut labels: Vec<u32> = gold.iter().chain(predicted).map(|item| item.label).collect();
    labels.sort_unstable();
    labels.dedup();
    let rank = |item: &LabelledSpan| labels.binary_search(&item.label).unwrap_or_default();
    let mut of_labels = vec![OfLabel::default(); labels.len()];
    gold.iter().for_each(|item| of_labels[rank(item)].gold += 1);
    let index = OverlapIndex::new(gold.iter().map(|item| (item.start, item.end + 1)).zip(0..));
    let (mut whole, mut used) = ([TakenCounts::default(); 3], vec![0_u8; gold.len()]);
    let mut links: Vec<OverlappingGold> = Vec::new();
    for (p, item) in predicted.iter().enumerate() {
        let of_label = &mut of_labels[rank(item)];
        of_label.predicted += 1;
        links.clear();
        let overlapping = index.overlapping((item.start, item.end + 1)).filter(|at| is_overlap(&gold[*at], item));
        links.extend(overlapping.map(|at| OverlappingGold {
            gold: at,
            same_span: (gold[at].start, gold[at].end) == (item.start, item.end),
            same_label: gold[at].label == item.label,
            distance: distance(&gold[at], item),
        }));
        for run in RUNS {
            let Some((at, is_right)) = take(run, &links, &used) else { continue };
            used[at] |= 1 << run as u8;
            if let (MatchingRun::Strict, Some(pairs)) = (run, &mut pairs) {
                pairs.push((at, p));
            }
            let taken = match run {
                MatchingRun::Strict | MatchingRun::Exact | MatchingRun::Type => &mut whole[run as usize],
                MatchingRun::OfLabelBySpan => &mut of_label.by_span,
                MatchingRun::OfLabelByType => &mut of_label.by_type,
            };
            taken.right += u64::from(is_right);
            taken.other += u64::from(!is_right);
        }
    }
    let (golds, predictions) = (gold.len() as u64, predicted.len() as u64);
    statistics.wholes.clear();
    statistics.labels.clear();
    // In the order of the schemes: strict, exact, partial, type.
    for (metric, whole) in [whole[0], whole[1], whole[1], whole[2]].into_iter().enumerate() {
        let is_partial = metric == 2;
        statistics.wholes.push(Statistic::matches(whole.counts(golds, predictions, is_partial)));
        statistics.labels.extend(labels.iter().zip(&of_labels).map(|(label, of)| {
            let taken = if metric == 3 { of.by_type } else { of.by_span };
            (metric, *label, Statistic::matches(taken.counts(of.gold, of.predicted, is_partial)))
        }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PlainNervaluate;
    use crate::align::LabelledSpan;
    use crate::document::{Annotations, Entity, Layer, Span};
    use crate::metric::{
        Case, MetricGroup, Options, PlainCounter, PlainStatistics, StatisticKey, Statistics, plain_items,
    };
    use crate::preset::nervaluate::{Nervaluate, SCHEMES};

    fn spans() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
        // Gold items of more than a hundred code points have overlaps below 1 %.
        prop::collection::vec((0..40_u32, prop_oneof![1..8_u32, 200..300_u32], 0..3_u32), 0..9)
    }

    proptest! {
        #[test]
        fn one_sweep_counts_what_the_runs_do(gold in spans(), predicted in spans()) {
            let names = ["A", "B", "C"];
            let annotations = |spans: &[(u32, u32, u32)]| {
                let entity = |&(start, length, label): &(u32, u32, u32)| {
                    Entity::new(Span::new(start, start + length), names[label as usize])
                };
                Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
            };
            let items = |spans: &[(u32, u32, u32)]| {
                spans.iter().map(|&(start, length, label)| LabelledSpan::new(start, start + length, label)).collect::<Vec<_>>()
            };
            let options = Options::default();
            let (g, p) = (annotations(&gold), annotations(&predicted));
            let case = Case { document: None, gold: &g, predicted: &p, options: &options };
            let expected = Nervaluate.count(&Layer::Entities, &case);
            let (mut plain, mut outcomes) = (PlainStatistics::default(), Vec::new());
            let (gold, predicted) = (items(&gold), items(&predicted));
            PlainNervaluate.count(&gold, &predicted, &mut plain, Some(&mut outcomes));
            let labels: Vec<std::sync::Arc<str>> = names.iter().map(|name| (*name).into()).collect();
            prop_assert_eq!(plain_items(&gold, &predicted, &labels, &outcomes), expected.items);
            let mut statistics = Statistics::default();
            for (metric, statistic) in plain.wholes.into_iter().enumerate() {
                statistics.add(StatisticKey::whole(SCHEMES[metric].0), statistic);
            }
            for (metric, label, statistic) in plain.labels {
                statistics.add(StatisticKey::labelled(SCHEMES[metric].0, &names[label as usize].into()), statistic);
            }
            prop_assert_eq!(statistics, expected.statistics);
        }
    }
}
