//! Tests of optional schemes, alternatives, and kinds of errors.

use super::Spans;
use crate::document::{Alternative, Annotations, Entity, Layer, Span};
use crate::metric::{Case, Counts, Detail, Item, MetricGroup, Options, Outcome, Statistic, StatisticKey};

fn entity(start: u32, end: u32, label: &str) -> Entity {
    Entity::new(Span::new(start, end), label)
}

fn annotations(entities: impl IntoIterator<Item = Entity>) -> Annotations {
    Annotations { entities: Some(entities.into_iter().collect()), ..Annotations::default() }
}

fn plain(spans: &[(u32, u32, &str)]) -> Annotations {
    annotations(spans.iter().map(|&(start, end, label)| entity(start, end, label)))
}

fn broken(fragments: &[(u32, u32)], label: &str) -> Entity {
    let (start, end) = (fragments[0].0, fragments[fragments.len() - 1].1);
    Entity { fragments: fragments.to_vec(), ..entity(start, end, label) }
}

fn count(gold: &Annotations, predicted: &Annotations, options: &str) -> Outcome {
    let options: Options = toml::from_str(options).unwrap();
    Spans.count(&Layer::Entities, &Case { document: None, gold, predicted, options: &options })
}

/// Returns the numbers of correct, incorrect, partial, missed and spurious items.
fn counts(outcome: &Outcome, scheme: &str) -> [u64; 5] {
    match outcome.statistics.get(&StatisticKey::whole(scheme.to_owned())) {
        Some(Statistic::Matches { counts: Counts { correct, incorrect, partial, missed, spurious }, .. }) => {
            [*correct, *incorrect, *partial, *missed, *spurious]
        }
        other => panic!("{other:?}"),
    }
}

fn details(outcome: &Outcome) -> Vec<&'static str> {
    outcome.items.iter().map(|item| item.detail.map_or("", Detail::as_str)).collect()
}

#[test]
fn overlap_counts_from_its_least_share_on() {
    // 5 of 10, 6 of 10, and the whole under another label.
    let gold = plain(&[(0, 10, "A"), (20, 30, "A"), (40, 50, "A")]);
    let predicted = plain(&[(0, 5, "A"), (20, 26, "A"), (40, 50, "B")]);
    let outcome = count(&gold, &predicted, "spans.iou = [0.6, 0.5, 1]");
    assert_eq!(counts(&outcome, "iou0.5"), [2, 1, 0, 0, 0]);
    assert_eq!(counts(&outcome, "iou0.6"), [1, 2, 0, 0, 0]);
    assert_eq!(counts(&outcome, "iou1"), [0, 3, 0, 0, 0]);
    assert_eq!(counts(&outcome, "iou0.5-boundaries"), [3, 0, 0, 0, 0]);
    assert_eq!(counts(&outcome, "iou1-boundaries"), [1, 2, 0, 0, 0]);
}

#[test]
fn of_discontinuous_spans_the_fragments_count() {
    // Covers 0-4 and 6-10: 8 code points. The prediction without a gap shares all of them, and has
    // 10.
    let gold = annotations([broken(&[(0, 4), (6, 10)], "A")]);
    let outcome = count(&gold, &plain(&[(0, 10, "A")]), "spans = {iou = [0.8, 0.81], tolerance = 2}");
    assert_eq!(counts(&outcome, "iou0.8"), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&outcome, "iou0.81"), [0, 1, 0, 0, 0]);
    assert_eq!(counts(&outcome, "exact"), [0, 1, 0, 0, 0]);
    assert_eq!(counts(&outcome, "tolerance2"), [0, 1, 0, 0, 0]);
    assert_eq!(details(&outcome), ["too_long"]);
    let shifted = annotations([broken(&[(1, 4), (5, 12)], "A")]);
    let outcome = count(&gold, &shifted, "spans.tolerance = [1, 2]");
    assert_eq!(counts(&outcome, "tolerance2"), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&outcome, "tolerance1"), [0, 1, 0, 0, 0]);
    // The gap contains no part of the entity.
    assert_eq!(counts(&count(&gold, &plain(&[(4, 6, "A")]), ""), "partial"), [0, 0, 0, 1, 1]);
}

#[test]
fn nested_and_multi_labelled_spans_each_find_their_own() {
    let gold = plain(&[(0, 18, "ORG"), (14, 18, "GPE"), (14, 18, "CITY"), (0, 18, "UNIVERSITY")]);
    let same = plain(&[(14, 18, "CITY"), (0, 18, "UNIVERSITY"), (14, 18, "GPE"), (0, 18, "ORG")]);
    assert_eq!(counts(&count(&gold, &same, ""), "strict"), [4, 0, 0, 0, 0]);
    // Equal labels first, though CITY comes before GPE.
    let outcome = count(&plain(&[(0, 4, "GPE")]), &plain(&[(0, 4, "CITY"), (0, 4, "GPE")]), "");
    assert_eq!(counts(&outcome, "strict"), [1, 0, 0, 0, 1]);
}

#[test]
fn tolerance_is_of_each_edge() {
    let gold = plain(&[(10, 20, "A"), (30, 40, "A"), (50, 60, "A")]);
    let predicted = plain(&[(8, 22, "A"), (30, 43, "A"), (50, 61, "B")]);
    let outcome = count(&gold, &predicted, "spans.tolerance = 2");
    assert_eq!(counts(&outcome, "tolerance2"), [1, 2, 0, 0, 0]);
}

#[test]
fn a_label_above_or_below_earns_half_a_credit() {
    let options = "labels.parents = {CITY = \"GPE\", STATE = \"GPE\", GPE = \"PLACE\"}";
    let gold = plain(&[(0, 4, "CITY"), (5, 9, "PLACE"), (10, 14, "CITY"), (15, 19, "CITY"), (20, 24, "GPE")]);
    let predicted = plain(&[(0, 4, "GPE"), (5, 9, "CITY"), (10, 14, "STATE"), (15, 18, "CITY"), (20, 24, "GPE")]);
    let outcome = count(&gold, &predicted, options);
    assert_eq!(counts(&outcome, "hierarchy"), [1, 2, 2, 0, 0]);
    assert_eq!(counts(&outcome, "strict"), [1, 4, 0, 0, 0]);
    let options: Options = toml::from_str(options).unwrap();
    let signature = Spans.signature("hierarchy", &options).to_string();
    assert_eq!(
        signature,
        "spans|align:karat-1|scheme:hierarchy|kin:1/2|parents:CITY>GPE,GPE>PLACE,STATE>GPE|beta:1|empty:null"
    );
}

/// The probe of the LoReHLT measures, as neleval 3.1.1 prints it: golds 1-10 and 12, predictions
/// 1-5 and 6-12.
#[test]
fn coverage_by_its_four_strategies() {
    let gold = plain(&[(1, 11, "A"), (12, 13, "A")]);
    let predicted = plain(&[(1, 6, "A"), (6, 13, "A")]);
    let outcome = count(&gold, &predicted, "spans.coverage = true");
    let figures = |strategy: &str| {
        let statistic = outcome.statistics.get(&StatisticKey::whole(format!("coverage-{strategy}"))).unwrap();
        ["precision", "recall", "f1"].map(|stat| format!("{:.3}", statistic.value(stat).unwrap()))
    };
    assert_eq!(figures("maxmax"), ["0.857", "0.750", "0.800"]);
    assert_eq!(figures("maxsum"), ["0.929", "0.750", "0.830"]);
    assert_eq!(figures("summax"), ["0.857", "1.000", "0.923"]);
    assert_eq!(figures("sumsum"), ["0.929", "1.000", "0.963"]);
}

#[test]
fn coverage_counts_a_code_point_once_and_under_its_label_alone() {
    let gold = plain(&[(0, 10, "A")]);
    let predicted = plain(&[(0, 6, "A"), (4, 8, "A"), (0, 10, "B")]);
    let outcome = count(&gold, &predicted, "spans.coverage = true");
    let statistic = outcome.statistics.get(&StatisticKey::whole("coverage-sumsum")).unwrap();
    assert_eq!(*statistic, Statistic::Shares { precision: (2.0, 3.0), recall: (0.8, 1.0) });
}

/// What an alternative has of its own.
type Other<'a> = (Option<(u32, u32)>, Option<&'a str>);

fn with_others(own: Entity, others: &[Other<'_>]) -> Entity {
    let other = |&(range, label): &Other<'_>| Alternative {
        start: range.map(|(start, _)| start),
        end: range.map(|(_, end)| end),
        label: label.map(str::to_owned),
        ..Alternative::default()
    };
    Entity { alternatives: others.iter().map(other).collect(), ..own }
}

#[test]
fn an_alternative_is_correct() {
    let gold = annotations([with_others(
        entity(4, 12, "GPE"),
        &[(Some((0, 12)), None), (None, Some("ORG")), (Some((5, 12)), Some("FAC"))],
    )]);
    for right in [(4, 12, "GPE"), (0, 12, "GPE"), (4, 12, "ORG"), (5, 12, "FAC")] {
        let outcome = count(&gold, &plain(&[right]), "spans.iou = 0.9");
        for scheme in ["strict", "exact", "type", "partial", "iou0.9"] {
            assert_eq!(counts(&outcome, scheme), [1, 0, 0, 0, 0], "{scheme} of {right:?}");
        }
        // It is shown, and counted, under the label of the matched alternative.
        let gold_side = outcome.items[0].gold.as_ref().unwrap();
        assert_eq!((gold_side.span, gold_side.label.as_str()), (Some((right.0, right.1)), right.2));
        let of_label = outcome.statistics.get(&StatisticKey::labelled("strict", &right.2.into())).unwrap();
        assert_eq!(of_label.value("f1"), Some(1.0));
    }
    let outcome = count(&gold, &plain(&[(0, 12, "FAC"), (5, 12, "GPE")]), "");
    assert_eq!(counts(&outcome, "strict"), [0, 1, 0, 0, 1]);
}

#[test]
fn alternatives_are_one_gold_item_and_go_to_one_prediction() {
    let gold = annotations([with_others(entity(0, 5, "A"), &[(Some((6, 9)), None)])]);
    let outcome = count(&gold, &plain(&[(0, 5, "A"), (6, 9, "A")]), "");
    assert_eq!(counts(&outcome, "strict"), [1, 0, 0, 0, 1]);
    let missed = count(&gold, &plain(&[]), "");
    assert_eq!(counts(&missed, "strict"), [0, 0, 0, 1, 0]);
    assert_eq!(missed.items[0].gold.as_ref().unwrap().span, Some((0, 5)));
}

#[test]
fn an_optional_entity_is_excused_by_its_alternatives_too() {
    let mut gold = annotations([with_others(entity(0, 5, "A"), &[(Some((10, 15)), Some("B"))])]);
    gold.entities.as_mut().unwrap()[0].optional = true;
    let outcome = count(&gold, &plain(&[(10, 15, "B"), (20, 25, "B")]), "");
    assert_eq!(counts(&outcome, "strict"), [0, 0, 0, 0, 1]);
}

/// Gold spans, predicted spans, and the details of the items in text order.
type Way<'a> = (&'a [(u32, u32, &'a str)], &'a [(u32, u32, &'a str)], &'a [&'a str]);

#[test]
fn boundaries_go_wrong_in_five_ways() {
    let ways: [Way<'_>; 9] = [
        (&[(4, 8, "A")], &[(2, 8, "A")], &["too_long"]),
        (&[(4, 8, "A")], &[(5, 7, "A")], &["too_short"]),
        (&[(4, 8, "A")], &[(5, 9, "A")], &["shifted"]),
        (&[(4, 8, "A")], &[(5, 9, "B")], &["both"]),
        (&[(4, 8, "A")], &[(4, 8, "B")], &["label"]),
        (&[(0, 9, "A")], &[(0, 5, "A"), (6, 9, "A")], &["split", "split"]),
        (&[(0, 5, "A"), (6, 9, "B")], &[(0, 10, "A")], &["merged", "merged"]),
        // Nested predictions are not pieces; an entity with an exact match is not split.
        (&[(0, 9, "A")], &[(0, 5, "A"), (1, 4, "A")], &["too_short", "spurious"]),
        (&[(0, 9, "A")], &[(0, 9, "A"), (0, 4, "A"), (5, 9, "A")], &["spurious", "", "spurious"]),
    ];
    for (gold, predicted, expected) in ways {
        let outcome = count(&plain(gold), &plain(predicted), "");
        assert_eq!(details(&outcome), expected, "gold {gold:?}, predicted {predicted:?}");
    }
    // Duplicates are one piece, and a duplicate is classified as such first.
    let outcome = count(&plain(&[(0, 9, "A")]), &plain(&[(0, 5, "A"), (0, 5, "A"), (5, 9, "A")]), "");
    assert_eq!(details(&outcome), ["duplicate", "split", "split"]);
}

#[test]
fn every_item_that_is_not_right_has_a_detail() {
    let gold = plain(&[(0, 3, "A"), (4, 8, "A"), (10, 14, "A"), (20, 24, "A")]);
    let predicted = plain(&[(0, 3, "B"), (4, 7, "A"), (11, 14, "B"), (30, 33, "A"), (30, 33, "A"), (20, 24, "A")]);
    let is_told = |item: &Item| item.detail.is_some() == (item.class != crate::metric::Class::Correct);
    assert!(count(&gold, &predicted, "").items.iter().all(is_told));
}

#[test]
fn an_f_weighs_recall_by_beta() {
    // Precision 1/2, recall 1/4: F2 = 5 tp / (predicted + 4 gold), F0.5 = 1.25 tp / (predicted +
    // gold / 4).
    let gold = plain(&[(0, 1, "A"), (2, 3, "A"), (4, 5, "A"), (6, 7, "A")]);
    let outcome = count(&gold, &plain(&[(0, 1, "A"), (8, 9, "A")]), "");
    let statistic = outcome.statistics.get(&StatisticKey::whole("strict")).unwrap();
    assert_eq!(statistic.value("f2"), Some(5.0 / 18.0));
    assert_eq!(statistic.value("f0.5"), Some(1.25 / 3.0));
    assert_eq!(statistic.value("f1"), Some(2.0 / 6.0));
    let options: Options = toml::from_str("spans.beta = [2, 1.0, 0.5, 2.0]").unwrap();
    assert_eq!(Spans.arithmetic().stats(statistic, &options), ["precision", "recall", "f1", "f0.5", "f2"]);
}

#[test]
fn useless_choices_are_refused() {
    for (options, expected) in [
        ("spans.iou = 0", "`iou` must be above 0 and at most 1, and is 0"),
        ("spans.iou = [0.5, 1.5]", "`iou` must be above 0 and at most 1, and is 1.5"),
        ("spans.beta = [-1]", "`beta` must be a number above 0, and is -1"),
        ("spans.tolerance = \"2\"", "write a number or a list of numbers"),
    ] {
        let error = toml::from_str::<Options>(options).unwrap_err();
        assert_eq!(error.message(), expected);
    }
}
