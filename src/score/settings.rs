//! Settings of a scoring: what is scored, how, and what is reported.

use super::ClusterBy;
use crate::document::{Layer, LayerSet};
use crate::metric::{LayerGroups, METRIC_GROUPS, MetricGroup, Options};
use crate::preset::Preset;

/// What is scored, how, and what is reported.
#[derive(Debug, Clone)]
pub struct Settings {
    /// If set, only these layers are scored.
    pub layers: Option<LayerSet>,
    /// The confidence level of the intervals, 0 to 1.
    pub confidence: f64,
    /// The value of 0 divided by 0; undefined by default.
    pub zero_division: Option<f64>,
    /// Whether single documents also have per-label figures.
    pub labels_per_document: bool,
    /// Options of the metrics.
    pub options: Options,
    /// Whether the figures and items of every document are kept. Scores do not depend on it;
    /// omitting them saves time and memory.
    pub documents: bool,
    /// Whether items are counted by class, by label and by kind of error.
    pub items: bool,
    /// Whether example documents and items are selected for reports.
    pub examples: bool,
    /// The tool whose figures are reproduced. Only what that tool scores is then scored, by its
    /// definitions.
    pub preset: Option<&'static Preset>,
    /// The clusters of documents that intervals treat as independent.
    pub cluster: ClusterBy,
}

impl Settings {
    /// Returns the metric groups in use: those of the preset, or karat's own.
    pub fn metric_groups(&self) -> &'static [&'static dyn MetricGroup] {
        self.preset.map_or(METRIC_GROUPS, |preset| preset.metric_groups)
    }

    /// Returns the metric groups that score a layer; `None` if there is none.
    pub fn groups_of(&self, layer: &Layer) -> Option<LayerGroups> {
        LayerGroups::of(self.metric_groups(), layer)
    }

    /// Returns the settings for figures alone, without single documents, items and examples.
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
