//! The headline figure of a layer: the one shown if only one is shown, and the one that decides if
//! none is chosen.

use super::MetricName;
use crate::document::Layer;

/// The headline figure that a metric group declares, without the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headline {
    /// `strict`, `rouge1`, ...; empty if the layer has only one metric.
    pub metric: &'static str,
    /// `f1`, `recall`, ...; empty if the metric is a single figure.
    pub stat: &'static str,
    /// The cut-off of a ranked list; 0 for the whole list.
    pub at: u32,
}

impl Headline {
    /// Returns a headline figure over the whole list.
    pub const fn new(metric: &'static str, stat: &'static str) -> Self {
        Self { metric, stat, at: 0 }
    }

    /// Returns the full name of the figure in a layer.
    pub fn name(self, layer: &Layer) -> MetricName {
        let Self { metric, stat, at } = self;
        MetricName { layer: layer.clone(), metric: metric.into(), label: None, average: None, stat: stat.into(), at }
    }

    /// Returns whether a name of the same layer is that of this figure: over the whole layer,
    /// without a label and without an average.
    pub fn is(self, name: &MetricName) -> bool {
        let Self { metric, stat, at } = self;
        name.metric == metric && name.stat == stat && name.at == at && name.is_whole()
    }
}
