//! Gold items and predictions, paired one to one, where some gold items are optional.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::options::ConfidenceOptions;
use super::{Ranked, Statistics};
use crate::align::assign;
use crate::stats::confidence::Confidence;

/// Who answers whom.
#[derive(Debug)]
pub(super) struct Pairing<V> {
    /// Gold item, prediction, and what they have in common; by gold item.
    pub pairs: Vec<(usize, usize, V)>,
    /// Gold items without an answer.
    pub missed: Vec<usize>,
    /// Predictions that answer nothing.
    pub spurious: Vec<usize>,
}

impl<V: Copy> Pairing<V> {
    /// The pairing that gains the most, given what each possible pair has in common. What it leaves over may answer an
    /// optional gold item, and then counts nowhere.
    pub fn new(
        optional: &[bool],
        predicted: usize,
        possible: &BTreeMap<(usize, usize), V>,
        gain: impl Fn(V) -> i128,
    ) -> Self {
        let best = |counts: &dyn Fn(usize, usize) -> bool| {
            let edges = possible.iter().filter(|((g, p), _)| counts(*g, *p));
            assign(&edges.map(|(&pair, &verdict)| (pair, gain(verdict))).collect())
        };
        let pairs = best(&|g, _| !optional[g]);
        let mut answers: BTreeSet<usize> = pairs.iter().map(|(_, p)| *p).collect();
        let excused = best(&|g, p| optional[g] && !answers.contains(&p));
        answers.extend(excused.into_iter().map(|(_, p)| p));
        let answered: BTreeSet<usize> = pairs.iter().map(|(g, _)| *g).collect();
        Self {
            pairs: pairs.into_iter().map(|(g, p)| (g, p, possible[&(g, p)])).collect(),
            missed: (0..optional.len()).filter(|g| !optional[*g] && !answered.contains(g)).collect(),
            spurious: (0..predicted).filter(|p| !answers.contains(p)).collect(),
        }
    }
    /// Adds to the sums how the predictions rank by confidence, given the labels of both sides by place.
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
