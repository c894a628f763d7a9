//! What is scored and how, and what is reported of it.

use super::ClusterBy;
use crate::document::LayerSet;
use crate::metric::Options;
use crate::preset::Preset;

/// What is scored and how, and what is reported of it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Score only these layers.
    pub layers: Option<LayerSet>,
    /// Level of the intervals, 0 to 1.
    pub confidence: f64,
    /// What 0 divided by 0 is; undefined by default.
    pub zero_division: Option<f64>,
    /// Whether documents have the figures of every label, too.
    pub labels_per_document: bool,
    /// Options of the metrics.
    pub options: Options,
    /// Whether every document's own figures and items are kept. The scores are the same without
    /// them and cost less.
    pub documents: bool,
    /// Whether items are counted by class, by label and by the way they went wrong.
    pub items: bool,
    /// Whether the documents and items that a report shows are chosen.
    pub examples: bool,
    /// The tool whose figures are reproduced; then only what it scores is scored, in its way.
    pub preset: Option<&'static Preset>,
    /// The unit of intervals: documents that are independent of each other.
    pub cluster: ClusterBy,
}

impl Settings {
    /// Copies the settings for figures alone, without single documents, items or examples.
    #[must_use]
    pub fn figures_only(&self) -> Self {
        Self { documents: false, items: false, examples: false, ..self.clone() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            layers: None,
            confidence: 0.95,
            zero_division: None,
            labels_per_document: false,
            options: Options::default(),
            documents: true,
            items: true,
            examples: false,
            preset: None,
            cluster: ClusterBy::default(),
        }
    }
}
