//! Documents in which many items can be paired in many ways: the best pairs up to a bound, and
//! beyond it a rule that the scores name.

#[path = "../../benches/growth/inputs.rs"]
mod inputs;

use inputs::{INPUTS, Input};
use karat::Scoring;
use karat::document::Annotations;
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

/// The square root of n records, each with a list of as many objects. Lists of up to 256 items are
/// paired by the best assignment, so that the cost of these grows by n to the power of 1.5.
fn lists_within_lists(n: u32) -> [Annotations; 2] {
    inputs::lists_of(n.isqrt(), n.isqrt())
}

#[test]
fn lists_within_lists_are_paired_by_a_rule_that_the_scores_name_if_they_have_many_items() {
    // The id of each record, and 2 of 3 values of each item, agree in the best case.
    let [below, beyond] = [900, 1_600].map(|n| scores(lists_within_lists, n));
    assert_eq!(warnings(&below), [] as [&str; 0]);
    for scores in [&below, &beyond] {
        let recall = scores.get("records.rows.recall").unwrap();
        assert!((0.6..0.68).contains(&recall), "{recall}");
        assert_eq!(scores.get("records.rows[id].recall"), Some(1.0));
    }
    let [of_records, of_anls] = warnings(&beyond)[..] else { panic!("{:?}", warnings(&beyond)) };
    assert!(of_records.contains("too many records are alike to find the best pairs"), "{of_records}");
    assert!(of_anls.contains("ANLS*"), "{of_anls}");
}

#[test]
fn equal_lists_of_any_length_get_the_best_pairs() {
    for input in [lists_within_lists, inputs::items_of_a_list, inputs::like_records] as [Input; 3] {
        let [gold, _] = input(10_000);
        let scores = Scoring::new().score([("d", gold.clone())], [("d", gold)]).unwrap();
        assert_eq!((scores.get("records.rows.f1"), scores.get("records.rows.anls")), (Some(1.0), Some(1.0)));
        assert_eq!(warnings(&scores), [] as [&str; 0]);
    }
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

/// Every third entity of the gold side is predicted one code point longer.
fn with_some_longer([gold, _]: [Annotations; 2]) -> [Annotations; 2] {
    let mut predicted = gold.clone();
    for entity in predicted.entities.iter_mut().flatten().step_by(3) {
        entity.end += 1;
    }
    [gold, predicted]
}

#[test]
fn relations_of_entities_nested_beyond_the_bound_keep_their_equal_pairs() {
    // Relations lead from an entity to the next one, so that a third has two equal ends.
    let n = 1_500;
    let [gold, predicted] = with_some_longer(inputs::relations_of_nested_entities(n));
    let scores = Scoring::new().score([("d", gold)], [("d", predicted)]).unwrap();
    for metric in ["strict", "boundaries", "pair"] {
        assert_eq!(scores.get(&format!("relations.{metric}.recall")), Some(1.0 / 3.0), "{metric}");
    }
    let of_relations = warnings(&scores).pop().unwrap();
    assert!(of_relations.contains("too many items have several possible partners"), "{of_relations}");
}

#[test]
fn events_nested_beyond_the_bound_keep_their_equal_pairs() {
    let n = 1_500;
    let [gold, mut predicted] = inputs::nested_events(n);
    for event in predicted.events.iter_mut().flatten().skip(1).step_by(2) {
        event.trigger.end -= 1;
    }
    let scores = Scoring::new().score([("d", gold)], [("d", predicted)]).unwrap();
    assert_eq!((scores.get("events.trigger.recall"), scores.get("events.strict.recall")), (Some(0.5), Some(0.0)));
    let of_events = warnings(&scores).pop().unwrap();
    assert!(of_events.contains("too many items have several possible partners"), "{of_events}");
}

#[test]
fn relations_of_one_entity_and_arguments_of_one_event_get_the_best_pairs() {
    let of_relations = scores(inputs::relations_of_one_entity, 2_000);
    assert_eq!((of_relations.get("relations.pair.f1"), warnings(&of_relations).len()), (Some(0.0), 0));
    let of_events = scores(inputs::arguments_of_one_event, 2_001);
    assert_eq!(of_events.get("events.argument-id.f1"), Some(1.0));
    assert_eq!((of_events.get("events.argument.f1"), warnings(&of_events).len()), (Some(2.0 / 3.0), 0));
}
