//! The definition, followed literally: every one-to-one assignment is tried.

use proptest::prelude::*;

use super::component::{Component, split};
use super::gain::Gain;
use super::{Item, align, assignment, sweep};

/// Exact pairs, then the lower levels.
type Value = (i64, Gain);

fn every_alignment(gold: &[Item], predicted: &[Item]) -> Vec<(Item, Item)> {
    let mut best: Option<(Value, Vec<(Item, Item)>)> = None;
    let mut gold: Vec<Item> = gold.to_vec();
    gold.sort();
    try_all(&gold, &mut predicted.to_vec(), &mut Vec::new(), &mut best);
    let mut pairs = best.map(|(_, pairs)| pairs).unwrap_or_default();
    pairs.sort();
    pairs
}

fn try_all(
    gold: &[Item],
    predicted: &mut Vec<Item>,
    pairs: &mut Vec<(Item, Item)>,
    best: &mut Option<(Value, Vec<(Item, Item)>)>,
) {
    let Some((first, rest)) = gold.split_first() else {
        let value = value(pairs);
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
        if first.shared(&predicted[at]) == 0 {
            continue;
        }
        let taken = predicted.remove(at);
        pairs.push((first.clone(), taken.clone()));
        try_all(rest, predicted, pairs, best);
        pairs.pop();
        predicted.insert(at, taken);
    }
}

fn sorted(pairs: &[(Item, Item)]) -> Vec<&(Item, Item)> {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    sorted
}

fn value(pairs: &[(Item, Item)]) -> Value {
    let mut total = (0, Gain::ZERO);
    for (gold, predicted) in pairs {
        total.0 += i64::from(gold == predicted);
        total.1 += Gain {
            exact: i64::from(gold.same_span(predicted)),
            same_label: i64::from(gold.label == predicted.label),
            overlapping: 1,
            shared: i64::try_from(gold.shared(predicted)).unwrap(),
        };
    }
    total
}

fn items(most: usize, places: u32) -> impl Strategy<Value = Vec<Item>> {
    let item = (0..places, 1..6u32, 0..3u32).prop_map(|(start, length, label)| Item::new(start, start + length, label));
    prop::collection::vec(item, 0..=most)
}

fn total(component: &Component, pairs: &[(usize, usize)]) -> Gain {
    let gain = |&(g, p): &(usize, usize)| component.edges[g].iter().find(|(other, _)| *other == p).unwrap().1;
    pairs.iter().map(gain).fold(Gain::ZERO, |sum, gain| sum + gain)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_alignment_is_the_best_of_all(gold in items(5, 12), predicted in items(5, 12)) {
        let alignment = align(&gold, &predicted);
        let mut pairs: Vec<_> =
            alignment.pairs.iter().map(|pair| (gold[pair.gold].clone(), predicted[pair.predicted].clone())).collect();
        // Copies of a gold item are interchangeable; the list is compared as a sorted one.
        pairs.sort();
        prop_assert_eq!(pairs, every_alignment(&gold, &predicted));
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
        let pairs = |gold: &[Item], predicted: &[Item], alignment: &super::Alignment| -> Vec<(Item, Item)> {
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
