//! Coverage, as the LoReHLT evaluations had it: how much of each gold entity the predictions of its label cover, and how
//! much of each prediction the gold entities.
//!
//! An entity's share is its covered code points by all of its own; recall is the mean share of the gold entities, precision
//! that of the predictions. `max` takes the best single entity of the other side, `sum` all of them together, each code
//! point once. The first word is the gold side's way (recall), the second the predictions' (precision): as the aggregates
//! `overlap-maxmax`, `-maxsum`, `-summax` and `-sumsum` of neleval 3.1.1.

use super::matching::Matching;
use crate::align::{Item, overlapping};
use crate::metric::{Name, Options, Statistic, StatisticKey, Statistics};

/// What an entity's share is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// The best single entity.
    Max,
    /// All of them together.
    Sum,
}

/// The names, each with the gold and the predicted side's way.
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
    let predicted: Vec<Item> = counted.iter().map(|&p| matching.predicted_items[p].clone()).collect();
    let (mut of_gold, mut of_predicted) = (vec![Vec::new(); gold.len()], vec![Vec::new(); predicted.len()]);
    for (g, p, _) in overlapping(gold, &predicted) {
        if gold[g].label == predicted[p].label {
            of_gold[g].push(&predicted[p]);
            of_predicted[p].push(&gold[g]);
        }
    }
    for (name, (recall, precision)) in metrics {
        // Per label: shares and number of gold entities, shares and number of predictions.
        let mut by_label = vec![((0.0, 0.0), (0.0, 0.0)); matching.labels.len()];
        for (g, others) in of_gold.iter().enumerate() {
            let sum = &mut by_label[matching.gold_label(g)].0;
            *sum = (sum.0 + share(&gold[g], others, recall), sum.1 + 1.0);
        }
        for (p, others) in of_predicted.iter().enumerate() {
            let sum = &mut by_label[predicted[p].label as usize].1;
            *sum = (sum.0 + share(&predicted[p], others, precision), sum.1 + 1.0);
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

/// How much of an item others cover: 0 to 1.
fn share(item: &Item, others: &[&Item], how: Share) -> f64 {
    let covered = match how {
        Share::Max => others.iter().map(|other| item.shared(other)).max().unwrap_or(0),
        Share::Sum => together(item, others),
    };
    covered as f64 / item.length() as f64
}

/// Code points of an item that any of the others covers.
fn together(item: &Item, others: &[&Item]) -> u64 {
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
