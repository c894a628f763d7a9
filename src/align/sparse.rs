//! Maximum-weight one-to-one pairing of a sparse graph, solved by connected component.

use std::collections::BTreeMap;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Pairs of indices in two lists with the largest sum of gains, in order. Gains must be positive;
/// pairs that are not listed are never chosen.
///
/// Both lists must be in an order that depends on their items only; ties are then broken the same
/// way every time. Each connected component is solved separately (Kuhn and Munkres), so that the
/// cost is determined by the largest one.
pub fn assign(edges: &BTreeMap<(usize, usize), i128>) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = components(edges).iter().flat_map(|part| solve(part, edges)).collect();
    pairs.sort_unstable();
    pairs
}

/// The vertices of a connected component.
#[derive(Default)]
struct Part {
    gold: Vec<usize>,
    predicted: Vec<usize>,
}

fn components(edges: &BTreeMap<(usize, usize), i128>) -> Vec<Part> {
    let golds = edges.keys().map(|&(g, _)| g + 1).max().unwrap_or(0);
    let predictions = edges.keys().map(|&(_, p)| p + 1).max().unwrap_or(0);
    let mut parent: Vec<usize> = (0..golds + predictions).collect();
    for &(g, p) in edges.keys() {
        let (a, b) = (root(&mut parent, g), root(&mut parent, golds + p));
        parent[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    for vertex in 0..golds + predictions {
        let part = parts.entry(root(&mut parent, vertex)).or_default();
        if vertex < golds { part.gold.push(vertex) } else { part.predicted.push(vertex - golds) }
    }
    parts.into_values().filter(|part| !part.gold.is_empty() && !part.predicted.is_empty()).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

fn solve(part: &Part, edges: &BTreeMap<(usize, usize), i128>) -> Vec<(usize, usize)> {
    if let ([g], [p]) = (&part.gold[..], &part.predicted[..]) {
        return vec![(*g, *p)];
    }
    let turned = part.gold.len() > part.predicted.len();
    let (rows, columns) = if turned { (&part.predicted, &part.gold) } else { (&part.gold, &part.predicted) };
    let pair = |row: usize, column: usize| {
        if turned { (columns[column], rows[row]) } else { (rows[row], columns[column]) }
    };
    let gain = |row, column| edges.get(&pair(row, column)).copied().unwrap_or(0);
    let gains = Matrix::from_fn(rows.len(), columns.len(), |(row, column)| gain(row, column));
    let (_, answers) = kuhn_munkres(&gains);
    let answered = answers.into_iter().enumerate().filter(|&(row, column)| gains[(row, column)] > 0);
    answered.map(|(row, column)| pair(row, column)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::assign;

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

    proptest! {
        #[test]
        fn no_pairing_gains_more(edges in prop::collection::btree_map((0usize..6, 0usize..6), 1i128..9, 0..16)) {
            let pairs = assign(&edges);
            let sum: i128 = pairs.iter().map(|pair| edges[pair]).sum();
            prop_assert_eq!(sum, best(&edges, 0, &mut Vec::new()));
            for at in 1..pairs.len() {
                prop_assert!(pairs[at - 1].0 < pairs[at].0);
                prop_assert!(pairs[..at].iter().all(|pair| pair.1 != pairs[at].1));
            }
        }
    }
}
