//! Fast path: the schemes of default options over plain spans, on numbers alone.
//!
//! Counts are identical to those of [`super::scheme`]; a test scores the same files both ways.

use std::collections::BTreeSet;

use super::detail::{Aligned, details};
use super::group::GREEDY;
use crate::align::{Alignment, LabelledSpan, Pair, align};
use crate::metric::options::ConfidenceOptions;
use crate::metric::{Class, Counts, Detail, PlainCounter, PlainOutcome, PlainStatistics, Statistic};
use crate::stats::confidence::Ranking;

/// The credit of a pair under strict, exact, partial and type, in halves; the confidence metric
/// follows them.
const JUDGES: [fn(&Pair) -> u64; 4] = [
    |pair| 2 * u64::from(pair.exact && pair.same_label),
    |pair| 2 * u64::from(pair.exact),
    |pair| 1 + u64::from(pair.exact),
    |pair| 2 * u64::from(pair.same_label),
];

/// The fast path of [`super::Spans`].
pub(super) struct PlainSpans;

impl PlainCounter for PlainSpans {
    fn count(
        &self,
        gold: &[LabelledSpan],
        predicted: &[LabelledSpan],
        statistics: &mut PlainStatistics,
        outcomes: Option<&mut Vec<PlainOutcome>>,
    ) {
        let alignment = align(gold, predicted);
        statistics.warnings.clear();
        statistics.warnings.extend(alignment.is_greedy.then(|| GREEDY.to_owned()));
        sum(gold, predicted, &alignment, statistics);
        if let Some(outcomes) = outcomes {
            classify(gold, predicted, &alignment, outcomes);
        }
    }
}

/// Appends the outcomes that [`super::classify`] determines for every span.
fn classify(
    gold: &[LabelledSpan],
    predicted: &[LabelledSpan],
    alignment: &Alignment,
    outcomes: &mut Vec<PlainOutcome>,
) {
    let Alignment { pairs, missed, spurious, .. } = alignment;
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
    let mut seen: BTreeSet<&LabelledSpan> = pairs.iter().map(|pair| &predicted[pair.predicted]).collect();
    for (&p, detail) in spurious.iter().zip(details.spurious) {
        let (class, detail) =
            if seen.insert(&predicted[p]) { (Class::Spurious, detail) } else { (Class::Duplicate, Detail::Duplicate) };
        outcomes.push(PlainOutcome { class, detail: Some(detail), gold: None, predicted: Some(p) });
    }
}

/// Sums one document.
fn sum(gold: &[LabelledSpan], predicted: &[LabelledSpan], alignment: &Alignment, statistics: &mut PlainStatistics) {
    let mut labels: Vec<u32> = gold.iter().chain(predicted).map(|item| item.label).collect();
    labels.sort_unstable();
    labels.dedup();
    let rank = |item: &LabelledSpan| labels.binary_search(&item.label).unwrap_or_default();
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
    let mut of_labels: Vec<(Counts, u64)> = Vec::with_capacity(labels.len());
    for (metric, judge) in JUDGES.iter().enumerate() {
        let unmatched =
            |[missed, spurious, _]: &[u64; 3]| Counts { missed: *missed, spurious: *spurious, ..Counts::default() };
        of_labels.clear();
        of_labels.extend(shared.iter().map(|shared| (unmatched(shared), 0)));
        for (pair, (g, p)) in alignment.pairs.iter().zip(&places) {
            let (credit2, counts) = (judge(pair), &mut of_labels[*g].0);
            match credit2 {
                2 => counts.correct += 1,
                1 => counts.partial += 1,
                _ => counts.incorrect += 1,
            }
            of_labels[*p].1 += credit2;
        }
        let mut whole = Counts::default();
        for ((label, [.., predicted]), &(counts, credit2)) in labels.iter().zip(&shared).zip(&of_labels) {
            whole += counts;
            statistics.labels.push((metric, *label, Statistic::Matches { counts, credit2, predicted: *predicted }));
        }
        statistics.wholes.push(Statistic::matches(whole));
    }
    let ranking = Ranking::without_confidence(gold.len() as u64, predicted.len() as u64);
    statistics.wholes.push(Statistic::Ranking { ranking, bins: ConfidenceOptions::default().bins });
}
