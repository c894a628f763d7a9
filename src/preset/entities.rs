//! What presets of labelled spans share.

use std::collections::BTreeSet;

use crate::align;
use crate::document::{Annotations, Entity};
use crate::metric::{Case, Class, Item, PlainOutcome, Side};

/// All entities of a document in the order of input: the peers know no optional ones and no ignored regions.
pub(super) fn of(annotations: &Annotations) -> &[Entity] {
    annotations.entities.as_deref().unwrap_or_default()
}

/// How many gold entities a preset counts.
pub(super) fn gold_items(gold: &Annotations) -> Option<u64> {
    gold.entities.as_ref().map(|entities| entities.len() as u64)
}

/// Whether two entities cover the same text.
pub(super) fn same_span(a: &Entity, b: &Entity) -> bool {
    (a.start, a.end, &a.fragments) == (b.start, b.end, &b.fragments)
}

/// The text of an entity: what it brings, or what the document has there.
pub(super) fn text_of(case: &Case<'_>, entity: &Entity) -> Option<String> {
    let covered = || case.document.and_then(|d| d.slice(entity.start, entity.end)).map(str::to_owned);
    entity.text.clone().or_else(covered)
}

/// An entity as a row of a report.
pub(super) fn side(case: &Case<'_>, entity: &Entity) -> Side {
    Side {
        span: Some((entity.start, entity.end)),
        label: entity.label.clone(),
        text: text_of(case, entity).unwrap_or_default(),
    }
}

/// The class of a pair by what the two are.
pub(super) fn class_of(gold: &Entity, predicted: &Entity) -> Class {
    Class::of_pair(same_span(gold, predicted), gold.label == predicted.label)
}

/// The items of a document: the pairs, given by their places with their class, and what is left of either side. A copy of
/// another prediction is a duplicate.
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
    items.sort_by(|a, b| a.place().cmp(&b.place()).then(a.class.cmp(&b.class)));
    items
}

/// What [`items`] says of plain spans: of the pairs of a gold span and a prediction, given by their
/// indices, and of what is left of either side.
pub(super) fn plain_outcomes(
    gold: &[align::Item],
    predicted: &[align::Item],
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

/// `5..14 PERSON`, for reasons.
pub(super) fn name(side: &Side) -> String {
    match side.span {
        Some((start, end)) => format!("{start}..{end} {}", side.label),
        None => side.label.clone(),
    }
}

/// Code points that two sides share.
pub(super) fn shared(a: &Side, b: &Side) -> u32 {
    match (a.span, b.span) {
        (Some(a), Some(b)) => a.1.min(b.1).saturating_sub(a.0.max(b.0)),
        _ => 0,
    }
}
