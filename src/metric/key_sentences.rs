//! Key sentences: precision, recall and F1 of the selected sentences.
//!
//! Sentence splitters disagree about footnote marks and bullets, so two spans count as the same
//! sentence if their intersection is at least half of their union. Spans are paired one to one,
//! maximising first the number of such pairs and then the shared text.
//!
//! The metric `overlap` gives precision, recall and F1 of the code points that the sentences of
//! each side cover together; it does not depend on sentence boundaries.

use super::item::{Class, Item, Side};
use super::json_value::{SAME_SPAN, is_same_span};
use super::{
    CONFIDENCE, Case, Counts, Headline, MetricGroup, Name, Options, Outcome, Ranked, Statistic, StatisticKey,
    Statistics, confidence,
};
use crate::align::{AlignedRecords, RecordValues, Similarity, align_records, text_cells};
use crate::document::{Annotations, Layer, Span};
use crate::metric::signature::{EMPTY, Signature};
use crate::stats::confidence::Confidence;

/// Sentences of the best extractive summary.
pub struct KeySentences;

impl MetricGroup for KeySentences {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::KeySentences
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.key_sentences.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        ["", OVERLAP, CONFIDENCE].map(Name::from).into()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let signature = Signature::of("key_sentences");
        if metric == OVERLAP {
            return signature.with("overlap", "code-points").open(EMPTY, "null");
        }
        let span = format!("iou>={}/{}", SAME_SPAN.0, SAME_SPAN.1);
        let signature = signature.with("align", "karat-sentences-1").with("place", span);
        if metric == CONFIDENCE {
            return confidence::sign(signature, None, &options.confidence);
        }
        signature.open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("", "f1"))
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = case.gold.key_sentences.as_deref().unwrap_or_default();
        let predicted = case.predicted.key_sentences.as_deref().unwrap_or_default();
        let (gold, predicted) = (in_order(gold), in_order(predicted));
        let AlignedRecords { pairs, is_greedy } = pairs(&gold, &predicted);
        let side = |span: &Span| side(case, span);

        let mut counts = Counts::default();
        let mut found = Vec::new();
        let mut right = vec![false; predicted.len()];
        let (mut is_missed, mut is_spurious) = (vec![true; gold.len()], vec![true; predicted.len()]);
        for &(g, p) in &pairs {
            (is_missed[g], is_spurious[p]) = (false, false);
            right[p] = is_same(gold[g], predicted[p]);
            if right[p] {
                counts.correct += 1;
                found.push(Item::pair(Class::Correct, side(gold[g]), side(predicted[p])));
            } else {
                counts.incorrect += 1;
                found.push(Item::pair(Class::Misbounded, side(gold[g]), side(predicted[p])));
            }
        }
        let missed = gold.iter().enumerate().filter(|(g, _)| is_missed[*g]);
        let spurious = predicted.iter().enumerate().filter(|(p, _)| is_spurious[*p]);
        found.extend(missed.map(|(_, span)| Item::missed(side(span))));
        found.extend(spurious.map(|(_, span)| Item::spurious(Class::Spurious, side(span))));
        counts.missed = (gold.len() - pairs.len()) as u64;
        counts.spurious = (predicted.len() - pairs.len()) as u64;
        found.sort_by_key(Item::span);
        let mut statistics = Statistics::default();
        statistics.add(StatisticKey::whole(""), Statistic::matches(counts));
        statistics.add(StatisticKey::whole(OVERLAP), overlap(&gold, &predicted));
        let mut ranked = Ranked::new(&case.options.confidence);
        gold.iter().for_each(|_| ranked.expect(None));
        predicted.iter().zip(right).for_each(|(span, right)| ranked.predict(None, span.confidence, right, true));
        ranked.add_to(&mut statistics);
        let warnings = is_greedy.then(|| GREEDY.to_owned()).into_iter().collect();
        Outcome { statistics, items: found, warnings, ..Outcome::default() }
    }
}

/// Returns whether two spans count as the same sentence.
fn is_same(one: &Span, other: &Span) -> bool {
    let span = |span: &Span| (u64::from(span.start), u64::from(span.end));
    is_same_span(span(one), span(other))
}

/// The warning about a document whose pairs are not the best ones.
const GREEDY: &str = "too many sentences overlap each other to find the best pairs: some are paired in order, and the \
    figures may be lower than with the best pairs";

/// Pairs the sentences of two sides, each sorted by position, and returns pairs of indices. The
/// sentences of a pair overlap and need not be the same.
fn pairs(gold: &[&Span], predicted: &[&Span]) -> AlignedRecords {
    let alike = |g: usize, p: usize| Similarity {
        agreeing: is_same(gold[g], predicted[p]).into(),
        shared: gold[g].overlap(predicted[p]),
    };
    align_records(&vec![1; gold.len()], &vec![1; predicted.len()], alike, || {
        let both = gold.iter().chain(predicted).map(|span| (u64::from(span.start), u64::from(span.end)));
        let mut cells = text_cells(&both.collect::<Vec<_>>(), 0);
        let predicted = cells.split_off(gold.len());
        RecordValues { gold: cells, predicted, of_equals: None }
    })
}

/// Returns the pairs of sentences that F1 counts as the same, as indices in two lists of spans that
/// are sorted by position.
pub(crate) fn same_sentences(one: &[&Span], other: &[&Span]) -> Vec<(usize, usize)> {
    let mut pairs = pairs(one, other).pairs;
    pairs.retain(|pair| is_same(one[pair.0], other[pair.1]));
    pairs
}

/// The name of the code point metric.
const OVERLAP: &str = "overlap";

/// Counts the code points that both sides cover, and that each side covers; each counts once. Spans
/// must be sorted by start.
fn overlap(gold: &[&Span], predicted: &[&Span]) -> Statistic {
    let (gold, predicted) = (ranges(gold), ranges(predicted));
    let length = |all: &[(u32, u32)]| all.iter().map(|(start, end)| f64::from(end - start)).sum::<f64>();
    let mut shared = 0.0;
    let (mut g, mut p) = (0, 0);
    while let (Some(one), Some(other)) = (gold.get(g), predicted.get(p)) {
        shared += f64::from(one.1.min(other.1).saturating_sub(one.0.max(other.0)));
        if one.1 < other.1 { g += 1 } else { p += 1 }
    }
    Statistic::Shares { precision: (shared, length(&predicted)), recall: (shared, length(&gold)) }
}

/// Returns the union of the spans as sorted ranges, no two of which touch.
fn ranges(spans: &[&Span]) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start <= last.1 => last.1 = last.1.max(span.end),
            _ => all.push((span.start, span.end)),
        }
    }
    all
}

/// Returns the spans by position, independent of input order.
fn in_order(spans: &[Span]) -> Vec<&Span> {
    let mut sorted: Vec<&Span> = spans.iter().collect();
    sorted.sort_by_key(|span| (span.start, span.end, Confidence::new(span.confidence)));
    sorted
}

fn side(case: &Case<'_>, span: &Span) -> Side {
    let covered = || case.document.and_then(|d| d.slice(span.start, span.end)).map(str::to_owned);
    let text = span.text.clone().or_else(covered).unwrap_or_default();
    Side { span: Some((span.start, span.end)), label: String::new(), text }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::KeySentences;
    use crate::document::{Annotations, Layer, Span};
    use crate::metric::{Case, Counts, MetricGroup, Options, Statistic, StatisticKey};

    fn annotations(spans: &[(u32, u32)]) -> Annotations {
        let spans = spans.iter().map(|&(start, end)| Span::new(start, end)).collect();
        Annotations { key_sentences: Some(spans), ..Annotations::default() }
    }

    #[test]
    fn a_right_sentence_stays_right_whatever_else_is_chosen() {
        let gold = annotations(&[(0, 100), (100, 200)]);
        let predicted = annotations(&[(90, 195), (150, 160)]);
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        let statistics = KeySentences.count(&Layer::KeySentences, &case).statistics;
        let expected = Counts { correct: 1, missed: 1, spurious: 1, ..Counts::default() };
        assert_eq!(statistics.get(&StatisticKey::whole("")), Some(&Statistic::matches(expected)));
    }

    fn overlap(gold: &[(u32, u32)], predicted: &[(u32, u32)]) -> Statistic {
        let (gold, predicted) = (annotations(gold), annotations(predicted));
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        KeySentences.count(&Layer::KeySentences, &case).statistics.get(&StatisticKey::whole("overlap")).unwrap().clone()
    }

    /// Computed by hand: 5..30 covers 5 of 0..10 and 10 of 20..40, and covers 25 code points
    /// itself; text covered by two spans counts once.
    #[test]
    fn overlap_counts_code_points() {
        let found = overlap(&[(20, 40), (0, 10)], &[(5, 25), (22, 30)]);
        assert_eq!(found, Statistic::Shares { precision: (15.0, 25.0), recall: (15.0, 30.0) });
        assert_eq!(overlap(&[], &[(0, 3)]), Statistic::Shares { precision: (0.0, 3.0), recall: (0.0, 0.0) });
    }

    proptest! {
        #[test]
        fn overlap_is_that_of_sets(
            gold in vec((0_u32..60, 1_u32..20), 0..6),
            predicted in vec((0_u32..60, 1_u32..20), 0..6),
        ) {
            let spans = |all: &[(u32, u32)]| all.iter().map(|(at, long)| (*at, at + long)).collect::<Vec<_>>();
            let set = |all: &[(u32, u32)]| all.iter().flat_map(|(start, end)| *start..*end).collect::<BTreeSet<u32>>();
            let (gold, predicted) = (spans(&gold), spans(&predicted));
            let (one, other) = (set(&gold), set(&predicted));
            let shared = one.intersection(&other).count() as f64;
            let expected =
                Statistic::Shares { precision: (shared, other.len() as f64), recall: (shared, one.len() as f64) };
            prop_assert_eq!(overlap(&gold, &predicted), expected);
        }
    }
}
