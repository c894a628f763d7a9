//! Chance-corrected coefficients by layer and label, with intervals that leave one document out at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::units::{Units, units};
use super::weights;
use super::{Pairwise, fields};
use crate::document::{Annotator, Layer, LayerSet};
use crate::stats::agreement::{Ratings, Scale, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, scott_pi};
use crate::stats::{Interval, jackknife};

/// One coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// Its name: `cohen_kappa`, `scott_pi`, `fleiss_kappa`, `alpha_nominal`, `alpha_ordinal`, `alpha_interval`, `alpha_ratio`,
    /// `ac1`.
    pub name: &'static str,
    /// At most 1; `None` where it is undefined.
    pub value: Option<f64>,
    /// Clustered by document.
    pub interval: Option<Interval>,
}

/// The coefficients on one kind of units.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    /// `entities`, `key_sentences`, `keyphrases`, `records.NAME`, or `key_points.weight`.
    pub what: String,
    /// The label alone, against all others, or the field of a record; `None` for the whole.
    pub label: Option<String>,
    /// How many units.
    pub units: usize,
    /// In a fixed order.
    pub coefficients: Vec<Coefficient>,
}

/// Ratings by document.
type Rated = BTreeMap<String, Vec<Vec<Option<f64>>>>;

/// All coefficients that the annotators' layers allow; of some layers only, where they are given. `pairs` are their scores
/// against each other.
pub fn coefficients(
    annotators: &[Annotator],
    pairs: &[Pairwise],
    layers: Option<&LayerSet>,
    confidence: f64,
) -> Vec<Coefficients> {
    let is_wanted = |layer: &Layer| layers.is_none_or(|layers| layers.contains(layer));
    let mut all = Vec::new();
    for layer in [Layer::Entities, Layer::KeySentences, Layer::Keyphrases].into_iter().filter(|layer| is_wanted(layer))
    {
        let by_document = units(annotators, &layer);
        if by_document.values().all(Vec::is_empty) {
            continue;
        }
        let labels: BTreeSet<&str> =
            by_document.values().flatten().flatten().flatten().map(String::as_str).filter(|l| !l.is_empty()).collect();
        all.push(of_names(&layer.to_string(), None, &by_document, &labels, confidence));
        if labels.len() > 1 {
            all.extend(labels.iter().map(|label| of_label(&layer, label, &by_document, confidence)));
        }
    }
    // Fields and weights are rated on what two annotators paired.
    if let [pair] = pairs {
        for ((what, field), units) in fields::units(pair) {
            let values: BTreeSet<String> = units.values().flatten().flatten().flatten().cloned().collect();
            let values = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
            all.push(of_names(&what, Some(&field), &units, &values, confidence));
        }
    }
    if annotators.len() == 2 && is_wanted(&Layer::KeyPoints) {
        let rated = weights::units(annotators, 0, 1);
        if rated.values().any(|units| !units.is_empty()) {
            all.push(of_numbers("key_points.weight", &rated, confidence));
        }
    }
    all
}

fn of_names(
    what: &str,
    label: Option<&str>,
    units: &BTreeMap<String, Units>,
    labels: &BTreeSet<&str>,
    confidence: f64,
) -> Coefficients {
    // "Not marked" is a value as good as any label.
    let codes: BTreeMap<&str, f64> = [""].into_iter().chain(labels.iter().copied()).zip((0..).map(f64::from)).collect();
    let code = |rating: &Option<String>| rating.as_deref().and_then(|name| codes.get(name).copied());
    let rate = |units: &Units| units.iter().map(|unit| unit.iter().map(code).collect()).collect();
    let rated: Rated = units.iter().map(|(id, units)| (id.clone(), rate(units))).collect();
    let estimates: [Estimate; 5] = [
        ("cohen_kappa", |ratings| mean_over_pairs(ratings, cohen_kappa)),
        ("scott_pi", |ratings| mean_over_pairs(ratings, scott_pi)),
        ("fleiss_kappa", fleiss_kappa),
        ("alpha_nominal", |ratings| krippendorff_alpha(ratings, Scale::Nominal)),
        ("ac1", gwet_ac1),
    ];
    estimate_all(what, label, &rated, &estimates, confidence)
}

/// The label against everything else.
fn of_label(layer: &Layer, label: &str, units: &BTreeMap<String, Units>, confidence: f64) -> Coefficients {
    let binary = |unit: &Vec<Option<String>>| -> Vec<Option<String>> {
        let one = |name: &String| if name == label { name.clone() } else { String::new() };
        unit.iter().map(|rating| rating.as_ref().map(one)).collect()
    };
    // Every unit takes part: that two annotators both chose another label is agreement on this one, too.
    let units = units.iter().map(|(id, units)| (id.clone(), units.iter().map(binary).collect())).collect();
    of_names(&layer.to_string(), Some(label), &units, &[label].into(), confidence)
}

fn of_numbers(what: &str, rated: &Rated, confidence: f64) -> Coefficients {
    let estimates: [Estimate; 4] = [
        ("alpha_nominal", |ratings| krippendorff_alpha(ratings, Scale::Nominal)),
        ("alpha_ordinal", |ratings| krippendorff_alpha(ratings, Scale::Ordinal)),
        ("alpha_interval", |ratings| krippendorff_alpha(ratings, Scale::Interval)),
        ("alpha_ratio", |ratings| krippendorff_alpha(ratings, Scale::Ratio)),
    ];
    estimate_all(what, None, rated, &estimates, confidence)
}

/// A coefficient's name and how it is computed.
type Estimate = (&'static str, fn(&Ratings) -> Option<f64>);

fn estimate_all(
    what: &str,
    label: Option<&str>,
    rated: &Rated,
    estimates: &[Estimate],
    confidence: f64,
) -> Coefficients {
    let all: Vec<Vec<Option<f64>>> = rated.values().flatten().cloned().collect();
    let without: Vec<Vec<Vec<Option<f64>>>> = rated
        .keys()
        .filter(|id| !rated[*id].is_empty())
        .map(|left_out| rated.iter().filter(|(id, _)| *id != left_out).flat_map(|(_, units)| units.clone()).collect())
        .collect();
    let coefficients = estimates.iter().map(|&(name, estimate)| {
        let value = estimate(&all);
        let shares: Option<Vec<f64>> = without.iter().map(|ratings| estimate(ratings)).collect();
        let interval = value
            .zip(shares)
            .and_then(|(value, shares)| jackknife(value, &shares, (f64::NEG_INFINITY, 1.0), confidence));
        Coefficient { name, value, interval }
    });
    Coefficients {
        what: what.to_owned(),
        label: label.map(str::to_owned),
        units: all.len(),
        coefficients: coefficients.collect(),
    }
}

/// A coefficient of two annotators, averaged over all pairs of them where it is defined.
fn mean_over_pairs(ratings: &Ratings, coefficient: impl Fn(&Ratings, usize, usize) -> Option<f64>) -> Option<f64> {
    let annotators = ratings.first()?.len();
    let pairs = (0..annotators).flat_map(|first| (first + 1..annotators).map(move |second| (first, second)));
    let values: Vec<f64> = pairs.filter_map(|(first, second)| coefficient(ratings, first, second)).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
