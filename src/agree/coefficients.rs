//! Chance-corrected agreement coefficients by layer and label, with jackknife intervals that leave
//! out one document at a time.

use std::hash::Hash;

use super::labels::AgainstOthers;
use super::ratings::GroupedRatings;
use super::units::{NOT_MARKED, units};
use super::{fields, weights};
use crate::document::{Annotator, Layer};
use crate::score::Settings;
use crate::stats::agreement::{
    AgreementCoefficient, AgreementStatistics, Estimate, LeaveOneOut, NominalStatistics, NumericStatistics, Scale,
};

/// The coefficients for one kind of unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    /// The kind of unit: `entities`, `key_sentences`, `keyphrases`, `records.NAME`, or
    /// `key_points.weight`.
    pub what: String,
    /// A label against all others, or the field of a record; `None` for the layer as a whole.
    pub label: Option<String>,
    /// Number of units.
    pub units: usize,
    /// The coefficients, in a fixed order.
    pub coefficients: Vec<AgreementCoefficient>,
}

pub(super) const OF_NAMES: [Estimate<NominalStatistics>; 5] = [
    ("cohen_kappa", NominalStatistics::cohen_kappa),
    ("scott_pi", NominalStatistics::scott_pi),
    ("fleiss_kappa", NominalStatistics::fleiss_kappa),
    ("alpha_nominal", NominalStatistics::krippendorff_alpha),
    ("ac1", NominalStatistics::gwet_ac1),
];

/// The name of the units that are weights of key points.
const WEIGHTS: &str = "key_points.weight";

const OF_NUMBERS: [Estimate<NumericStatistics>; 4] = [
    ("alpha_nominal", |statistics| statistics.krippendorff_alpha(Scale::Nominal)),
    ("alpha_ordinal", |statistics| statistics.krippendorff_alpha(Scale::Ordinal)),
    ("alpha_interval", |statistics| statistics.krippendorff_alpha(Scale::Interval)),
    ("alpha_ratio", |statistics| statistics.krippendorff_alpha(Scale::Ratio)),
];

/// Computes all coefficients for the layers that the annotators have labelled and the settings
/// select.
pub fn coefficients(annotators: &[Annotator], settings: &Settings) -> Vec<Coefficients> {
    let is_wanted = |layer: &Layer| settings.layers.as_ref().is_none_or(|layers| layers.contains(layer));
    let mut all = Vec::new();
    for layer in [Layer::Entities, Layer::KeySentences, Layer::Keyphrases].into_iter().filter(is_wanted) {
        all.extend(of_layer(annotators, &layer, settings.confidence));
    }
    // Fields and weights are rated on the items that two annotators have in common, so they need
    // exactly two annotators.
    if let Ok(pair) = <&[Annotator; 2]>::try_from(annotators) {
        for ((what, field), ratings) in fields::units(pair, settings) {
            let statistics = NominalStatistics::new(2, ratings.values().len());
            let leave_one_out = leave_one_out(&ratings, statistics, &OF_NAMES);
            all.push(of_units(&what, Some(field), &ratings, leave_one_out, settings.confidence));
        }
        let ratings = weights::units(pair).in_order();
        if is_wanted(&Layer::KeyPoints) && ratings.units().len() > 0 {
            let weights = ratings.values().into_iter().map(|(weight, _)| f64::from(*weight)).collect();
            let leave_one_out = leave_one_out(&ratings, NumericStatistics::new(weights), &OF_NUMBERS);
            all.push(of_units(WEIGHTS, None, &ratings, leave_one_out, settings.confidence));
        }
    }
    all
}

/// Returns the kinds of units on which [`coefficients`] computes nothing because there are more
/// than two annotators, in the notation of [`Coefficients::what`]. Their items are aligned, and
/// only two annotators can be.
pub fn not_computed(annotators: &[Annotator], settings: &Settings) -> Vec<String> {
    if annotators.len() <= 2 {
        return Vec::new();
    }
    let mut kinds: Vec<String> = fields::layers(annotators, settings).iter().map(ToString::to_string).collect();
    let mut references = annotators.iter().flat_map(|annotator| annotator.documents.values());
    let is_wanted = settings.layers.as_ref().is_none_or(|layers| layers.contains(&Layer::KeyPoints));
    if is_wanted && references.any(|reference| reference.gold.key_points.is_some()) {
        kinds.push(WEIGHTS.to_owned());
    }
    kinds
}

/// The coefficients of a layer as a whole and, if it has several labels, of each label.
fn of_layer(annotators: &[Annotator], layer: &Layer, confidence: f64) -> Vec<Coefficients> {
    let ratings = units(annotators, layer);
    if ratings.units().len() == 0 {
        return Vec::new();
    }
    let (what, values) = (layer.to_string(), ratings.values());
    let statistics = NominalStatistics::new(annotators.len(), values.len());
    let mut all = vec![of_units(&what, None, &ratings, leave_one_out(&ratings, statistics, &OF_NAMES), confidence)];
    let labels: Vec<(&&str, u32)> = values.into_iter().filter(|(label, _)| **label != NOT_MARKED).collect();
    if labels.len() > 1 {
        let against_others = AgainstOthers::new(&ratings);
        all.extend(labels.into_iter().map(|(label, index)| {
            let leave_one_out = against_others.leave_one_out(index, &OF_NAMES);
            of_units(&what, Some((*label).to_owned()), &ratings, leave_one_out, confidence)
        }));
    }
    all
}

pub(super) fn leave_one_out<'e, V: Eq + Hash + Ord, S: AgreementStatistics>(
    ratings: &GroupedRatings<V>,
    mut statistics: S,
    estimates: &'e [Estimate<S>],
) -> LeaveOneOut<'e, S> {
    ratings.units().for_each(|unit| statistics.add(unit, 1));
    let mut leave_one_out = LeaveOneOut::new(statistics, estimates);
    ratings.documents().for_each(|units| leave_one_out.leave_out(units.map(|unit| (unit, 1)), 1));
    leave_one_out
}

fn of_units<V: Eq + Hash + Ord, S: AgreementStatistics>(
    what: &str,
    label: Option<String>,
    ratings: &GroupedRatings<V>,
    leave_one_out: LeaveOneOut<'_, S>,
    confidence: f64,
) -> Coefficients {
    let (what, units) = (what.to_owned(), ratings.units().len());
    Coefficients { what, label, units, coefficients: leave_one_out.finish(confidence) }
}
