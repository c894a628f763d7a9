//! The alignment by exhaustive search over all one-to-one assignments, as a test oracle.

use proptest::prelude::*;

use super::component::Sides;
use super::objective::{Edge, Gain};
use super::{LabelledSpan, align, align_forms, assignment, greedy, solver, sweep};

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

/// Both sides of a document in which spans overlap in one of the ways that are expensive: nested,
/// in a staircase, with one span under many labels, in two spans with copies, or discontinuous.
fn piled_up(most: usize) -> impl Strategy<Value = (Vec<LabelledSpan>, Vec<LabelledSpan>)> {
    let side = move || prop::collection::vec((0..8_u32, 0..4_u32), 0..=most);
    (0..5_usize, side(), side()).prop_map(|(shape, gold, predicted)| {
        let items = |side: Vec<(u32, u32)>, shift: u32| {
            let item = |(at, label): (u32, u32)| match shape {
                0 => LabelledSpan::new(at, 20 - at + shift, label),
                1 => LabelledSpan::new(at + shift, at + 9 + 2 * shift, label),
                2 => LabelledSpan::new(0, 9, at),
                3 => LabelledSpan::new(0, 9 - at % 2, label),
                _ => {
                    let fragments = vec![(at, at + 1), (at + 2 + label, at + 4 + label)];
                    LabelledSpan { fragments, ..LabelledSpan::new(at, at + 4 + label, label % 2) }
                }
            };
            side.into_iter().map(item).collect()
        };
        (items(gold, 0), items(predicted, 1))
    })
}

fn total(edges: &[Vec<Edge>], pairs: &[(usize, usize)]) -> Gain {
    let gain = |&(g, p): &(usize, usize)| edges[g].iter().find(|edge| edge.predicted as usize == p).unwrap().gain();
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
        let sides = Sides::of(&gold, &predicted);
        for component in sides.components() {
            let edges = sides.edges(&component);
            let swept = sweep::solve(&edges, component.predicted.len()).expect("few states");
            let assigned = assignment::solve(&solver::graph(&edges, component.predicted.len()));
            prop_assert_eq!(total(&edges, &swept), total(&edges, &assigned));
            prop_assert_eq!(swept, assigned);
        }
    }

    #[test]
    fn where_spans_pile_up_the_alignment_is_the_best_of_all((gold, predicted) in piled_up(5)) {
        let alignment = align(&gold, &predicted);
        let gold: Vec<Vec<LabelledSpan>> = gold.into_iter().map(|item| vec![item]).collect();
        prop_assert_eq!(aligned_pairs(&gold, &predicted, &alignment), every_alignment(&gold, &predicted));
        prop_assert_eq!(aligned_pairs(&gold, &predicted, &align_forms(&gold, &predicted)), every_alignment(&gold, &predicted));
    }

    /// Larger than can be searched exhaustively: groups of equal spans are reduced for the one, and
    /// solved with the rest for the other.
    #[test]
    fn reductions_give_no_optimum_up((gold, predicted) in piled_up(12)) {
        let value = |alignment: &super::Alignment| {
            let gain = |pair: &super::Pair| Gain::of(&gold[pair.gold], &predicted[pair.predicted]).unwrap();
            alignment.pairs.iter().map(gain).fold(Gain::ZERO, |sum, gain| sum + gain)
        };
        let forms: Vec<Vec<LabelledSpan>> = gold.iter().map(|item| vec![item.clone()]).collect();
        let (reduced, whole) = (align(&gold, &predicted), align_forms(&forms, &predicted));
        prop_assert_eq!(value(&reduced), value(&whole));
        prop_assert_eq!(aligned_pairs(&forms, &predicted, &reduced), aligned_pairs(&forms, &predicted, &whole));
    }

    #[test]
    fn the_rule_for_large_components_keeps_the_exact_pairs((gold, predicted) in piled_up(12)) {
        let (mut gold, mut predicted) = (gold, predicted);
        gold.sort();
        predicted.sort();
        let sides = Sides::of(&gold, &predicted);
        for component in sides.components() {
            let edges = sides.edges(&component);
            let gains = |pairs: &[(usize, usize)]| {
                let gain = |&(g, p): &(usize, usize)| Gain::of(&gold[g], &predicted[p]).expect("the items overlap");
                pairs.iter().map(gain).fold(Gain::ZERO, |sum, gain| sum + gain)
            };
            let optimum = assignment::solve(&solver::graph(&edges, component.predicted.len()));
            let optimum: Vec<(usize, usize)> =
                optimum.into_iter().map(|(g, p)| (component.gold[g], component.predicted[p])).collect();
            let pairs = greedy::pairs(&sides, &component);
            let (found, best) = (gains(&pairs), gains(&optimum));
            prop_assert_eq!((found.identical, found.exact), (best.identical, best.exact));
            prop_assert!(2 * found.overlapping >= best.overlapping && found <= best);
            let taken: std::collections::BTreeSet<usize> = pairs.iter().map(|pair| pair.1).collect();
            prop_assert!(taken.len() == pairs.len() && pairs.windows(2).all(|two| two[0].0 < two[1].0));
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

/// Spans beyond the bound are paired by the rule, in any order of the input, and as the optimum
/// where that is plain: each gold span with the prediction that is one code point longer.
#[test]
fn spans_nested_too_deeply_are_paired_by_their_ends() {
    let count = 2_000;
    let gold: Vec<LabelledSpan> = (0..count).map(|at| LabelledSpan::new(at, 2 * count - at, 0)).collect();
    let predicted: Vec<LabelledSpan> = (0..count).map(|at| LabelledSpan::new(at, 2 * count - at + 1, 0)).collect();
    let alignment = align(&gold, &predicted);
    assert!(alignment.is_greedy && alignment.pairs.len() == gold.len());
    assert!(alignment.pairs.iter().all(|pair| pair.gold == pair.predicted));
    let turned: Vec<LabelledSpan> = predicted.iter().rev().cloned().collect();
    let pairs = align(&gold, &turned).pairs;
    assert!(pairs.iter().all(|pair| pair.gold == turned.len() - 1 - pair.predicted));
}

/// One span under thousands of labels has millions of equal pairs, and an exact alignment.
#[test]
fn labels_of_one_span_are_paired_in_order() {
    let gold: Vec<LabelledSpan> = (0..5_000).map(|label| LabelledSpan::new(0, 9, 2 * label)).collect();
    let predicted: Vec<LabelledSpan> = (0..4_000).map(|label| LabelledSpan::new(0, 9, 2 * label + 1)).collect();
    let alignment = align(&gold, &predicted);
    assert!(!alignment.is_greedy);
    assert!(alignment.pairs.iter().map(|pair| (pair.gold, pair.predicted)).eq((0..4_000).map(|at| (at, at))));
    assert_eq!(alignment.missed, (4_000..5_000).collect::<Vec<usize>>());
}
