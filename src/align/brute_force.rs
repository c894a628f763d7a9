//! The alignment by exhaustive search over all one-to-one assignments, as a test oracle.

use proptest::prelude::*;

use super::component::{Component, split};
use super::objective::Gain;
use super::{LabelledSpan, align, align_forms, assignment, sweep};

/// A gold item with its forms, and the prediction aligned with it.
type AlignedPair = (Vec<LabelledSpan>, LabelledSpan);

fn every_alignment(gold: &[Vec<LabelledSpan>], predicted: &[LabelledSpan]) -> Vec<AlignedPair> {
    let mut best: Option<(Gain, Vec<AlignedPair>)> = None;
    let mut gold: Vec<Vec<LabelledSpan>> = gold.to_vec();
    gold.sort();
    try_all(&gold, &mut predicted.to_vec(), &mut Vec::new(), &mut best);
    let mut pairs = best.map(|(_, pairs)| pairs).unwrap_or_default();
    pairs.sort();
    pairs
}

fn try_all(
    gold: &[Vec<LabelledSpan>],
    predicted: &mut Vec<LabelledSpan>,
    pairs: &mut Vec<AlignedPair>,
    best: &mut Option<(Gain, Vec<AlignedPair>)>,
) {
    let Some((first, rest)) = gold.split_first() else {
        let value = pairs.iter().fold(Gain::ZERO, |sum, pair| sum + value(pair));
        let better = best
            .as_ref()
            .is_none_or(|(known, list)| value > *known || (value == *known && sorted(pairs) < sorted(list)));
        if better {
            *best = Some((value, pairs.clone()));
        }
        return;
    };
    try_all(rest, predicted, pairs, best);
    for at in 0..predicted.len() {
        if first.iter().all(|form| form.shared(&predicted[at]) == 0) {
            continue;
        }
        let taken = predicted.remove(at);
        pairs.push((first.clone(), taken.clone()));
        try_all(rest, predicted, pairs, best);
        pairs.pop();
        predicted.insert(at, taken);
    }
}

fn sorted(pairs: &[AlignedPair]) -> Vec<&AlignedPair> {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    sorted
}

/// The gain of the best form, computed from the definition of each level.
fn value((forms, predicted): &AlignedPair) -> Gain {
    let gain = |form: &LabelledSpan| Gain {
        identical: i64::from(form == predicted),
        exact: i64::from(form.same_span(predicted)),
        same_label: i64::from(form.label == predicted.label),
        overlapping: 1,
        shared: i64::try_from(form.shared(predicted)).unwrap(),
    };
    forms.iter().filter(|form| form.shared(predicted) > 0).map(gain).max().unwrap()
}

fn items(most: usize, max_start: u32) -> impl Strategy<Value = Vec<LabelledSpan>> {
    let item = (0..max_start, 1..6u32, 0..3u32)
        .prop_map(|(start, length, label)| LabelledSpan::new(start, start + length, label));
    prop::collection::vec(item, 0..=most)
}

fn total(component: &Component, pairs: &[(usize, usize)]) -> Gain {
    let gain = |&(g, p): &(usize, usize)| component.edges[g].iter().find(|(other, _)| *other == p).unwrap().1;
    pairs.iter().map(gain).fold(Gain::ZERO, |sum, gain| sum + gain)
}

fn aligned_pairs(
    gold: &[Vec<LabelledSpan>],
    predicted: &[LabelledSpan],
    alignment: &super::Alignment,
) -> Vec<AlignedPair> {
    let pair = |pair: &super::Pair| (gold[pair.gold].clone(), predicted[pair.predicted].clone());
    let mut pairs: Vec<_> = alignment.pairs.iter().map(pair).collect();
    pairs.sort();
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_alignment_is_the_best_of_all(gold in items(5, 12), predicted in items(5, 12)) {
        let alignment = align(&gold, &predicted);
        let gold: Vec<Vec<LabelledSpan>> = gold.into_iter().map(|item| vec![item]).collect();
        // Copies of a gold item are interchangeable, so the pairs are compared as sorted lists.
        prop_assert_eq!(aligned_pairs(&gold, &predicted, &alignment), every_alignment(&gold, &predicted));
        // With one form each, both functions give the same alignment.
        prop_assert_eq!(aligned_pairs(&gold, &predicted, &align_forms(&gold, &predicted)), every_alignment(&gold, &predicted));
    }

    #[test]
    fn with_alternatives_it_is_the_best_of_all(
        gold in prop::collection::vec(items(3, 12).prop_filter("a form", |forms| !forms.is_empty()), 0..5),
        predicted in items(5, 12),
    ) {
        let alignment = align_forms(&gold, &predicted);
        prop_assert_eq!(aligned_pairs(&gold, &predicted, &alignment), every_alignment(&gold, &predicted));
        prop_assert_eq!(alignment.pairs.len() + alignment.missed.len(), gold.len());
        prop_assert_eq!(alignment.pairs.len() + alignment.spurious.len(), predicted.len());
        let (mut turned_gold, mut turned_predicted) = (gold.clone(), predicted.clone());
        turned_gold.reverse();
        turned_predicted.reverse();
        let turned = align_forms(&turned_gold, &turned_predicted);
        prop_assert_eq!(aligned_pairs(&turned_gold, &turned_predicted, &turned), aligned_pairs(&gold, &predicted, &alignment));
    }

    #[test]
    fn both_solvers_agree_to_the_pair(gold in items(14, 20), predicted in items(14, 20)) {
        let (mut gold, mut predicted) = (gold, predicted);
        gold.sort();
        predicted.sort();
        for component in split(&gold, &predicted) {
            let swept = sweep::solve(&component).expect("few states");
            let assigned = assignment::solve(&component);
            prop_assert_eq!(total(&component, &swept), total(&component, &assigned));
            prop_assert_eq!(swept, assigned);
        }
    }

    #[test]
    fn every_item_is_accounted_for_once_in_any_order(
        gold in items(20, 40),
        predicted in items(20, 40),
        turn in 0..20usize,
    ) {
        let alignment = align(&gold, &predicted);
        prop_assert_eq!(alignment.pairs.len() + alignment.missed.len(), gold.len());
        prop_assert_eq!(alignment.pairs.len() + alignment.spurious.len(), predicted.len());
        let (mut turned_gold, mut turned_predicted) = (gold.clone(), predicted.clone());
        turned_gold.rotate_left(turn % gold.len().max(1));
        turned_predicted.reverse();
        let turned = align(&turned_gold, &turned_predicted);
        let pairs = |gold: &[LabelledSpan], predicted: &[LabelledSpan], alignment: &super::Alignment| -> Vec<(LabelledSpan, LabelledSpan)> {
            let mut pairs: Vec<_> =
                alignment.pairs.iter().map(|p| (gold[p.gold].clone(), predicted[p.predicted].clone())).collect();
            pairs.sort();
            pairs
        };
        prop_assert_eq!(
            pairs(&gold, &predicted, &alignment),
            pairs(&turned_gold, &turned_predicted, &turned)
        );
    }
}
