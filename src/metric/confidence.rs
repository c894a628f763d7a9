//! Confidence metrics: how well confidences rank predictions, and how well calibrated they are.
//! Shared by every metric group whose predictions have confidences.
//!
//! A prediction is correct if the alignment of *all* predictions counts it as correct under the
//! scheme. Dropping predictions below a threshold does not realign the rest, so all figures are
//! based on one alignment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::options::ConfidenceOptions;
use super::{Direction, Name, Statistic, StatisticKey, Statistics};
use crate::metric::Signature;
use crate::stats::confidence::Ranking;

/// The name of the metric.
pub const CONFIDENCE: &str = "confidence";

/// Collects the predictions of one document.
#[derive(Debug)]
pub struct Ranked<'o> {
    options: &'o ConfidenceOptions,
    whole: Ranking,
    labels: BTreeMap<Arc<str>, Ranking>,
}

impl<'o> Ranked<'o> {
    /// Returns a collection without predictions.
    pub fn new(options: &'o ConfidenceOptions) -> Self {
        Self { options, whole: Ranking::default(), labels: BTreeMap::new() }
    }

    /// Adds a prediction, with its label if the layer has labels. Under the label it is correct
    /// only if the gold item has the same label: otherwise a label could have more correct
    /// predictions than gold items.
    pub fn predict(&mut self, label: Option<&Arc<str>>, confidence: Option<f64>, right: bool, same_label: bool) {
        self.whole.predict(confidence, right);
        if let Some(ranking) = self.under(label) {
            ranking.predict(confidence, right && same_label);
        }
    }

    /// Adds a gold item, found or not, with its label if the layer has labels.
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

    /// Adds the collected predictions to the sums of the document. A document without confidences
    /// still adds its gold items, since other documents may have confidences.
    pub fn add_to(self, statistics: &mut Statistics) {
        let bins = self.options.bins;
        for (label, ranking) in self.labels {
            statistics.add(StatisticKey::labelled(CONFIDENCE, &label), Statistic::Ranking { ranking, bins });
        }
        statistics.add(StatisticKey::whole(CONFIDENCE), Statistic::Ranking { ranking: self.whole, bins });
    }
}

/// Returns the statistics of a ranking, in report order; none if no prediction has a confidence.
pub(super) fn stats(ranking: &Ranking, options: &ConfidenceOptions) -> Vec<Name> {
    if ranking.ranked() == 0 {
        return Vec::new();
    }
    let fixed = ["average_precision", "best_f1", "best_precision", "best_recall", BEST_THRESHOLD];
    let accuracies = options.coverages.iter().map(|percent| format!("{ACCURACY}{percent}").into());
    fixed.into_iter().chain(ERRORS).map(Name::from).chain(accuracies).collect()
}

/// The threshold at which F1 is highest.
const BEST_THRESHOLD: &str = "best_threshold";
/// The calibration errors and the risk, of which lower values are better.
const ERRORS: [&str; 4] = ["ece", "mce", "brier", "aurc"];
const ACCURACY: &str = "accuracy@";

/// Returns which values of a statistic of a ranking are better, if not higher ones.
pub(super) fn direction(stat: &str) -> Option<Direction> {
    match stat {
        BEST_THRESHOLD => Some(Direction::Descriptive),
        error if ERRORS.contains(&error) => Some(Direction::Lower),
        _ => None,
    }
}

/// Returns a statistic of a ranking; `None` if a prediction lacks its confidence, or if the
/// denominator is zero.
pub(super) fn value(ranking: &Ranking, bins: u32, stat: &str) -> Option<f64> {
    if !ranking.is_whole() {
        return None;
    }
    match stat {
        "average_precision" => ranking.average_precision(),
        "best_f1" => Some(ranking.best_f1()?.f1),
        "best_precision" => Some(ranking.best_f1()?.precision),
        "best_recall" => ranking.best_f1()?.recall,
        BEST_THRESHOLD => Some(ranking.best_f1()?.threshold),
        "ece" => ranking.expected_calibration_error(bins),
        "mce" => ranking.maximum_calibration_error(bins),
        "brier" => ranking.brier(),
        "aurc" => ranking.area_under_risk_coverage(),
        _ => ranking.selective_accuracy(stat.strip_prefix(ACCURACY)?.parse().ok()?),
    }
}

/// Appends the confidence options to a signature that begins with the metric group and its
/// alignment.
pub(super) fn sign(mut signature: Signature, scheme: Option<&'static str>, options: &ConfidenceOptions) -> Signature {
    if let Some(scheme) = scheme {
        signature = signature.with("scheme", scheme);
    }
    signature.with("confidence", "all-aligned").with("ties", "grouped").with("bins", options.bins.to_string())
}

/// Returns a warning if only some of the predictions have a confidence.
pub fn incomplete(ranking: &Ranking) -> Option<String> {
    let (with, without) = (ranking.ranked(), ranking.unranked());
    (with > 0 && without > 0).then(|| {
        format!(
            "{without} of {} predictions have no confidence: figures about confidence need all of them, and are left undefined",
            with + without
        )
    })
}
