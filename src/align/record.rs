//! Alignment of records: the best pairs by the agreement of their fields.
//!
//! A few hundred records are aligned as a matrix of the similarities of each two. Of more, only
//! those are compared that have a value in common: values are numbered, and the pairs with each
//! value are listed from the rarest value to the most frequent one.
//!
//! Two records are compared with their lists, whose items are compared with each other in turn. A
//! pair of records therefore costs the product of their sizes, and a bound on pairs alone would
//! bound nothing: 64 records with 64 items each take 4,096 pairs of records, but 16 million
//! comparisons. So the comparisons are bounded, too.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use super::sparse::assign;

/// Similarity of two records: first by the fields that agree, then by the overlap of their spans,
/// in code points. It consists of integers, so that no pair depends on rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similarity {
    /// Total weight of the leaves with equal values, in thousandths.
    pub agreeing: u64,
    /// Code points shared by span values.
    pub shared: u32,
}

impl Similarity {
    fn gain(self) -> i128 {
        (i128::from(self.agreeing) << 64) + i128::from(self.shared)
    }
}

impl AddAssign for Similarity {
    fn add_assign(&mut self, other: Self) {
        self.agreeing += other.agreeing;
        self.shared = self.shared.saturating_add(other.shared);
    }
}

/// The largest number of cells of the matrix of similarities: 256 gold and as many predicted
/// records.
const MOST_CELLS: usize = 1 << 16;

/// The largest number of pairs that are compared because of a common value.
const MOST_PAIRS: usize = 1 << 18;

/// The largest number of comparisons of records and of the items of lists in them, by matrix or
/// because of a common value.
const MOST_COMPARISONS: u64 = 1 << 20;

/// The largest number of comparisons that one pair of records counts as: lists within records are
/// themselves aligned by values if they are long.
const MOST_OF_PAIR: u64 = MOST_PAIRS as u64;

/// The numbered values of two lists of records.
#[derive(Debug, Clone, Default)]
pub struct RecordValues {
    /// The values of each gold record, in order. Any two records with a similarity have a value in
    /// common.
    pub gold: Vec<Vec<u32>>,
    /// The values of each predicted record, likewise.
    pub predicted: Vec<Vec<u32>>,
    /// If equality of values is transitive and no similarity comes from anything else, the
    /// similarity that each gold record has with an equal one.
    pub of_equals: Option<Vec<u64>>,
}

/// The pairs of two lists of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlignedRecords {
    /// Pairs of indices in the two lists, in the order of the first.
    pub pairs: Vec<(usize, usize)>,
    /// Whether some pairs were chosen by a rule (the rarest values first) rather than as the
    /// optimum, since too many records are alike.
    pub is_greedy: bool,
}

/// Aligns records. Records without any similarity stay unpaired.
///
/// Each list is given by the sizes of its records: 1, and 1 for each item of the lists in a record
/// that `similarity` compares with others. Both lists must be in an order that depends on the
/// records only; ties are then broken the same way every time. `values` is called only if there are
/// more than 65,536 pairs of records, or if comparing them takes more than 1,048,576 comparisons.
pub fn align_records(
    gold: &[u64],
    predicted: &[u64],
    similarity: impl Fn(usize, usize) -> Similarity,
    values: impl FnOnce() -> RecordValues,
) -> AlignedRecords {
    let is_small = gold.len().saturating_mul(predicted.len()) <= MOST_CELLS;
    if is_small && are_comparable(gold, predicted) {
        return AlignedRecords { pairs: by_matrix(gold.len(), predicted.len(), similarity), is_greedy: false };
    }
    by_values(&values(), [gold, predicted], similarity)
}

/// Returns whether each record of one list can be compared with each of the other, given the sizes
/// of the records: at most 1,048,576 comparisons, those of the items of their lists included.
pub fn are_comparable(gold: &[u64], predicted: &[u64]) -> bool {
    comparisons(gold, predicted) <= MOST_COMPARISONS
}

/// Returns the number of comparisons that the pairs of two lists of records take.
fn comparisons(gold: &[u64], predicted: &[u64]) -> u64 {
    let size = |records: &[u64]| records.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
    let of_all = size(gold).saturating_mul(size(predicted));
    if of_all <= MOST_OF_PAIR {
        return of_all;
    }
    let of_record = |gold: &u64| predicted.iter().map(|predicted| of_pair(*gold, *predicted)).sum::<u64>();
    gold.iter().map(of_record).sum()
}

fn of_pair(gold: u64, predicted: u64) -> u64 {
    gold.saturating_mul(predicted).min(MOST_OF_PAIR)
}

fn by_matrix(gold: usize, predicted: usize, similarity: impl Fn(usize, usize) -> Similarity) -> Vec<(usize, usize)> {
    let turned = gold > predicted;
    let (rows, columns) = if turned { (predicted, gold) } else { (gold, predicted) };
    if rows == 0 {
        return Vec::new();
    }
    let weight = |row: usize, column: usize| {
        if turned { similarity(column, row).gain() } else { similarity(row, column).gain() }
    };
    let weights = Matrix::from_fn(rows, columns, |(row, column)| weight(row, column));
    let (_, columns_of) = kuhn_munkres(&weights);
    let mut pairs: Vec<(usize, usize)> = columns_of
        .into_iter()
        .enumerate()
        .filter(|&(row, column)| weights[(row, column)] > 0)
        .map(|(row, column)| if turned { (column, row) } else { (row, column) })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Pairs equal records, then those with a common value, from the rarest value on, as long as the
/// pairs can be listed; among these the assignment is optimal. What is left has only frequent
/// values in common, and is paired in order, value by value.
fn by_values(
    values: &RecordValues,
    sizes: [&[u64]; 2],
    similarity: impl Fn(usize, usize) -> Similarity,
) -> AlignedRecords {
    let (mut free_gold, mut free_predicted) = (vec![true; values.gold.len()], vec![true; values.predicted.len()]);
    let mut aligned = AlignedRecords { pairs: equals(values, &similarity), is_greedy: false };
    for &(g, p) in &aligned.pairs {
        (free_gold[g], free_predicted[p]) = (false, false);
    }
    let holders = by_value(values, &free_gold, &free_predicted);
    let (rare, frequent) = holders.split_at(rare(&holders, sizes));
    let mut edges = BTreeMap::new();
    for (gold, predicted) in rare {
        for &g in gold {
            for &p in predicted {
                edges.entry((g, p)).or_insert_with(|| similarity(g, p).gain());
            }
        }
    }
    edges.retain(|_, gain| *gain > 0);
    let assigned = assign(&edges);
    aligned.is_greedy = assigned.is_greedy || !frequent.is_empty();
    for &(g, p) in &assigned.pairs {
        (free_gold[g], free_predicted[p]) = (false, false);
    }
    aligned.pairs.extend(assigned.pairs);
    // Pairs of records that turn out to be different, in spite of a common value, come again with
    // the next one.
    let mut in_vain = 0;
    for (gold, predicted) in frequent {
        let left_gold = gold.iter().copied().filter(|&g| free_gold[g]).collect::<Vec<_>>();
        let left_predicted = predicted.iter().copied().filter(|&p| free_predicted[p]).collect::<Vec<_>>();
        for (g, p) in left_gold.into_iter().zip(left_predicted) {
            let comparisons = of_pair(sizes[0][g], sizes[1][p]).saturating_sub(1);
            if comparisons > 0 && in_vain > MOST_COMPARISONS {
                continue;
            }
            if similarity(g, p).gain() > 0 {
                (free_gold[g], free_predicted[p]) = (false, false);
                aligned.pairs.push((g, p));
            } else {
                in_vain += comparisons;
            }
        }
    }
    aligned.pairs.sort_unstable();
    aligned
}

/// Returns the number of values, from the rarest on, whose pairs are listed.
fn rare(holders: &[(Vec<usize>, Vec<usize>)], sizes: [&[u64]; 2]) -> usize {
    let (mut pairs, mut of_pairs) = (0_usize, 0_u64);
    let is_within = |(gold, predicted): &&(Vec<usize>, Vec<usize>)| {
        pairs = pairs.saturating_add(gold.len().saturating_mul(predicted.len()));
        if pairs > MOST_PAIRS {
            return false;
        }
        let sizes_of = |at: &[usize], sizes: &[u64]| at.iter().map(|&at| sizes[at]).collect::<Vec<_>>();
        of_pairs += comparisons(&sizes_of(gold, sizes[0]), &sizes_of(predicted, sizes[1]));
        of_pairs <= MOST_COMPARISONS
    };
    holders.iter().take_while(is_within).count()
}

/// Pairs records that agree in everything, if values say that this is possible.
///
/// Some optimum contains each such pair. Let g and p be equal, with the similarity W of all their
/// values, and let an assignment pair g with q and h with p. The values that h shares with p and
/// those that q shares with g are both among the W, so that h and q share at least those in both,
/// which are at least s(g, q) + s(h, p) - W. Hence s(g, p) + s(h, q) is at least s(g, q) + s(h, p),
/// and the assignment is no worse with g paired with p, and h with q.
fn equals(values: &RecordValues, similarity: &impl Fn(usize, usize) -> Similarity) -> Vec<(usize, usize)> {
    let Some(of_equals) = &values.of_equals else { return Vec::new() };
    let mut waiting: BTreeMap<&[u32], Vec<usize>> = BTreeMap::new();
    for (p, of_record) in values.predicted.iter().enumerate().rev() {
        waiting.entry(of_record).or_default().push(p);
    }
    let mut pairs = Vec::new();
    for (g, of_record) in values.gold.iter().enumerate() {
        let Some(candidates) = waiting.get_mut(&of_record[..]) else { continue };
        let Some(&p) = candidates.last() else { continue };
        if of_equals[g] > 0 && similarity(g, p).agreeing == of_equals[g] {
            candidates.pop();
            pairs.push((g, p));
        }
    }
    pairs
}

/// Returns the free gold and predicted records with each value that both sides have, the value with
/// the fewest pairs first; of equally many, the one with the lower number.
fn by_value(values: &RecordValues, free_gold: &[bool], free_predicted: &[bool]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut holders: BTreeMap<u32, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (g, of_record) in values.gold.iter().enumerate().filter(|(g, _)| free_gold[*g]) {
        for &value in of_record {
            let (gold, _) = holders.entry(value).or_default();
            if gold.last() != Some(&g) {
                gold.push(g);
            }
        }
    }
    for (p, of_record) in values.predicted.iter().enumerate().filter(|(p, _)| free_predicted[*p]) {
        for value in of_record {
            let Some((_, predicted)) = holders.get_mut(value) else { continue };
            if predicted.last() != Some(&p) {
                predicted.push(p);
            }
        }
    }
    let mut holders: Vec<_> = holders.into_values().filter(|(_, predicted)| !predicted.is_empty()).collect();
    holders.sort_by_key(|(gold, predicted)| gold.len().saturating_mul(predicted.len()));
    holders
}

/// Divides the text into cells of equal length and returns the numbers of the cells that each span
/// touches, counted from `first`. Spans that overlap have a cell in common. A cell is as long as
/// the mean span, so that a span touches three cells at most on average.
pub fn text_cells(spans: &[(u64, u64)], first: u32) -> Vec<Vec<u32>> {
    let length: u64 = spans.iter().map(|(start, end)| end.saturating_sub(*start)).sum();
    let cell = (length / spans.len().max(1) as u64).max(1);
    let number = |at: u64| first.saturating_add(u32::try_from(at / cell).unwrap_or(u32::MAX));
    let of_span = |&(start, end): &(u64, u64)| {
        if start < end { (number(start)..=number(end - 1)).collect() } else { Vec::new() }
    };
    spans.iter().map(of_span).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{MOST_PAIRS, RecordValues, Similarity, align_records, by_matrix, by_values, text_cells};

    #[test]
    fn the_sum_is_best_not_each_pair() {
        let agreeing = [[3, 2], [2, 0]];
        let alike = |g: usize, p: usize| Similarity { agreeing: agreeing[g][p], shared: 0 };
        assert_eq!(align_records(&[1; 2], &[1; 2], alike, RecordValues::default).pairs, [(0, 1), (1, 0)]);
    }

    #[test]
    fn unknown_ids_stay_single_and_sides_may_differ_in_length() {
        let alike = |g: usize, p: usize| Similarity { agreeing: u64::from(g == 2 && p == 0), shared: 0 };
        assert_eq!(align_records(&[1; 3], &[1], alike, RecordValues::default).pairs, [(2, 0)]);
        assert_eq!(align_records(&[], &[1], alike, RecordValues::default).pairs, []);
    }

    proptest! {
        /// Records of three fields with few values each, compared by values and as a matrix.
        #[test]
        fn records_with_common_values_are_aligned_as_by_matrix(
            gold in proptest::collection::vec(proptest::array::uniform3(0..4_u32), 0..9),
            predicted in proptest::collection::vec(proptest::array::uniform3(0..4_u32), 0..9),
        ) {
            let (mut gold, mut predicted) = (gold, predicted);
            gold.sort_unstable();
            predicted.sort_unstable();
            let alike = |g: usize, p: usize| {
                let agreeing = gold[g].iter().zip(&predicted[p]).zip([4, 2, 1]);
                Similarity { agreeing: agreeing.filter(|((a, b), _)| a == b).map(|(_, weight)| weight).sum(), shared: 0 }
            };
            let numbered = |records: &[[u32; 3]]| {
                records.iter().map(|record| (0..).zip(record).map(|(field, value)| 10 * field + value).collect()).collect()
            };
            let values = RecordValues {
                gold: numbered(&gold),
                predicted: numbered(&predicted),
                of_equals: Some(vec![7; gold.len()]),
            };
            let sizes: [&[u64]; 2] = [&vec![1; gold.len()], &vec![1; predicted.len()]];
            let aligned = by_values(&values, sizes, alike);
            let total = |pairs: &[(usize, usize)]| pairs.iter().map(|&(g, p)| alike(g, p).agreeing).sum::<u64>();
            prop_assert_eq!(total(&aligned.pairs), total(&by_matrix(gold.len(), predicted.len(), alike)));
            prop_assert!(!aligned.is_greedy);
            prop_assert!(aligned.pairs.windows(2).all(|two| two[0].0 < two[1].0));
        }

        #[test]
        fn spans_that_overlap_have_a_cell_in_common(
            spans in proptest::collection::vec((0..90_u64, 1..40_u64), 2..12),
        ) {
            let spans: Vec<(u64, u64)> = spans.into_iter().map(|(start, length)| (start, start + length)).collect();
            let cells = text_cells(&spans, 0);
            for (one, of_one) in spans.iter().zip(&cells) {
                for (other, of_other) in spans.iter().zip(&cells) {
                    if one.0 < other.1 && other.0 < one.1 {
                        prop_assert!(of_one.iter().any(|cell| of_other.contains(cell)));
                    }
                }
            }
        }
    }

    #[test]
    fn many_records_that_share_a_value_are_paired_by_their_other_values() {
        let records = 2_000_usize;
        // The last field is equal in all records; the first differs, and the sides are shifted.
        let values = |shift: u32| (0..2_000).map(|at| vec![10 + at + shift, 5]).collect::<Vec<Vec<u32>>>();
        let alike = |g: usize, p: usize| Similarity { agreeing: 1 + 2 * u64::from(g == p + 1), shared: 0 };
        let of = || RecordValues { gold: values(0), predicted: values(1), of_equals: None };
        let aligned = align_records(&vec![1; records], &vec![1; records], alike, of);
        assert!(aligned.is_greedy);
        assert_eq!(aligned.pairs[..2], [(0, 1_999), (1, 0)]);
        assert_eq!(aligned.pairs.len(), records);
    }

    /// Aligns records with these sizes, and returns whether the values were asked for.
    fn asks_for_values(gold: &[u64], predicted: &[u64]) -> bool {
        let is_asked = Cell::new(false);
        let values = || {
            is_asked.set(true);
            RecordValues { gold: vec![vec![0]; gold.len()], predicted: vec![vec![0]; predicted.len()], of_equals: None }
        };
        align_records(gold, predicted, |_, _| Similarity { agreeing: 1, shared: 0 }, values);
        is_asked.get()
    }

    #[test]
    fn the_items_of_lists_within_records_count() {
        assert!(!asks_for_values(&[1; 256], &[1; 256]) && asks_for_values(&[1; 257], &[1; 256]));
        assert!(!asks_for_values(&[32; 32], &[32; 32]) && asks_for_values(&[33; 32], &[32; 32]));
        // Long lists within records have a bound of their own.
        assert!(!asks_for_values(&[100_000; 2], &[100_000; 2]) && asks_for_values(&[100_000; 3], &[100_000; 3]));
    }

    #[test]
    fn pairs_with_a_common_value_are_compared_up_to_the_bound() {
        let compared = |size: u64| {
            let (calls, records) = (Cell::new(0), 10_000_u32);
            let alike = |g: usize, p: usize| {
                calls.set(calls.get() + 1);
                Similarity { agreeing: u64::from(g % 100 == p % 100), shared: 0 }
            };
            // 100 values, each of 100 gold and 100 predicted records.
            let values = || (0..records).map(|at| vec![at % 100]).collect::<Vec<_>>();
            let sizes = vec![size; records as usize];
            let of = || RecordValues { gold: values(), predicted: values(), of_equals: None };
            let aligned = align_records(&sizes, &sizes, alike, of);
            assert!(aligned.is_greedy && aligned.pairs.len() == records as usize);
            calls.get() - records as usize
        };
        assert!((200_000..=MOST_PAIRS).contains(&compared(1)), "{}", compared(1));
        assert!((1..=MOST_PAIRS / 16).contains(&compared(8)), "{}", compared(8));
    }
}
