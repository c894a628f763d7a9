//! The metric groups of one layer, which count a document together.
//!
//! Their sums share one [`Statistics`], told apart by the names of their metrics, so that a layer
//! is accumulated, compared and reported once however many groups it has.
//!
//! [`Statistics`]: super::Statistics

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::summary::Ngram;
use super::{Case, Headline, MetricGroup, Name, Options, Outcome};
use crate::document::{Annotations, Layer, LayerSet};

/// The metric groups that score one layer, in the order of the reports; at least one.
#[derive(Clone, Copy)]
pub struct LayerGroups {
    all: &'static [&'static dyn MetricGroup],
    /// The groups that score the layer, as bits by index.
    scoring: u64,
}

impl LayerGroups {
    /// Returns the groups that score a layer; `None` if there is none.
    ///
    /// # Panics
    /// Panics if there are more than 64 groups.
    pub fn of(all: &'static [&'static dyn MetricGroup], layer: &Layer) -> Option<Self> {
        assert!(all.len() <= 64, "at most 64 metric groups, not {}", all.len());
        let bit = |(at, group): (usize, &&dyn MetricGroup)| u64::from(group.scores(layer)) << at;
        let scoring = all.iter().enumerate().map(bit).sum();
        (scoring != 0).then_some(Self { all, scoring })
    }

    /// Checks that no two groups of a layer count the same metric: the figure of one would contain
    /// the other. Scoring does so once, since a panic in a document costs that document only.
    ///
    /// # Panics
    /// Panics if two groups do.
    pub fn assert_distinct(all: &'static [&'static dyn MetricGroup], options: &Options) {
        let layers = Layer::NAMES.into_iter().filter_map(|name| name.parse().ok());
        for layer in layers {
            let metrics = Self::of(all, &layer).map(|groups| groups.metrics(options)).unwrap_or_default();
            let mut seen = BTreeSet::new();
            for metric in &metrics {
                assert!(seen.insert(metric), "two metric groups of {layer} count the metric {metric:?}; rename one");
            }
        }
    }

    /// Iterates over the groups.
    pub fn each(self) -> impl Iterator<Item = &'static dyn MetricGroup> {
        let groups = self.all.iter().enumerate();
        groups.filter(move |(at, _)| self.scoring >> at & 1 == 1).map(|(_, group)| *group)
    }

    /// Returns the first group. The items and the number of gold items are those that it counts.
    pub fn first(self) -> &'static dyn MetricGroup {
        self.all[self.scoring.trailing_zeros() as usize]
    }

    /// Returns the group, if there is only one.
    pub fn only(self) -> Option<&'static dyn MetricGroup> {
        (self.scoring.count_ones() == 1).then(|| self.first())
    }

    /// Returns the group that computes a metric.
    pub fn owner(self, metric: &str, options: &Options) -> &'static dyn MetricGroup {
        let is_owner = |group: &&dyn MetricGroup| group.metrics(options).iter().any(|name| name == metric);
        self.only().or_else(|| self.each().find(is_owner)).unwrap_or_else(|| self.first())
    }

    /// Returns whether a metric is undefined for a document that was not answered.
    pub fn rests_on_answers(self, metric: &str, options: &Options) -> bool {
        self.owner(metric, options).rests_on_answers(metric)
    }

    /// Returns the names of the metrics, in report order.
    pub fn metrics(self, options: &Options) -> Vec<Name> {
        self.each().flat_map(|group| group.metrics(options)).collect()
    }

    /// Returns the headline figure: that of the first group that has one.
    pub fn headline(self) -> Option<Headline> {
        self.each().find_map(MetricGroup::headline)
    }

    /// Returns the warnings about all figures of a group.
    pub fn cautions(self, options: &Options) -> impl Iterator<Item = String> {
        self.each().filter_map(move |group| group.caution(options))
    }

    /// Returns whether an extractor that declares these layers can be scored on `layer`.
    pub fn is_answered_by(self, layer: &Layer, declared: &LayerSet) -> bool {
        self.first().is_answered_by(layer, declared)
    }

    /// Returns whether every figure is karat's own.
    pub fn is_karat(self) -> bool {
        self.each().all(|group| group.arithmetic().is_karat())
    }

    /// Returns whether every figure depends only on the sum under its name.
    pub fn is_of_single_sums(self) -> bool {
        self.each().all(|group| group.arithmetic().is_of_single_sums())
    }

    /// Returns whether any figure is averaged over labels.
    pub fn has_averages(self) -> bool {
        self.each().any(|group| !group.arithmetic().averages().is_empty())
    }

    /// Returns distinctive n-grams of the summaries of a document: those of the first group that
    /// has some.
    pub fn ngrams(self, case: &Case<'_>) -> Vec<Ngram> {
        self.each().map(|group| group.ngrams(case)).find(|ngrams| !ngrams.is_empty()).unwrap_or_default()
    }

    /// Counts one document with every group. `case` is as the first group reads it; `sides` are the
    /// annotations as they were loaded, gold and predicted. Without `wants_items`,
    /// [`Outcome::items`] is empty.
    ///
    /// # Panics
    /// Panics if two groups count the same metric: the figure of one would contain the other.
    pub fn count(self, layer: &Layer, case: &Case<'_>, sides: [&Annotations; 2], wants_items: bool) -> Outcome {
        let first = self.first();
        let mut outcome = if wants_items { first.count(layer, case) } else { first.sum(layer, case) };
        for group in self.each().skip(1) {
            let [gold, predicted] = sides.map(|side| readable(side, group));
            let more = group.sum(layer, &Case { gold: &gold, predicted: &predicted, ..*case });
            for (key, _) in more.statistics.iter() {
                let is_new = outcome.statistics.get(key).is_none();
                assert!(is_new, "two metric groups of {layer} count the metric {:?}; rename one", key.metric);
            }
            outcome.statistics.merge(&more.statistics);
            outcome.warnings.extend(more.warnings);
            if outcome.facts.is_empty() {
                outcome.facts = more.facts;
            }
        }
        outcome
    }
}

/// Converts tags to entities for a metric group that does not read tags.
pub fn readable<'a>(annotations: &'a Annotations, group: &dyn MetricGroup) -> Cow<'a, Annotations> {
    if group.reads_tags() || annotations.tags.is_none() || annotations.entities.is_some() {
        return Cow::Borrowed(annotations);
    }
    let mut decoded = annotations.clone();
    decoded.decode_tags();
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::LayerGroups;
    use crate::document::Layer;
    use crate::metric::{METRIC_GROUPS, Options};

    #[test]
    fn metrics_of_a_layer_have_distinct_names() {
        for layer in [Layer::Entities, Layer::Summaries, Layer::KeyPoints, Layer::Records("people".into())] {
            let groups = LayerGroups::of(METRIC_GROUPS, &layer).unwrap();
            let metrics = groups.metrics(&Options::default());
            let distinct: BTreeSet<&str> = metrics.iter().map(AsRef::as_ref).collect();
            assert_eq!(distinct.len(), metrics.len(), "{layer}: {metrics:?}");
            for metric in &metrics {
                assert!(groups.owner(metric, &Options::default()).metrics(&Options::default()).contains(metric));
            }
        }
    }
}
