//! Skip-bigrams: pairs of tokens with a gap between them.

/// Replaces the second token of a pair for a single token.
const ALONE: u32 = u32::MAX;

/// Returns the sorted pairs of a text, including repeats: every token with each later one that has
/// at most `gap` tokens in between, or with all later ones if `gap` is negative. With `alone`, also
/// every single token but the last: the program takes single tokens from where a pair begins.
pub(super) fn pairs(tokens: &[u32], gap: i32, alone: bool) -> Vec<u64> {
    let reach = usize::try_from(gap).map_or(usize::MAX, |gap| gap + 1);
    let mut pairs = Vec::new();
    for (at, &first) in tokens.iter().enumerate() {
        let behind = &tokens[at + 1..];
        if alone && !behind.is_empty() {
            pairs.push(pair(first, ALONE));
        }
        pairs.extend(behind[..behind.len().min(reach)].iter().map(|&second| pair(first, second)));
    }
    pairs.sort_unstable();
    pairs
}

fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// Returns the size of the multiset intersection of two sorted lists.
pub(super) fn shared(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        both += usize::from(one == other);
        (i, j) = (i + usize::from(one <= other), j + usize::from(other <= one));
    }
    both
}

#[cfg(test)]
mod tests {
    use super::{pairs, shared};

    #[test]
    fn the_last_token_never_stands_alone() {
        // `a b c` under SU4: ab, ac, bc, a and b.
        assert_eq!(pairs(&[0, 1, 2], 4, true).len(), 5);
        assert_eq!(pairs(&[0, 1, 2], 4, false).len(), 3);
        assert_eq!(pairs(&[0], 4, true).len(), 0);
        assert_eq!(pairs(&[], 4, true).len(), 0);
    }

    #[test]
    fn a_gap_of_0_gives_bigrams_and_a_negative_one_all_pairs() {
        assert_eq!(pairs(&[0, 1, 2, 3], 0, false).len(), 3);
        assert_eq!(pairs(&[0, 1, 2, 3], 1, false).len(), 5);
        assert_eq!(pairs(&[0, 1, 2, 3], -1, false).len(), 6);
        assert_eq!(pairs(&[0, 1, 2, 3], i32::MAX, true).len(), 9);
    }

    #[test]
    fn repeats_are_shared_as_often_as_both_have_them() {
        assert_eq!(shared(&[1, 1, 2, 3, 3], &[1, 3, 3, 3, 4]), 3);
        assert_eq!(shared(&[], &[1]), 0);
    }
}
