//! Fast path: the schemes of default options over plain spans, on numbers alone.
//!
//! Counts are identical to those of [`super::scheme`]; a test scores the same files both ways.

use std::collections::BTreeSet;

use super::detail::{Aligned, details};
use crate::align::{Alignment, Item, Pair, align};
use crate::metric::options::ConfidenceOptions;
use crate::metric::{Class, Counts, Detail, PlainCounter, PlainOutcome, PlainStatistics, Statistic};
use crate::stats::confidence::Ranking;

enum Credit {
    Whole,
    Half,
    None,
}

/// How strict, exact, partial and type judge a pair; the confidence metric follows them.
const JUDGES: [fn(&Pair) -> Credit; 4] = [
    |pair| if pair.exact && pair.same_label { Credit::Whole } else { Credit::None },
    |pair| if pair.exact { Credit::Whole } else { Credit::None },
    |pair| if pair.exact { Credit::Whole } else { Credit::Half },
    |pair| if pair.same_label { Credit::Whole } else { Credit::None },
];

/// The fast path of [`super::Spans`].
pub(super) struct PlainSpans;

impl PlainCounter for PlainSpans {
    fn count(
        &self,
        gold: &[Item],
        predicted: &[Item],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    ) {
        let alignment = align(gold, predicted);
        sum(gold, predicted, &alignment, statistics);
        if let Some(outcomes) = outcomes {
            classify(gold, predicted, &alignment, outcomes);
        }
    }
}

/// Appends the outcomes that [`super::classify`] determines for every span.
fn classify(gold: &[Item], predicted: &[Item], alignment: &Alignment, outcomes: &mut Vec<PlainOutcome>) {
    let Alignment { pairs, missed, spurious } = alignment;
    let all_right = missed.is_empty() && spurious.is_empty() && pairs.iter().all(|pair| pair.exact);
    let details = (!all_right).then(|| details(Aligned { gold, predicted, pairs, missed, spurious }));
    for (at, pair) in pairs.iter().enumerate() {
        let detail = match &details {
            Some(details) => details.pairs[at],
            None => (!pair.same_label).then_some(Detail::Label),
        };
        outcomes.push(PlainOutcome {
            class: Class::of_pair(pair.exact, pair.same_label),
            detail,
            gold: Some(pair.gold),
            predicted: Some(pair.predicted),
        });
    }
    let Some(details) = details else { return };
    for (&g, detail) in missed.iter().zip(details.missed) {
        outcomes.push(PlainOutcome { class: Class::Missed, detail: Some(detail), gold: Some(g), predicted: None });
    }
    if spurious.is_empty() {
        return;
    }
    let mut seen: BTreeSet<&Item> = pairs.iter().map(|pair| &predicted[pair.predicted]).collect();
    for (&p, detail) in spurious.iter().zip(details.spurious) {
        let (class, detail) =
            if seen.insert(&predicted[p]) { (Class::Spurious, detail) } else { (Class::Duplicate, Detail::Duplicate) };
        outcomes.push(PlainOutcome { class, detail: Some(detail), gold: None, predicted: Some(p) });
    }
}

/// Sums one document.
fn sum(gold: &[Item], predicted: &[Item], alignment: &Alignment, statistics: &mut PlainStatistics) {
    let mut labels: Vec<u32> = gold.iter().chain(predicted).map(|item| item.label).collect();
    labels.sort_unstable();
    labels.dedup();
    let rank = |item: &Item| labels.binary_search(&item.label).unwrap_or_default();
    // Counts shared by all schemes: gold items without a prediction, unmatched predictions, and all
    // predictions.
    let mut shared = vec![[0_u64; 3]; labels.len()];
    for &g in &alignment.missed {
        shared[rank(&gold[g])][0] += 1;
    }
    for &p in &alignment.spurious {
        shared[rank(&predicted[p])][1] += 1;
    }
    for item in predicted {
        shared[rank(item)][2] += 1;
    }
    let places = alignment.pairs.iter().map(|pair| (rank(&gold[pair.gold]), rank(&predicted[pair.predicted])));
    let places: Vec<(usize, usize)> = places.collect();
    statistics.wholes.clear();
    statistics.labels.clear();
    for (metric, judge) in JUDGES.iter().enumerate() {
        let first = statistics.labels.len();
        statistics.labels.extend(labels.iter().zip(&shared).map(|(label, [missed, spurious, predicted])| {
            let counts = Counts { missed: *missed, spurious: *spurious, ..Counts::default() };
            (metric, *label, Statistic::Matches { counts, credit2: 0, predicted: *predicted })
        }));
        let of_metric = &mut statistics.labels[first..];
        for (pair, (g, p)) in alignment.pairs.iter().zip(&places) {
            let earned = match (judge(pair), &mut of_metric[*g].2) {
                (Credit::Whole, Statistic::Matches { counts, .. }) => {
                    counts.correct += 1;
                    2
                }
                (Credit::Half, Statistic::Matches { counts, .. }) => {
                    counts.partial += 1;
                    1
                }
                (_, Statistic::Matches { counts, .. }) => {
                    counts.incorrect += 1;
                    0
                }
                _ => 0,
            };
            if let Statistic::Matches { credit2, .. } = &mut of_metric[*p].2 {
                *credit2 += earned;
            }
        }
        let mut whole = Counts::default();
        for (_, _, statistic) in of_metric {
            if let Statistic::Matches { counts, .. } = statistic {
                whole += *counts;
            }
        }
        statistics.wholes.push(Statistic::matches(whole));
    }
    let ranking = Ranking::without_confidence(gold.len() as u64, predicted.len() as u64);
    statistics.wholes.push(Statistic::Ranking { ranking, bins: ConfidenceOptions::default().bins });
}
