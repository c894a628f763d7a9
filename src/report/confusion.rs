//! Which labels are taken for which, and how items went wrong: counts over the items of a layer.

use std::collections::BTreeMap;

use crate::metric::{Detail, Item};
use crate::score::LayerScores;

/// Gold label and predicted label of every item; `None` is a side that is not there.
pub(super) type Cells<'a> = BTreeMap<(Option<&'a str>, Option<&'a str>), u64>;

/// How often each gold label was taken for each predicted one, missed ones and spurious ones included.
pub(super) fn confusion(scores: &LayerScores) -> Cells<'_> {
    let mut cells = Cells::new();
    for item in items(scores) {
        let gold = item.gold.as_ref().map(|side| side.label.as_str());
        let predicted = item.predicted.as_ref().map(|side| side.label.as_str());
        *cells.entry((gold, predicted)).or_default() += 1;
    }
    cells
}

/// How often items went wrong in each way.
pub(super) fn errors(scores: &LayerScores) -> BTreeMap<Detail, u64> {
    let mut counts = BTreeMap::new();
    for detail in items(scores).filter_map(|item| item.detail) {
        *counts.entry(detail).or_default() += 1;
    }
    counts
}

pub(super) fn items(scores: &LayerScores) -> impl Iterator<Item = &Item> {
    scores.documents.values().flat_map(|document| &document.items)
}
