//! Numerators and denominators of the coreference metrics for one document.

use std::collections::BTreeMap;

use super::partition::Table;
use crate::align::{Assigned, assign};
use crate::metric::Statistic;

/// Returns the number of pairs among this many mentions.
fn links(mentions: u64) -> u64 {
    mentions * mentions.saturating_sub(1) / 2
}

/// Returns precision and recall with the same numerator.
fn shares(common: f64, gold: u64, predicted: u64) -> Statistic {
    Statistic::Shares { precision: (common, predicted as f64), recall: (common, gold as f64) }
}

/// MUC (Vilain et al. 1995): links that must be added to join what the other side splits.
/// Singletons have none.
pub(super) fn muc(table: &Table) -> Statistic {
    let common: u64 = table.shared.values().map(|count| count - 1).sum();
    let needed = |sizes: &[u64]| sizes.iter().map(|size| size - 1).sum();
    shares(common as f64, needed(&table.gold), needed(&table.predicted))
}

/// B3 (Bagga and Baldwin 1998): the fraction of each mention's cluster that its cluster on the
/// other side contains, averaged over mentions.
pub(super) fn b3(table: &Table) -> Statistic {
    let one_side = |table: &Table| {
        let squares = by_gold(table, |count| count * count);
        let sum = squares.iter().zip(&table.gold).map(|(&sum, &size)| sum as f64 / size as f64).sum();
        (sum, table.gold.iter().sum::<u64>() as f64)
    };
    Statistic::Shares { precision: one_side(&table.turned()), recall: one_side(table) }
}

/// Sums `term` over the shared counts of each gold cluster.
fn by_gold(table: &Table, term: impl Fn(u64) -> u64) -> Vec<u64> {
    let mut sums = vec![0; table.gold.len()];
    for (&(g, _), &count) in &table.shared {
        sums[g] += term(count);
    }
    sums
}

/// CEAFm (Luo 2005 with similarity phi 3): mentions in the right cluster under the best one-to-one
/// pairing of clusters.
pub(super) fn ceafm(table: &Table) -> Statistic {
    let common: u64 = best_by_mentions(table).pairs.into_iter().map(|pair| table.shared[&pair]).sum();
    shares(common as f64, table.gold.iter().sum(), table.predicted.iter().sum())
}

/// Returns the pairing of clusters with the most mentions in common.
pub(super) fn best_by_mentions(table: &Table) -> Assigned {
    assign(&table.shared.iter().map(|(&pair, &count)| (pair, i128::from(count))).collect())
}

/// CEAFe (Luo 2005 with similarity phi 4): the sum of 2 |K and R| / (|K| + |R|) over paired
/// clusters.
///
/// The pairing is computed in integer multiples of 2^-80, so that its rounding error is far below
/// the last digit of the sum. The sum is added from the smallest similarity up, so that it is the
/// same with the sides exchanged.
pub(super) fn ceafe(table: &Table) -> Statistic {
    let size = |(g, p): (usize, usize)| table.gold[g] + table.predicted[p];
    let gain = |pair, count: u64| (i128::from(2 * count) << 80) / i128::from(size(pair));
    let gains: BTreeMap<_, _> = table.shared.iter().map(|(&pair, &count)| (pair, gain(pair, count))).collect();
    let similarity = |pair| 2.0 * table.shared[&pair] as f64 / size(pair) as f64;
    let mut similarities: Vec<f64> = assign(&gains).pairs.into_iter().map(similarity).collect();
    similarities.sort_by(f64::total_cmp);
    shares(similarities.iter().sum(), table.gold.len() as u64, table.predicted.len() as u64)
}

/// BLANC (Recasens and Hovy 2011; Luo et al. 2014 for predicted mentions): coreferent links and
/// non-coreferent links, whose figures are averaged.
pub(super) fn blanc(table: &Table) -> [Statistic; 2] {
    let coreferent = |sizes: &[u64]| -> u64 { sizes.iter().map(|&size| links(size)).sum() };
    let all = |sizes: &[u64]| links(sizes.iter().sum());
    let common: u64 = table.shared.values().map(|&count| links(count)).sum();
    let rows = by_gold(table, |count| count);
    let columns = by_gold(&table.turned(), |count| count);
    // Of the links between mentions that both sides have, those that neither calls coreferent.
    let apart = all(&rows) + common - coreferent(&rows) - coreferent(&columns);
    let between = |sizes: &[u64]| all(sizes) - coreferent(sizes);
    [
        shares(common as f64, coreferent(&table.gold), coreferent(&table.predicted)),
        shares(apart as f64, between(&table.gold), between(&table.predicted)),
    ]
}

/// LEA (Moosavi and Strube 2016): the fraction of each cluster's links that are found, weighted by
/// its number of mentions. A singleton has one link, to itself, which only another singleton has.
pub(super) fn lea(table: &Table) -> Statistic {
    let one_side = |table: &Table| {
        let mut found = by_gold(table, links);
        for &(g, p) in table.shared.keys() {
            found[g] += u64::from((table.gold[g], table.predicted[p]) == (1, 1));
        }
        let share = |(&found, &size): (&u64, &u64)| (size * found) as f64 / links(size).max(1) as f64;
        let sum = found.iter().zip(&table.gold).map(share).sum();
        (sum, table.gold.iter().sum::<u64>() as f64)
    };
    Statistic::Shares { precision: one_side(&table.turned()), recall: one_side(table) }
}
