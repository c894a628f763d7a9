//! Classifies the outcome of every entity.

use std::collections::BTreeSet;

use super::detail::{Aligned, details};
use super::matching::Matching;
use crate::align;
use crate::document::Entity;
use crate::metric::Case;
use crate::metric::item::{Class, Detail, Item, Side};

/// Returns every counted entity as an item, in text order.
pub(super) fn classify(case: &Case<'_>, matching: &Matching<'_>) -> Vec<Item> {
    let side = |entity: &Entity, item: &align::LabelledSpan| side(case, matching, entity, item);
    let gold = |g: usize| side(matching.gold[g], &matching.gold_items[g]);
    let predicted = |p: usize| side(matching.predicted[p], &matching.predicted_items[p]);
    let details = details(Aligned {
        gold: &matching.gold_items,
        predicted: &matching.predicted_items,
        pairs: &matching.pairs,
        missed: &matching.missed,
        spurious: &matching.spurious,
    });
    let mut items: Vec<Item> = Vec::new();
    for (pair, detail) in matching.pairs.iter().zip(&details.pairs) {
        let class = Class::of_pair(pair.exact, pair.same_label);
        items.push(Item { detail: *detail, ..Item::pair(class, gold(pair.gold), predicted(pair.predicted)) });
    }
    for (&g, detail) in matching.missed.iter().zip(&details.missed) {
        items.push(Item { detail: Some(*detail), ..Item::missed(gold(g)) });
    }
    // Of equal predictions, one is counted by its own outcome; the others are duplicates. Those
    // that were not found in the document have no span and differ by their texts.
    let unlocated = |p: usize| matching.predicted[p].text.as_deref().filter(|_| !matching.predicted[p].is_located());
    let mut seen: BTreeSet<(&align::LabelledSpan, Option<&str>)> =
        matching.pairs.iter().map(|pair| (&matching.predicted_items[pair.predicted], None)).collect();
    for (&p, detail) in matching.spurious.iter().zip(&details.spurious) {
        let is_first = seen.insert((&matching.predicted_items[p], unlocated(p)));
        let (class, detail) = if is_first { (Class::Spurious, *detail) } else { (Class::Duplicate, Detail::Duplicate) };
        items.push(Item { detail: Some(detail), ..Item::spurious(class, predicted(p)) });
    }
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}

/// Returns one side of an item in its matched form, so that a matched alternative is shown with its
/// own label and text.
fn side(case: &Case<'_>, matching: &Matching<'_>, entity: &Entity, item: &align::LabelledSpan) -> Side {
    let is_own = (entity.start, entity.end, &entity.fragments) == (item.start, item.end, &item.fragments);
    let stored = entity.text.clone().filter(|_| is_own);
    let covered = || case.document.and_then(|d| d.slice(item.start, item.end)).map(str::to_owned);
    Side {
        span: entity.is_located().then_some((item.start, item.end)),
        label: matching.labels[item.label as usize].to_string(),
        text: stored.or_else(covered).unwrap_or_default(),
    }
}
