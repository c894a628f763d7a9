//! Chooses how a component is solved: exactly while that is affordable, otherwise by a rule.
//!
//! [`super::sweep`] is exact and linear in the length of the text if few spans overlap at any one
//! offset, which is how text is annotated. [`super::assignment`] is exact for any nesting, in time
//! that grows with gold items times edges. Components beyond both are paired by [`super::greedy`],
//! and the alignment says so.

use super::component::{Component, Sides};
use super::objective::Radix;
use super::{assignment, greedy, sweep};

/// The largest number of pairs of a component that are listed, beyond [`PAIRS_PER_ITEM`] for each
/// of its items: their edges take 16 MB.
const MOST_PAIRS: usize = 1 << 20;

/// The number of pairs per item of a component that are always listed, however long it is.
const PAIRS_PER_ITEM: usize = 16;

/// The largest product of a component's edges and the items of its smaller side for which the
/// assignment is computed: at worst, each step of the shortest paths looks at each edge. 400 gold
/// items that all overlap 400 predictions are just within it.
const MOST_STEPS: usize = 1 << 26;

/// Returns the pairs of a component by the indices of [`Sides`], and whether they are optimal.
pub(super) fn solve(sides: &Sides<'_>, component: &Component) -> (Vec<(usize, usize)>, bool) {
    if let ([g], [p]) = (&component.gold[..], &component.predicted[..]) {
        return (vec![(*g, *p)], true);
    }
    if let Some(pairs) = one_span(sides, component) {
        return (pairs, true);
    }
    match exact(sides, component) {
        Some(pairs) => {
            let index = |(g, p): (usize, usize)| (component.gold[g], component.predicted[p]);
            (pairs.into_iter().map(index).collect(), true)
        }
        None => (greedy::pairs(sides, component), false),
    }
}

/// Pairs the items of a component that consists of one group of equal spans. All pairs gain the
/// same, because pairs with equal labels were removed, so that any assignment of the smaller side
/// is optimal. The lexicographically smallest pairs the first with the first.
fn one_span(sides: &Sides<'_>, component: &Component) -> Option<Vec<(usize, usize)>> {
    let [group] = component.groups[..] else { return None };
    let group = &sides.groups[group];
    let is_whole = (group.gold.len(), group.predicted.len()) == (component.gold.len(), component.predicted.len());
    is_whole.then(|| group.gold.iter().copied().zip(group.predicted.iter().copied()).collect())
}

/// Returns the optimal pairs by local index; `None` if they would take too long.
fn exact(sides: &Sides<'_>, component: &Component) -> Option<Vec<(usize, usize)>> {
    let items = component.gold.len() + component.predicted.len();
    if component.pairs > MOST_PAIRS + PAIRS_PER_ITEM * items {
        return None;
    }
    let edges = sides.edges(component);
    let predicted = component.predicted.len();
    sweep::solve(&edges, predicted).or_else(|| {
        let smaller = edges.len().min(predicted);
        let count: usize = edges.iter().map(Vec::len).sum();
        (count.saturating_mul(smaller) <= MOST_STEPS).then(|| assignment::solve(&graph(&edges, predicted)))
    })
}

/// Returns the edges with single integers as weights.
pub(super) fn graph(edges: &[Vec<super::objective::Edge>], predicted: usize) -> assignment::Graph {
    let radix = Radix::new(edges.len().min(predicted), edges);
    let weighted =
        |edges: &Vec<super::objective::Edge>| edges.iter().map(|&edge| (edge.predicted, radix.weight(edge))).collect();
    assignment::Graph { predicted, edges: edges.iter().map(weighted).collect() }
}
