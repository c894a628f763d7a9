//! Metrics that compare the texts and labels of entities and need no offsets.
//!
//! | metric | counted |
//! |---|---|
//! | text | every entity: equal (text, label) are paired as often as both sides have them |
//! | text.unique | every (text, label) once per document |
//!
//! Texts are compared by their code points, unchanged. The text of an entity with offsets is that
//! of its document, otherwise its stored one. A prediction that equals an optional golden entity is
//! not counted. Alternatives of golden entities are not considered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::matching::is_ignored;
use crate::document::{Annotations, Document, Entity};
use crate::metric::{Case, Class, Counts, Item, Name, Options, Side, Statistic, StatisticKey, Statistics};

/// The names of the metrics, and whether each counts a text and label once per document.
const METRICS: [(&str, bool); 2] = [("text", false), ("text.unique", true)];

/// Returns the names of the metrics, if options request them.
pub(super) fn metrics(options: &Options) -> Vec<Name> {
    let requested = if options.spans.text { &METRICS[..] } else { &[] };
    requested.iter().map(|(name, _)| (*name).into()).collect()
}

/// Whether a metric is one of texts.
pub(super) fn is_of_texts(metric: &str) -> bool {
    METRICS.iter().any(|(name, _)| *name == metric)
}

/// Returns the text of an entity: that which it covers, or the stored one.
pub(crate) fn text<'a>(entity: &'a Entity, document: Option<&'a Document>) -> Option<&'a str> {
    let covered = || document.filter(|_| entity.fragments.is_empty())?.slice(entity.start, entity.end);
    if entity.is_located() { covered().or(entity.text.as_deref()) } else { entity.text.as_deref() }
}

/// The number of times that a text with a label is there.
#[derive(Default, Clone, Copy)]
struct Number {
    gold: u64,
    optional: u64,
    predicted: u64,
}

/// Counts a document.
pub(super) fn count(case: &Case<'_>, statistics: &mut Statistics) {
    let options = case.options;
    if !options.spans.text || options.spans.undefined.lacks_texts {
        return;
    }
    let mut numbers: BTreeMap<(&str, &str), Number> = BTreeMap::new();
    for entity in counted(case.gold, case) {
        let number = numbers.entry(key(entity, case.document)).or_default();
        *(if entity.optional { &mut number.optional } else { &mut number.gold }) += 1;
    }
    for entity in counted(case.predicted, case) {
        numbers.entry(key(entity, case.document)).or_default().predicted += 1;
    }
    for (name, once) in METRICS {
        let mut by_label: BTreeMap<&str, Counts> = BTreeMap::new();
        for (&(label, _), &number) in &numbers {
            let Number { mut gold, optional, mut predicted } = number;
            if once {
                (gold, predicted) = (gold.min(1), predicted.min(1));
            }
            let correct = gold.min(predicted);
            let excused = if once { predicted.min(optional) } else { (predicted - correct).min(optional) };
            let counts = by_label.entry(label).or_default();
            counts.correct += correct;
            counts.missed += gold - correct;
            counts.spurious += (predicted - correct).saturating_sub(excused);
        }
        let mut whole = Counts::default();
        for (label, counts) in by_label {
            whole += counts;
            let key = StatisticKey::labelled(Name::from(name), &Arc::from(label));
            statistics.add(key, Statistic::matches(counts));
        }
        statistics.add(StatisticKey::whole(Name::from(name)), Statistic::matches(whole));
    }
}

/// Returns every counted entity as an item, in the order of texts: equal texts and labels are
/// pairs.
pub(super) fn items(case: &Case<'_>) -> Vec<Item> {
    let side = |entity: &Entity| Side {
        span: entity.is_located().then_some((entity.start, entity.end)),
        label: entity.label.clone(),
        text: text(entity, case.document).unwrap_or_default().to_owned(),
    };
    let mut gold: BTreeMap<(&str, &str), VecDeque<&Entity>> = BTreeMap::new();
    for entity in counted(case.gold, case) {
        let same = gold.entry(key(entity, case.document)).or_default();
        // Optional entities excuse what is left after the others.
        if entity.optional { same.push_back(entity) } else { same.push_front(entity) }
    }
    let mut items = Vec::new();
    for entity in counted(case.predicted, case) {
        let partner = gold.get_mut(&key(entity, case.document)).and_then(VecDeque::pop_front);
        match partner {
            Some(optional) if optional.optional => {}
            Some(partner) => items.push(Item::pair(Class::Correct, side(partner), side(entity))),
            None => items.push(Item::spurious(Class::Spurious, side(entity))),
        }
    }
    let missed = gold.values().flatten().filter(|entity| !entity.optional);
    items.extend(missed.map(|entity| Item::missed(side(entity))));
    let order = |item: &Item| {
        let side = item.gold.as_ref().or(item.predicted.as_ref());
        (item.span().is_none(), item.span(), side.map(|side| (side.text.clone(), side.label.clone())), item.class)
    };
    items.sort_by_cached_key(order);
    items
}

fn key<'a>(entity: &'a Entity, document: Option<&'a Document>) -> (&'a str, &'a str) {
    (&entity.label, text(entity, document).unwrap_or_default())
}

/// Returns the entities outside ignored regions.
fn counted<'a>(annotations: &'a Annotations, case: &Case<'a>) -> impl Iterator<Item = &'a Entity> {
    let ignored = &case.gold.ignore;
    let entities = annotations.entities.iter().flatten();
    entities.filter(|entity| !entity.is_located() || !is_ignored(entity, ignored))
}

#[cfg(test)]
mod tests {
    use super::count;
    use crate::document::{Annotations, Entity};
    use crate::metric::{Case, Options, Statistic, Statistics};

    fn annotations(entities: &[(&str, &str)]) -> Annotations {
        let entities = entities.iter().map(|(text, label)| Entity::of_text(*text, *label)).collect();
        Annotations { entities: Some(entities), ..Annotations::default() }
    }

    /// Returns the counts of correct, missed and spurious entities by metric.
    fn counts(gold: &Annotations, predicted: &Annotations) -> Vec<(String, [u64; 3])> {
        let mut options = Options::default();
        options.spans.text = true;
        let mut statistics = Statistics::default();
        count(&Case { document: None, gold, predicted, options: &options }, &mut statistics);
        let whole = statistics.iter().filter(|(key, _)| key.label.is_none());
        let shown = whole.map(|(key, statistic)| match statistic {
            Statistic::Matches { counts, .. } => {
                (key.metric.to_string(), [counts.correct, counts.missed, counts.spurious])
            }
            other => panic!("{other:?}"),
        });
        shown.collect()
    }

    #[test]
    fn texts_are_a_multiset_or_a_set() {
        let gold = annotations(&[("Bern", "LOC"), ("Bern", "LOC"), ("Ada", "PER")]);
        let predicted = annotations(&[("Bern", "LOC"), ("Bern", "ORG"), ("Ada", "PER"), ("Ada", "PER")]);
        let expected = [("text", [2, 1, 2]), ("text.unique", [2, 0, 1])];
        assert_eq!(counts(&gold, &predicted), expected.map(|(name, counts)| (name.to_owned(), counts)));
    }

    #[test]
    fn code_points_are_compared_unchanged() {
        let (gold, predicted) = (annotations(&[("\u{E9}", "X")]), annotations(&[("e\u{301}", "X")]));
        assert_eq!(counts(&gold, &predicted)[0].1, [0, 1, 1]);
    }

    #[test]
    fn a_prediction_that_equals_an_optional_entity_is_not_counted() {
        let mut gold = annotations(&[("Bern", "LOC"), ("Bern", "LOC")]);
        gold.entities.as_mut().unwrap()[0].optional = true;
        let predicted = annotations(&[("Bern", "LOC"), ("Bern", "LOC"), ("Bern", "LOC")]);
        assert_eq!(counts(&gold, &predicted)[0].1, [1, 0, 1]);
        assert_eq!(counts(&gold, &annotations(&[]))[0].1, [0, 1, 0]);
    }
}
