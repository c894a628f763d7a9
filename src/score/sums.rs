//! The sums of one layer over its documents, and the figures they yield.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::accumulator::{Accumulator, Kept};
use super::{Figure, Ranked, Settings};
use crate::document::Layer;
use crate::metric::corpus::Corpus;
use crate::metric::{
    Average, CONFIDENCE, Family, MetricName, Name, OverDocuments, Slot, SlotKey, Tally, beta_of, cut_off, is_mean,
    least_variance, support,
};
use crate::stats::{Interval, Spread, amount_t, jackknife, mean_t, ratio_logit_t};

pub(super) struct Sums<'a> {
    family: &'a dyn Family,
    settings: &'a Settings,
    names: Vec<MetricName>,
    total: Tally,
    /// Over the answered documents alone.
    answered: Tally,
    accumulated: Accumulator,
    /// Figures that rest on every single document: on all, and on those that were answered.
    of_all: OfDocuments,
    of_answered: OfDocuments,
}

type OfDocuments = BTreeMap<(SlotKey, Name), OverDocuments>;

impl<'a> Sums<'a> {
    /// The sums of a layer after its last document.
    pub fn new(family: &'a dyn Family, layer: &Layer, settings: &'a Settings, accumulated: Accumulator) -> Self {
        let (total, answered) = accumulated.tallies();
        let names = names(family, layer, &total, settings);
        let of = |is_wanted: &dyn Fn(&&Kept) -> bool| {
            let kept = accumulated.kept().unwrap_or_default().iter().filter(is_wanted);
            let documents: Vec<(&str, &Tally)> = kept.map(|kept| (&*kept.id, &kept.tally)).collect();
            family.arithmetic().of_documents(&documents, &settings.options)
        };
        let of_all = of(&|_| true);
        let is_complete = accumulated.answered == accumulated.documents;
        let of_answered = if is_complete { of_all.clone() } else { of(&|kept| kept.is_answered) };
        Self { family, settings, names, total, answered, accumulated, of_all, of_answered }
    }

    /// Every figure of the layer.
    pub fn figures(&self) -> Vec<Figure> {
        self.names.iter().map(|name| self.figure(name)).collect()
    }

    /// Figures over one document alone: of labels only where they are asked for, since there may be many.
    pub fn values_in(&self, tally: &Tally) -> Vec<(MetricName, Option<f64>)> {
        let is_asked = |name: &&MetricName| self.settings.labels_per_document || name.label.is_none();
        self.names.iter().filter(is_asked).map(|name| (name.clone(), self.value_in(tally, name))).collect()
    }

    fn value_in(&self, tally: &Tally, name: &MetricName) -> Option<f64> {
        if name.average.is_some() {
            return self.value(tally, name);
        }
        let exact = self.family.arithmetic().value_of_document(tally, &key(name), &name.stat);
        self.or_by_zero(exact, name)
    }

    fn figure(&self, name: &MetricName) -> Figure {
        let slot = self.total.get(&key(name)).filter(|_| name.average.is_none());
        let (counts, predicted) = match slot {
            Some(Slot::Matches { counts, predicted, .. }) => (Some(*counts), Some(*predicted)),
            Some(Slot::Fields { counts, .. }) => (Some(*counts), Some(counts.predicted())),
            Some(Slot::Ranking { ranking, .. }) => (None, Some(ranking.ranked() + ranking.unranked())),
            _ => (None, None),
        };
        let labels = name.average.map_or(0, |_| labels_of(&self.total, name).count());
        let defined = name.average.map_or(0, |average| self.weights(&self.total, name, average).len());
        Figure {
            value: of_documents(&self.of_all, name).map_or_else(|| self.value(&self.total, name), |of| Some(of.value)),
            interval: of_documents(&self.of_all, name).map_or_else(|| self.interval(name), |of| of.interval),
            answered: of_documents(&self.of_answered, name)
                .map_or_else(|| self.value(&self.answered, name), |of| Some(of.value)),
            gold: slot.filter(|_| name.label.is_some()).map_or(self.accumulated.gold, support),
            predicted,
            counts,
            absent: match slot {
                Some(Slot::Fields { absent, .. }) => Some(*absent),
                _ => None,
            },
            undefined: (labels - defined) as u32,
            documents: self.accumulated.documents,
            documents_answered: self.accumulated.answered,
            signature: self.signature(name),
            name: name.clone(),
        }
    }

    fn signature(&self, name: &MetricName) -> String {
        let mut signature = self.family.signature(&name.metric, &self.settings.options);
        if let Some(value) = self.zero_division() {
            signature = signature.replace("empty:null", &format!("empty:{value}"));
        }
        if let Some(beta) = beta_of(&name.stat) {
            signature = signature.replace("|beta:1|", &format!("|beta:{beta}|"));
        }
        if let Some(Slot::Corpus(sums)) = self.total.get(&key(name))
            && let Some(references) = sums.references()
        {
            signature = signature.replace("nrefs:?", &format!("nrefs:{references}"));
        }
        if matches!(name.layer, Layer::Entities | Layer::Relations | Layer::Events) {
            signature.push_str(&self.settings.options.labels.signature());
        }
        if name.at > 0 {
            signature.push_str(&format!("|at:{}", cut_off(name.at).trim_start_matches('@')));
        }
        if let Some(average) = name.average {
            signature.push_str(&format!("|average:{average}"));
        }
        signature
    }

    /// What 0 divided by 0 gives.
    fn zero_division(&self) -> Option<f64> {
        self.settings.zero_division.or_else(|| self.family.arithmetic().zero_division())
    }

    fn value(&self, tally: &Tally, name: &MetricName) -> Option<f64> {
        let arithmetic = self.family.arithmetic();
        let exact = match name.average {
            None => arithmetic.value(tally, &key(name), &name.stat),
            Some(average) => {
                let weights = self.weights(tally, name, average);
                if weights.is_empty() && average == Average::Macro && arithmetic.averages_nothing() {
                    return None;
                }
                arithmetic.average(&weights)
            }
        };
        self.or_by_zero(exact, name)
    }

    /// A value, or what stands for one where there is nothing to divide by.
    fn or_by_zero(&self, exact: Option<f64>, name: &MetricName) -> Option<f64> {
        // What cannot be ranked is no division by nothing.
        let is_ranking = matches!(self.total.get(&key(name)), Some(Slot::Ranking { .. }));
        exact.or_else(|| self.zero_division().filter(|_| !is_ranking))
    }

    /// The predictions of the whole layer by confidence, where they carry one.
    pub fn ranking(&self) -> Option<Ranked> {
        match self.total.get(&SlotKey::whole(CONFIDENCE))? {
            Slot::Ranking { ranking, bins } if ranking.ranked() > 0 => {
                Some(Ranked { ranking: ranking.clone(), bins: *bins })
            }
            _ => None,
        }
    }

    /// The interval of a figure that a formula makes of sums, on the figure's own scale.
    fn interval_of_corpus(&self, name: &MetricName, total: &Corpus) -> Option<Interval> {
        let (estimate, confidence) = (total.value()?, self.settings.confidence);
        let (scale, most) = (total.formula.scale(), total.formula.most());
        let without = self.accumulated.without_each(&key(name), total);
        jackknife(estimate, &without, (0.0, most), confidence).or_else(|| {
            // Documents that agree: each is a trial.
            let agreeing = Spread { clusters: without.len(), squares: 0.0 };
            let share = Some(estimate.min(most) / scale).filter(|share| (0.0..=1.0).contains(share))?;
            let Interval { low, high } = mean_t(share, agreeing, 0.0, confidence)?;
            Some(Interval { low: scale * low, high: scale * high })
        })
    }

    fn interval(&self, name: &MetricName) -> Option<Interval> {
        if let Some(Slot::Corpus(total)) = self.total.get(&key(name)) {
            return self.interval_of_corpus(name, total);
        }
        let is_amount = matches!(self.total.get(&key(name)), Some(Slot::Amount { .. }));
        // Some tools have figures that are no shares: conlleval gives 200 % for odd tags.
        let estimate = self.value(&self.total, name).filter(|value| is_amount || (0.0..=1.0).contains(value))?;
        let (confidence, arithmetic) = (self.settings.confidence, self.family.arithmetic());
        match name.average {
            None => {
                let key = key(name);
                let total = self.total.get(&key)?;
                let spread = match self.accumulated.kept() {
                    Some(tallies) => {
                        let share = |kept: &Kept| arithmetic.residual(&self.total, &kept.tally, &key, &name.stat);
                        (&tallies.iter().filter_map(share).collect::<Vec<f64>>()).into()
                    }
                    None => self.accumulated.spread(&key, total, &name.stat),
                };
                if is_amount {
                    return amount_t(estimate, spread, confidence);
                }
                let method = if is_mean(total) { mean_t } else { ratio_logit_t };
                method(estimate, spread, least_variance(total, &name.stat), confidence)
            }
            Some(average) => {
                let weights = self.weights(&self.total, name, average);
                let total: f64 = weights.iter().map(|(_, weight, _)| weight).sum();
                let shares: Vec<_> = weights
                    .iter()
                    .filter_map(|(key, weight, _)| Some((key, weight / total, self.total.get(key)?)))
                    .collect();
                let spread = self.accumulated.spread_of_mean(&shares, &name.stat);
                let variance = |(key, weight, _): &(SlotKey, f64, f64)| {
                    let of_label = self.total.get(key).map_or(0.0, |slot| least_variance(slot, &name.stat));
                    (weight / total).powi(2) * of_label
                };
                let least = weights.iter().map(variance).sum();
                mean_t(estimate, spread, least, confidence)
            }
        }
    }

    /// The labels whose figure is defined, with their weight in an average and their value.
    fn weights(&self, tally: &Tally, name: &MetricName, average: Average) -> Vec<(SlotKey, f64, f64)> {
        let arithmetic = self.family.arithmetic();
        let weigh = |(key, slot): (&SlotKey, &Slot)| {
            let weight = if average == Average::Macro { 1.0 } else { support(slot) as f64 };
            let value = arithmetic.value(tally, key, &name.stat).or_else(|| self.zero_division())?;
            Some((key.clone(), weight, value))
        };
        labels_of(tally, name).filter_map(weigh).collect()
    }
}

fn of_documents(figures: &OfDocuments, name: &MetricName) -> Option<OverDocuments> {
    if name.average.is_some() || figures.is_empty() {
        return None;
    }
    figures.get(&(key(name), name.stat.clone())).copied()
}

fn key(name: &MetricName) -> SlotKey {
    SlotKey { metric: name.metric.clone(), at: name.at, label: name.label.clone() }
}

/// The labels that a tally knows under a metric.
fn labels_of<'t>(tally: &'t Tally, name: &MetricName) -> impl Iterator<Item = (&'t SlotKey, &'t Slot)> {
    let (metric, at) = (name.metric.clone(), name.at);
    tally.iter().filter(move |(key, _)| key.metric == metric && key.at == at && key.label.is_some())
}

/// The names of all figures: metric by metric the whole layer, its averages over labels, then label by label.
fn names(family: &dyn Family, layer: &Layer, total: &Tally, settings: &Settings) -> Vec<MetricName> {
    let arithmetic = family.arithmetic();
    let mut wholes: Vec<_> = total.iter().filter(|(key, _)| key.label.is_none()).collect();
    let known = family.metrics(&settings.options);
    wholes.sort_by_key(|(key, _)| (known.iter().position(|known| *known == key.metric), key.at));
    let mut names = Vec::new();
    for (whole, slot) in wholes {
        let name = |label: Option<&Arc<str>>, average, stat: &Name| MetricName {
            layer: layer.clone(),
            metric: whole.metric.clone(),
            label: label.cloned(),
            average,
            stat: stat.clone(),
            at: whole.at,
        };
        let stats = arithmetic.stats(slot, &settings.options);
        names.extend(stats.iter().map(|stat| name(None, None, stat)));
        let of_metric = total.iter().filter(|(key, _)| key.metric == whole.metric && key.at == whole.at);
        let labels: BTreeSet<&Arc<str>> = of_metric.filter_map(|(key, _)| key.label.as_ref()).collect();
        let has_labels = !labels.is_empty() || (arithmetic.averages_nothing() && matches!(slot, Slot::Matches { .. }));
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
