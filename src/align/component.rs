//! Overlapping pairs, and the connected components of their graph.
//!
//! Pairs are reported by one sweep over both sorted lists, in time linear in their number. No
//! matrix is built.

use super::LabelledSpan;
use super::objective::Gain;

/// A connected component of the overlap graph. Local indices follow the sorted order of the items.
#[derive(Debug)]
pub(super) struct Component {
    /// For each local index of a gold item, its index in the list that was split.
    pub gold: Vec<usize>,
    /// For each local index of a prediction, its index in the list that was split.
    pub predicted: Vec<usize>,
    /// For each gold item, the predictions that overlap it, in order, with the gain of the pair.
    pub edges: Vec<Vec<(usize, Gain)>>,
}

/// Splits two sorted lists into their components of at least one pair, in the order of the first
/// gold items. Pairs that are equal in span and label must have been removed before.
pub(super) fn split(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> Vec<Component> {
    group(gold.len(), predicted.len(), overlaps(gold, predicted))
}

/// The components of a graph with the given numbers of gold items and predictions and a sorted list
/// of edges.
pub(super) fn group(gold: usize, predicted: usize, edges: Vec<(usize, usize, Gain)>) -> Vec<Component> {
    let mut groups = Groups::new(gold + predicted);
    for &(g, p, _) in &edges {
        groups.join(g, gold + p);
    }
    let mut component_of_root = vec![usize::MAX; gold + predicted];
    let mut components: Vec<Component> = Vec::new();
    let mut local = vec![usize::MAX; gold + predicted];
    for &(g, _, _) in &edges {
        if local[g] != usize::MAX {
            continue;
        }
        let root = groups.root(g);
        if component_of_root[root] == usize::MAX {
            component_of_root[root] = components.len();
            components.push(Component { gold: Vec::new(), predicted: Vec::new(), edges: Vec::new() });
        }
        let component = &mut components[component_of_root[root]];
        local[g] = component.gold.len();
        component.gold.push(g);
        component.edges.push(Vec::new());
    }
    for p in 0..predicted {
        let vertex = gold + p;
        let of_root = component_of_root[groups.root(vertex)];
        if of_root != usize::MAX {
            local[vertex] = components[of_root].predicted.len();
            components[of_root].predicted.push(p);
        }
    }
    for (g, p, gain) in edges {
        let of_root = component_of_root[groups.root(g)];
        components[of_root].edges[local[g]].push((local[gold + p], gain));
    }
    components
}

/// All overlapping pairs of two lists that are sorted by start, ordered by gold item and then
/// prediction.
pub(super) fn overlaps(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> Vec<(usize, usize, Gain)> {
    let mut edges = Vec::new();
    let (mut open_gold, mut open_predicted): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut g, mut p) = (0, 0);
    while g < gold.len() || p < predicted.len() {
        let gold_is_next = p == predicted.len() || (g < gold.len() && gold[g].start <= predicted[p].start);
        if gold_is_next {
            let start = gold[g].start;
            open_predicted.retain(|&other| predicted[other].end > start);
            edges.extend(open_predicted.iter().filter_map(|&other| edge(gold, predicted, g, other)));
            open_gold.push(g);
            g += 1;
        } else {
            let start = predicted[p].start;
            open_gold.retain(|&other| gold[other].end > start);
            edges.extend(open_gold.iter().filter_map(|&other| edge(gold, predicted, other, p)));
            open_predicted.push(p);
            p += 1;
        }
    }
    edges.sort_unstable_by_key(|&(g, p, _)| (g, p));
    edges
}

fn edge(gold: &[LabelledSpan], predicted: &[LabelledSpan], g: usize, p: usize) -> Option<(usize, usize, Gain)> {
    Some((g, p, Gain::of(&gold[g], &predicted[p])?))
}

/// Disjoint sets (union-find) with path halving.
struct Groups(Vec<usize>);

impl Groups {
    fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
