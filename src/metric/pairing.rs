//! Gold items and predictions, paired one to one, where some gold items are optional.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::confidence::Ranked;
use super::options::ConfidenceOptions;
use super::tally::Tally;
use crate::align::assign;

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
    /// Adds how well confidences rank the predictions, given the labels of gold items, and labels and confidences of
    /// predictions.
    pub fn rank<'l>(
        &self,
        options: &ConfidenceOptions,
        (gold, predicted): (impl Fn(usize) -> &'l str, impl Fn(usize) -> (&'l str, Option<f64>)),
        is_right: impl Fn(&V) -> bool,
        tally: &mut Tally,
    ) {
        let mut ranked = Ranked::new(options);
        let mut predict = |p: usize, right: bool, same_label: bool| {
            let (label, confidence) = predicted(p);
            ranked.predict(Some(&Arc::from(label)), confidence, right, same_label);
        };
        for (g, p, verdict) in &self.pairs {
            predict(*p, is_right(verdict), gold(*g) == predicted(*p).0);
        }
        self.spurious.iter().for_each(|&p| predict(p, false, false));
        for g in self.pairs.iter().map(|(g, _, _)| *g).chain(self.missed.iter().copied()) {
            ranked.expect(Some(&Arc::from(gold(g))));
        }
        ranked.add_to(tally);
    }
}
