//! Coverage as in the LoReHLT evaluations: how much of each gold entity is covered by predictions
//! with its label, and how much of each prediction by gold entities.
//!
//! The coverage of an entity is its covered code points divided by all its code points. Recall is
//! the mean coverage of gold entities, precision that of predictions. `max` takes the best single
//! entity of the other side, `sum` the union of all. The first word applies to the gold side
//! (recall), the second to the predictions (precision), as in the aggregates `overlap-maxmax`,
//! `-maxsum`, `-summax` and `-sumsum` of neleval 3.1.1.

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
    let (mut of_gold, mut of_predicted) = (vec![Vec::new(); gold.len()], vec![Vec::new(); predicted.len()]);
    for (g, p, _) in overlapping(gold, &predicted) {
        if gold[g].label == predicted[p].label {
            of_gold[g].push(&predicted[p]);
            of_predicted[p].push(&gold[g]);
        }
    }
    for (name, (recall, precision)) in metrics {
        // Per label: sum of coverages and number of gold entities, sum of coverages and number of
        // predictions.
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

/// Returns the fraction of an item that others cover, 0 to 1.
fn share(item: &LabelledSpan, others: &[&LabelledSpan], how: Share) -> f64 {
    let covered = match how {
        Share::Max => others.iter().map(|other| item.shared(other)).max().unwrap_or(0),
        Share::Sum => together(item, others),
    };
    covered as f64 / item.length() as f64
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
