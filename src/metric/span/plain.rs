//! The schemes of default options over plain spans, on numbers alone.
//!
//! What [`super::scheme`] counts, to the bit; a test scores the same files both ways.

use super::classify::class_of;
use crate::align::{Item, Pair, align};
use crate::metric::options::ConfidenceOptions;
use crate::metric::{Class, Counts, PlainOutcome, PlainTally, Slot};
use crate::stats::confidence::Ranking;

enum Credit {
    Whole,
    Half,
    None,
}

/// How strict, exact, partial and type judge a pair; the confidences come behind them.
const JUDGES: [fn(&Pair) -> Credit; 4] = [
    |pair| if pair.exact && pair.same_label { Credit::Whole } else { Credit::None },
    |pair| if pair.exact { Credit::Whole } else { Credit::None },
    |pair| if pair.exact { Credit::Whole } else { Credit::Half },
    |pair| if pair.same_label { Credit::Whole } else { Credit::None },
];

/// Sums one document.
pub(super) fn sum(gold: &[Item], predicted: &[Item], tally: &mut PlainTally) {
    let alignment = align(gold, predicted);
    let mut labels: Vec<u32> = gold.iter().chain(predicted).map(|item| item.label).collect();
    labels.sort_unstable();
    labels.dedup();
    let rank = |item: &Item| labels.binary_search(&item.label).unwrap_or_default();
    // What all schemes share: gold items without an answer, predictions that answer nothing, and all predictions.
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
    tally.wholes.clear();
    tally.labels.clear();
    for (metric, judge) in JUDGES.iter().enumerate() {
        let first = tally.labels.len();
        tally.labels.extend(labels.iter().zip(&shared).map(|(label, [missed, spurious, predicted])| {
            let counts = Counts { missed: *missed, spurious: *spurious, ..Counts::default() };
            (metric, *label, Slot::Matches { counts, credit2: 0, predicted: *predicted })
        }));
        let slots = &mut tally.labels[first..];
        for (pair, (g, p)) in alignment.pairs.iter().zip(&places) {
            let earned = match (judge(pair), &mut slots[*g].2) {
                (Credit::Whole, Slot::Matches { counts, .. }) => {
                    counts.correct += 1;
                    2
                }
                (Credit::Half, Slot::Matches { counts, .. }) => {
                    counts.partial += 1;
                    1
                }
                (_, Slot::Matches { counts, .. }) => {
                    counts.incorrect += 1;
                    0
                }
                _ => 0,
            };
            if let Slot::Matches { credit2, .. } = &mut slots[*p].2 {
                *credit2 += earned;
            }
        }
        let mut whole = Counts::default();
        for (_, _, slot) in slots {
            if let Slot::Matches { counts, .. } = slot {
                whole += *counts;
            }
        }
        tally.wholes.push(Slot::matches(whole));
    }
    let mut ranking = Ranking::default();
    ranking.expect(gold.len() as u64);
    predicted.iter().for_each(|_| ranking.predict(None, false));
    tally.wholes.push(Slot::Ranking { ranking, bins: ConfidenceOptions::default().bins });
}

/// Lists what became of the items of one document. Copies of a prediction that answers nothing are not told apart.
pub(super) fn outcomes(gold: &[Item], predicted: &[Item], outcomes: &mut Vec<PlainOutcome>) {
    let alignment = align(gold, predicted);
    outcomes.clear();
    let of_gold = |item, class| PlainOutcome { class, is_gold: true, item };
    outcomes.extend(alignment.pairs.iter().map(|pair| of_gold(pair.gold, class_of(pair))));
    outcomes.extend(alignment.missed.iter().map(|&item| of_gold(item, Class::Missed)));
    let of_predicted = |&item: &usize| PlainOutcome { class: Class::Spurious, is_gold: false, item };
    outcomes.extend(alignment.spurious.iter().map(of_predicted));
    outcomes.sort_by_key(|outcome| {
        let item = if outcome.is_gold { &gold[outcome.item] } else { &predicted[outcome.item] };
        ((item.start, item.end), outcome.class)
    });
}
