//! Entities: the four schemes of SemEval-2013 task 9.1 (strict, exact, partial, type), over karat's one alignment.
//!
//! | scheme | correct | half a credit |
//! |---|---|---|
//! | strict | same boundaries and label | |
//! | exact | same boundaries | |
//! | partial | same boundaries | overlapping |
//! | type | same label, overlapping | |
//!
//! The schemes are those of nervaluate 1.2.1; the assignment is not its greedy one, so that order changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::item::{Class, Item, Side};
use super::{CONFIDENCE, Case, Counts, Family, Name, Options, Outcome, Ranked, Slot, SlotKey, Tally, confidence};
use crate::align::{self, Pair, align};
use crate::document::{Annotations, Entity, Layer, Region};

/// Labelled spans.
pub struct Spans;

/// What a scheme makes of a pair.
enum Verdict {
    Correct,
    Partial,
    Incorrect,
}

/// A scheme's name and how it judges a pair.
type Scheme = (&'static str, fn(&Pair) -> Verdict);

const SCHEMES: [Scheme; 4] = [
    ("strict", |pair| if pair.exact && pair.same_label { Verdict::Correct } else { Verdict::Incorrect }),
    ("exact", |pair| if pair.exact { Verdict::Correct } else { Verdict::Incorrect }),
    ("partial", |pair| if pair.exact { Verdict::Correct } else { Verdict::Partial }),
    ("type", |pair| if pair.same_label { Verdict::Correct } else { Verdict::Incorrect }),
];

impl Family for Spans {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        let counted = |entity: &&Entity| !entity.optional && !is_ignored(entity, &gold.ignore);
        Some(gold.entities.as_ref()?.iter().filter(counted).count() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        SCHEMES.iter().map(|(scheme, _)| *scheme).chain([CONFIDENCE]).map(Name::from).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> String {
        if metric == CONFIDENCE {
            let scheme = options.confidence.scheme.as_str();
            return confidence::signature("spans|align:karat-1", Some(scheme), &options.confidence);
        }
        format!("spans|align:karat-1|scheme:{metric}|beta:1|empty:null")
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = counted(case.gold.entities.as_deref(), &case.gold.ignore);
        let predicted = counted(case.predicted.entities.as_deref(), &case.gold.ignore);
        let names: BTreeSet<&str> = gold.iter().chain(&predicted).map(|entity| entity.label.as_str()).collect();
        let labels: Vec<Arc<str>> = names.iter().map(|name| Arc::from(*name)).collect();
        let ranks: BTreeMap<&str, u32> = names.iter().copied().zip(0..).collect();
        let items = |entities: &[&Entity]| -> Vec<align::Item> {
            entities.iter().map(|entity| to_item(entity, ranks[entity.label.as_str()])).collect()
        };
        let (required, optional): (Vec<&Entity>, Vec<&Entity>) = gold.iter().partition(|entity| !entity.optional);
        let gold = required;
        let mut alignment = align(&items(&gold), &items(&predicted));
        // What is left over may answer an optional entity, and then counts nowhere.
        let left: Vec<&Entity> = alignment.spurious.iter().map(|&p| predicted[p]).collect();
        let excused = align(&items(&optional), &items(&left)).pairs;
        let excused: Vec<usize> = excused.iter().map(|pair| alignment.spurious[pair.predicted]).collect();
        alignment.spurious.retain(|p| !excused.contains(p));

        let mut tally = Tally::default();
        for (scheme, judge) in SCHEMES {
            let rank = |entity: &Entity| ranks[entity.label.as_str()] as usize;
            let mut by_label = vec![(Counts::default(), 0, 0); labels.len()];
            for pair in &alignment.pairs {
                let (g, p) = (rank(gold[pair.gold]), rank(predicted[pair.predicted]));
                let credit = match judge(pair) {
                    Verdict::Correct => (&mut by_label[g].0.correct, 2),
                    Verdict::Partial => (&mut by_label[g].0.partial, 1),
                    Verdict::Incorrect => (&mut by_label[g].0.incorrect, 0),
                };
                *credit.0 += 1;
                by_label[p].1 += credit.1;
                by_label[p].2 += 1;
            }
            for &g in &alignment.missed {
                by_label[rank(gold[g])].0.missed += 1;
            }
            for &p in &alignment.spurious {
                by_label[rank(predicted[p])].0.spurious += 1;
                by_label[rank(predicted[p])].2 += 1;
            }
            let mut whole = Counts::default();
            for (label, (counts, credit2, predicted)) in labels.iter().zip(by_label) {
                whole += counts;
                tally.add(SlotKey::labelled(scheme, label), Slot::Matches { counts, credit2, predicted });
            }
            tally.add(SlotKey::whole(scheme), Slot::matches(whole));
            if scheme == case.options.confidence.scheme.as_str() {
                let mut ranked = Ranked::new(&case.options.confidence);
                let label = |entity: &Entity| Some(&labels[rank(entity)]);
                gold.iter().for_each(|gold| ranked.expect(label(gold)));
                for pair in &alignment.pairs {
                    let found = predicted[pair.predicted];
                    let right = matches!(judge(pair), Verdict::Correct);
                    ranked.predict(label(found), found.confidence, right, pair.same_label);
                }
                for found in alignment.spurious.iter().map(|&p| predicted[p]) {
                    ranked.predict(label(found), found.confidence, false, false);
                }
                ranked.add_to(&mut tally);
            }
        }
        let items = classify(case, &gold, &predicted, &alignment);
        Outcome { tally, items, warnings: Vec::new() }
    }
}

fn is_ignored(entity: &Entity, ignored: &[Region]) -> bool {
    ignored.iter().any(|region| region.touches(entity.start, entity.end))
}

/// The entities outside ignored regions in an order that depends on nothing but themselves.
fn counted<'a>(entities: Option<&'a [Entity]>, ignored: &[Region]) -> Vec<&'a Entity> {
    let mut counted: Vec<&Entity> =
        entities.unwrap_or_default().iter().filter(|entity| !is_ignored(entity, ignored)).collect();
    counted.sort_by(|a, b| {
        let key = |e: &'a Entity| (e.start, e.end, e.label.as_str(), &e.fragments, e.optional);
        // Of copies the surest comes first, and is the one that an equal gold item is paired with.
        let confidence = |e: &Entity| e.confidence.unwrap_or(-1.0);
        key(a).cmp(&key(b)).then(confidence(b).total_cmp(&confidence(a))).then_with(|| a.id.cmp(&b.id))
    });
    counted
}

fn to_item(entity: &Entity, label: u32) -> align::Item {
    align::Item { start: entity.start, end: entity.end, label, fragments: entity.fragments.clone() }
}

fn classify(case: &Case<'_>, gold: &[&Entity], predicted: &[&Entity], alignment: &align::Alignment) -> Vec<Item> {
    let side = |entity: &Entity| side(case, entity);
    let mut items: Vec<Item> = Vec::new();
    for pair in &alignment.pairs {
        let class = match (pair.exact, pair.same_label) {
            (true, true) => Class::Correct,
            (true, false) => Class::Mislabelled,
            (false, true) => Class::Misbounded,
            (false, false) => Class::MislabelledMisbounded,
        };
        items.push(Item::pair(class, side(gold[pair.gold]), side(predicted[pair.predicted])));
    }
    items.extend(alignment.missed.iter().map(|&g| Item::missed(side(gold[g]))));
    // Of equal predictions one counts for what it is; the others repeat it.
    let key = |p: usize| (predicted[p].label.as_str(), to_item(predicted[p], 0));
    let mut seen: BTreeSet<_> = alignment.pairs.iter().map(|pair| key(pair.predicted)).collect();
    for &p in &alignment.spurious {
        let class = if seen.insert(key(p)) { Class::Spurious } else { Class::Duplicate };
        items.push(Item::spurious(class, side(predicted[p])));
    }
    items.sort_by(|a, b| a.place().cmp(&b.place()).then(a.class.cmp(&b.class)));
    items
}

fn side(case: &Case<'_>, entity: &Entity) -> Side {
    let stored = entity.text.clone();
    let covered = || case.document.and_then(|d| d.slice(entity.start, entity.end)).map(str::to_owned);
    Side {
        span: Some((entity.start, entity.end)),
        label: entity.label.clone(),
        text: stored.or_else(covered).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::Spans;
    use crate::document::{Annotations, Entity, Layer, Region, Span};
    use crate::metric::{Case, Class, Counts, Family, Options, Outcome, Slot, SlotKey};

    fn annotations(spans: &[(u32, u32, &str)]) -> Annotations {
        let entities = spans.iter().map(|&(start, end, label)| Entity::new(Span::new(start, end), label)).collect();
        Annotations { entities: Some(entities), ..Annotations::default() }
    }

    fn count(gold: &Annotations, predicted: &Annotations) -> Outcome {
        Spans.count(&Layer::Entities, &Case { document: None, gold, predicted, options: &Options::default() })
    }

    /// correct, incorrect, partial, missed, spurious
    fn counts(outcome: &Outcome, scheme: &'static str) -> [u64; 5] {
        match outcome.tally.get(&SlotKey::whole(scheme)) {
            Some(Slot::Matches { counts: Counts { correct, incorrect, partial, missed, spurious }, .. }) => {
                [*correct, *incorrect, *partial, *missed, *spurious]
            }
            other => panic!("{other:?}"),
        }
    }

    /// Golds, predictions, and the counts under strict, partial and type.
    type Probe<'a> = (&'a [(u32, u32, &'a str)], &'a [(u32, u32, &'a str)], [[u64; 5]; 3]);

    /// nervaluate 1.2.1 printed the counts of the first four probes. The last two are one pair of inputs in both orders:
    /// nervaluate's greedy pass gives the first order 0 of 1 (strict 0,1,0,0,1; partial 0,0,1,0,1), the second 1 of 1;
    /// one optimal alignment gives both the second's.
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
    fn items_say_what_became_of_each() {
        let gold = annotations(&[(0, 3, "A"), (4, 8, "A"), (10, 14, "A"), (20, 24, "A")]);
        let predicted =
            annotations(&[(0, 3, "B"), (4, 7, "A"), (11, 14, "B"), (30, 33, "A"), (30, 33, "A"), (0, 3, "B")]);
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
}
