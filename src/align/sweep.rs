//! The assignment inside a component, from left to right.
//!
//! Dynamic programming over the gold items in sorted order. A state is the set of predictions that are taken and that a
//! later gold item could still want; on text, where few spans overlap at any one place, there are a handful of states a
//! step, so that a chain of 100,000 overlapping spans costs time linear in its length. Where nesting is so deep that the
//! states would multiply, [`solve`] declines and [`super::assignment`] takes over.
//!
//! Values are computed backwards, then the choice is made forwards, gold item by gold item, always the smallest
//! prediction that keeps the optimum: this is what makes the list of pairs the lexicographically smallest.

use rustc_hash::FxHashMap;

use super::component::Component;
use super::gain::Gain;

/// States of one step, and choices of a whole component, beyond which the sweep declines.
const MOST_STATES: usize = 1 << 10;
const MOST_CHOICES: usize = 1 << 22;

/// A decision for one gold item: the prediction it takes, if any, and the state that follows.
struct Choice {
    predicted: Option<usize>,
    gain: Gain,
    next: usize,
}

/// The optimal pairs by local numbers, in gold order; `None` where the component is nested too deeply.
pub(super) fn solve(component: &Component) -> Option<Vec<(usize, usize)>> {
    let steps = explore(component)?;
    let values = evaluate(&steps);
    Some(choose(&steps, &values))
}

/// All states that can be reached, step by step, with their choices: predictions in order, "none" last.
fn explore(component: &Component) -> Option<Vec<Vec<Vec<Choice>>>> {
    let mut last_use = vec![0; component.predicted.len()];
    for (g, edges) in component.edges.iter().enumerate() {
        for &(p, _) in edges {
            last_use[p] = g;
        }
    }
    let mut states: Vec<Vec<usize>> = vec![Vec::new()];
    let mut steps = Vec::with_capacity(component.gold.len());
    let mut choices = 0;
    for (g, edges) in component.edges.iter().enumerate() {
        let mut numbers: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
        let mut following: Vec<Vec<usize>> = Vec::new();
        let mut step = Vec::with_capacity(states.len());
        for taken in &states {
            let free = edges.iter().filter(|(p, _)| !taken.contains(p)).map(|&(p, gain)| (Some(p), gain));
            let options = free.chain([(None, Gain::ZERO)]).map(|(predicted, gain)| {
                let mut next: Vec<usize> =
                    taken.iter().copied().chain(predicted).filter(|&p| last_use[p] > g).collect();
                next.sort_unstable();
                let next = *numbers.entry(next).or_insert_with_key(|state| {
                    following.push(state.clone());
                    following.len() - 1
                });
                Choice { predicted, gain, next }
            });
            step.push(options.collect::<Vec<_>>());
            choices += step.last().map_or(0, Vec::len);
            if following.len() > MOST_STATES || choices > MOST_CHOICES + 8 * component.gold.len() {
                return None;
            }
        }
        steps.push(step);
        states = following;
    }
    Some(steps)
}

/// For every state the best that can still be gained from there.
fn evaluate(steps: &[Vec<Vec<Choice>>]) -> Vec<Vec<Gain>> {
    let mut values: Vec<Vec<Gain>> = vec![vec![Gain::ZERO]];
    for step in steps.iter().rev() {
        let after = &values[values.len() - 1];
        let best = |choices: &Vec<Choice>| choices.iter().map(|c| c.gain + after[c.next]).max().unwrap_or_default();
        let now = step.iter().map(best).collect();
        values.push(now);
    }
    values.reverse();
    values
}

fn choose(steps: &[Vec<Vec<Choice>>], values: &[Vec<Gain>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut state = 0;
    for (g, step) in steps.iter().enumerate() {
        let keeps = |choice: &&Choice| choice.gain + values[g + 1][choice.next] == values[g][state];
        let choice = step[state].iter().find(keeps).expect("one choice has the state's value");
        pairs.extend(choice.predicted.map(|p| (g, p)));
        state = choice.next;
    }
    pairs
}
