//! Metric names: `<layer>.<metric>[<label>].<average>.<stat>`, as used in all outputs and options.

use std::fmt;
use std::sync::Arc;

use super::statistics::Name;
use crate::document::Layer;

/// How labels are averaged. Micro, the sum over all items, is the default and not part of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Average {
    /// The unweighted mean over labels for which the figure is defined.
    Macro,
    /// The mean over labels, weighted by their numbers of gold items.
    Weighted,
}

impl fmt::Display for Average {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Macro => "macro",
            Self::Weighted => "weighted",
        })
    }
}

/// The cut-off `@M`: all predictions, regardless of their number.
pub const ALL_PREDICTIONS: u32 = u32::MAX;

/// The full name of a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricName {
    /// The layer.
    pub layer: Layer,
    /// `strict`, `rouge1`, ...; empty if the layer has only one metric.
    pub metric: Name,
    /// The label or field; `None` for the whole layer.
    pub label: Option<Arc<str>>,
    /// The average; `None` is micro.
    pub average: Option<Average>,
    /// `precision`, `recall`, `f1`, ...; empty if the metric is a single figure.
    pub stat: Name,
    /// The cut-off of a ranked list; 0 for the whole list, [`ALL_PREDICTIONS`] for `@M`.
    pub at: u32,
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.layer.metric_prefix())?;
        if !self.metric.is_empty() {
            write!(f, ".{}", self.metric)?;
        }
        if let Some(label) = &self.label {
            write!(f, "[{label}]")?;
        }
        if let Some(average) = self.average {
            write!(f, ".{average}")?;
        }
        if !self.stat.is_empty() {
            write!(f, ".{}", self.stat)?;
        }
        f.write_str(&cut_off(self.at))
    }
}

/// Formats a cut-off as in names: `@10`, `@M`; empty for the whole list.
pub fn cut_off(at: u32) -> String {
    match at {
        0 => String::new(),
        ALL_PREDICTIONS => "@M".to_owned(),
        k => format!("@{k}"),
    }
}

impl MetricName {
    /// Returns whether the figure is over the whole layer, without a label and without an average.
    pub fn is_whole(&self) -> bool {
        self.label.is_none() && self.average.is_none()
    }

    /// Returns the name without its label.
    pub fn unlabelled(&self) -> Self {
        Self { label: None, ..self.clone() }
    }
}
