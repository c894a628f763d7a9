//! Settings of a scoring: what is scored, how, and what is reported.

use std::collections::BTreeMap;

use super::ClusterBy;
use crate::document::{Annotations, Answer, Entity, Layer, LayerSet, Reference};
use crate::metric::{LayerGroups, METRIC_GROUPS, MetricGroup, Options, text_of};
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

    /// Returns the settings for scoring these answers. Where an entity has no offsets, and where
    /// the text of an entity is unknown, the metrics that need them are undefined; the former adds
    /// the metrics of texts.
    #[must_use]
    pub fn for_answers<'a>(
        &self,
        references: &'a BTreeMap<String, Reference>,
        answers: impl IntoIterator<Item = &'a BTreeMap<String, Answer>>,
    ) -> Self {
        let mut settings = self.clone();
        let golden = references.iter().map(|(id, reference)| (id, &reference.gold));
        let answers = answers.into_iter().flatten();
        let predicted = answers.flat_map(|(id, answer)| answer.each().map(move |answer| (id, &answer.annotations)));
        let all: Vec<(&String, &Annotations)> = golden.chain(predicted).collect();
        let entities = |annotations: &'a Annotations| annotations.entities.iter().flatten();
        if all.iter().any(|(_, annotations)| entities(annotations).any(Entity::lacks_offsets)) {
            settings.lack_offsets();
        }
        let spans = &mut settings.options.spans;
        if spans.text {
            let document = |id: &String| references.get(id)?.document.as_ref();
            let lacks_text = |(id, annotations): &(&String, &'a Annotations)| {
                entities(annotations).any(|entity| text_of(entity, document(id)).is_none())
            };
            spans.undefined.lacks_texts = all.iter().any(lacks_text);
        }
        settings
    }

    /// Adapts the settings to entities without offsets, as [`Self::for_answers`] does.
    pub(crate) fn lack_offsets(&mut self) {
        let spans = &mut self.options.spans;
        spans.undefined.lacks_offsets = true;
        spans.undefined.is_left_out = self.zero_division.is_some();
        spans.text = true;
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
