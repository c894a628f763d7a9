//! Explanations why a preset counts an item differently from karat.

use std::panic::RefUnwindSafe;

use crate::document::Layer;
use crate::metric::{Case, Item, MetricName, Side};

/// An item of one document that a preset counts differently from karat: one side, or a pair that
/// both have.
#[derive(Debug, Clone, Copy)]
pub struct PresetDifference<'a> {
    /// The layer.
    pub layer: &'a Layer,
    /// The document: gold and predicted annotations in input order.
    pub case: &'a Case<'a>,
    /// The gold side, if the difference concerns one.
    pub gold: Option<&'a Side>,
    /// The predicted side, if the difference concerns one.
    pub predicted: Option<&'a Side>,
    /// The item as karat counts it; `None` if karat does not count it.
    pub karat: Option<&'a Item>,
    /// The item as the preset counts it; `None` if the preset does not count it.
    pub preset: Option<&'a Item>,
    /// All items of the document as the preset counts them.
    pub items: &'a [Item],
}

/// Explains the differences of a preset.
pub trait Reasons: Sync + RefUnwindSafe {
    /// Returns why an item is counted differently: a clause without a full stop.
    fn of_item(&self, difference: &PresetDifference<'_>) -> String;

    /// Returns why a figure may differ even if no item does.
    fn of_figure(&self, _name: &MetricName) -> Option<&'static str> {
        None
    }
}

/// The reasons of a preset that has none beyond the counted items.
pub struct NoReasons;

impl Reasons for NoReasons {
    fn of_item(&self, _: &PresetDifference<'_>) -> String {
        "the tool matches differently".to_owned()
    }
}
