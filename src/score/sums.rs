//! The sums of one layer over its documents, and the figures computed from them.

use std::collections::BTreeMap;

use super::accumulator::{Accumulator, DocumentSums, by_cluster};
use super::formulas::{Formulas, WeightedLabel, key, labels_of};
use super::{Figure, RankedPredictions};
use crate::document::Layer;
use crate::metric::corpus::Corpus;
use crate::metric::{
    Average, CONFIDENCE, MetricName, Name, OverDocuments, ScoreRange, Signature, Statistic, StatisticKey, Statistics,
};
use crate::stats::{Interval, Spread, amount_t, jackknife, jackknife_spread, number_t, share_logit_t};

pub(super) struct Sums<'a> {
    formulas: Formulas<'a>,
    names: Vec<MetricName>,
    total: Statistics,
    /// The sums over the answered documents alone.
    answered: Statistics,
    /// Whether these are all documents.
    is_complete: bool,
    accumulated: Accumulator,
    /// The number of repeats included in the sums.
    repeats: usize,
    /// Figures that depend on every single document: over all documents, and over the answered
    /// ones.
    of_all: OfDocuments,
    of_answered: OfDocuments,
}

/// The parts of a figure's name, and the number of references, that its signature depends on.
type SignatureKey<'n> = (&'n Name, Option<Average>, &'n Name, u32, Option<String>);

type OfDocuments = BTreeMap<(StatisticKey, Name), OverDocuments>;

impl<'a> Sums<'a> {
    /// Returns the sums of a layer after its last document.
    pub fn new(formulas: Formulas<'a>, layer: &Layer, accumulated: Accumulator, repeats: usize) -> Self {
        let (total, answered) = accumulated.statistics();
        let names = formulas.names(layer, &total);
        let of = |is_wanted: &dyn Fn(&&DocumentSums) -> bool| -> OfDocuments {
            let kept = accumulated.kept().unwrap_or_default().iter().filter(is_wanted);
            let documents: Vec<(&str, &Statistics)> = kept.map(|kept| (&*kept.id, &kept.statistics)).collect();
            let options = &formulas.settings.options;
            let groups = formulas.groups.each();
            groups.flat_map(|group| group.arithmetic().of_documents(&documents, options)).collect()
        };
        let of_all = of(&|_| true);
        let is_complete = accumulated.answered == accumulated.documents;
        let of_answered = if is_complete { of_all.clone() } else { of(&|kept| kept.is_answered) };
        Self { formulas, names, total, answered, is_complete, accumulated, repeats, of_all, of_answered }
    }

    /// Returns every figure of the layer.
    pub fn figures(&self) -> Vec<Figure> {
        let mut signatures = BTreeMap::new();
        let figure = |name| self.figure(name, &mut signatures);
        self.names.iter().map(figure).collect()
    }

    /// Returns the names of the figures of single documents. Per-label figures, which may be many,
    /// are included only on request.
    pub fn names_in_documents(&self) -> Vec<MetricName> {
        let is_wanted = |name: &&MetricName| self.formulas.settings.labels_per_document || name.label.is_none();
        self.names.iter().filter(is_wanted).cloned().collect()
    }

    /// Returns the values of the named figures over one document alone.
    pub fn values_in(&self, names: &[MetricName], statistics: &Statistics) -> Vec<Option<f64>> {
        names.iter().map(|name| self.formulas.value_of_document(statistics, name)).collect()
    }

    /// Computes a figure. The signatures are those of the labels so far: a layer with thousands of
    /// labels has only a few.
    fn figure<'n>(&self, name: &'n MetricName, signatures: &mut BTreeMap<SignatureKey<'n>, Signature>) -> Figure {
        let statistic = self.total.get(&key(name)).filter(|_| name.average.is_none());
        let rests_on_answers = self.formulas.rests_on_answers(name);
        let of_label = statistic.filter(|_| name.label.is_some());
        let labels = name.average.map_or(0, |_| labels_of(&self.total, name).count());
        // Over thousands of labels, each look at all of them counts.
        let weights = name.average.map(|average| (average, self.formulas.weights(&self.total, name, average)));
        let weights = weights.as_ref().map(|(average, weights)| (*average, weights.as_slice()));
        let defined = weights.map_or(0, |(_, weights)| weights.len());
        let of_documents = [&self.of_all, &self.of_answered].map(|figures| of_documents(figures, name));
        let value = match (of_documents[0], weights) {
            (Some(of), _) => Some(of.value),
            (None, Some((average, weights))) => self.formulas.average(name, average, weights),
            (None, None) => self.formulas.value(&self.total, name),
        };
        let (interval, spread) = match of_documents[0] {
            Some(of) => (of.interval, None),
            None => self.interval(name, value, weights.map_or(&[], |(_, weights)| weights)).unwrap_or_default(),
        };
        Figure {
            value,
            interval,
            // The weights of labels that no document has are undefined.
            spread: spread.filter(|spread| spread.squares.is_finite()),
            answered: match of_documents[1] {
                _ if self.is_complete => value,
                Some(of) => Some(of.value),
                None => self.formulas.value(&self.answered, name),
            },
            gold: of_label.map_or(self.accumulated.gold, |statistic| statistic.support() / self.repeats as u64),
            predicted: statistic.and_then(Statistic::predicted),
            counts: statistic.and_then(Statistic::counts),
            absent: statistic.and_then(Statistic::absent),
            undefined: (labels - defined) as u32,
            documents: if rests_on_answers { self.accumulated.with_answers } else { self.accumulated.documents },
            documents_answered: self.accumulated.answered,
            signature: match &name.label {
                None => self.formulas.signature(name, &self.total),
                Some(_) => {
                    let references = statistic.and_then(Statistic::corpus).and_then(Corpus::references);
                    let key = (&name.metric, name.average, &name.stat, name.at, references);
                    let sign = || self.formulas.signature(name, &self.total);
                    signatures.entry(key).or_insert_with(sign).clone()
                }
            },
            name: name.clone(),
        }
    }

    /// Returns the predictions of the whole layer ranked by confidence, if they have confidences.
    pub fn ranking(&self) -> Option<RankedPredictions> {
        match self.total.get(&StatisticKey::whole(CONFIDENCE))? {
            Statistic::Ranking { ranking, bins } if ranking.ranked() > 0 => {
                Some(RankedPredictions { ranking: ranking.clone(), bins: *bins })
            }
            _ => None,
        }
    }

    /// Returns the interval of a figure that a corpus formula computes from sums, on the scale of
    /// the figure, and its spread.
    fn interval_of_corpus(&self, name: &MetricName, total: &Corpus) -> Option<(Option<Interval>, Option<Spread>)> {
        let (estimate, confidence) = (total.value()?, self.formulas.settings.confidence);
        let (scale, most) = (total.formula.scale(), total.formula.most());
        let without = self.accumulated.without_each(&key(name), total);
        let interval = jackknife(estimate, &without, (0.0, most), confidence).or_else(|| {
            // If documents agree, each counts as a trial.
            let agreeing = Spread { clusters: without.len(), squares: 0.0 };
            let share = Some(estimate.min(most) / scale).filter(|share| (0.0..=1.0).contains(share))?;
            let Interval { low, high } = share_logit_t(share, agreeing, 0.0, confidence)?;
            Some(Interval { low: scale * low, high: scale * high })
        });
        Some((interval, Some(jackknife_spread(&without))))
    }

    /// Returns the variance for independent items; repeats of one item are not independent of each
    /// other.
    fn least_variance(&self, total: &Statistic, stat: &str) -> f64 {
        self.repeats as f64 * total.least_variance(stat)
    }

    /// Returns the interval of a figure with this value, and its spread; `weights` are those of the
    /// labels of an average.
    fn interval(
        &self,
        name: &MetricName,
        value: Option<f64>,
        weights: &[WeightedLabel],
    ) -> Option<(Option<Interval>, Option<Spread>)> {
        if self.accumulated.documents < 2 {
            return None;
        }
        if let Some(total) = self.total.get(&key(name)).and_then(Statistic::corpus) {
            return self.interval_of_corpus(name, total);
        }
        let range = self.total.get(&key(name)).map_or(ScoreRange::Unit, Statistic::range);
        // Some tools have figures outside 0 to 1: conlleval gives 200 % for unusual tags.
        let estimate = value.filter(|value| range != ScoreRange::Unit || (0.0..=1.0).contains(value))?;
        let (confidence, arithmetic) = (self.formulas.settings.confidence, self.formulas.arithmetic(&name.metric));
        match name.average {
            None => {
                let key = key(name);
                let total = self.total.get(&key)?;
                let spread: Spread = match self.accumulated.kept() {
                    Some(statistics) => {
                        let share = |kept: &DocumentSums| {
                            (kept.cluster, arithmetic.residual(&self.total, &kept.statistics, &key, &name.stat))
                        };
                        (&by_cluster(statistics.iter().map(share))).into()
                    }
                    None => self.accumulated.spread(&key, total, &name.stat),
                };
                let interval = match range {
                    ScoreRange::NotNegative => amount_t(estimate, spread, confidence),
                    ScoreRange::Any => number_t(estimate, spread, confidence),
                    ScoreRange::Unit => {
                        share_logit_t(estimate, spread, self.least_variance(total, &name.stat), confidence)
                    }
                };
                Some((interval, Some(spread)))
            }
            Some(_) => {
                let total: f64 = weights.iter().map(|(_, weight, _)| weight).sum();
                let shares: Vec<_> = weights
                    .iter()
                    .filter_map(|(key, weight, _)| Some((key, weight / total, self.total.get(key)?)))
                    .collect();
                let spread = self.accumulated.spread_of_mean(&shares, &name.stat);
                let variance = |(key, weight, _): &(StatisticKey, f64, f64)| {
                    let of_label =
                        self.total.get(key).map_or(0.0, |statistic| self.least_variance(statistic, &name.stat));
                    (weight / total).powi(2) * of_label
                };
                let least = weights.iter().map(variance).sum();
                Some((share_logit_t(estimate, spread, least, confidence), Some(spread)))
            }
        }
    }
}

fn of_documents(figures: &OfDocuments, name: &MetricName) -> Option<OverDocuments> {
    if name.average.is_some() || figures.is_empty() {
        return None;
    }
    figures.get(&(key(name), name.stat.clone())).copied()
}
