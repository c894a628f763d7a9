//! One-to-one pairing of gold items and predictions, where some gold items are optional.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::candidates::Candidates;
use super::options::ConfidenceOptions;
use super::{Ranked, Statistics};
use crate::align::{Assigned, assign};
use crate::stats::confidence::Confidence;

/// The result of pairing gold items with predictions.
#[derive(Debug)]
pub(super) struct Pairing<V> {
    /// Indices of gold item and prediction, with their comparison; in the order of the gold items.
    pub pairs: Vec<(usize, usize, V)>,
    /// Gold items without a matching prediction.
    pub missed: Vec<usize>,
    /// Predictions without a matching gold item.
    pub spurious: Vec<usize>,
    /// Whether some pairs were taken greedily, since too many items have several possible partners.
    is_greedy: bool,
}

/// The pairs that may be chosen.
#[derive(Debug, Default)]
pub(super) struct Possible<V> {
    /// The comparison of each pair of a gold item and a prediction, by their indices.
    pub pairs: BTreeMap<(usize, usize), V>,
    /// Whether some pairs were left out, since there are too many.
    pub is_partial: bool,
}

impl<V> Possible<V> {
    /// Compares candidates; those without a comparison are not possible.
    pub fn new(candidates: Candidates, compare: impl Fn(usize, usize) -> Option<V>) -> Self {
        let mut pairs = candidates.pairs;
        pairs.sort_unstable();
        pairs.dedup();
        let compared = pairs.into_iter().filter_map(|(g, p)| Some(((g, p), compare(g, p)?)));
        Self { pairs: compared.collect(), is_partial: candidates.is_partial }
    }
}

/// The warning about a document whose pairs are not the best ones.
const GREEDY: &str = "too many items have several possible partners to find the best pairs: they are paired greedily, \
    the best pair first, and the figures may be lower than with the best pairs";

impl<V: Copy> Pairing<V> {
    /// Returns the pairing with the highest total gain, given the comparison of each possible pair.
    /// A prediction that remains may match an optional gold item, and is then not counted.
    pub fn new(optional: &[bool], predicted: usize, possible: &Possible<V>, gain: impl Fn(V) -> i128) -> Self {
        let best = |counts: &dyn Fn(usize, usize) -> bool| {
            let edges = possible.pairs.iter().filter(|((g, p), _)| counts(*g, *p));
            assign(&edges.map(|(&pair, &verdict)| (pair, gain(verdict))).collect())
        };
        let Assigned { pairs, is_greedy } = best(&|g, _| !optional[g]);
        let mut answers: BTreeSet<usize> = pairs.iter().map(|(_, p)| *p).collect();
        let excused = best(&|g, p| optional[g] && !answers.contains(&p));
        answers.extend(excused.pairs.into_iter().map(|(_, p)| p));
        let answered: BTreeSet<usize> = pairs.iter().map(|(g, _)| *g).collect();
        Self {
            pairs: pairs.into_iter().map(|(g, p)| (g, p, possible.pairs[&(g, p)])).collect(),
            missed: (0..optional.len()).filter(|g| !optional[*g] && !answered.contains(g)).collect(),
            spurious: (0..predicted).filter(|p| !answers.contains(p)).collect(),
            is_greedy: possible.is_partial || is_greedy || excused.is_greedy,
        }
    }

    /// Returns the warning about the pairs, if they are not the best ones.
    pub fn warning(&self) -> Option<String> {
        self.warning_if(false)
    }

    /// Returns the same warning also if pairs within the compared items are not the best ones.
    pub fn warning_if(&self, is_greedy_within: bool) -> Option<String> {
        (self.is_greedy || is_greedy_within).then(|| GREEDY.to_owned())
    }

    /// Adds the confidence ranking of the predictions to the sums. Labels of both sides are given
    /// by index.
    pub fn rank<'l>(
        &self,
        options: &ConfidenceOptions,
        gold: impl Fn(usize) -> &'l str,
        predicted: impl Fn(usize) -> (&'l str, Confidence),
        is_right: impl Fn(&V) -> bool,
        statistics: &mut Statistics,
    ) {
        let name = |label: &str| options.labels.then(|| Arc::<str>::from(label));
        let mut ranked = Ranked::new(options);
        for (g, p, verdict) in &self.pairs {
            let (label, sure) = predicted(*p);
            ranked.expect(name(gold(*g)).as_ref());
            ranked.predict(name(label).as_ref(), sure.confidence(), is_right(verdict), gold(*g) == label);
        }
        self.missed.iter().for_each(|&g| ranked.expect(name(gold(g)).as_ref()));
        for &p in &self.spurious {
            let (label, sure) = predicted(p);
            ranked.predict(name(label).as_ref(), sure.confidence(), false, false);
        }
        ranked.add_to(statistics);
    }
}
