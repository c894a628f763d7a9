//! How well the verdicts that were scored agree with those that a person made.

use std::collections::BTreeMap;

use super::VerdictFile;
use crate::document::{Layer, Reference, Status, Support};
use crate::metric::{Class, Item};
use crate::score::Scores;
use crate::stats::Interval;
use crate::stats::agreement::{LeaveOneOut, NominalStatistics, Rating, Statistics};

/// Agreement of verdicts on the key points that have both.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictAgreement {
    /// What the verdicts rest on that were scored, as signatures have it.
    pub used: String,
    /// The hash of the file of hand-made verdicts.
    pub hand: String,
    /// Key points with both verdicts.
    pub units: usize,
    /// Documents that have such.
    pub documents: usize,
    /// Those on which both are the same.
    pub agreeing: usize,
    /// Cohen's kappa over the three degrees of support; `None` where it is undefined.
    pub kappa: Option<f64>,
    /// By leaving out one document at a time, cut at -1 and 1.
    pub interval: Option<Interval>,
    /// How often which verdict met which: the used one, then the hand-made one.
    pub table: BTreeMap<(Support, Support), usize>,
    /// Where they differ, by document.
    pub differences: Vec<Difference>,
}

/// A key point on which they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The document.
    pub document: String,
    /// The key point.
    pub key_point: String,
    /// The verdict that was scored.
    pub used: Support,
    /// The hand-made one.
    pub hand: Support,
}

impl VerdictAgreement {
    /// The share of key points on which both verdicts are the same; `None` where none has both.
    pub fn observed(&self) -> Option<f64> {
        (self.units > 0).then(|| self.agreeing as f64 / self.units as f64)
    }
}

/// The verdict on a key point as it was scored.
pub fn verdict_of(item: &Item) -> Support {
    match item.class {
        Class::Correct => Support::Full,
        Class::Partial => Support::Partial,
        _ => Support::Not,
    }
}

/// Compares the verdicts of scores, which must have their documents, with hand-made ones. Documents that were not answered
/// have no verdict. `None` where no key points were scored.
pub fn compare(
    scores: &Scores,
    references: &BTreeMap<String, Reference>,
    hand: &VerdictFile,
    used: &str,
    confidence: f64,
) -> Option<VerdictAgreement> {
    let layer = scores.layers.iter().find(|layer| layer.layer == Layer::KeyPoints)?;
    let mut rated: BTreeMap<&str, Vec<[Rating; 2]>> = BTreeMap::new();
    let (mut table, mut differences) = (BTreeMap::new(), Vec::new());
    for (id, document) in layer.documents.iter().filter(|(_, document)| document.status == Status::Ok) {
        let points = references.get(id)?.gold.key_points.iter().flatten();
        for ((place, point), item) in points.enumerate().zip(&document.items) {
            let name = point.name(place);
            let Some(verdict) = hand.verdicts.get(id).and_then(|said| said.get(&name)) else { continue };
            let (used, hand) = (verdict_of(item), verdict.support);
            rated.entry(id).or_default().push([used, hand].map(|support| Some(support.credit2() as u32)));
            *table.entry((used, hand)).or_default() += 1;
            if used != hand {
                differences.push(Difference { document: id.clone(), key_point: name, used, hand });
            }
        }
    }
    let mut statistics = NominalStatistics::new(2, Support::ALL.len());
    rated.values().flatten().for_each(|unit| statistics.add(unit, 1));
    let mut leave_one_out = LeaveOneOut::new(statistics, &[("cohen_kappa", NominalStatistics::cohen_kappa)]);
    rated.values().for_each(|units| leave_one_out.leave_out(units.iter().map(|unit| (unit.as_slice(), 1)), 1));
    let kappa = leave_one_out.finish(confidence)[0];
    let units = rated.values().map(Vec::len).sum();
    Some(VerdictAgreement {
        used: used.to_owned(),
        hand: hand.hash.clone(),
        units,
        documents: rated.len(),
        agreeing: units - differences.len(),
        kappa: kappa.value,
        interval: kappa.interval,
        table,
        differences,
    })
}
