//! What became of every entity.

use std::collections::BTreeSet;

use super::detail::details;
use super::matching::Matching;
use crate::align;
use crate::document::Entity;
use crate::metric::Case;
use crate::metric::item::{Class, Detail, Item, Side};

/// Every entity that counts, in text order.
pub(super) fn classify(case: &Case<'_>, matching: &Matching<'_>) -> Vec<Item> {
    let side = |entity: &Entity, item: &align::Item| side(case, matching, entity, item);
    let gold = |g: usize| side(matching.gold[g], &matching.gold_items[g]);
    let predicted = |p: usize| side(matching.predicted[p], &matching.predicted_items[p]);
    let details = details(matching);
    let mut items: Vec<Item> = Vec::new();
    for (pair, detail) in matching.pairs.iter().zip(&details.pairs) {
        let item = Item::pair(class_of(pair), gold(pair.gold), predicted(pair.predicted));
        items.push(Item { detail: *detail, ..item });
    }
    for (&g, detail) in matching.missed.iter().zip(&details.missed) {
        items.push(Item { detail: Some(*detail), ..Item::missed(gold(g)) });
    }
    // Of equal predictions one counts for what it is; the others repeat it.
    let mut seen: BTreeSet<&align::Item> =
        matching.pairs.iter().map(|pair| &matching.predicted_items[pair.predicted]).collect();
    for (&p, detail) in matching.spurious.iter().zip(&details.spurious) {
        let is_first = seen.insert(&matching.predicted_items[p]);
        let (class, detail) = if is_first { (Class::Spurious, *detail) } else { (Class::Duplicate, Detail::Duplicate) };
        items.push(Item { detail: Some(detail), ..Item::spurious(class, predicted(p)) });
    }
    items.sort_by(|a, b| a.place().cmp(&b.place()).then(a.class.cmp(&b.class)));
    items
}

/// What becomes of the gold entity of a pair.
pub(super) fn class_of(pair: &align::Pair) -> Class {
    match (pair.exact, pair.same_label) {
        (true, true) => Class::Correct,
        (true, false) => Class::Mislabelled,
        (false, true) => Class::Misbounded,
        (false, false) => Class::MislabelledMisbounded,
    }
}

/// A side in the form that is answered, so that an alternative's label and text stand where they were accepted.
fn side(case: &Case<'_>, matching: &Matching<'_>, entity: &Entity, item: &align::Item) -> Side {
    let is_own = (entity.start, entity.end, &entity.fragments) == (item.start, item.end, &item.fragments);
    let stored = entity.text.clone().filter(|_| is_own);
    let covered = || case.document.and_then(|d| d.slice(item.start, item.end)).map(str::to_owned);
    Side {
        span: Some((item.start, item.end)),
        label: matching.labels[item.label as usize].to_string(),
        text: stored.or_else(covered).unwrap_or_default(),
    }
}
