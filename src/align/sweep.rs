//! Optimal assignment within a component by dynamic programming from left to right.
//!
//! The program runs over the gold items in sorted order. A state is the set of assigned predictions
//! that a later gold item could still use. In text few spans overlap at any one offset, so there
//! are only a few states per step, and a chain of 100,000 overlapping spans takes time linear in
//! its length. If nesting is so deep that the states multiply, [`solve`] declines and
//! [`super::assignment`] takes over.
//!
//! Values are computed backwards. The choice is then made forwards, gold item by gold item, always
//! the smallest prediction that keeps the optimum, which makes the list of pairs the
//! lexicographically smallest.

use rustc_hash::FxHashMap;

use super::objective::{Edge, Gain};

/// Number of states of one step above which the sweep declines.
const MOST_STATES: usize = 1 << 10;
/// Number of choices of a whole component above which the sweep declines, beyond 8 per gold item.
const MOST_CHOICES: usize = 1 << 22;

/// A decision for one gold item: which of its edges it takes, if any, and the following state.
struct Choice {
    edge: u32,
    next: u32,
}

/// The edge of a choice that leaves the gold item out.
const NONE: u32 = u32::MAX;

impl Choice {
    /// The edge taken among those of the gold item.
    fn edge(&self, edges: &[Edge]) -> Option<Edge> {
        (self.edge != NONE).then(|| edges[self.edge as usize])
    }

    fn gain(&self, edges: &[Edge]) -> Gain {
        self.edge(edges).map_or(Gain::ZERO, Edge::gain)
    }
}

/// The optimal pairs by local index, in gold order, given the edges of each gold item and the
/// number of predictions; `None` if the component is nested too deeply.
pub(super) fn solve(edges: &[Vec<Edge>], predicted: usize) -> Option<Vec<(usize, usize)>> {
    let steps = explore(edges, predicted)?;
    let values = evaluate(&steps, edges);
    Some(choose(&steps, &values, edges))
}

/// All reachable states, step by step, with their choices: predictions in order, then "none".
///
/// A state is a bit set with one bit for each prediction that an earlier and a later gold item
/// share. A bit is reused after the last gold item that overlaps its prediction.
fn explore(component: &[Vec<Edge>], predicted: usize) -> Option<Vec<Vec<Vec<Choice>>>> {
    let mut last_use = vec![0; predicted];
    for (g, edges) in component.iter().enumerate() {
        for edge in edges {
            last_use[edge.predicted as usize] = g;
        }
    }
    let mut bits = Bits::new(predicted);
    let mut states: Vec<u128> = vec![0];
    let mut steps = Vec::with_capacity(component.len());
    let mut choices = 0;
    for (g, edges) in component.iter().enumerate() {
        let option = |edge: &Edge| Some((edge.predicted as usize, bits.of(edge.predicted as usize)?));
        let options: Vec<(usize, u128)> = edges.iter().map(option).collect::<Option<_>>()?;
        let kept = options.iter().filter(|(p, _)| last_use[*p] == g).fold(u128::MAX, |kept, (_, bit)| kept & !bit);
        let mut numbers: FxHashMap<u128, u32> = FxHashMap::default();
        let mut following: Vec<u128> = Vec::new();
        let mut number = |state: u128| {
            *numbers.entry(state & kept).or_insert_with_key(|state| {
                following.push(*state);
                following.len() as u32 - 1
            })
        };
        let mut step = Vec::with_capacity(states.len());
        for &taken in &states {
            let mut state_choices = Vec::with_capacity(options.len() + 1);
            for (edge, (_, bit)) in (0..).zip(&options).filter(|(_, (_, bit))| taken & bit == 0) {
                state_choices.push(Choice { edge, next: number(taken | bit) });
            }
            state_choices.push(Choice { edge: NONE, next: number(taken) });
            choices += state_choices.len();
            step.push(state_choices);
        }
        if following.len() > MOST_STATES || choices > MOST_CHOICES + 8 * component.len() {
            return None;
        }
        options.iter().filter(|(p, _)| last_use[*p] == g).for_each(|&(p, _)| bits.free(p));
        steps.push(step);
        states = following;
    }
    Some(steps)
}

/// An allocator of bits for predictions.
struct Bits {
    of: Vec<u128>,
    free: u128,
}

impl Bits {
    fn new(predictions: usize) -> Self {
        Self { of: vec![0; predictions], free: u128::MAX }
    }

    /// The prediction's bit; `None` if all bits are in use.
    fn of(&mut self, p: usize) -> Option<u128> {
        if self.of[p] == 0 {
            let lowest = self.free & self.free.wrapping_neg();
            self.free &= !lowest;
            self.of[p] = lowest;
        }
        (self.of[p] != 0).then_some(self.of[p])
    }

    fn free(&mut self, p: usize) {
        self.free |= self.of[p];
    }
}

/// For every state, the best gain from there to the end.
fn evaluate(steps: &[Vec<Vec<Choice>>], edges: &[Vec<Edge>]) -> Vec<Vec<Gain>> {
    let mut values: Vec<Vec<Gain>> = vec![vec![Gain::ZERO]];
    for (step, edges) in steps.iter().zip(edges).rev() {
        let after = &values[values.len() - 1];
        let value = |choice: &Choice| choice.gain(edges) + after[choice.next as usize];
        let now = step.iter().map(|choices| choices.iter().map(value).max().unwrap_or_default()).collect();
        values.push(now);
    }
    values.reverse();
    values
}

fn choose(steps: &[Vec<Vec<Choice>>], values: &[Vec<Gain>], edges: &[Vec<Edge>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut state = 0;
    for (g, (step, edges)) in steps.iter().zip(edges).enumerate() {
        let keeps = |choice: &&Choice| choice.gain(edges) + values[g + 1][choice.next as usize] == values[g][state];
        let choice = step[state].iter().find(keeps).expect("one choice has the state's value");
        pairs.extend(choice.edge(edges).map(|edge| (g, edge.predicted as usize)));
        state = choice.next as usize;
    }
    pairs
}
