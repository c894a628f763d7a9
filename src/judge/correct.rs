//! Corrects the figures that rest on a judge's verdicts by hand-made verdicts on some documents.

use std::collections::{BTreeMap, BTreeSet};

use super::units::{JudgedUnit, JudgedUnits};
use crate::document::Support;
use crate::stats::Interval;
use crate::stats::agreement::{KappaWeights, weighted_kappa};
use crate::stats::correction::{
    JudgeAccuracy, Linearised, Method, Sums, Tuning, correct as correct_share, rogan_gladen, rogan_gladen_interval,
};

/// The number of labelled documents from which intervals of corrected figures hold what they
/// promise (`examples/calibration`).
pub const ENOUGH_DOCUMENTS: usize = 20;

/// The corrected figures of a system, and what the correction rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The method.
    pub method: Method,
    /// The corrected figures by name.
    pub figures: BTreeMap<&'static str, CorrectedFigure>,
    /// Number of answered documents with a hand-made verdict.
    pub labelled_documents: usize,
    /// Number of clusters with a labelled document, on which intervals rest.
    pub labelled_clusters: usize,
    /// Number of units with a hand-made verdict.
    pub labelled_units: usize,
    /// Sensitivity and specificity of the verdict `supported`.
    pub accuracy: JudgeAccuracy,
    /// Weighted kappa of the judge's and the hand-made verdicts, with linear and quadratic weights.
    pub weighted_kappas: [Option<f64>; 2],
    /// The verdicts of the judge that no labelled unit has, so that nothing is known about them.
    pub unseen: Vec<Support>,
}

/// A figure before and after its correction.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectedFigure {
    /// The figure from the judge's verdicts, 0 to 1; `None` if there are no units.
    pub uncorrected: Option<f64>,
    /// The corrected figure, 0 to 1, or why there is none.
    pub corrected: Result<CorrectedValue, String>,
}

/// A corrected value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrectedValue {
    /// The value, 0 to 1.
    pub value: f64,
    /// The interval; `None` if the documents do not vary, or if nothing of it lies within 0 to 1.
    pub interval: Option<Interval>,
    /// How much the judge's verdicts count, 0 to 1; `None` for Rogan-Gladen.
    pub lambda: Option<f64>,
    /// Whether the value or a bound was cut to the range from 0 to 1.
    pub is_clipped: bool,
}

/// Which units of a document are summed.
#[derive(Clone, Copy)]
enum Verdicts {
    /// The judge's, on all units.
    All,
    /// The judge's, on units with a hand-made verdict.
    JudgedOfLabelled,
    /// The hand-made ones.
    Hand,
}

/// Corrects plain and weighted recall of key points. `cluster` returns the cluster of a document:
/// a cluster is labelled if one of its documents is, and its other documents are then left out.
///
/// Documents without an answer are known to support nothing, so that no judge is needed for them:
/// the figures of the answered documents are multiplied by these documents' share of the weight.
pub fn correct(units: &JudgedUnits, method: Method, cluster: impl Fn(&str) -> String, confidence: f64) -> Correction {
    let mut accuracy = JudgeAccuracy::default();
    let mut table = vec![vec![0; Support::ALL.len()]; Support::ALL.len()];
    let mut seen = BTreeSet::new();
    for (_, _, [used, hand]) in units.labelled() {
        accuracy.add(used == Support::Full, hand == Support::Full);
        table[used.credit2() as usize][hand.credit2() as usize] += 1;
        seen.insert(used);
    }
    let given: BTreeSet<Support> = units.documents.values().flatten().map(|unit| unit.used).collect();
    let mut clusters: BTreeMap<String, Vec<&[JudgedUnit]>> = BTreeMap::new();
    for (id, of) in &units.documents {
        clusters.entry(cluster(id)).or_default().push(of);
    }
    let labelled_documents = units.labelled().map(|(id, ..)| id).collect::<BTreeSet<_>>().len();
    let corrected = |is_weighted: bool| {
        let weight = |unit: &JudgedUnit| if is_weighted { f64::from(unit.weight) } else { 1.0 };
        figure(&clusters, units.unanswered[usize::from(is_weighted)], (method, accuracy), weight, confidence)
    };
    let mut figures =
        BTreeMap::from([("key_points.recall", corrected(false)), ("key_points.weighted.recall", corrected(true))]);
    if method == Method::RoganGladen
        && let Some(weighted) = figures.get_mut("key_points.weighted.recall")
    {
        weighted.corrected = Err("sensitivity and specificity correct only figures without weights".to_owned());
    }
    Correction {
        method,
        figures,
        labelled_documents,
        labelled_clusters: units.labelled().map(|(id, ..)| cluster(id)).collect::<BTreeSet<_>>().len(),
        labelled_units: units.labelled().count(),
        accuracy,
        weighted_kappas: [KappaWeights::Linear, KappaWeights::Quadratic].map(|weights| weighted_kappa(&table, weights)),
        unseen: given.difference(&seen).copied().collect(),
    }
}

fn figure(
    clusters: &BTreeMap<String, Vec<&[JudgedUnit]>>,
    unanswered: u64,
    (method, accuracy): (Method, JudgeAccuracy),
    weight: impl Fn(&JudgedUnit) -> f64,
    confidence: f64,
) -> CorrectedFigure {
    let sums = |documents: &[&[JudgedUnit]], verdicts: Verdicts| {
        let mut sums = Sums::default();
        for unit in documents.iter().copied().flatten() {
            let support = match verdicts {
                Verdicts::All => Some(unit.used),
                Verdicts::JudgedOfLabelled => unit.hand.map(|_| unit.used),
                Verdicts::Hand => unit.hand,
            };
            let Some(support) = support else { continue };
            sums.denominator += weight(unit);
            sums.numerator += if support == Support::Full { weight(unit) } else { 0.0 };
        }
        sums
    };
    let is_labelled = |documents: &[&[JudgedUnit]]| documents.iter().copied().flatten().any(|unit| unit.hand.is_some());
    // What has no weight says nothing about the variance.
    let weighty = clusters.values().filter(|documents| sums(documents, Verdicts::All).denominator > 0.0);
    let (labelled, others): (Vec<_>, Vec<_>) = weighty.partition(|documents| is_labelled(documents));
    let of = |clusters: &[&Vec<&[JudgedUnit]>], verdicts| {
        let sums: Vec<Sums> = clusters.iter().map(|documents| sums(documents, verdicts)).collect();
        Linearised::ratio(&sums)
    };
    let all: Vec<_> = clusters.values().collect();
    let answered: f64 = all.iter().map(|documents| sums(documents, Verdicts::All).denominator).sum();
    let share = answered / (answered + unanswered as f64);
    let uncorrected = of(&all, Verdicts::All).map(|estimate| share * estimate.value);
    let units = || labelled.iter().flat_map(|documents| documents.iter().copied().flatten());
    let hand: Vec<Support> = units().filter_map(|unit| unit.hand).collect();
    let partial = || {
        let documents = labelled.iter().flat_map(|documents| documents.iter());
        documents
            .filter(|units| units.iter().any(|u| u.hand.is_some()) && units.iter().any(|u| u.hand.is_none()))
            .count()
    };
    let corrected = check(&hand, labelled.len(), partial()).and_then(|()| match method {
        Method::RoganGladen => by_accuracy(accuracy, &others, confidence),
        Method::Ppi | Method::PpiPlusPlus => {
            let tuning = if method == Method::Ppi { Tuning::Full } else { Tuning::LeastVariance };
            let judged_only = of(&others, Verdicts::All);
            let parts = (of(&labelled, Verdicts::JudgedOfLabelled), of(&labelled, Verdicts::Hand));
            let (Some(judged), Some(hand)) = parts else { return Err("the labelled units have no weight".to_owned()) };
            let corrected = correct_share(judged_only.as_ref(), [&judged, &hand], tuning, confidence);
            let corrected = corrected.ok_or_else(|| too_few(labelled.len()))?;
            Ok(CorrectedValue {
                value: corrected.value,
                interval: corrected.interval,
                lambda: Some(corrected.lambda),
                is_clipped: corrected.is_clipped,
            })
        }
    });
    let scaled = |interval: Interval| Interval { low: share * interval.low, high: share * interval.high };
    let corrected = corrected.map(|corrected| CorrectedValue {
        value: share * corrected.value,
        interval: corrected.interval.map(scaled),
        ..corrected
    });
    CorrectedFigure { uncorrected, corrected }
}

/// Fails if labels do not suffice for any correction.
fn check(hand: &[Support], documents: usize, partial: usize) -> Result<(), String> {
    if documents < 2 {
        return Err(too_few(documents));
    }
    // A document would otherwise count by its labels instead of its key points.
    if partial > 0 {
        return Err(format!(
            "{partial} of the labelled documents have key points without a hand-made verdict: label all key points of a document, or none"
        ));
    }
    let supported = hand.iter().filter(|support| **support == Support::Full).count();
    let class = if supported == 0 {
        "not `supported`"
    } else if supported == hand.len() {
        "`supported`"
    } else {
        return Ok(());
    };
    Err(format!("all {} hand-made verdicts are {class}: label documents until there are others", hand.len()))
}

fn too_few(documents: usize) -> String {
    let labelled = match documents {
        0 => "no document or cluster is labelled".to_owned(),
        1 => "only 1 document or cluster is labelled".to_owned(),
        more => format!("only {more} documents or clusters are labelled"),
    };
    format!("{labelled}: at least 2 are needed, and {ENOUGH_DOCUMENTS} for intervals that hold")
}

/// Rogan-Gladen on the units of the documents without labels.
fn by_accuracy(
    accuracy: JudgeAccuracy,
    others: &[&Vec<&[JudgedUnit]>],
    confidence: f64,
) -> Result<CorrectedValue, String> {
    let verdicts = others.iter().flat_map(|documents| documents.iter().copied().flatten()).map(|unit| unit.used);
    let (mut units, mut positive) = (0_u64, 0_u64);
    for used in verdicts {
        units += 1;
        positive += u64::from(used == Support::Full);
    }
    if units == 0 {
        return Err("every document is labelled, so that there is nothing to correct".to_owned());
    }
    let share = positive as f64 / units as f64;
    let value = rogan_gladen(&accuracy, share).ok_or_else(|| {
        let percent = |share: Option<f64>| share.map_or_else(|| "undefined".to_owned(), |share| format!("{share:.3}"));
        format!(
            "sensitivity ({}) and specificity ({}) are not above 1 together: this judge is no better than a coin",
            percent(accuracy.sensitivity()),
            percent(accuracy.specificity())
        )
    })?;
    let interval = rogan_gladen_interval(&accuracy, share, units, confidence);
    let is_bound = |value: f64| value <= 0.0 || value >= 1.0;
    let is_clipped = is_bound(value) || interval.is_some_and(|ends| is_bound(ends.low) || is_bound(ends.high));
    Ok(CorrectedValue { value, interval, lambda: None, is_clipped })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Correction, JudgedUnit, JudgedUnits, correct};
    use crate::document::Support;
    use crate::stats::correction::Method;

    fn unit(at: usize, used: Support, hand: Option<Support>) -> JudgedUnit {
        JudgedUnit { name: format!("K{at}"), weight: 1 + (at as u32 % 3), used, hand }
    }

    /// Documents of two key points; the first `labelled` have hand-made verdicts, which the judge
    /// exceeds in every fourth document.
    fn units(documents: usize, labelled: usize) -> JudgedUnits {
        let full = |is_full: bool| if is_full { Support::Full } else { Support::Not };
        let of = |at: usize| {
            let used = [full(at.is_multiple_of(2)), full(at.is_multiple_of(3))];
            let hand = [full(at.is_multiple_of(4)), full(at.is_multiple_of(3))];
            let is_labelled = at < labelled;
            let units = [0, 1].map(|unit_at| unit(unit_at, used[unit_at], is_labelled.then_some(hand[unit_at])));
            (format!("{at:02}"), units.to_vec())
        };
        JudgedUnits { documents: (0..documents).map(of).collect::<BTreeMap<_, _>>(), unanswered: [0, 0] }
    }

    fn of(units: &JudgedUnits, method: Method) -> Correction {
        correct(units, method, str::to_owned, 0.95)
    }

    #[test]
    fn a_correction_moves_the_figure_towards_the_labels() {
        let correction = of(&units(24, 12), Method::PpiPlusPlus);
        let figure = &correction.figures["key_points.recall"];
        let corrected = figure.corrected.as_ref().unwrap();
        assert!(corrected.value < figure.uncorrected.unwrap());
        assert!((0.0..1.0).contains(&corrected.lambda.unwrap()));
        let interval = corrected.interval.unwrap();
        assert!(interval.low < corrected.value && corrected.value < interval.high);
        assert_eq!((correction.labelled_documents, correction.labelled_units), (12, 24));
        assert_eq!((correction.accuracy.sensitivity(), correction.unseen.len()), (Some(1.0), 0));
    }

    #[test]
    fn documents_without_an_answer_support_nothing() {
        let answered = units(24, 12);
        let half = JudgedUnits { unanswered: [48, 72], ..answered.clone() };
        let value = |units: &JudgedUnits, name: &str| {
            let correction = of(units, Method::Ppi);
            (correction.figures[name].uncorrected.unwrap(), correction.figures[name].corrected.clone().unwrap().value)
        };
        for name in ["key_points.recall", "key_points.weighted.recall"] {
            let ((before, after), (before_half, after_half)) = (value(&answered, name), value(&half, name));
            assert!((before_half - before / 2.0).abs() < 1e-15 && (after_half - after / 2.0).abs() < 1e-15, "{name}");
        }
    }

    #[test]
    fn too_few_labels_and_labels_of_one_class_are_undefined() {
        let why =
            |units: &JudgedUnits, method| of(units, method).figures["key_points.recall"].corrected.clone().unwrap_err();
        assert!(why(&units(24, 1), Method::Ppi).contains("at least 2 are needed"));
        let mut alike = units(24, 12);
        alike
            .documents
            .values_mut()
            .flatten()
            .filter_map(|unit| unit.hand.as_mut())
            .for_each(|hand| *hand = Support::Full);
        assert!(why(&alike, Method::PpiPlusPlus).contains("all 24 hand-made verdicts are `supported`"));
        let mut coin = units(24, 12);
        coin.documents.values_mut().flatten().for_each(|unit| {
            unit.hand = unit.hand.map(|_| if unit.used == Support::Full { Support::Not } else { Support::Full });
        });
        assert!(why(&coin, Method::RoganGladen).contains("no better than a coin"));
        assert!(why(&units(12, 12), Method::RoganGladen).contains("nothing to correct"));
        let weighted = of(&units(24, 12), Method::RoganGladen);
        assert!(weighted.figures["key_points.weighted.recall"].corrected.is_err());
        assert!(weighted.figures["key_points.recall"].corrected.is_ok());
    }

    #[test]
    fn a_verdict_that_no_label_is_about_is_named() {
        let mut units = units(24, 12);
        units.documents.get_mut("23").unwrap()[0].used = Support::Partial;
        assert_eq!(of(&units, Method::Ppi).unseen, [Support::Partial]);
    }

    #[test]
    fn documents_of_a_labelled_cluster_are_labelled_or_left_out() {
        let units = units(24, 12);
        let by_parity = correct(&units, Method::Ppi, |id| (id.parse::<u32>().unwrap() % 4).to_string(), 0.95);
        // All four clusters are labelled, so that the labels stand alone.
        assert_eq!(by_parity.figures["key_points.recall"].corrected.as_ref().unwrap().lambda, Some(0.0));
    }
}
