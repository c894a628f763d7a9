//! Gold items and predictions, paired one to one, where some gold items are optional.

use std::collections::{BTreeMap, BTreeSet};

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
}
