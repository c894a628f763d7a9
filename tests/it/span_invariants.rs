//! What must hold of entities under every choice: alternatives, optional ones, ignored regions,
//! fragments, several labels.

use std::collections::BTreeMap;

use karat::document::{Alternative, Annotations, Entity, Layer, Reference, Region, Span};
use karat::metric::{Class, Counts, Options};
use karat::score::{Answer, Figure, Scores, Settings, System, score};
use proptest::prelude::*;

const OPTIONS: &str = "[spans]\niou = [0.5, 0.75]\ntolerance = [1, 2]\nbeta = [0.3, 2]\ncoverage = true\n[labels]\nparents = {A = \"B\", B = \"C\"}\n";
const SCHEMES: [&str; 11] = [
    "strict",
    "exact",
    "partial",
    "type",
    "iou0.5",
    "iou0.5-boundaries",
    "iou0.75",
    "iou0.75-boundaries",
    "tolerance1",
    "tolerance2",
    "hierarchy",
];

fn label() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["A".to_owned(), "B".to_owned(), "C".to_owned()])
}

/// A span, sometimes with a gap.
fn range() -> impl Strategy<Value = (u32, u32, Vec<(u32, u32)>)> {
    (0..24u32, 1..7u32, prop::option::weighted(0.2, (1..3u32, 1..4u32))).prop_map(|(start, length, gap)| match gap {
        None => (start, start + length, Vec::new()),
        Some((gap, more)) => {
            let (first, second) = (start + length, start + length + gap);
            (start, second + more, vec![(start, first), (second, second + more)])
        }
    })
}

fn entity() -> impl Strategy<Value = Entity> {
    (range(), label())
        .prop_map(|((start, end, fragments), label)| Entity { fragments, ..Entity::new(Span::new(start, end), label) })
}

fn alternative() -> impl Strategy<Value = Alternative> {
    (prop::option::of(range()), label()).prop_map(|(range, label)| match range {
        None => Alternative { label: Some(label), ..Alternative::default() },
        Some((start, end, fragments)) => {
            Alternative { start: Some(start), end: Some(end), fragments, label: None, text: None }
        }
    })
}

fn gold_entity() -> impl Strategy<Value = Entity> {
    let others = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(alternative(), 1..3)];
    (entity(), others, prop::bool::weighted(0.15)).prop_map(|(entity, alternatives, optional)| Entity {
        alternatives,
        optional,
        ..entity
    })
}

/// Both sides of a document.
type Sides = (Annotations, Annotations);

fn document() -> impl Strategy<Value = Sides> {
    let ignore = prop::option::weighted(0.3, (0..30u32, 1..4u32));
    let gold = prop::collection::vec(gold_entity(), 0..9);
    (gold, prop::collection::vec(entity(), 0..9), ignore).prop_map(|(gold, predicted, ignore)| {
        let ignore = ignore.map(|(start, length)| Region { start, end: start + length }).into_iter().collect();
        let side = |entities| Annotations { entities: Some(entities), ..Annotations::default() };
        (Annotations { ignore, ..side(gold) }, side(predicted))
    })
}

fn corpus() -> impl Strategy<Value = Vec<Sides>> {
    prop::collection::vec(document(), 1..4)
}

fn scores(documents: &[Sides]) -> Scores {
    let ids = || (0..documents.len()).map(|number| format!("d{number}"));
    let references: BTreeMap<_, _> = ids()
        .zip(documents)
        .map(|(id, (gold, _))| (id, Reference { gold: gold.clone(), ..Reference::default() }))
        .collect();
    let answers = ids().zip(documents).map(|(id, (_, found))| (id, Answer::ok(found.clone()))).collect();
    let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
    let options: Options = toml::from_str(OPTIONS).unwrap();
    score(&references, &system, &Settings { options, ..Settings::default() })
}

fn figure<'s>(scores: &'s Scores, name: &str) -> &'s Figure {
    scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("no {name}"))
}

fn totals(figure: &Figure) -> (Counts, u64, u64) {
    (figure.counts.unwrap(), figure.gold, figure.predicted.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    /// TP + FN = gold and TP + FP = predictions under every scheme, which all see the same items;
    /// and labels sum to them.
    #[test]
    fn nothing_is_lost_or_counted_twice(documents in corpus()) {
        let required = |gold: &Annotations| {
            let is_ignored = |entity: &Entity| gold.ignore.iter().any(|region| region.touches(entity.start, entity.end));
            gold.entities.iter().flatten().filter(|entity| !entity.optional && !is_ignored(entity)).count()
        };
        let gold: usize = documents.iter().map(|(gold, _)| required(gold)).sum();
        let scores = scores(&documents);
        let items = || scores.layers[0].documents.values().flat_map(|document| &document.items);
        let predicted = items().filter(|item| item.predicted.is_some()).count();
        prop_assert_eq!(items().filter(|item| item.gold.is_some()).count(), gold);
        for scheme in SCHEMES {
            let (counts, possible, actual) = totals(figure(&scores, &format!("entities.{scheme}.f1")));
            let Counts { correct, incorrect, partial, missed, spurious } = counts;
            prop_assert_eq!(correct + incorrect + partial + missed, gold as u64);
            prop_assert_eq!(correct + incorrect + partial + spurious, predicted as u64);
            prop_assert_eq!((possible, actual), (gold as u64, predicted as u64));
            let mut sum = (Counts::default(), 0, 0);
            let of_label = |f: &&Figure| f.name.metric == scheme && f.name.label.is_some() && f.name.stat == "f1";
            for figure in scores.figures().filter(of_label) {
                let (counts, gold, predicted) = totals(figure);
                sum.0 += counts;
                sum.1 += gold;
                sum.2 += predicted;
            }
            prop_assert_eq!(sum, (counts, possible, actual));
        }
        let right = items().filter(|item| item.class == Class::Correct).count() as u64;
        prop_assert_eq!(figure(&scores, "entities.strict.f1").counts.unwrap().correct, right);
        prop_assert!(items().all(|item| item.detail.is_some() == (item.class != Class::Correct)));
    }

    /// Shuffling entities and alternatives changes nothing.
    #[test]
    fn order_changes_nothing(documents in corpus(), turn in 0..9usize) {
        let mut shuffled = documents.clone();
        for (gold, found) in &mut shuffled {
            let gold = gold.entities.as_mut().unwrap();
            let by = turn % gold.len().max(1);
            gold.rotate_left(by);
            gold.iter_mut().for_each(|entity| entity.alternatives.reverse());
            found.entities.as_mut().unwrap().reverse();
        }
        prop_assert_eq!(scores(&documents), scores(&shuffled));
    }

    /// A stricter scheme finds no more than a laxer one; figures are shares; an F lies between
    /// precision and recall.
    #[test]
    fn figures_are_sound(documents in corpus()) {
        let scores = scores(&documents);
        let correct = |scheme: &str| figure(&scores, &format!("entities.{scheme}.f1")).counts.unwrap().correct;
        for (strict, lax) in [("strict", "iou0.75"), ("iou0.75", "iou0.5"), ("iou0.5", "type"), ("exact", "iou0.75-boundaries"),
            ("strict", "tolerance1"), ("tolerance1", "tolerance2"), ("tolerance2", "type"), ("strict", "hierarchy")] {
            prop_assert!(correct(strict) <= correct(lax), "{strict} {lax}");
        }
        for figure in scores.figures() {
            let Some(value) = figure.value else { continue };
            prop_assert!((0.0..=1.0).contains(&value), "{}: {value}", figure.name);
            if let Some(interval) = figure.interval {
                prop_assert!(interval.low <= value && value <= interval.high, "{}: {value} {interval:?}", figure.name);
            }
            if figure.name.stat.starts_with('f') && figure.name.average.is_none() {
                let sibling = |stat: &str| {
                    let name = karat::metric::MetricName { stat: stat.to_owned().into(), ..figure.name.clone() };
                    scores.figures().find(|other| other.name == name).and_then(|other| other.value).unwrap_or(0.0)
                };
                let (p, r) = (sibling("precision"), sibling("recall"));
                prop_assert!(p.min(r) - 1e-12 <= value && value <= p.max(r) + 1e-12, "{}: {value} {p} {r}", figure.name);
                let square = figure.name.stat[1..].parse::<f64>().unwrap().powi(2);
                let expected = if p + r > 0.0 { (1.0 + square) * p * r / (square * p + r) } else { 0.0 };
                prop_assert!((value - expected).abs() < 1e-12, "{}: {value} {expected}", figure.name);
            }
        }
    }
}
