//! What the fast paths have counted in a portion, with numbers for names.

use std::sync::Arc;

use super::Formulas;
use super::engine::Engine;
use super::item_counts::PlainItemCounts;
use super::packed::{PackedItem, Text};
use crate::align;
use crate::document::Layer;
use crate::metric::{LayerGroups, PlainNames, PlainOutcome, PlainStatistics, Statistics};

/// The document that a fast path counted last, and the items of all documents that it counted.
pub(super) struct FastTotals {
    pub items: PlainItemCounts,
    pub statistics: PlainStatistics,
    pub outcomes: Vec<PlainOutcome>,
    pub names: PlainNames,
    pub groups: LayerGroups,
}

impl FastTotals {
    /// Returns a fast path for documents with these labels; `None` if entities are not counted.
    pub fn new(engine: &Engine<'_>, labels: &[Arc<str>]) -> Option<Self> {
        let groups = engine.groups(&Layer::Entities)?;
        Some(Self {
            items: PlainItemCounts::default(),
            statistics: PlainStatistics::default(),
            outcomes: Vec::new(),
            names: PlainNames { metrics: groups.metrics(&engine.settings.options), labels: labels.to_vec() },
            groups,
        })
    }

    /// Returns the outcomes of the spans of the document that was counted last, in span order.
    pub fn outcomes_in_order(&self, [gold, predicted]: [&[align::LabelledSpan]; 2]) -> Vec<PackedItem<'_>> {
        let outcome = |outcome: &PlainOutcome| {
            let (item, is_gold) = match (outcome.gold, outcome.predicted) {
                (Some(g), _) => (&gold[g], true),
                (None, p) => (&predicted[p?], false),
            };
            Some(PackedItem {
                class: outcome.class,
                is_gold,
                span: Some((item.start, item.end)),
                label: &self.names.labels[item.label as usize],
                text: Text::None,
            })
        };
        let mut outcomes: Vec<PackedItem<'_>> = self.outcomes.iter().filter_map(outcome).collect();
        outcomes.sort_by_key(|outcome| (outcome.span, outcome.class));
        outcomes
    }

    /// Returns the headline figure of the document that was counted last.
    pub fn headline(&self, engine: &Engine<'_>) -> Option<f64> {
        let headline = self.groups.headline()?;
        let at = self.names.metrics.iter().position(|name| *name == headline.metric)?;
        let name = headline.name(&Layer::Entities);
        let statistics = Statistics::from_iter([(super::formulas::key(&name), self.statistics.wholes[at].clone())]);
        Formulas { groups: self.groups, settings: engine.settings }.value_of_document(&statistics, &name)
    }
}
