//! Alignment of two sequences whose order matters, with the fewest edits.

/// The largest number of cells of the table of edit distances: 25 MB at one byte for each step.
const MOST_CELLS: usize = 25_000_000;

/// How a cell of the table is reached with the fewest edits.
#[derive(Clone, Copy)]
enum Step {
    /// Both sequences advance: the items are paired.
    Pair,
    /// Only the gold sequence advances.
    Gold,
    /// Only the predicted sequence advances.
    Predicted,
}

/// Pairs the items of two sequences with the fewest insertions, deletions and substitutions
/// (Levenshtein). Returns the pairs of gold and predicted indexes, ascending in both; substituted
/// items are paired, too. Among equally good alignments, the one that pairs the most items is
/// chosen, and then the one that pairs the first.
///
/// Equal items at both ends are paired at once. Returns `None` if more than 25 million combinations
/// remain, since their table would not fit in memory.
pub fn align_sequences(
    gold: usize,
    predicted: usize,
    is_same: impl Fn(usize, usize) -> bool,
) -> Option<Vec<(usize, usize)>> {
    let shorter = gold.min(predicted);
    let head = (0..shorter).take_while(|&at| is_same(at, at)).count();
    let tail = (1..=shorter - head).take_while(|&back| is_same(gold - back, predicted - back)).count();
    let (rows, columns) = (gold - head - tail, predicted - head - tail);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    if rows.saturating_mul(columns) > MOST_CELLS {
        return None;
    }
    let middle = align_middle(rows, columns, |g, p| is_same(head + g, head + p));
    pairs.extend(middle.into_iter().map(|(g, p)| (head + g, head + p)));
    pairs.extend((1..=tail).rev().map(|back| (gold - back, predicted - back)));
    Some(pairs)
}

fn align_middle(rows: usize, columns: usize, is_same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    // Row g holds the distances between the items from g on and those from p on.
    let mut below: Vec<usize> = (0..=columns).rev().collect();
    let mut steps = vec![Step::Gold; rows * columns];
    for g in (0..rows).rev() {
        let mut here = vec![rows - g; columns + 1];
        for p in (0..columns).rev() {
            let paired = below[p + 1] + usize::from(!is_same(g, p));
            let (gold_alone, predicted_alone) = (below[p] + 1, here[p + 1] + 1);
            let least = paired.min(gold_alone).min(predicted_alone);
            here[p] = least;
            steps[g * columns + p] = match least {
                _ if paired == least => Step::Pair,
                _ if gold_alone == least => Step::Gold,
                _ => Step::Predicted,
            };
        }
        below = here;
    }
    let (mut g, mut p, mut pairs) = (0, 0, Vec::new());
    while g < rows && p < columns {
        match steps[g * columns + p] {
            Step::Pair => {
                pairs.push((g, p));
                (g, p) = (g + 1, p + 1);
            }
            Step::Gold => g += 1,
            Step::Predicted => p += 1,
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::align_sequences;

    fn pairs(gold: &str, predicted: &str) -> Vec<(usize, usize)> {
        let (gold, predicted) = (gold.as_bytes(), predicted.as_bytes());
        align_sequences(gold.len(), predicted.len(), |g, p| gold[g] == predicted[p]).unwrap()
    }

    fn edits(gold: &str, predicted: &str) -> usize {
        let pairs = pairs(gold, predicted);
        let wrong = pairs.iter().filter(|&&(g, p)| gold.as_bytes()[g] != predicted.as_bytes()[p]).count();
        wrong + gold.len() + predicted.len() - 2 * pairs.len()
    }

    #[test]
    fn a_missing_item_shifts_no_other() {
        assert_eq!(pairs("abcd", "acd"), [(0, 0), (2, 1), (3, 2)]);
        assert_eq!(pairs("acd", "abcd"), [(0, 0), (1, 2), (2, 3)]);
        assert_eq!(pairs("abc", "cba"), [(0, 0), (1, 1), (2, 2)]);
        assert!(pairs("", "ab").is_empty() && pairs("ab", "").is_empty());
    }

    #[test]
    fn lists_that_are_too_long_are_refused() {
        assert_eq!(align_sequences(6_000, 6_000, |_, _| false), None);
        assert_eq!(align_sequences(6_000, 6_000, |g, p| g == p).map(|pairs| pairs.len()), Some(6_000));
    }

    #[test]
    fn alignments_have_the_fewest_edits() {
        for (gold, predicted, distance) in [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("aaa", "aa", 1)] {
            assert_eq!(edits(gold, predicted), distance, "{gold} {predicted}");
            let found = pairs(gold, predicted);
            assert!(found.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            let levenshtein = rapidfuzz::distance::levenshtein::distance(gold.chars(), predicted.chars());
            assert_eq!(levenshtein, distance);
        }
    }
}
