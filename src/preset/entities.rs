//! Helpers shared by presets of labelled spans.

use std::collections::BTreeSet;

use crate::align;
use crate::document::{Annotations, Entity};
use crate::metric::{Case, Class, Item, PlainOutcome, Side};

/// Returns all entities of a document in input order: the other tools have no optional entities and
/// no ignored regions.
pub(super) fn of(annotations: &Annotations) -> &[Entity] {
    annotations.entities.as_deref().unwrap_or_default()
}

/// Returns the number of gold entities that a preset counts.
pub(super) fn gold_items(gold: &Annotations) -> Option<u64> {
    gold.entities.as_ref().map(|entities| entities.len() as u64)
}

/// Returns whether two entities cover the same text.
pub(super) fn same_span(a: &Entity, b: &Entity) -> bool {
    (a.start, a.end, &a.fragments) == (b.start, b.end, &b.fragments)
}

/// Returns the text of an entity: its own, or the span of the document.
pub(super) fn text_of(case: &Case<'_>, entity: &Entity) -> Option<String> {
    let covered = || case.document.and_then(|d| d.slice(entity.start, entity.end)).map(str::to_owned);
    entity.text.clone().or_else(covered)
}

/// Converts an entity to one side of an item.
pub(super) fn side(case: &Case<'_>, entity: &Entity) -> Side {
    Side {
        span: Some((entity.start, entity.end)),
        label: entity.label.clone(),
        text: text_of(case, entity).unwrap_or_default(),
    }
}

/// Returns the class of a pair, by span and label.
pub(super) fn class_of(gold: &Entity, predicted: &Entity) -> Class {
    Class::of_pair(same_span(gold, predicted), gold.label == predicted.label)
}

/// Returns the items of a document: the pairs, given as index pairs with their class, and the
/// unmatched entities of both sides. A prediction that equals another one is a duplicate.
pub(super) fn items(
    case: &Case<'_>,
    gold: &[&Entity],
    predicted: &[&Entity],
    pairs: &[(usize, usize, Class)],
) -> Vec<Item> {
    let key = |p: usize| (predicted[p].start, predicted[p].end, &predicted[p].fragments, predicted[p].label.as_str());
    let mut items = Vec::with_capacity(gold.len() + predicted.len());
    let (mut answered, mut used) = (vec![false; gold.len()], vec![false; predicted.len()]);
    let mut seen = BTreeSet::new();
    for &(g, p, class) in pairs {
        (answered[g], used[p]) = (true, true);
        seen.insert(key(p));
        items.push(Item::pair(class, side(case, gold[g]), side(case, predicted[p])));
    }
    items.extend((0..gold.len()).filter(|&g| !answered[g]).map(|g| Item::missed(side(case, gold[g]))));
    for p in (0..predicted.len()).filter(|&p| !used[p]) {
        let class = if seen.insert(key(p)) { Class::Spurious } else { Class::Duplicate };
        items.push(Item::spurious(class, side(case, predicted[p])));
    }
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}

/// Appends the outcomes of plain spans, by the rules of [`items`]: of the pairs, given as index
/// pairs, and of the unmatched spans of both sides.
pub(super) fn plain_outcomes(
    gold: &[align::LabelledSpan],
    predicted: &[align::LabelledSpan],
    pairs: &[(usize, usize)],
    outcomes: &mut Vec<PlainOutcome>,
) {
    let (mut answered, mut used) = (vec![false; gold.len()], vec![false; predicted.len()]);
    let mut seen = BTreeSet::new();
    for &(g, p) in pairs {
        (answered[g], used[p]) = (true, true);
        seen.insert(&predicted[p]);
        let class = Class::of_pair(gold[g].same_span(&predicted[p]), gold[g].label == predicted[p].label);
        outcomes.push(PlainOutcome { class, detail: None, gold: Some(g), predicted: Some(p) });
    }
    let missed = (0..gold.len()).filter(|&g| !answered[g]);
    outcomes.extend(missed.map(|g| PlainOutcome {
        class: Class::Missed,
        detail: None,
        gold: Some(g),
        predicted: None,
    }));
    for p in (0..predicted.len()).filter(|&p| !used[p]) {
        let class = if seen.insert(&predicted[p]) { Class::Spurious } else { Class::Duplicate };
        outcomes.push(PlainOutcome { class, detail: None, gold: None, predicted: Some(p) });
    }
}

/// Formats a side as `5..14 PERSON`, for reasons.
pub(super) fn name(side: &Side) -> String {
    match side.span {
        Some((start, end)) => format!("{start}..{end} {}", side.label),
        None => side.label.clone(),
    }
}

/// Returns the number of code points that two sides share.
pub(super) fn shared(a: &Side, b: &Side) -> u32 {
    match (a.span, b.span) {
        (Some(a), Some(b)) => a.1.min(b.1).saturating_sub(a.0.max(b.0)),
        _ => 0,
    }
}
