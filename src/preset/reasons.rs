//! Why a preset counts an item otherwise than karat does.

use std::panic::RefUnwindSafe;

use crate::document::Layer;
use crate::metric::{Case, Item, MetricName, Side};

/// An item of one document that a preset counts otherwise than karat: one side of it, or a pair that both have.
#[derive(Debug, Clone, Copy)]
pub struct Difference<'a> {
    /// The layer.
    pub layer: &'a Layer,
    /// The document: gold and predicted annotations in the order of input.
    pub case: &'a Case<'a>,
    /// The gold side, where the difference concerns one.
    pub gold: Option<&'a Side>,
    /// The predicted side, where the difference concerns one.
    pub predicted: Option<&'a Side>,
    /// What karat makes of it; `None` where karat does not count it.
    pub karat: Option<&'a Item>,
    /// What the preset makes of it; `None` where the preset does not count it.
    pub preset: Option<&'a Item>,
    /// All items of the document as the preset counts them.
    pub items: &'a [Item],
}

/// A preset's reasons.
pub trait Reasons: Sync + RefUnwindSafe {
    /// Why an item is counted otherwise: a clause without a full stop.
    fn of_item(&self, difference: &Difference<'_>) -> String;

    /// Why a figure may differ although no item does.
    fn of_figure(&self, _name: &MetricName) -> Option<&'static str> {
        None
    }
}

/// For a preset that has nothing to say beyond what both counted.
pub struct Silent;

impl Reasons for Silent {
    fn of_item(&self, _: &Difference<'_>) -> String {
        "the tool matches otherwise".to_owned()
    }
}
