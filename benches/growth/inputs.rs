//! Documents of a given size that are expensive to align: gold and predicted annotations, for
//! benches and tests of growth.
//!
//! Each function takes a number of items of a layer in one document. `pub` functions with the
//! signature of [`Input`] are listed in [`INPUTS`] with the number at which they are to take less
//! than a second.

use karat::document::{Annotations, Cluster, Entity, Record, Span, Value};
use serde_json::json;

/// Gold and predicted annotations of one document with this many items.
pub type Input = fn(u32) -> [Annotations; 2];

/// The name, the generator and the largest size of each input.
pub const INPUTS: [(&str, Input, u32); 20] = [
    ("nested spans", nested_spans, 5_000),
    ("nested spans with labels", nested_labelled_spans, 5_000),
    ("staircase of spans", staircase, 5_000),
    ("one span with many labels", labels_of_one_span, 10_000),
    ("copies of one span", copies_of_one_span, 5_000),
    ("spans that barely overlap", neighbours, 10_000),
    ("distinct labels", distinct_labels, 2_000),
    ("key sentences", key_sentences, 10_000),
    ("nested key sentences", nested_key_sentences, 5_000),
    ("clusters in a chain", clusters_in_a_chain, 4_000),
    ("clusters in a grid", clusters_in_a_grid, 4_000),
    ("one large cluster", one_cluster, 4_000),
    ("shifted records", shifted_records, 2_000),
    ("like records", like_records, 2_000),
    ("items of a list", items_of_a_list, 2_000),
    ("lists of 64 within lists", lists_of_64, 9_600),
    ("relations of nested entities", relations_of_nested_entities, 5_000),
    ("relations of one entity", relations_of_one_entity, 10_000),
    ("nested events", nested_events, 5_000),
    ("arguments of one event", arguments_of_one_event, 10_000),
];

fn entities(of: impl Iterator<Item = (u32, u32, String)>) -> Annotations {
    let entity = |(start, end, label): (u32, u32, String)| Entity::new(Span::new(start, end), label);
    Annotations { entities: Some(of.map(entity).collect()), ..Annotations::default() }
}

/// Gold spans `[i, 2n - i)`, each predicted one code point longer: all overlap each other.
pub fn nested_spans(n: u32) -> [Annotations; 2] {
    [0, 1].map(|longer| entities((0..n).map(|i| (i, 2 * n - i + longer, "A".to_owned()))))
}

/// Nested spans with five gold labels and seven predicted ones.
pub fn nested_labelled_spans(n: u32) -> [Annotations; 2] {
    [(0, 7, 5), (1, 11, 7)].map(|(longer, step, labels)| {
        entities((0..n).map(|i| (i, 2 * n - i + longer, format!("L{}", i * step % labels))))
    })
}

/// Spans of n code points, each one further on, predicted later and longer.
pub fn staircase(n: u32) -> [Annotations; 2] {
    [0, 1].map(|later| entities((0..n).map(|i| (i + later, i + n + 2 * later, "A".to_owned()))))
}

/// One span under n labels, none of which is predicted.
pub fn labels_of_one_span(n: u32) -> [Annotations; 2] {
    ["gold", "predicted"].map(|side| entities((0..n).map(|i| (0, 9, format!("{side} {i}")))))
}

/// n copies of a span, predicted shorter.
pub fn copies_of_one_span(n: u32) -> [Annotations; 2] {
    [9, 8].map(|end| entities((0..n).map(|_| (0, end, "A".to_owned()))))
}

/// Ordinary entities, predicted two code points too far to the right.
pub fn neighbours(n: u32) -> [Annotations; 2] {
    [0, 2].map(|later| entities((0..n).map(|i| (10 * i + later, 10 * i + 5 + later, format!("L{}", i % 3)))))
}

/// Entities with n labels, of which a third are predicted as the next one.
pub fn distinct_labels(n: u32) -> [Annotations; 2] {
    let label = |i: u32, wrong: bool| format!("L{}", if wrong && i.is_multiple_of(3) { i + 1 } else { i });
    [false, true].map(|wrong| entities((0..n).map(|i| (10 * i, 10 * i + 5, label(i, wrong)))))
}

fn sentences(of: impl Iterator<Item = (u32, u32)>) -> Annotations {
    Annotations {
        key_sentences: Some(of.map(|(start, end)| Span::new(start, end)).collect()),
        ..Annotations::default()
    }
}

/// Key sentences side by side, predicted one code point too far to the right.
pub fn key_sentences(n: u32) -> [Annotations; 2] {
    [0, 1].map(|later| sentences((0..n).map(|i| (10 * i + later, 10 * i + 9 + later))))
}

/// Key sentences that all overlap each other.
pub fn nested_key_sentences(n: u32) -> [Annotations; 2] {
    [0, 1].map(|longer| sentences((0..n).map(|i| (i, 2 * n - i + longer))))
}

fn clusters(n: u32, of: impl Fn(u32) -> u32) -> Annotations {
    let mut mentions: std::collections::BTreeMap<u32, Vec<Span>> = std::collections::BTreeMap::new();
    for i in 0..n {
        mentions.entry(of(i)).or_default().push(Span::new(10 * i, 10 * i + 5));
    }
    let clusters = mentions.into_values().map(|mentions| Cluster { id: None, mentions });
    Annotations { coreference: Some(clusters.collect()), ..Annotations::default() }
}

/// Clusters of two mentions, each of which shares a mention with two clusters of the other side.
pub fn clusters_in_a_chain(n: u32) -> [Annotations; 2] {
    [0, 1].map(|shift| clusters(n, |i| (i + shift) / 2))
}

/// Clusters of the square root of n mentions, each of which shares a mention with every cluster of
/// the other side.
pub fn clusters_in_a_grid(n: u32) -> [Annotations; 2] {
    let width = n.isqrt().max(1);
    [clusters(n, |i| i / width), clusters(n, |i| i % width)]
}

/// One cluster of all mentions.
pub fn one_cluster(n: u32) -> [Annotations; 2] {
    [0, 1].map(|_| clusters(n, |_| 0))
}

fn records(rows: impl Iterator<Item = serde_json::Value>) -> Annotations {
    let record = |row| -> Record { Value::from(row).as_object().expect("an object").clone() };
    let rows: Vec<Record> = rows.map(record).collect();
    Annotations { records: Some([("rows".to_owned(), rows)].into()), ..Annotations::default() }
}

fn row(name: &str, i: u32, amount: u32) -> serde_json::Value {
    json!({"country": "US", "name": format!("{name} {i}"), "amount": amount})
}

/// Records that all have one value in common, and of which all but one are predicted.
pub fn shifted_records(n: u32) -> [Annotations; 2] {
    [0, 1].map(|shift| records((shift..n + shift).map(|i| row("name", i, i % 7))))
}

/// Records that all have one value in common, and of which none is predicted as it is.
pub fn like_records(n: u32) -> [Annotations; 2] {
    [("gold", 1, 0), ("predicted", 3, 1)]
        .map(|(name, step, shift)| records((0..n).map(|i| row(name, i, (i * step + shift) % 7))))
}

/// One record with a list of such objects.
pub fn items_of_a_list(n: u32) -> [Annotations; 2] {
    [("gold", 1, 0), ("predicted", 3, 1)].map(|(name, step, shift)| {
        let items: Vec<serde_json::Value> = (0..n).map(|i| row(name, i, (i * step + shift) % 7)).collect();
        records(std::iter::once(json!({"id": 1, "items": items})))
    })
}

/// Records that each have a list of 64 such objects, n in all.
pub fn lists_of_64(n: u32) -> [Annotations; 2] {
    lists_of(n.div_ceil(64), 64)
}

/// Records that each have a list of such objects.
pub fn lists_of(many: u32, width: u32) -> [Annotations; 2] {
    [("gold", 1, 0), ("predicted", 3, 1)].map(|(name, step, shift)| {
        let item = |i: u32| row(name, i, (i * step + shift) % 7);
        let items = |at: u32| (at * width..(at + 1) * width).map(item).collect::<Vec<_>>();
        records((0..many).map(|at| json!({"id": at, "items": items(at)})))
    })
}

fn with_ids(annotations: Annotations) -> Annotations {
    let entities = annotations.entities.into_iter().flatten().zip(0..);
    let entities = entities.map(|(entity, i)| Entity { id: Some(format!("T{i}")), ..entity }).collect();
    Annotations { entities: Some(entities), ..Annotations::default() }
}

fn relations(of: Annotations, ends: impl Iterator<Item = (u32, u32)>) -> Annotations {
    let relation = |(head, tail)| json!({"head": format!("T{head}"), "label": "R", "tail": format!("T{tail}")});
    let relations = ends.map(|ends| serde_json::from_value(relation(ends)).expect("a relation"));
    Annotations { relations: Some(relations.collect()), ..with_ids(of) }
}

/// Relations between entities that all overlap each other.
pub fn relations_of_nested_entities(n: u32) -> [Annotations; 2] {
    nested_spans(n).map(|entities| relations(entities, (0..n).map(|i| (i, (i + 1) % n))))
}

/// Relations of one entity with all others, of which the predictions are longer.
pub fn relations_of_one_entity(n: u32) -> [Annotations; 2] {
    [5, 6].map(|length| {
        let others = entities((0..=n).map(|i| (10 * i, 10 * i + length, "A".to_owned())));
        relations(others, (1..=n).map(|i| (0, i)))
    })
}

fn events(of: Annotations, events: impl Iterator<Item = serde_json::Value>) -> Annotations {
    let events = events.map(|event| serde_json::from_value(event).expect("an event"));
    Annotations { events: Some(events.collect()), ..with_ids(of) }
}

/// Events whose triggers all overlap each other, each with such an argument.
pub fn nested_events(n: u32) -> [Annotations; 2] {
    [0, 1].map(|longer| {
        let of = entities((0..n).map(|i| (i, 2 * n - i + longer, "A".to_owned())));
        let event = |i| {
            let argument = json!({"role": "OF", "target": format!("T{i}")});
            json!({"label": "E", "trigger": {"start": i, "end": 2 * n - i + longer}, "arguments": [argument]})
        };
        events(of, (0..n).map(event))
    })
}

/// One event with n arguments, of which a third have another role.
pub fn arguments_of_one_event(n: u32) -> [Annotations; 2] {
    [false, true].map(|is_wrong| {
        let role = |i: u32| if is_wrong && i.is_multiple_of(3) { "BY" } else { "OF" };
        let argument = |i| json!({"role": role(i), "target": format!("T{i}")});
        let arguments: Vec<_> = (0..n).map(argument).collect();
        let event = json!({"label": "E", "trigger": {"start": 0, "end": 5}, "arguments": arguments});
        let of = entities((0..n).map(|i| (10 * i, 10 * i + 5, "A".to_owned())));
        events(of, std::iter::once(event))
    })
}
