//! Tests of entity counts.

use super::Spans;
use crate::document::{Annotations, Entity, Layer, Region, Span};
use crate::metric::{Case, Class, Counts, MetricGroup, Options, Outcome, Statistic, StatisticKey};

fn annotations(spans: &[(u32, u32, &str)]) -> Annotations {
    let entities = spans.iter().map(|&(start, end, label)| Entity::new(Span::new(start, end), label)).collect();
    Annotations { entities: Some(entities), ..Annotations::default() }
}

fn count(gold: &Annotations, predicted: &Annotations) -> Outcome {
    Spans.count(&Layer::Entities, &Case { document: None, gold, predicted, options: &Options::default() })
}

/// Returns the numbers of correct, incorrect, partial, missed and spurious items.
fn counts(outcome: &Outcome, scheme: &'static str) -> [u64; 5] {
    match outcome.statistics.get(&StatisticKey::whole(scheme)) {
        Some(Statistic::Matches { counts: Counts { correct, incorrect, partial, missed, spurious }, .. }) => {
            [*correct, *incorrect, *partial, *missed, *spurious]
        }
        other => panic!("{other:?}"),
    }
}

/// Golds, predictions, and the counts under strict, partial and type.
type Probe<'a> = (&'a [(u32, u32, &'a str)], &'a [(u32, u32, &'a str)], [[u64; 5]; 3]);

/// nervaluate 1.2.1 printed the counts of the first four probes. The last two are one pair of
/// inputs in both orders: nervaluate's greedy pass gives the first order 0 of 1 (strict 0,1,0,0,1;
/// partial 0,0,1,0,1), the second 1 of 1; one optimal alignment gives both the second's.
#[test]
fn the_probes_of_nervaluate_give_its_counts_where_order_plays_no_part() {
    let probes: [Probe<'_>; 6] = [
        (&[(0, 5, "A")], &[(0, 5, "A"), (0, 5, "A")], [[1, 0, 0, 0, 1]; 3]),
        (&[(0, 5, "A")], &[(0, 5, "B")], [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]),
        (&[(0, 5, "A"), (6, 9, "A")], &[(0, 9, "A")], [[0, 1, 0, 1, 0], [0, 0, 1, 1, 0], [1, 0, 0, 1, 0]]),
        (&[(0, 9, "A")], &[(0, 5, "A"), (6, 9, "A")], [[0, 1, 0, 0, 1], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1]]),
        (&[(0, 9, "A")], &[(5, 14, "A"), (0, 9, "A")], [[1, 0, 0, 0, 1]; 3]),
        (&[(0, 9, "A")], &[(0, 9, "A"), (5, 14, "A")], [[1, 0, 0, 0, 1]; 3]),
    ];
    for (gold, predicted, expected) in probes {
        let outcome = count(&annotations(gold), &annotations(predicted));
        let found = ["strict", "partial", "type"].map(|scheme| counts(&outcome, scheme));
        assert_eq!(found, expected, "gold {gold:?}, predicted {predicted:?}");
    }
    // The F that nervaluate prints for the first probe, and for the third's partial scheme.
    let f1 = |[correct, incorrect, partial, missed, spurious]: [u64; 5]| {
        let credit = correct as f64 + partial as f64 / 2.0;
        2.0 * credit / (2 * (correct + incorrect + partial) + missed + spurious) as f64
    };
    assert!((f1(probes[0].2[0]) - 0.667).abs() < 5e-4 && (f1(probes[2].2[1]) - 0.333).abs() < 5e-4);
}

#[test]
fn spans_that_only_touch_do_not_count_as_overlapping() {
    // nervaluate, with inclusive ends, pairs these two.
    let outcome = count(&annotations(&[(0, 5, "A")]), &annotations(&[(5, 9, "A")]));
    assert_eq!(counts(&outcome, "partial"), [0, 0, 0, 1, 1]);
}

#[test]
fn items_have_outcomes() {
    let gold = annotations(&[(0, 3, "A"), (4, 8, "A"), (10, 14, "A"), (20, 24, "A")]);
    let predicted = annotations(&[(0, 3, "B"), (4, 7, "A"), (11, 14, "B"), (30, 33, "A"), (30, 33, "A"), (0, 3, "B")]);
    let classes: Vec<Class> = count(&gold, &predicted).items.iter().map(|item| item.class).collect();
    assert_eq!(
        classes,
        [
            Class::Mislabelled,
            Class::Duplicate,
            Class::Misbounded,
            Class::MislabelledMisbounded,
            Class::Missed,
            Class::Spurious,
            Class::Duplicate
        ]
    );
}

#[test]
fn optional_entities_and_ignored_regions_count_on_neither_side() {
    let mut gold = annotations(&[(0, 3, "A"), (4, 8, "A"), (10, 14, "A")]);
    let predicted = annotations(&[(0, 3, "A"), (4, 8, "A"), (10, 14, "A"), (12, 13, "A")]);
    gold.entities.as_mut().unwrap()[1].optional = true;
    gold.ignore = vec![Region { start: 9, end: 20 }];
    let outcome = count(&gold, &predicted);
    assert_eq!(counts(&outcome, "strict"), [1, 0, 0, 0, 0]);
    assert_eq!(Spans.gold_items(&Layer::Entities, &gold, &Options::default()), Some(1));
    let unanswered = count(&gold, &annotations(&[]));
    assert_eq!(counts(&unanswered, "strict"), [0, 0, 0, 1, 0]);
}
