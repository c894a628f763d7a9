//! The entities of a document and their alignment.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::align::{self, Pair, align, align_forms};
use crate::document::{Alternative, Entity, Region};
use crate::metric::Case;
use crate::stats::confidence::Confidence;

/// The counted entities of a document with their alignment. Labels are ranks in sorted order.
pub(super) struct Matching<'a> {
    /// Every label that occurs, in order.
    pub labels: Vec<Arc<str>>,
    /// The gold entities that count.
    pub gold: Vec<&'a Entity>,
    /// The gold entities in their matched form: as annotated, unless an alternative fits the
    /// prediction better.
    pub gold_items: Vec<align::LabelledSpan>,
    /// The predictions, including those that are not counted.
    pub predicted: Vec<&'a Entity>,
    /// The predictions, prepared for comparison.
    pub predicted_items: Vec<align::LabelledSpan>,
    /// The one-to-one pairs.
    pub pairs: Vec<Pair>,
    /// Gold entities without a matching prediction.
    pub missed: Vec<usize>,
    /// Predictions without a matching gold entity, except those that match an optional one.
    pub spurious: Vec<usize>,
    /// Whether the rule for too many overlapping entities chose some of the pairs.
    pub is_greedy: bool,
}

impl<'a> Matching<'a> {
    pub fn new(case: &Case<'a>) -> Self {
        let ignored = &case.gold.ignore;
        let all = counted(case.gold.entities.as_deref(), ignored);
        let predicted = counted(case.predicted.entities.as_deref(), ignored);
        let of_alternatives =
            all.iter().flat_map(|entity| &entity.alternatives).filter_map(|other| other.label.as_deref());
        let own = all.iter().chain(&predicted).map(|entity| entity.label.as_str());
        let names: BTreeSet<&str> = own.chain(of_alternatives).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let rank = |label: &str| names.binary_search(&label).unwrap_or_default() as u32;

        let (gold, optional): (Vec<&Entity>, Vec<&Entity>) = all.into_iter().partition(|entity| !entity.optional);
        let predicted_items: Vec<align::LabelledSpan> =
            predicted.iter().map(|entity| item(entity, rank(&entity.label))).collect();
        let (mut gold_items, alignment) = answer(&gold, &predicted_items, rank);
        let (mut spurious, mut is_greedy) = (alignment.spurious, alignment.is_greedy);
        for pair in alignment.pairs.iter().filter(|pair| pair.form > 0) {
            gold_items[pair.gold] = forms(gold[pair.gold], rank).swap_remove(pair.form);
        }
        if !optional.is_empty() {
            // An unmatched prediction may match an optional entity, and is then not counted.
            let left: Vec<align::LabelledSpan> = spurious.iter().map(|&p| predicted_items[p].clone()).collect();
            let (_, excused) = answer(&optional, &left, rank);
            is_greedy |= excused.is_greedy;
            spurious = excused.spurious.into_iter().map(|at| spurious[at]).collect();
        }
        Self {
            labels: names.into_iter().map(Arc::from).collect(),
            gold,
            gold_items,
            predicted,
            predicted_items,
            pairs: alignment.pairs,
            missed: alignment.missed,
            spurious,
            is_greedy,
        }
    }

    /// Returns the index in `labels` of the label of a gold entity in its matched form.
    pub fn gold_label(&self, g: usize) -> usize {
        self.gold_items[g].label as usize
    }

    /// Returns the index in `labels` of the label of a prediction.
    pub fn predicted_label(&self, p: usize) -> usize {
        self.predicted_items[p].label as usize
    }

    /// Returns the counted predictions, in order.
    pub fn counted_predictions(&self) -> Vec<usize> {
        let paired = self.pairs.iter().map(|pair| pair.predicted);
        let mut counted: Vec<usize> = paired.chain(self.spurious.iter().copied()).collect();
        counted.sort_unstable();
        counted
    }
}

/// Converts the gold entities to items and aligns them with the predictions.
fn answer(
    gold: &[&Entity],
    predicted: &[align::LabelledSpan],
    rank: impl Fn(&str) -> u32,
) -> (Vec<align::LabelledSpan>, align::Alignment) {
    let items: Vec<align::LabelledSpan> = gold.iter().map(|entity| item(entity, rank(&entity.label))).collect();
    let alignment = if gold.iter().all(|entity| entity.alternatives.is_empty()) {
        align(&items, predicted)
    } else {
        let forms: Vec<Vec<align::LabelledSpan>> = gold.iter().map(|entity| forms(entity, &rank)).collect();
        align_forms(&forms, predicted)
    };
    (items, alignment)
}

/// Returns the entity and its alternatives, in an order that depends only on their content.
fn forms(entity: &Entity, rank: impl Fn(&str) -> u32) -> Vec<align::LabelledSpan> {
    let own = item(entity, rank(&entity.label));
    let form = |other: &Alternative| {
        let label = other.label.as_deref().map_or(own.label, &rank);
        match (other.start, other.end) {
            (Some(start), Some(end)) => align::LabelledSpan { start, end, label, fragments: other.fragments.clone() },
            _ => align::LabelledSpan { label, ..own.clone() },
        }
    };
    let others: BTreeSet<align::LabelledSpan> = entity.alternatives.iter().map(form).collect();
    [own.clone()].into_iter().chain(others).collect()
}

fn item(entity: &Entity, label: u32) -> align::LabelledSpan {
    align::LabelledSpan { start: entity.start, end: entity.end, label, fragments: entity.fragments.clone() }
}

pub(super) fn is_ignored(entity: &Entity, ignored: &[Region]) -> bool {
    ignored.iter().any(|region| region.touches(entity.start, entity.end))
}

/// Returns the entities outside ignored regions, in an order that depends only on their content.
fn counted<'a>(entities: Option<&'a [Entity]>, ignored: &[Region]) -> Vec<&'a Entity> {
    let mut counted: Vec<&Entity> =
        entities.unwrap_or_default().iter().filter(|entity| !is_ignored(entity, ignored)).collect();
    counted.sort_by(|a, b| {
        let key = |e: &'a Entity| (e.start, e.end, e.label.as_str(), &e.fragments, e.optional);
        // Of duplicates, the most confident comes first, and is the one paired with an equal gold
        // entity.
        let by_confidence = Confidence::new(a.confidence).cmp(&Confidence::new(b.confidence));
        key(a).cmp(&key(b)).then(by_confidence).then_with(|| a.id.cmp(&b.id)).then_with(|| others(a).cmp(&others(b)))
    });
    counted
}

/// The span, fragments and label of an alternative.
type Other<'a> = (Option<(u32, u32)>, &'a [(u32, u32)], Option<&'a str>);

/// Returns the alternatives in order, to compare entities that are otherwise equal.
fn others(entity: &Entity) -> BTreeSet<Other<'_>> {
    let key = |other: &'_ Alternative| other.start.zip(other.end);
    entity.alternatives.iter().map(|other| (key(other), other.fragments.as_slice(), other.label.as_deref())).collect()
}
