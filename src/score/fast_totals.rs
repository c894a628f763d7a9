//! The sums that the fast paths have counted in a portion, with numbers for names.

use std::sync::Arc;

use super::accumulator::Accumulator;
use super::engine::Engine;
use super::item_counts::PlainItemCounts;
use super::packed::{Outcome, Text};
use super::{Example, Examples, Formulas, Status};
use crate::align;
use crate::document::Layer;
use crate::metric::{Class, LayerGroups, MetricName, Name, PlainOutcome, PlainStatistics, Statistics, plain_items};

/// The sums counted by a fast path. Labels and metrics are numbered instead of named.
pub(super) struct FastTotals {
    pub accumulator: Accumulator,
    pub items: PlainItemCounts,
    pub examples: Examples,
    pub statistics: PlainStatistics,
    pub outcomes: Vec<PlainOutcome>,
    pub metrics: Vec<Name>,
    pub labels: Vec<Arc<str>>,
    /// The index of the headline metric, the name of its figure, and statistics to hold its sum.
    headline: Option<(usize, MetricName, Statistics)>,
    groups: LayerGroups,
    pub documents: u64,
}

/// Returns the sums of the fast path, and creates them for the first document.
pub(super) fn fast_totals<'f>(
    engine: &Engine<'_>,
    fast: &'f mut Option<FastTotals>,
    labels: &[Arc<str>],
) -> Option<&'f mut FastTotals> {
    if fast.is_none() {
        let groups = engine.groups(&Layer::Entities)?;
        let metrics = groups.metrics(&engine.settings.options);
        let headline = groups.headline().and_then(|headline| {
            let at = metrics.iter().position(|name| *name == headline.metric)?;
            Some((at, headline.name(&Layer::Entities), Statistics::default()))
        });
        *fast = Some(FastTotals {
            accumulator: engine.accumulator(groups),
            items: PlainItemCounts::default(),
            examples: Examples::default(),
            statistics: PlainStatistics::default(),
            outcomes: Vec::new(),
            headline,
            groups,
            metrics,
            labels: labels.to_vec(),
            documents: 0,
        });
    }
    fast.as_mut()
}

impl FastTotals {
    pub fn add(&mut self, id: &str, gold: u64) {
        self.accumulator.add_plain(id, &self.statistics, &self.metrics, &self.labels, gold);
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
                label: &self.labels[item.label as usize],
                text: Text::None,
            })
        };
        let mut outcomes: Vec<Outcome<'_>> = self.outcomes.iter().filter_map(outcome).collect();
        outcomes.sort_by_key(|outcome| (outcome.span, outcome.class));
        outcomes
    }

    /// Selects the examples of the document that was counted last.
    pub fn choose(&mut self, engine: &Engine<'_>, id: &str, sides: [&[align::Item]; 2], so_far: Option<&Examples>) {
        let value = self.headline.as_mut().and_then(|(at, name, statistics)| {
            // One `Statistics` is reused for all documents; it contains only the sum of the
            // headline figure.
            if statistics.is_empty() {
                statistics.add(super::formulas::key(name), self.statistics.wholes[*at].clone());
            } else {
                statistics.iter_mut().for_each(|(_, statistic)| *statistic = self.statistics.wholes[*at].clone());
            }
            Formulas { groups: self.groups, settings: engine.settings }.value_of_document(statistics, name)
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
        let items = plain_items(gold, predicted, &self.labels, &self.outcomes);
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
