//! What must hold for every pair of annotations.

use std::collections::BTreeMap;

use karat::align::{LabelledSpan, align};
use karat::document::{Annotations, Entity, Layer, Reference, Span};
use karat::metric::Counts;
use karat::score::{Answer, Figure, Scores, Settings, System, score};
use proptest::prelude::*;

type Labelled = (u32, u32, usize);

const LABELS: [&str; 3] = ["A", "B", "C"];

fn annotations(spans: &[Labelled]) -> Annotations {
    let entity = |&(start, length, label): &Labelled| Entity::new(Span::new(start, start + length), LABELS[label]);
    Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
}

fn scores(documents: &[(Vec<Labelled>, Vec<Labelled>)]) -> Scores {
    let ids = || (0..documents.len()).map(|number| format!("d{number}"));
    let references: BTreeMap<_, _> = ids()
        .zip(documents)
        .map(|(id, (gold, _))| (id, Reference { gold: annotations(gold), ..Reference::default() }))
        .collect();
    let answers = ids().zip(documents).map(|(id, (_, found))| (id, Answer::ok(annotations(found)))).collect();
    let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
    score(&references, &system, &Settings::default())
}

fn figure<'s>(scores: &'s Scores, name: &str) -> &'s Figure {
    scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("no {name}"))
}

fn spans() -> impl Strategy<Value = Vec<Labelled>> {
    prop::collection::vec((0..30u32, 1..8u32, 0..3usize), 0..14)
}

fn corpus() -> impl Strategy<Value = Vec<(Vec<Labelled>, Vec<Labelled>)>> {
    prop::collection::vec((spans(), spans()), 1..5)
}

/// Gold and predicted items of a figure, and what they sum to.
fn totals(figure: &Figure) -> (Counts, u64, u64) {
    (figure.counts.unwrap(), figure.gold, figure.predicted.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// TP + FN = gold and TP + FP = predictions, under every scheme; and so for every label.
    #[test]
    fn nothing_is_lost_or_counted_twice(documents in corpus()) {
        let gold: usize = documents.iter().map(|(gold, _)| gold.len()).sum();
        let predicted: usize = documents.iter().map(|(_, found)| found.len()).sum();
        let scores = scores(&documents);
        for scheme in ["strict", "exact", "partial", "type"] {
            let (counts, possible, actual) = totals(figure(&scores, &format!("entities.{scheme}.f1")));
            let Counts { correct, incorrect, partial, missed, spurious } = counts;
            prop_assert_eq!(correct + incorrect + partial + missed, gold as u64);
            prop_assert_eq!(correct + incorrect + partial + spurious, predicted as u64);
            prop_assert_eq!((possible, actual), (gold as u64, predicted as u64));
        }
    }

    /// The labels of a scheme sum to the whole in all five outcomes, in gold items and in
    /// predictions.
    #[test]
    fn labels_sum_to_the_whole(documents in corpus()) {
        let scores = scores(&documents);
        for scheme in ["strict", "exact", "partial", "type"] {
            let mut sum = (Counts::default(), 0, 0);
            let suffix = "].f1";
            let prefix = format!("entities.{scheme}[");
            for figure in scores.figures().filter(|f| { let n = f.name.to_string(); n.starts_with(&prefix) && n.ends_with(suffix) }) {
                let (counts, gold, predicted) = totals(figure);
                sum.0 += counts;
                sum.1 += gold;
                sum.2 += predicted;
            }
            prop_assert_eq!(sum, totals(figure(&scores, &format!("entities.{scheme}.f1"))));
        }
    }

    /// F1 is the harmonic mean of precision and recall; everything lies between 0 and 1; intervals
    /// hold their value.
    #[test]
    fn figures_are_sound(documents in corpus()) {
        let scores = scores(&documents);
        for figure in scores.figures() {
            let Some(value) = figure.value else { continue };
            prop_assert!((0.0..=1.0).contains(&value), "{}: {value}", figure.name);
            if let Some(interval) = figure.interval {
                prop_assert!(interval.low < interval.high, "{}: {interval:?}", figure.name);
                prop_assert!(interval.low <= value && value <= interval.high, "{}: {value} {interval:?}", figure.name);
            }
            if figure.name.stat == "f1" && figure.name.average.is_none() {
                let sibling = |stat: &str| {
                    let name = figure.name.to_string().replace(".f1", &format!(".{stat}"));
                    scores.figures().find(|other| other.name.to_string() == name).and_then(|other| other.value)
                };
                let (p, r) = (sibling("precision").unwrap_or(0.0), sibling("recall").unwrap_or(0.0));
                let harmonic = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
                prop_assert!((value - harmonic).abs() < 1e-12, "{}: {value} {harmonic}", figure.name);
            }
        }
    }

    /// Shuffling gold items, predictions and documents changes no figure.
    #[test]
    fn order_changes_nothing(documents in corpus(), turn in 0..14usize) {
        let mut shuffled = documents.clone();
        for (gold, found) in &mut shuffled {
            let by = turn % gold.len().max(1);
            gold.rotate_left(by);
            found.reverse();
        }
        prop_assert_eq!(scores(&documents), scores(&shuffled));
    }

    /// Swapping the sides swaps precision and recall.
    #[test]
    fn the_alignment_counts_the_same_from_either_side(gold in spans(), found in spans()) {
        let items = |spans: &[Labelled]| -> Vec<LabelledSpan> {
            spans.iter().map(|&(start, length, label)| LabelledSpan::new(start, start + length, label as u32)).collect()
        };
        let (there, back) = (align(&items(&gold), &items(&found)), align(&items(&found), &items(&gold)));
        let levels = |alignment: &karat::align::Alignment| {
            let count = |wanted: fn(&karat::align::Pair) -> bool| alignment.pairs.iter().filter(|pair| wanted(pair)).count();
            (count(|p| p.exact && p.same_label), count(|p| p.exact), count(|p| p.same_label), alignment.pairs.len())
        };
        prop_assert_eq!(levels(&there), levels(&back));
    }
}
