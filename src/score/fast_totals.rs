//! The sums that the fast paths have counted in a portion, with numbers for names.

use std::sync::Arc;

use super::accumulator::Accumulator;
use super::engine::Engine;
use super::item_counts::PlainItemCounts;
use super::packed::{Outcome, Text};
use super::portion::headline_name;
use super::{Example, Examples, Formulas, Status, headline};
use crate::align;
use crate::document::Layer;
use crate::metric::{
    Class, MetricGroup, MetricName, PlainNames, PlainOutcome, PlainStatistics, Statistics, plain_items,
};

/// The sums counted by a fast path. Labels and metrics are numbered instead of named.
pub(super) struct FastTotals {
    pub accumulator: Accumulator,
    pub items: PlainItemCounts,
    pub examples: Examples,
    pub statistics: PlainStatistics,
    pub outcomes: Vec<PlainOutcome>,
    pub names: PlainNames,
    /// The index of the headline metric, and the name of its figure.
    headline: Option<(usize, MetricName)>,
    group: &'static dyn MetricGroup,
    pub documents: u64,
}

/// Returns the sums of the fast path, and creates them for the first document.
pub(super) fn fast_totals<'f>(
    engine: &Engine<'_>,
    fast: &'f mut Option<FastTotals>,
    labels: &[Arc<str>],
) -> Option<&'f mut FastTotals> {
    if fast.is_none() {
        let group = engine.group(&Layer::Entities)?;
        let metrics = group.metrics(&engine.settings.options);
        let (metric, _, _) = headline(&Layer::Entities);
        *fast = Some(FastTotals {
            accumulator: engine.accumulator(group),
            items: PlainItemCounts::default(),
            examples: Examples::default(),
            statistics: PlainStatistics::default(),
            outcomes: Vec::new(),
            headline: metrics.iter().position(|name| name == metric).map(|at| (at, headline_name(&Layer::Entities))),
            group,
            names: PlainNames { metrics, labels: labels.to_vec() },
            documents: 0,
        });
    }
    fast.as_mut()
}

impl FastTotals {
    pub fn add(&mut self, id: &str, gold: u64) {
        self.accumulator.add_plain(id, &self.statistics, &self.names, gold);
    }

    /// Iterates over the outcomes of the spans of the document that was counted last, in span
    /// order.
    pub fn outcomes_in_order(&self, [gold, predicted]: [&[align::Item]; 2]) -> Vec<Outcome<'_>> {
        let outcome = |outcome: &PlainOutcome| {
            let (item, is_gold) = match (outcome.gold, outcome.predicted) {
                (Some(g), _) => (&gold[g], true),
                (None, p) => (&predicted[p?], false),
            };
            Some(Outcome {
                class: outcome.class,
                is_gold,
                span: Some((item.start, item.end)),
                label: &self.names.labels[item.label as usize],
                text: Text::None,
            })
        };
        let mut outcomes: Vec<Outcome<'_>> = self.outcomes.iter().filter_map(outcome).collect();
        outcomes.sort_by_key(|outcome| (outcome.span, outcome.class));
        outcomes
    }

    /// Selects the examples of the document that was counted last.
    pub fn choose(&mut self, engine: &Engine<'_>, id: &str, sides: [&[align::Item]; 2], so_far: Option<&Examples>) {
        let value = self.headline.as_ref().and_then(|(at, name)| {
            let statistics = Statistics::from_iter([(super::formulas::key(name), self.statistics.wholes[*at].clone())]);
            Formulas { group: self.group, settings: engine.settings }.value_of_document(&statistics, name)
        });
        let here = &self.examples;
        let admits = |admits: &dyn Fn(&Examples) -> bool| admits(here) && so_far.is_none_or(admits);
        let is_low = admits(&|examples| examples.admits_lowest(value, id));
        let has_error = |class: Class| self.outcomes.iter().any(|outcome| outcome.class == class);
        let shows = |class: &Class| {
            *class != Class::Correct && has_error(*class) && admits(&|examples| examples.admits_error(*class, id))
        };
        let shown: Vec<Class> = Class::ALL.into_iter().filter(shows).collect();
        if !is_low && shown.is_empty() {
            return;
        }
        let [gold, predicted] = sides;
        let items = plain_items(gold, predicted, &self.names.labels, &self.outcomes);
        for item in items.iter().filter(|item| shown.contains(&item.class)) {
            self.examples.add_error(id, item, None);
        }
        if is_low {
            self.examples.add_lowest(Example {
                id: id.to_owned(),
                value,
                status: Status::Ok,
                items,
                facts: Vec::new(),
                ngrams: Vec::new(),
                key_points: Vec::new(),
            });
        }
    }
}
