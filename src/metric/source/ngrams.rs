//! Counts distinct n-grams of a summary that its source does not contain, and those that it
//! repeats.

use rustc_hash::{FxHashMap, FxHashSet};

/// Numbers the tokens of several texts jointly: equal tokens have equal numbers.
pub fn intern<const N: usize>(texts: [&[String]; N]) -> [Vec<u32>; N] {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    texts.map(|tokens| {
        let number = |token| {
            let next = numbers.len() as u32;
            *numbers.entry(token).or_insert(next)
        };
        tokens.iter().map(String::as_str).map(number).collect()
    })
}

/// Returns the number of distinct n-grams of the summary that the source does not contain, and of
/// all its distinct n-grams; `n` is at least 1.
pub fn novel(summary: &[u32], source: &[u32], n: usize) -> (usize, usize) {
    let of_source: FxHashSet<&[u32]> = source.windows(n).collect();
    let of_summary: FxHashSet<&[u32]> = summary.windows(n).collect();
    (of_summary.iter().filter(|ngram| !of_source.contains(*ngram)).count(), of_summary.len())
}

/// Returns the number of distinct n-grams that occur more than once in a summary, and of all its
/// distinct n-grams.
pub fn repeated(summary: &[u32], n: usize) -> (usize, usize) {
    let mut counts: FxHashMap<&[u32], u32> = FxHashMap::default();
    for ngram in summary.windows(n) {
        *counts.entry(ngram).or_default() += 1;
    }
    (counts.values().filter(|count| **count > 1).count(), counts.len())
}

#[cfg(test)]
mod tests {
    use super::{intern, novel, repeated};

    #[test]
    fn sets_are_counted() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let [summary, source] = intern([&words("a b a b c a b"), &words("b c a d")]);
        assert_eq!(novel(&summary, &source, 1), (0, 3));
        // ab, ba, bc, ca; the source has bc and ca.
        assert_eq!(novel(&summary, &source, 2), (2, 4));
        assert_eq!(novel(&summary, &source, 8), (0, 0));
        assert_eq!(repeated(&summary, 2), (1, 4));
        assert_eq!(repeated(&summary, 3), (0, 5));
    }
}
