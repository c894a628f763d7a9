//! Extractive fragments: what a summary copies from its source (Grusky, Naaman and Artzi 2018,
//! figure 2).
//!
//! From left to right in the summary, the longest token sequence that also occurs in the source is
//! a fragment, and the search continues after it. "Longest" is defined by the authors' program,
//! which tries the positions of the source in order and continues after each match, so that a
//! longer match that begins inside another one is missed. The first of equally long ones is used.
//! The program tries every source position for every token of the summary; here, the positions of
//! each token are indexed, which gives the same fragments.

use rustc_hash::FxHashMap;

/// A token sequence of the summary that occurs consecutively in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// The index of the first token in the summary.
    pub summary: usize,
    /// The index of the first token in the source.
    pub source: usize,
    /// The number of tokens, at least one.
    pub length: usize,
}

/// Returns the fragments of a summary, in order; they do not overlap in the summary.
pub fn fragments(summary: &[u32], source: &[u32]) -> Vec<Fragment> {
    let mut places: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for token in summary {
        places.entry(*token).or_default();
    }
    for (at, token) in source.iter().enumerate() {
        if let Some(places) = places.get_mut(token) {
            places.push(at);
        }
    }
    let mut fragments = Vec::new();
    let mut from = 0;
    while from < summary.len() {
        let mut best: Option<Fragment> = None;
        let mut next = 0;
        for &at in places.get(&summary[from]).into_iter().flatten() {
            if at < next {
                continue;
            }
            let length = summary[from..].iter().zip(&source[at..]).take_while(|(a, b)| a == b).count();
            next = at + length;
            if best.is_none_or(|best| length > best.length) {
                best = Some(Fragment { summary: from, source: at, length });
            }
        }
        from += best.map_or(1, |best| best.length);
        fragments.extend(best);
    }
    fragments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fragment, fragments};

    /// Reference implementation: the procedure as printed in the paper.
    fn by_the_paper(summary: &[u32], source: &[u32]) -> Vec<Fragment> {
        let mut found = Vec::new();
        let mut i = 0;
        while i < summary.len() {
            let mut best = Fragment { summary: i, source: 0, length: 0 };
            let mut j = 0;
            while j < source.len() {
                if summary[i] != source[j] {
                    j += 1;
                    continue;
                }
                let (begun, mut length) = (j, 0);
                while i + length < summary.len() && j < source.len() && summary[i + length] == source[j] {
                    length += 1;
                    j += 1;
                }
                if length > best.length {
                    best = Fragment { summary: i, source: begun, length };
                }
            }
            i += best.length.max(1);
            if best.length > 0 {
                found.push(best);
            }
        }
        found
    }

    /// A match hides a longer one that begins inside it, as in the authors' program.
    #[test]
    fn goes_on_behind_a_match() {
        let found = fragments(&[1, 1, 2], &[1, 1, 1, 2]);
        let expected = [Fragment { summary: 0, source: 0, length: 2 }, Fragment { summary: 2, source: 3, length: 1 }];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn are_those_of_the_paper(
            summary in prop::collection::vec(0..4_u32, 0..40),
            source in prop::collection::vec(0..4_u32, 0..60),
        ) {
            prop_assert_eq!(fragments(&summary, &source), by_the_paper(&summary, &source));
        }

        #[test]
        fn a_verbatim_beginning_is_one_fragment(source in prop::collection::vec(any::<u32>(), 1..60), cut in 0..60_usize) {
            let summary = &source[..cut.clamp(1, source.len())];
            let found = fragments(summary, &source);
            prop_assert_eq!(found[0], Fragment { summary: 0, source: 0, length: summary.len() });
        }
    }
}
