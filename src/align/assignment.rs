//! Optimal assignment within a component by shortest augmenting paths, for nesting too deep for
//! [`super::sweep`].
//!
//! It is the Hungarian method on a sparse graph (Jonker and Volgenant 1987, without their
//! initialisation). Gold items enter one by one, each along the cheapest alternating path to a free
//! prediction or to a gold item that is better left out. The dual prices then show which other
//! assignments are equally good, and [`refine`] finds the lexicographically smallest of them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::component::Component;
use super::objective::Gain;

/// The optimal pairs by local index, in gold order.
pub(super) fn solve(component: &Component) -> Vec<(usize, usize)> {
    let mut state = MatchingState::new(component);
    for root in 0..component.gold.len() {
        state.insert(root);
        state.undo.clear();
    }
    refine(&mut state);
    state.predicted_of.iter().enumerate().filter_map(|(g, p)| Some((g, (*p)?))).collect()
}

/// A matching, and dual prices under which it is optimal: `gold_price + predicted_price >= gain` on
/// every edge, with equality on matched edges, and price 0 for every unmatched vertex.
struct MatchingState<'a> {
    edges: &'a [Vec<(usize, Gain)>],
    overlapping_golds: Vec<Vec<usize>>,
    gold_price: Vec<Gain>,
    predicted_price: Vec<Gain>,
    predicted_of: Vec<Option<usize>>,
    gold_of: Vec<Option<usize>>,
    /// Overwritten entries since the list was last cleared. A failed attempt is undone from it, so
    /// that it costs what it touches and not a copy.
    undo: Vec<Overwritten>,
}

/// An entry of the matching before it was overwritten.
enum Overwritten {
    Predicted(usize, Option<usize>),
    Gold(usize, Option<usize>),
}

impl<'a> MatchingState<'a> {
    fn new(component: &'a Component) -> Self {
        let best = |edges: &Vec<(usize, Gain)>| edges.iter().map(|&(_, gain)| gain).max().unwrap_or_default();
        let mut overlapping_golds = vec![Vec::new(); component.predicted.len()];
        for (g, edges) in component.edges.iter().enumerate() {
            for &(p, _) in edges {
                overlapping_golds[p].push(g);
            }
        }
        Self {
            edges: &component.edges,
            overlapping_golds,
            gold_price: component.edges.iter().map(best).collect(),
            predicted_price: vec![Gain::ZERO; component.predicted.len()],
            predicted_of: vec![None; component.gold.len()],
            gold_of: vec![None; component.predicted.len()],
            undo: Vec::new(),
        }
    }

    fn set_predicted(&mut self, g: usize, p: Option<usize>) -> Option<usize> {
        let before = std::mem::replace(&mut self.predicted_of[g], p);
        self.undo.push(Overwritten::Predicted(g, before));
        before
    }

    fn set_gold(&mut self, p: usize, g: Option<usize>) -> Option<usize> {
        let before = std::mem::replace(&mut self.gold_of[p], g);
        self.undo.push(Overwritten::Gold(p, before));
        before
    }

    fn roll_back(&mut self) {
        while let Some(overwritten) = self.undo.pop() {
            match overwritten {
                Overwritten::Predicted(g, before) => self.predicted_of[g] = before,
                Overwritten::Gold(p, before) => self.gold_of[p] = before,
            }
        }
    }

    fn slack(&self, g: usize, p: usize, gain: Gain) -> Gain {
        self.gold_price[g] + self.predicted_price[p] - gain
    }

    /// Adds a gold item: Dijkstra over reduced costs, then an update of the prices of all vertices
    /// nearer than the end of the path.
    fn insert(&mut self, root: usize) {
        // Maps instead of arrays over the component, since most searches end after a few steps.
        let mut distance: FxHashMap<usize, Gain> = FxHashMap::default();
        let mut through: FxHashMap<usize, usize> = FxHashMap::default();
        let mut settled: FxHashSet<usize> = FxHashSet::default();
        let mut golds = vec![(root, Gain::ZERO)];
        let mut heap = BinaryHeap::new();
        let mut give_up = (self.gold_price[root], root);
        let mut free = None;
        let mut current = (root, Gain::ZERO);
        loop {
            let (g, so_far) = current;
            for &(p, gain) in &self.edges[g] {
                let reach = so_far + self.slack(g, p, gain);
                if distance.get(&p).is_none_or(|&known| reach < known) {
                    distance.insert(p, reach);
                    through.insert(p, g);
                    heap.push(Reverse((reach, p)));
                }
            }
            let nearest = loop {
                match heap.pop() {
                    Some(Reverse((reach, p))) if distance[&p] != reach || settled.contains(&p) => {}
                    other => break other,
                }
            };
            let Some(Reverse((reach, p))) = nearest else { break };
            if reach >= give_up.0 {
                break;
            }
            settled.insert(p);
            let Some(next) = self.gold_of[p] else {
                free = Some((p, reach));
                break;
            };
            golds.push((next, reach));
            give_up = give_up.min((reach + self.gold_price[next], next));
            current = (next, reach);
        }
        let end = free.map_or(give_up.0, |(_, reach)| reach);
        for (g, reach) in golds {
            self.gold_price[g] = self.gold_price[g] - (end - reach);
        }
        for p in settled {
            self.predicted_price[p] += end - distance[&p];
        }
        match free {
            Some((p, _)) => self.augment(p, &through, root),
            None if give_up.1 == root => {}
            None => {
                let freed = self.set_predicted(give_up.1, None).expect("a gold item on a path has an answer");
                self.set_gold(freed, None);
                self.augment(freed, &through, root);
            }
        }
    }

    fn augment(&mut self, mut p: usize, through: &FxHashMap<usize, usize>, root: usize) {
        loop {
            let g = through[&p];
            let previous = self.set_predicted(g, Some(p));
            self.set_gold(p, Some(g));
            match previous {
                Some(before) if g != root => p = before,
                _ => return,
            }
        }
    }

    fn is_tight(&self, g: usize, p: usize) -> bool {
        let edge = self.edges[g].iter().find(|(other, _)| *other == p);
        edge.is_some_and(|&(_, gain)| self.slack(g, p, gain) == Gain::ZERO)
    }
}

/// Moves to the lexicographically smallest list of pairs among the equally good assignments, which
/// use tight edges only and leave out no vertex with a positive price. Gold items in order take the
/// smallest prediction that leaves the rest repairable.
fn refine(state: &mut MatchingState<'_>) {
    let mut fixed_gold = vec![false; state.predicted_of.len()];
    let mut fixed_predicted = vec![false; state.gold_of.len()];
    for g in 0..state.predicted_of.len() {
        fixed_gold[g] = true;
        for at in 0..state.edges[g].len() {
            let (p, gain) = state.edges[g][at];
            if fixed_predicted[p] || state.slack(g, p, gain) != Gain::ZERO {
                continue;
            }
            fixed_predicted[p] = true;
            if state.predicted_of[g] == Some(p) || reassign(state, g, p, &fixed_gold, &fixed_predicted) {
                break;
            }
            fixed_predicted[p] = false;
        }
        if let Some(p) = state.predicted_of[g] {
            fixed_predicted[p] = true;
        }
    }
}

/// Gives `p` to `g` if the vertices that lose their partner can be matched otherwise.
fn reassign(state: &mut MatchingState<'_>, g: usize, p: usize, fixed_gold: &[bool], fixed_predicted: &[bool]) -> bool {
    let (displaced_gold, displaced_predicted) = (state.gold_of[p], state.predicted_of[g]);
    state.undo.clear();
    if let Some(other) = displaced_gold {
        state.set_predicted(other, None);
    }
    if let Some(other) = displaced_predicted {
        state.set_gold(other, None);
    }
    state.set_predicted(g, Some(p));
    state.set_gold(p, Some(g));
    let rematched = match (displaced_gold, displaced_predicted) {
        (None, None) => true,
        (Some(displaced_gold), Some(displaced_predicted))
            if rematch_gold(state, displaced_gold, Some(displaced_predicted), fixed_gold, fixed_predicted) =>
        {
            true
        }
        _ => {
            displaced_gold.is_none_or(|g| rematch_gold(state, g, None, fixed_gold, fixed_predicted))
                && displaced_predicted.is_none_or(|p| rematch_predicted(state, p, fixed_gold, fixed_predicted))
        }
    };
    if !rematched {
        state.roll_back();
    }
    rematched
}

/// Finds an alternating path of tight edges from an unmatched gold item to `target`, or, without
/// one, to any end that costs nothing: a free prediction, or a gold item with price 0 that becomes
/// unmatched. Applies the path.
fn rematch_gold(
    state: &mut MatchingState<'_>,
    from: usize,
    target: Option<usize>,
    gold: &[bool],
    predicted: &[bool],
) -> bool {
    if target.is_none() && state.gold_price[from] == Gain::ZERO {
        return true;
    }
    let mut through: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    while let Some(g) = queue.pop_front() {
        for at in 0..state.edges[g].len() {
            let (p, gain) = state.edges[g][at];
            if predicted[p] || through.contains_key(&p) || state.slack(g, p, gain) != Gain::ZERO {
                continue;
            }
            through.insert(p, g);
            match state.gold_of[p] {
                None if target.is_none_or(|target| target == p) => {
                    state.augment(p, &through, from);
                    return true;
                }
                Some(next) if !gold[next] => {
                    if target.is_none() && state.gold_price[next] == Gain::ZERO {
                        state.set_predicted(next, None);
                        state.set_gold(p, None);
                        state.augment(p, &through, from);
                        return true;
                    }
                    queue.push_back(next);
                }
                _ => {}
            }
        }
    }
    false
}

/// Finds and applies an alternating path of tight edges that matches an unmatched prediction,
/// unless its price is 0.
fn rematch_predicted(state: &mut MatchingState<'_>, from: usize, gold: &[bool], predicted: &[bool]) -> bool {
    if state.predicted_price[from] == Gain::ZERO {
        return true;
    }
    let mut through: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    while let Some(p) = queue.pop_front() {
        for at in 0..state.overlapping_golds[p].len() {
            let g = state.overlapping_golds[p][at];
            if gold[g] || through.contains_key(&g) || !state.is_tight(g, p) {
                continue;
            }
            through.insert(g, p);
            match state.predicted_of[g] {
                Some(next) if predicted[next] => {}
                Some(next) if state.predicted_price[next] > Gain::ZERO => queue.push_back(next),
                previous => {
                    if let Some(left) = previous {
                        state.set_gold(left, None);
                    }
                    take_over(state, g, &through, from);
                    return true;
                }
            }
        }
    }
    false
}

/// Shifts predictions along the path found by [`rematch_predicted`], from its end back to the
/// unmatched prediction.
fn take_over(state: &mut MatchingState<'_>, mut g: usize, through: &FxHashMap<usize, usize>, from: usize) {
    loop {
        let p = through[&g];
        let previous = state.set_gold(p, Some(g));
        state.set_predicted(g, Some(p));
        match previous {
            Some(before) if p != from => g = before,
            _ => return,
        }
    }
}
