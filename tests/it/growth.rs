//! Documents in which many items can be paired in many ways: the best pairs up to a bound, and
//! beyond it a rule that the scores name.

#[path = "../../benches/growth/inputs.rs"]
mod inputs;

use inputs::{INPUTS, Input};
use karat::Scoring;
use karat::score::Scores;

fn scores(input: Input, n: u32) -> Scores {
    let [gold, predicted] = input(n);
    Scoring::new().score([("d", gold)], [("d", predicted)]).unwrap()
}

fn warnings(scores: &Scores) -> Vec<&str> {
    scores.layers.iter().flat_map(|layer| &layer.warnings).map(String::as_str).collect()
}

#[test]
fn a_hundred_items_of_any_shape_get_the_best_pairs() {
    for (name, input, _) in INPUTS {
        let scores = scores(input, 100);
        let is_bounded = |warning: &&str| warning.contains("best pairs");
        assert!(!warnings(&scores).iter().any(is_bounded), "{name}: {:?}", warnings(&scores));
        assert!(!scores.layers.is_empty() && scores.layers.iter().all(|layer| !layer.figures.is_empty()), "{name}");
    }
}

#[test]
fn ten_thousand_entities_that_barely_overlap_are_normal() {
    let scores = scores(inputs::neighbours, 10_000);
    assert_eq!(warnings(&scores), [] as [&str; 0]);
    assert_eq!((scores.get("entities.type.f1"), scores.get("entities.exact.f1")), (Some(1.0), Some(0.0)));
}

#[test]
fn spans_nested_beyond_the_bound_are_paired_by_a_rule_that_the_scores_name() {
    let scores = scores(inputs::nested_spans, 1_500);
    assert_eq!((scores.get("entities.type.f1"), scores.get("entities.exact.f1")), (Some(1.0), Some(0.0)));
    assert!(
        warnings(&scores)[0].starts_with("document \"d\": too many entities overlap each other to find the best pairs")
    );
}

#[test]
fn thousands_of_labels_of_one_span_get_the_best_pairs() {
    let scores = scores(inputs::labels_of_one_span, 500);
    assert_eq!((scores.get("entities.exact.f1"), scores.get("entities.type.f1")), (Some(1.0), Some(0.0)));
    assert_eq!(warnings(&scores), [] as [&str; 0]);
}

#[test]
fn records_that_share_only_frequent_values_are_paired_by_a_rule_that_the_scores_name() {
    // 2 of 3 values of each pair agree in the best case.
    let scores = scores(inputs::like_records, 1_500);
    let recall = scores.get("records.rows.recall").unwrap();
    assert!((0.6..=2.0 / 3.0).contains(&recall), "{recall}");
    let [of_records, of_anls] = warnings(&scores)[..] else { panic!("{:?}", warnings(&scores)) };
    assert!(of_records.contains("too many records are alike to find the best pairs"), "{of_records}");
    assert!(of_anls.contains("ANLS*"), "{of_anls}");
}

#[test]
fn clusters_in_a_chain_get_the_best_pairs() {
    let scores = scores(inputs::clusters_in_a_chain, 2_000);
    assert_eq!(warnings(&scores), [] as [&str; 0]);
    assert_eq!(scores.get("coreference.ceafm.precision"), Some(0.5));
}

#[test]
fn discontinuous_entities_that_cannot_be_compared_by_fragments_are_named() {
    let of = |n: u32| {
        let [mut gold, mut predicted] = inputs::nested_spans(n);
        for side in [&mut gold, &mut predicted] {
            let entity = &mut side.entities.as_mut().unwrap()[0];
            entity.fragments = vec![(entity.start, entity.start + 1), (entity.end - 1, entity.end)];
        }
        [gold, predicted]
    };
    let is_named = |scores: &Scores| warnings(scores).iter().any(|warning| warning.contains("by their fragments"));
    assert!(is_named(&scores(of, 1_500)));
    assert!(!is_named(&scores(of, 100)));
}
