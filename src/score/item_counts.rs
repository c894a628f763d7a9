//! The number of items of a layer by outcome: for tables of classes, errors and confusions, without
//! keeping the items.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::align;
use crate::document::Layer;
use crate::metric::{Class, Detail, Item, PlainOutcome};

/// A cell of a confusion matrix: the gold and the predicted label; `None` for a missing side.
pub type LabelPair = (Option<Arc<str>>, Option<Arc<str>>);

/// Counts over the items of a layer. They can be added over documents in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemCounts {
    classes: [u64; Class::ALL.len()],
    details: [u64; Detail::ALL.len()],
    confusion: BTreeMap<LabelPair, u64>,
    grounds: BTreeMap<String, u64>,
}

impl ItemCounts {
    /// Returns the number of items of a class.
    pub fn of_class(&self, class: Class) -> u64 {
        self.classes[class as usize]
    }

    /// Returns the number of items with an error of this kind.
    pub fn of_detail(&self, detail: Detail) -> u64 {
        self.details[detail as usize]
    }

    /// Returns the number of all items.
    pub fn all(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// Returns the number of items that are not correct.
    pub fn wrong(&self) -> u64 {
        self.all() - self.of_class(Class::Correct)
    }

    /// Returns, for entities, how often each gold label was predicted as each label, in the order
    /// of the labels.
    pub fn confusion(&self) -> &BTreeMap<LabelPair, u64> {
        &self.confusion
    }

    /// Returns, for matched key points, the number of judgements by their ground, such as
    /// `overlap`.
    pub fn grounds(&self) -> &BTreeMap<String, u64> {
        &self.grounds
    }

    /// Adds the items of one document.
    pub(super) fn add(&mut self, layer: &Layer, items: &[Item]) {
        for item in items {
            self.classes[item.class as usize] += 1;
            if let Some(detail) = item.detail {
                self.details[detail as usize] += 1;
            }
        }
        if *layer == Layer::Entities {
            let mut cells: FxHashMap<(Option<&str>, Option<&str>), u64> = FxHashMap::default();
            for item in items {
                let gold = item.gold.as_ref().map(|side| side.label.as_str());
                let predicted = item.predicted.as_ref().map(|side| side.label.as_str());
                *cells.entry((gold, predicted)).or_default() += 1;
            }
            for ((gold, predicted), count) in cells {
                *self.confusion.entry((gold.map(Arc::from), predicted.map(Arc::from))).or_default() += count;
            }
        }
        if *layer == Layer::KeyPoints {
            let carried = items.iter().filter(|item| matches!(item.class, Class::Correct | Class::Partial));
            for item in carried {
                // A ground such as `overlap 8/10` counts as `overlap`.
                let ground = item.ground.as_deref().and_then(|ground| ground.split(' ').next()).unwrap_or_default();
                *self.grounds.entry(ground.to_owned()).or_default() += 1;
            }
        }
    }

    /// Adds the counts of other documents.
    pub(super) fn merge(&mut self, other: Self) {
        for (sum, more) in self.classes.iter_mut().zip(other.classes) {
            *sum += more;
        }
        for (sum, more) in self.details.iter_mut().zip(other.details) {
            *sum += more;
        }
        for (cell, count) in other.confusion {
            *self.confusion.entry(cell).or_default() += count;
        }
        for (ground, count) in other.grounds {
            *self.grounds.entry(ground).or_default() += count;
        }
    }
}

/// Counts over plain spans, whose labels are numbers until [`Self::named`] replaces them by names.
#[derive(Default)]
pub(super) struct PlainItemCounts {
    counts: ItemCounts,
    /// By gold and predicted label, each stored as its number plus one; 0 is a missing side.
    confusion: FxHashMap<(u32, u32), u64>,
}

impl PlainItemCounts {
    /// Adds the outcomes of the gold and predicted spans of one document.
    pub fn add(&mut self, outcomes: &[PlainOutcome], sides: [&[align::LabelledSpan]; 2]) {
        let label = |side: usize, index: Option<usize>| index.map_or(0, |index| sides[side][index].label + 1);
        for outcome in outcomes {
            self.counts.classes[outcome.class as usize] += 1;
            if let Some(detail) = outcome.detail {
                self.counts.details[detail as usize] += 1;
            }
            *self.confusion.entry((label(0, outcome.gold), label(1, outcome.predicted))).or_default() += 1;
        }
    }

    /// Returns the counts under the names of the labels.
    pub fn named(self, labels: &[Arc<str>]) -> ItemCounts {
        let Self { mut counts, confusion } = self;
        let name = |number: u32| number.checked_sub(1).map(|at| Arc::clone(&labels[at as usize]));
        let cells = confusion.into_iter().map(|((gold, predicted), count)| ((name(gold), name(predicted)), count));
        counts.confusion.extend(cells);
        counts
    }
}
