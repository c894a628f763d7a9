//! The assignment inside a component by shortest augmenting paths, for nesting too deep for [`super::sweep`].
//!
//! The Hungarian method on a sparse graph (Jonker and Volgenant 1987, without their initialisation): gold items enter one
//! by one, each along the cheapest alternating path to a free prediction or to a gold item that had better be given up.
//! Prices ("duals") then tell which other assignments are just as good, and [`refine`] walks to the lexicographically
//! smallest of them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::component::Component;
use super::objective::Gain;

/// The optimal pairs by local numbers, in gold order.
pub(super) fn solve(component: &Component) -> Vec<(usize, usize)> {
    let mut state = State::new(component);
    for root in 0..component.gold.len() {
        state.insert(root);
        state.undo.clear();
    }
    refine(&mut state);
    state.answer.iter().enumerate().filter_map(|(g, p)| Some((g, (*p)?))).collect()
}

/// A matching and prices under which it is optimal: `gold_price + predicted_price >= gain` on every edge, equal on
/// matched ones, and nobody unmatched has a price above zero.
struct State<'a> {
    edges: &'a [Vec<(usize, Gain)>],
    asked: Vec<Vec<usize>>,
    gold_price: Vec<Gain>,
    predicted_price: Vec<Gain>,
    answer: Vec<Option<usize>>,
    asker: Vec<Option<usize>>,
    /// What was overwritten since it was last emptied, so that an attempt costs what it touches and not a copy.
    undo: Vec<Overwritten>,
}

/// A pairing as it was.
enum Overwritten {
    Answer(usize, Option<usize>),
    Asker(usize, Option<usize>),
}

impl<'a> State<'a> {
    fn new(component: &'a Component) -> Self {
        let best = |edges: &Vec<(usize, Gain)>| edges.iter().map(|&(_, gain)| gain).max().unwrap_or_default();
        let mut asked = vec![Vec::new(); component.predicted.len()];
        for (g, edges) in component.edges.iter().enumerate() {
            for &(p, _) in edges {
                asked[p].push(g);
            }
        }
        Self {
            edges: &component.edges,
            asked,
            gold_price: component.edges.iter().map(best).collect(),
            predicted_price: vec![Gain::ZERO; component.predicted.len()],
            answer: vec![None; component.gold.len()],
            asker: vec![None; component.predicted.len()],
            undo: Vec::new(),
        }
    }

    fn set_answer(&mut self, g: usize, p: Option<usize>) -> Option<usize> {
        let before = std::mem::replace(&mut self.answer[g], p);
        self.undo.push(Overwritten::Answer(g, before));
        before
    }

    fn set_asker(&mut self, p: usize, g: Option<usize>) -> Option<usize> {
        let before = std::mem::replace(&mut self.asker[p], g);
        self.undo.push(Overwritten::Asker(p, before));
        before
    }

    fn roll_back(&mut self) {
        while let Some(overwritten) = self.undo.pop() {
            match overwritten {
                Overwritten::Answer(g, before) => self.answer[g] = before,
                Overwritten::Asker(p, before) => self.asker[p] = before,
            }
        }
    }

    fn slack(&self, g: usize, p: usize, gain: Gain) -> Gain {
        self.gold_price[g] + self.predicted_price[p] - gain
    }

    /// Lets a gold item in: Dijkstra over reduced costs, then the prices of everything nearer than the end move.
    fn insert(&mut self, root: usize) {
        // Maps, not arrays over the component: most searches end after a few steps.
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
            let Some(next) = self.asker[p] else {
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
                let freed = self.set_answer(give_up.1, None).expect("a gold item on a path has an answer");
                self.set_asker(freed, None);
                self.augment(freed, &through, root);
            }
        }
    }

    fn augment(&mut self, mut p: usize, through: &FxHashMap<usize, usize>, root: usize) {
        loop {
            let g = through[&p];
            let previous = self.set_answer(g, Some(p));
            self.set_asker(p, Some(g));
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

/// Among the equally good assignments (tight edges only, nobody with a price left out) goes to the one whose list of
/// pairs is lexicographically smallest: gold items in order take the smallest prediction that leaves the rest repairable.
fn refine(state: &mut State<'_>) {
    let mut fixed_gold = vec![false; state.answer.len()];
    let mut fixed_predicted = vec![false; state.asker.len()];
    for g in 0..state.answer.len() {
        fixed_gold[g] = true;
        for at in 0..state.edges[g].len() {
            let (p, gain) = state.edges[g][at];
            if fixed_predicted[p] || state.slack(g, p, gain) != Gain::ZERO {
                continue;
            }
            fixed_predicted[p] = true;
            if state.answer[g] == Some(p) || reassign(state, g, p, &fixed_gold, &fixed_predicted) {
                break;
            }
            fixed_predicted[p] = false;
        }
        if let Some(p) = state.answer[g] {
            fixed_predicted[p] = true;
        }
    }
}

/// Gives `p` to `g` if those who lose by it can be served otherwise.
fn reassign(state: &mut State<'_>, g: usize, p: usize, fixed_gold: &[bool], fixed_predicted: &[bool]) -> bool {
    let (widow, orphan) = (state.asker[p], state.answer[g]);
    state.undo.clear();
    if let Some(other) = widow {
        state.set_answer(other, None);
    }
    if let Some(other) = orphan {
        state.set_asker(other, None);
    }
    state.set_answer(g, Some(p));
    state.set_asker(p, Some(g));
    let served = match (widow, orphan) {
        (None, None) => true,
        (Some(widow), Some(orphan)) if serve_gold(state, widow, Some(orphan), fixed_gold, fixed_predicted) => true,
        _ => {
            widow.is_none_or(|g| serve_gold(state, g, None, fixed_gold, fixed_predicted))
                && orphan.is_none_or(|p| serve_predicted(state, p, fixed_gold, fixed_predicted))
        }
    };
    if !served {
        state.roll_back();
    }
    served
}

/// Finds an alternating path of tight edges from an unmatched gold item to `target`, or, without one, to any end that
/// costs nothing: a free prediction, or a gold item without a price that steps back. Applies it.
fn serve_gold(state: &mut State<'_>, from: usize, target: Option<usize>, gold: &[bool], predicted: &[bool]) -> bool {
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
            match state.asker[p] {
                None if target.is_none_or(|target| target == p) => {
                    state.augment(p, &through, from);
                    return true;
                }
                Some(next) if !gold[next] => {
                    if target.is_none() && state.gold_price[next] == Gain::ZERO {
                        state.set_answer(next, None);
                        state.set_asker(p, None);
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

/// The same from the other side: someone must take an unmatched prediction that has a price.
fn serve_predicted(state: &mut State<'_>, from: usize, gold: &[bool], predicted: &[bool]) -> bool {
    if state.predicted_price[from] == Gain::ZERO {
        return true;
    }
    let mut wanted: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    while let Some(p) = queue.pop_front() {
        for at in 0..state.asked[p].len() {
            let g = state.asked[p][at];
            if gold[g] || wanted.contains_key(&g) || !state.is_tight(g, p) {
                continue;
            }
            wanted.insert(g, p);
            match state.answer[g] {
                Some(next) if predicted[next] => {}
                Some(next) if state.predicted_price[next] > Gain::ZERO => queue.push_back(next),
                previous => {
                    if let Some(left) = previous {
                        state.set_asker(left, None);
                    }
                    take_over(state, g, &wanted, from);
                    return true;
                }
            }
        }
    }
    false
}

/// Shifts answers along the path found by [`serve_predicted`], from its end back to the prediction that had nobody.
fn take_over(state: &mut State<'_>, mut g: usize, wanted: &FxHashMap<usize, usize>, from: usize) {
    loop {
        let p = wanted[&g];
        let previous = state.set_asker(p, Some(g));
        state.set_answer(g, Some(p));
        match previous {
            Some(before) if p != from => g = before,
            _ => return,
        }
    }
}
