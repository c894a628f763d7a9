//! Formulas that turn the sums of a layer into figures: their names, values and signatures.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Settings;
use crate::document::Layer;
use crate::metric::corpus::Corpus;
use crate::metric::{
    Arithmetic, Average, CONFIDENCE, Direction, LayerGroups, MetricName, Name, Signature, Statistic, StatisticKey,
    Statistics, beta_of, cut_off, signature,
};

/// The figures of the metric groups of a layer under the user's settings.
#[derive(Clone, Copy)]
pub(crate) struct Formulas<'a> {
    pub groups: LayerGroups,
    pub settings: &'a Settings,
}

/// A label in an average: its key, its weight and its value.
pub(crate) type WeightedLabel = (StatisticKey, f64, f64);

impl Formulas<'_> {
    /// Returns the arithmetic of the group that computes a metric.
    pub fn arithmetic(&self, metric: &str) -> &'static dyn Arithmetic {
        self.groups.owner(metric, &self.settings.options).arithmetic()
    }

    /// Returns the value of a figure over sums. If the denominator is zero, returns the value that
    /// the settings choose.
    pub fn value(&self, statistics: &Statistics, name: &MetricName) -> Option<f64> {
        match name.average {
            None => {
                let exact = self.arithmetic(&name.metric).value(statistics, &key(name), &name.stat);
                self.or_by_zero(exact, name)
            }
            Some(average) => self.average(name, average, &self.weights(statistics, name, average)),
        }
    }

    /// Returns the value of an average over labels, given what [`Self::weights`] returns.
    pub fn average(&self, name: &MetricName, average: Average, weights: &[WeightedLabel]) -> Option<f64> {
        let arithmetic = self.arithmetic(&name.metric);
        if weights.is_empty() && average == Average::Macro && arithmetic.averages_nothing() {
            return None;
        }
        self.or_by_zero(arithmetic.average(weights), name)
    }

    /// Returns the value of a figure over the sums of a single document.
    pub fn value_of_document(&self, statistics: &Statistics, name: &MetricName) -> Option<f64> {
        if name.average.is_some() {
            return self.value(statistics, name);
        }
        let exact = self.arithmetic(&name.metric).value_of_document(statistics, &key(name), &name.stat);
        self.or_by_zero(exact, name)
    }

    /// Returns `exact`, or the configured value if the denominator is zero. Undefined rankings are
    /// not divisions by zero and stay undefined.
    pub fn or_by_zero(&self, exact: Option<f64>, name: &MetricName) -> Option<f64> {
        exact.or_else(|| self.zero_division(&name.metric).filter(|_| name.metric != CONFIDENCE))
    }

    /// Returns the configured value of 0 divided by 0 for a metric.
    pub fn zero_division(&self, metric: &str) -> Option<f64> {
        self.settings.zero_division.or_else(|| self.arithmetic(metric).zero_division())
    }

    /// Returns the labels whose figure is defined, with their weights in an average and their
    /// values.
    pub fn weights(&self, statistics: &Statistics, name: &MetricName, average: Average) -> Vec<WeightedLabel> {
        let arithmetic = self.arithmetic(&name.metric);
        let weigh = |(key, statistic): (&StatisticKey, &Statistic)| {
            let weight = if average == Average::Macro { 1.0 } else { statistic.support() as f64 };
            let value = arithmetic.value(statistics, key, &name.stat).or_else(|| self.zero_division(&name.metric))?;
            Some((key.clone(), weight, value))
        };
        labels_of(statistics, name).filter_map(weigh).collect()
    }

    /// Returns the residual of each cluster: its first-order contribution to the error of a figure.
    /// Residuals sum to about zero; `None` for a cluster that the figure does not depend on.
    pub fn residuals<'t>(
        &self,
        total: &Statistics,
        parts: impl Iterator<Item = &'t Statistics>,
        name: &MetricName,
    ) -> Vec<Option<f64>> {
        let (arithmetic, key) = (self.arithmetic(&name.metric), key(name));
        if let Some(all) = total.get(&key).and_then(Statistic::corpus).filter(|_| name.average.is_none()) {
            return pseudo_residuals(all, parts, &key);
        }
        let Some(average) = name.average else {
            return parts.map(|part| arithmetic.residual(total, part, &key, &name.stat)).collect();
        };
        let weights = self.weights(total, name, average);
        let whole: f64 = weights.iter().map(|(_, weight, _)| weight).sum();
        let residual = |part: &Statistics| {
            let of_label = |(key, weight, _): &WeightedLabel| {
                Some(weight / whole * arithmetic.residual(total, part, key, &name.stat)?)
            };
            let residuals: Vec<f64> = weights.iter().filter_map(of_label).collect();
            (!residuals.is_empty()).then(|| residuals.iter().sum())
        };
        parts.map(residual).collect()
    }

    /// Returns the signature of a figure.
    pub fn signature(&self, name: &MetricName, total: &Statistics) -> Signature {
        let mut signature =
            self.groups.owner(&name.metric, &self.settings.options).signature(&name.metric, &self.settings.options);
        if let Some(value) = self.zero_division(&name.metric) {
            signature.set(signature::EMPTY, value.to_string());
        }
        if let Some(beta) = beta_of(&name.stat) {
            signature.set(signature::BETA, beta.to_string());
        }
        if let Some(sums) = total.get(&key(name)).and_then(Statistic::corpus)
            && let Some(references) = sums.references()
        {
            signature.set(signature::NREFS, references);
        }
        if matches!(name.layer, Layer::Entities | Layer::Relations | Layer::Events)
            && let Some(mapping) = self.settings.options.labels.mapping()
        {
            signature = signature.with(signature::LABELS, mapping);
        }
        if name.at > 0 {
            signature = signature.with(signature::AT, cut_off(name.at).trim_start_matches('@').to_owned());
        }
        if self.rests_on_answers(name) {
            signature = signature.with(signature::UNANSWERED, signature::UNANSWERED_LEFT_OUT);
        }
        match name.average {
            Some(average) => signature.with(signature::AVERAGE, average.to_string()),
            None => signature,
        }
    }

    /// Returns whether higher or lower values of a figure are better.
    pub fn direction(&self, name: &MetricName, total: &Statistics) -> Direction {
        let whole = StatisticKey { label: None, ..key(name) };
        let of_stat = total.get(&whole).and_then(|statistic| statistic.direction(&name.stat));
        of_stat.unwrap_or_else(|| self.groups.owner(&name.metric, &self.settings.options).direction(&name.metric))
    }

    /// Returns whether a figure is undefined for documents that were not answered.
    pub fn rests_on_answers(&self, name: &MetricName) -> bool {
        self.groups.rests_on_answers(&name.metric, &self.settings.options)
    }

    /// Returns the name of the headline figure of a layer.
    pub fn headline(&self, layer: &Layer) -> Option<MetricName> {
        Some(self.groups.headline()?.name(layer))
    }

    /// Returns whether a name is that of the headline figure of its layer.
    pub fn is_headline(&self, name: &MetricName) -> bool {
        self.groups.headline().is_some_and(|headline| headline.is(name))
    }

    /// Returns the names of all figures, metric by metric: the whole layer, its averages over
    /// labels, then label by label.
    pub fn names(&self, layer: &Layer, total: &Statistics) -> Vec<MetricName> {
        let options = &self.settings.options;
        let mut wholes: Vec<_> = total.iter().filter(|(key, _)| key.label.is_none()).collect();
        let known = self.groups.metrics(options);
        wholes.sort_by_key(|(key, _)| (known.iter().position(|known| *known == key.metric), key.at));
        let mut names = Vec::new();
        for (whole, statistic) in wholes {
            let name = |label: Option<&Arc<str>>, average, stat: &Name| MetricName {
                layer: layer.clone(),
                metric: whole.metric.clone(),
                label: label.cloned(),
                average,
                stat: stat.clone(),
                at: whole.at,
            };
            let arithmetic = self.arithmetic(&whole.metric);
            let stats = arithmetic.stats(statistic, options);
            names.extend(stats.iter().map(|stat| name(None, None, stat)));
            let of_metric = total.iter().filter(|(key, _)| key.metric == whole.metric && key.at == whole.at);
            let labels: BTreeSet<&Arc<str>> = of_metric.filter_map(|(key, _)| key.label.as_ref()).collect();
            let has_labels = !labels.is_empty() || (arithmetic.averages_nothing() && statistic.is_of_items());
            if !has_labels {
                continue;
            }
            for average in arithmetic.averages() {
                let averaged = stats.iter().filter(|stat| arithmetic.is_averaged(stat));
                names.extend(averaged.map(|stat| name(None, Some(*average), stat)));
            }
            for label in labels {
                names.extend(stats.iter().map(|stat| name(Some(label), None, stat)));
            }
        }
        names
    }
}

/// Returns jackknife pseudo-residuals (Tukey 1958) of a figure that a corpus formula computes from
/// sums: leave-one-out differences, scaled so that the standard error is computed from them as from
/// residuals.
fn pseudo_residuals<'t>(
    all: &Corpus,
    parts: impl Iterator<Item = &'t Statistics>,
    key: &StatisticKey,
) -> Vec<Option<f64>> {
    let without = |part: &Statistics| all.without([part.get(key)?.corpus()?]).value();
    let without: Vec<Option<f64>> = parts.map(without).collect();
    let known: Vec<f64> = without.iter().flatten().copied().collect();
    let clusters = known.len() as f64;
    let mean = known.iter().sum::<f64>() / clusters;
    without.into_iter().map(|value| Some((clusters - 1.0) / clusters * (mean - value?))).collect()
}

/// Returns the key of the sum that a figure without an average depends on.
pub(crate) fn key(name: &MetricName) -> StatisticKey {
    StatisticKey { metric: name.metric.clone(), at: name.at, label: name.label.clone() }
}

/// Returns the labels that occur in the statistics under a metric.
pub(crate) fn labels_of<'t>(
    statistics: &'t Statistics,
    name: &MetricName,
) -> impl Iterator<Item = (&'t StatisticKey, &'t Statistic)> {
    let (metric, at) = (name.metric.clone(), name.at);
    statistics.iter().filter(move |(key, _)| key.metric == metric && key.at == at && key.label.is_some())
}
