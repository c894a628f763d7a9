//! Maximum-weight one-to-one pairing of a sparse graph, solved by connected component.
//!
//! Small components are solved as matrices (Kuhn and Munkres), larger ones by shortest paths over
//! their edges ([`super::assignment`]). If a component is too large even for that, its edges are
//! taken greedily, the largest gain first, and [`Assigned::is_greedy`] says so.

use std::collections::BTreeMap;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use super::assignment::{self, Graph};
use super::component::DisjointSets;

/// The largest number of cells of a component that is solved as a matrix: 128 gold items and as
/// many predictions.
const MOST_CELLS: usize = 1 << 14;

/// The largest product of a component's edges and the items of its smaller side for which the
/// optimum is computed: at worst, each step of the shortest paths looks at each edge. A chain in
/// which each of 5,000 gold items has two predictions is within it.
const MOST_STEPS: usize = 1 << 26;

/// The result of [`assign`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// Pairs of indices in two lists, in order.
    pub pairs: Vec<(usize, usize)>,
    /// Whether a component was too large for the optimum and its pairs were taken greedily.
    pub is_greedy: bool,
}

/// Returns the pairs with the largest sum of gains. Gains must be positive; pairs that are not
/// listed are never chosen.
///
/// Both lists must be in an order that depends on their items only; ties are then broken the same
/// way every time. Each connected component is solved separately, so that the cost is determined by
/// the largest one.
pub fn assign(edges: &BTreeMap<(usize, usize), i128>) -> Assigned {
    let mut assigned = Assigned::default();
    for part in components(edges) {
        part.solve(&mut assigned);
    }
    assigned.pairs.sort_unstable();
    assigned
}

/// A connected component.
#[derive(Default)]
struct Part {
    /// The gold items and the predictions, in order.
    gold: Vec<usize>,
    predicted: Vec<usize>,
    /// The edges in order, by indices in the lists of all items.
    edges: Vec<(usize, usize, i128)>,
}

fn components(edges: &BTreeMap<(usize, usize), i128>) -> Vec<Part> {
    let golds = edges.keys().map(|&(g, _)| g + 1).max().unwrap_or(0);
    let predictions = edges.keys().map(|&(_, p)| p + 1).max().unwrap_or(0);
    let mut sets = DisjointSets::new(golds + predictions);
    edges.keys().for_each(|&(g, p)| sets.join(g, golds + p));
    let mut part_of_root = vec![usize::MAX; golds + predictions];
    let mut parts: Vec<Part> = Vec::new();
    for (&(g, p), &gain) in edges {
        let root = sets.root(g);
        if part_of_root[root] == usize::MAX {
            part_of_root[root] = parts.len();
            parts.push(Part::default());
        }
        let part = &mut parts[part_of_root[root]];
        part.edges.push((g, p, gain));
        if part.gold.last() != Some(&g) {
            part.gold.push(g);
        }
    }
    for p in 0..predictions {
        if let Some(part) = parts.get_mut(part_of_root[sets.root(golds + p)]) {
            part.predicted.push(p);
        }
    }
    parts
}

impl Part {
    fn solve(&self, assigned: &mut Assigned) {
        let smaller = self.gold.len().min(self.predicted.len());
        if let [(g, p, _)] = self.edges[..] {
            assigned.pairs.push((g, p));
        } else if self.gold.len() * self.predicted.len() <= MOST_CELLS {
            assigned.pairs.extend(self.by_matrix());
        } else if self.edges.len().saturating_mul(smaller) <= MOST_STEPS {
            assigned.pairs.extend(self.by_paths());
        } else {
            assigned.pairs.extend(self.greedily());
            assigned.is_greedy = true;
        }
    }

    fn by_matrix(&self) -> Vec<(usize, usize)> {
        let turned = self.gold.len() > self.predicted.len();
        let (rows, columns) = if turned { (&self.predicted, &self.gold) } else { (&self.gold, &self.predicted) };
        let pair = |row: usize, column: usize| {
            if turned { (columns[column], rows[row]) } else { (rows[row], columns[column]) }
        };
        let mut gains = Matrix::new(rows.len(), columns.len(), 0);
        for &(g, p, gain) in &self.edges {
            let (row, column) = if turned { (p, g) } else { (g, p) };
            let place = |list: &[usize], item: usize| list.binary_search(&item).expect("an item of the component");
            gains[(place(rows, row), place(columns, column))] = gain;
        }
        let (_, answers) = kuhn_munkres(&gains);
        let answered = answers.into_iter().enumerate().filter(|&(row, column)| gains[(row, column)] > 0);
        answered.map(|(row, column)| pair(row, column)).collect()
    }

    fn by_paths(&self) -> Vec<(usize, usize)> {
        let mut edges: Vec<Vec<(u32, i128)>> = vec![Vec::new(); self.gold.len()];
        let place = |p: usize| self.predicted.binary_search(&p).expect("a prediction of the component");
        let places = self.edges.chunk_by(|one, other| one.0 == other.0).zip(&mut edges);
        for (of_gold, edges) in places {
            edges.extend(of_gold.iter().map(|&(_, p, gain)| (place(p) as u32, gain)));
        }
        let pairs = assignment::solve(&Graph { predicted: self.predicted.len(), edges });
        pairs.into_iter().map(|(g, p)| (self.gold[g], self.predicted[p])).collect()
    }

    /// Takes the edge with the largest gain between free items, of equal gains the first.
    fn greedily(&self) -> Vec<(usize, usize)> {
        let mut edges = self.edges.clone();
        edges.sort_by_key(|&(_, _, gain)| std::cmp::Reverse(gain));
        let free = |items: &[usize]| vec![true; items.last().map_or(0, |last| last + 1)];
        let (mut free_gold, mut free_predicted) = (free(&self.gold), free(&self.predicted));
        let mut pairs = Vec::new();
        for (g, p, _) in edges {
            if free_gold[g] && free_predicted[p] {
                (free_gold[g], free_predicted[p]) = (false, false);
                pairs.push((g, p));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Part, assign, components};

    /// The best sum by exhaustive search.
    fn best(edges: &BTreeMap<(usize, usize), i128>, gold: usize, taken: &mut Vec<usize>) -> i128 {
        if gold == 6 {
            return 0;
        }
        let mut most = best(edges, gold + 1, taken);
        for p in 0..6 {
            if let (Some(gain), false) = (edges.get(&(gold, p)), taken.contains(&p)) {
                taken.push(p);
                most = most.max(gain + best(edges, gold + 1, taken));
                taken.pop();
            }
        }
        most
    }

    fn assert_one_to_one(pairs: &[(usize, usize)]) -> Result<(), TestCaseError> {
        for at in 1..pairs.len() {
            prop_assert!(pairs[at - 1].0 < pairs[at].0);
            prop_assert!(pairs[..at].iter().all(|pair| pair.1 != pairs[at].1));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_pairing_gains_more(edges in prop::collection::btree_map((0usize..6, 0usize..6), 1i128..9, 0..16)) {
            let sum = |pairs: &[(usize, usize)]| pairs.iter().map(|pair| edges[pair]).sum::<i128>();
            let most = best(&edges, 0, &mut Vec::new());
            let assigned = assign(&edges);
            prop_assert_eq!((sum(&assigned.pairs), assigned.is_greedy), (most, false));
            assert_one_to_one(&assigned.pairs)?;
            let mut by_paths: Vec<_> = components(&edges).iter().flat_map(Part::by_paths).collect();
            by_paths.sort_unstable();
            prop_assert_eq!(sum(&by_paths), most);
            assert_one_to_one(&by_paths)?;
            let mut greedy: Vec<_> = components(&edges).iter().flat_map(Part::greedily).collect();
            greedy.sort_unstable();
            prop_assert!(2 * sum(&greedy) >= most);
            assert_one_to_one(&greedy)?;
        }
    }

    #[test]
    fn a_long_chain_is_solved_exactly_and_a_dense_block_greedily() {
        let chain =
            (0..3_000).flat_map(|at| [((at, at), 2), ((at, at + 1), 1 + i128::from(at % 5 == 0) * 2)]).collect();
        let assigned = assign(&chain);
        assert_eq!((assigned.pairs.len(), assigned.is_greedy), (3_000, false));
        let block = (0..600).flat_map(|g| (0..600).map(move |p| ((g, p), 1 + i128::from(g == p)))).collect();
        let assigned = assign(&block);
        assert!(assigned.is_greedy && assigned.pairs.iter().all(|(g, p)| g == p), "{:?}", assigned.pairs);
    }
}
