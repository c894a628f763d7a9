//! Agreement between the verdicts that were scored and verdicts made by hand.
//!
//! An automatic judge is only as good as its agreement with people; karat reports Cohen's kappa
//! beside the scores that rest on the judge.

use std::collections::BTreeMap;

use super::units::JudgedUnits;
use crate::document::Support;
use crate::metric::{Class, Item};
use crate::stats::Interval;
use crate::stats::agreement::{AgreementStatistics, LeaveOneOut, NominalStatistics, Rating};

/// Agreement of two sets of verdicts on the key points that have both.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictAgreement {
    /// The source of the verdicts that were scored, as it appears in signatures.
    pub used: String,
    /// The hash of the file of hand-made verdicts.
    pub hand: String,
    /// Number of key points with both verdicts.
    pub units: usize,
    /// Number of documents with at least one such key point.
    pub documents: usize,
    /// Number of key points with equal verdicts.
    pub agreeing: usize,
    /// Cohen's kappa over the three degrees of support; `None` if it is undefined.
    pub kappa: Option<f64>,
    /// Jackknife interval of kappa over documents, truncated to [-1, 1].
    pub interval: Option<Interval>,
    /// The confusion matrix: counts by the scored verdict and the hand-made one.
    pub table: BTreeMap<(Support, Support), usize>,
    /// The key points on which the verdicts differ, by document.
    pub differences: Vec<VerdictDifference>,
}

/// A key point on which the two verdicts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictDifference {
    /// Id of the document.
    pub document: String,
    /// Name of the key point.
    pub key_point: String,
    /// The verdict that was scored.
    pub used: Support,
    /// The hand-made verdict.
    pub hand: Support,
}

impl VerdictAgreement {
    /// Observed agreement: the proportion of key points with equal verdicts, 0 to 1; `None` if
    /// there are none.
    pub fn observed(&self) -> Option<f64> {
        (self.units > 0).then(|| self.agreeing as f64 / self.units as f64)
    }
}

/// The verdict on a key point that an item of the scores stands for.
pub fn verdict_of(item: &Item) -> Support {
    match item.class {
        Class::Correct => Support::Full,
        Class::Partial => Support::Partial,
        _ => Support::Not,
    }
}

/// Compares the scored verdicts with the hand-made ones. `used` is the source of the former, as in
/// signatures, and `hand` the hash of the file of the latter.
pub fn compare(units: &JudgedUnits, [used, hand]: [&str; 2], confidence: f64) -> VerdictAgreement {
    let mut rated: BTreeMap<&str, Vec<[Rating; 2]>> = BTreeMap::new();
    let (mut table, mut differences) = (BTreeMap::new(), Vec::new());
    for (id, unit, verdicts) in units.labelled() {
        rated.entry(id).or_default().push(verdicts.map(|support| Some(support.credit2() as u32)));
        *table.entry(verdicts.into()).or_default() += 1;
        let [used, hand] = verdicts;
        if used != hand {
            differences.push(VerdictDifference { document: id.to_owned(), key_point: unit.name.clone(), used, hand });
        }
    }
    let mut statistics = NominalStatistics::new(2, Support::ALL.len());
    rated.values().flatten().for_each(|unit| statistics.add(unit, 1));
    let mut leave_one_out = LeaveOneOut::new(statistics, &[("cohen_kappa", NominalStatistics::cohen_kappa)]);
    rated.values().for_each(|units| leave_one_out.leave_out(units.iter().map(|unit| (unit.as_slice(), 1)), 1));
    let kappa = leave_one_out.finish(confidence)[0];
    let units = rated.values().map(Vec::len).sum();
    VerdictAgreement {
        used: used.to_owned(),
        hand: hand.to_owned(),
        units,
        documents: rated.len(),
        agreeing: units - differences.len(),
        kappa: kappa.value,
        interval: kappa.interval,
        table,
        differences,
    }
}
