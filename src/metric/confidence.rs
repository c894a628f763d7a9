//! Confidences: how well they rank predictions and whether they are true. Shared by every family whose predictions carry them.
//!
//! A prediction is right if the alignment of *all* predictions counts it correct under the scheme: dropping those below a
//! threshold does not pair the rest anew, so that every figure rests on the one alignment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::options::ConfidenceOptions;
use super::{Name, Statistic, StatisticKey, Statistics};
use crate::metric::Signature;
use crate::stats::confidence::Ranking;

/// The name of the metric.
pub const CONFIDENCE: &str = "confidence";

/// Collects one document's predictions.
#[derive(Debug)]
pub struct Ranked<'o> {
    options: &'o ConfidenceOptions,
    whole: Ranking,
    labels: BTreeMap<Arc<str>, Ranking>,
}

impl<'o> Ranked<'o> {
    /// Of a document without predictions.
    pub fn new(options: &'o ConfidenceOptions) -> Self {
        Self { options, whole: Ranking::default(), labels: BTreeMap::new() }
    }

    /// Adds a prediction with its label, where the layer has labels. Under the label it is right only if the gold item has
    /// the same one: otherwise a label could have more right answers than gold items.
    pub fn predict(&mut self, label: Option<&Arc<str>>, confidence: Option<f64>, right: bool, same_label: bool) {
        self.whole.predict(confidence, right);
        if let Some(ranking) = self.under(label) {
            ranking.predict(confidence, right && same_label);
        }
    }

    /// Adds a gold item, found or not, with its label, where the layer has labels.
    pub fn expect(&mut self, label: Option<&Arc<str>>) {
        self.whole.expect(1);
        if let Some(ranking) = self.under(label) {
            ranking.expect(1);
        }
    }

    fn under(&mut self, label: Option<&Arc<str>>) -> Option<&mut Ranking> {
        let label = label.filter(|_| self.options.labels)?;
        Some(self.labels.entry(Arc::clone(label)).or_default())
    }

    /// Adds what was collected to the document's sums. A document without confidences adds its gold items: another one may
    /// have them.
    pub fn add_to(self, statistics: &mut Statistics) {
        let bins = self.options.bins;
        for (label, ranking) in self.labels {
            statistics.add(StatisticKey::labelled(CONFIDENCE, &label), Statistic::Ranking { ranking, bins });
        }
        statistics.add(StatisticKey::whole(CONFIDENCE), Statistic::Ranking { ranking: self.whole, bins });
    }
}

/// The statistics of a ranking, in report order; none where no prediction carries a confidence.
pub(super) fn stats(ranking: &Ranking, options: &ConfidenceOptions) -> Vec<Name> {
    if ranking.ranked() == 0 {
        return Vec::new();
    }
    let fixed = ["average_precision", "best_f1", "best_precision", "best_recall", "best_threshold"];
    let errors = ["ece", "mce", "brier", "aurc"];
    let accuracies = options.coverages.iter().map(|percent| format!("{ACCURACY}{percent}").into());
    fixed.into_iter().chain(errors).map(Name::from).chain(accuracies).collect()
}

const ACCURACY: &str = "accuracy@";

/// A statistic of a ranking: `None` where a prediction lacks its confidence, and where there is nothing to divide by.
pub(super) fn value(ranking: &Ranking, bins: u32, stat: &str) -> Option<f64> {
    if !ranking.is_whole() {
        return None;
    }
    match stat {
        "average_precision" => ranking.average_precision(),
        "best_f1" => Some(ranking.best_f1()?.f1),
        "best_precision" => Some(ranking.best_f1()?.precision),
        "best_recall" => ranking.best_f1()?.recall,
        "best_threshold" => Some(ranking.best_f1()?.threshold),
        "ece" => ranking.expected_calibration_error(bins),
        "mce" => ranking.maximum_calibration_error(bins),
        "brier" => ranking.brier(),
        "aurc" => ranking.area_under_risk_coverage(),
        _ => ranking.selective_accuracy(stat.strip_prefix(ACCURACY)?.parse().ok()?),
    }
}

/// Appends how confidences are scored to a signature that begins with the family and its alignment.
pub(super) fn sign(mut signature: Signature, scheme: Option<&'static str>, options: &ConfidenceOptions) -> Signature {
    if let Some(scheme) = scheme {
        signature = signature.with("scheme", scheme);
    }
    signature.with("confidence", "all-aligned").with("ties", "grouped").with("bins", options.bins.to_string())
}

/// What to say where some predictions carry a confidence and others do not.
pub fn incomplete(ranking: &Ranking) -> Option<String> {
    let (with, without) = (ranking.ranked(), ranking.unranked());
    (with > 0 && without > 0).then(|| {
        format!(
            "{without} of {} predictions have no confidence: figures about confidence need all of them, and are left undefined",
            with + without
        )
    })
}
