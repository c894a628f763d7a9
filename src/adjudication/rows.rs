//! Compares the lists of one layer: equal items are agreed, and the remaining ones are paired if
//! they are versions of one item.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// An item of one or of both passes, by its index in their lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub first: Option<usize>,
    pub second: Option<usize>,
    /// The number of the disagreement; `None` if the passes agree on the item.
    pub disagreement: Option<usize>,
}

/// Two items that may be versions of one: their similarity and their indexes.
pub(super) type Candidate = (u64, usize, usize);

/// The most pairs of items whose similarity is computed one by one.
const MOST_PAIRS: usize = 1_000_000;

/// Compares two lists, given the identities of their items. `candidates` receives the indexes of
/// the items that are not equal, and returns those pairs of them that are similar; the most similar
/// ones are paired first.
///
/// The rows are in the order of the first list. An item that only the second one has follows the
/// row of the item that it follows there. The second value tells which rows are agreed.
pub(super) fn compare(
    [first, second]: [&[String]; 2],
    candidates: impl FnOnce(&[usize], &[usize]) -> Vec<Candidate>,
) -> Vec<(Row, bool)> {
    let mut equal: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (at, identity) in second.iter().enumerate() {
        equal.entry(identity).or_default().push_back(at);
    }
    let agreed: Vec<Option<usize>> =
        first.iter().map(|identity| equal.get_mut(identity.as_str()).and_then(VecDeque::pop_front)).collect();
    let mut partners = agreed.clone();
    let mut is_paired = vec![false; second.len()];
    agreed.iter().flatten().for_each(|at| is_paired[*at] = true);
    let left: Vec<usize> = (0..first.len()).filter(|at| agreed[*at].is_none()).collect();
    let right: Vec<usize> = (0..second.len()).filter(|at| !is_paired[*at]).collect();
    let mut candidates = candidates(&left, &right);
    candidates.sort_unstable_by_key(|(similarity, one, other)| (Reverse(*similarity), *one, *other));
    for (_, one, other) in candidates {
        if partners[one].is_none() && !is_paired[other] {
            partners[one] = Some(other);
            is_paired[other] = true;
        }
    }
    // The items that only the second pass has, by the row that they follow.
    let mut of_second: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    let mut row_of = vec![None; second.len()];
    for (at, partner) in partners.iter().enumerate() {
        if let Some(partner) = partner {
            row_of[*partner] = Some(at);
        }
    }
    let mut last = None;
    for (at, row) in row_of.iter().enumerate() {
        match row {
            Some(row) => last = Some(*row),
            None => of_second.entry(last).or_default().push(at),
        }
    }
    let mut rows = Vec::with_capacity(first.len() + second.len());
    let mut add_of_second = |rows: &mut Vec<(Row, bool)>, after: Option<usize>| {
        for at in of_second.remove(&after).unwrap_or_default() {
            rows.push((Row { first: None, second: Some(at), disagreement: None }, false));
        }
    };
    add_of_second(&mut rows, None);
    for (at, partner) in partners.iter().enumerate() {
        rows.push((Row { first: Some(at), second: *partner, disagreement: None }, agreed[at].is_some()));
        add_of_second(&mut rows, Some(at));
    }
    rows
}

/// Returns the pairs with a similarity above 0; none if there are too many pairs to look at.
pub(super) fn similar(left: &[usize], right: &[usize], similarity: impl Fn(usize, usize) -> u64) -> Vec<Candidate> {
    if left.len().saturating_mul(right.len()) > MOST_PAIRS {
        return Vec::new();
    }
    let of = |one: &usize| {
        let similarity = &similarity;
        let one = *one;
        right.iter().map(move |other| (similarity(one, *other), one, *other))
    };
    left.iter().flat_map(of).filter(|(similarity, ..)| *similarity > 0).collect()
}

/// Returns the pairs with a similarity above 0 among those whose ranges overlap. `ranges` are those
/// of all items of each list.
pub(super) fn overlapping(
    left: &[usize],
    right: &[usize],
    ranges: [&[(u32, u32)]; 2],
    similarity: impl Fn(usize, usize) -> u64,
) -> Vec<Candidate> {
    let mut sorted: Vec<usize> = right.to_vec();
    sorted.sort_unstable_by_key(|at| ranges[1][*at]);
    let longest = sorted.iter().map(|at| ranges[1][*at].1.saturating_sub(ranges[1][*at].0)).max().unwrap_or(0);
    let mut found = Vec::new();
    for one in left {
        let (start, end) = ranges[0][*one];
        let from = sorted.partition_point(|at| ranges[1][*at].0.saturating_add(longest) <= start);
        for other in sorted[from..].iter().take_while(|at| ranges[1][**at].0 < end) {
            if ranges[1][*other].1 > start {
                found.push((similarity(*one, *other), *one, *other));
            }
        }
    }
    found.retain(|(similarity, ..)| *similarity > 0);
    found
}

#[cfg(test)]
mod tests {
    use super::{compare, overlapping, similar};

    fn rows(first: &str, second: &str, pairs: &[(u64, usize, usize)]) -> String {
        let of = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let (first, second) = (of(first), of(second));
        let rows = compare([&first, &second], |_, _| pairs.to_vec());
        let side = |list: &[String], at: Option<usize>| at.map_or_else(|| "-".to_owned(), |at| list[at].clone());
        let shown = rows.iter().map(|(row, is_agreed)| {
            let sign = if *is_agreed { "=" } else { "/" };
            format!("{}{sign}{}", side(&first, row.first), side(&second, row.second))
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equal_items_are_agreed_once_each_and_others_keep_their_place() {
        assert_eq!(rows("abc", "abc", &[]), "a=a b=b c=c");
        assert_eq!(rows("aab", "ab", &[]), "a=a a/- b=b");
        assert_eq!(rows("ac", "xaybc", &[]), "-/x a=a -/y -/b c=c");
        assert_eq!(rows("", "xy", &[]), "-/x -/y");
        assert_eq!(rows("abc", "cba", &[]), "a=a b=b c=c");
    }

    #[test]
    fn the_most_similar_items_are_paired_first() {
        assert_eq!(rows("ab", "xy", &[(1, 0, 0), (5, 1, 0), (3, 0, 1)]), "a/y b/x");
        assert_eq!(rows("ab", "x", &[(1, 0, 0), (1, 1, 0)]), "a/x b/-");
    }

    #[test]
    fn only_overlapping_ranges_are_looked_at() {
        let (left, right) = ([(0, 3), (10, 20), (30, 31)], [(2, 40), (19, 21), (31, 32)]);
        let found = overlapping(&[0, 1, 2], &[0, 1, 2], [&left, &right], |_, _| 1);
        assert_eq!(found, [(1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 2, 0)]);
        assert_eq!(similar(&[0, 1], &[0, 2], |one, other| u64::from(one == other)), [(1, 0, 0)]);
    }
}
