//! Counts of shared n-grams.

use rustc_hash::FxHashMap;

/// The number of an n-gram that does not occur in the hypothesis; no longer n-gram that begins with
/// it occurs either.
const ABSENT: u32 = u32::MAX;

/// The n-grams of a hypothesis and its references for one n, as numbers; [`Ngrams::grow`] advances
/// to n + 1.
///
/// An n-gram is numbered by the pair of its first n - 1 tokens' number and its last token, so that
/// only pairs are hashed, and all n from 1 to 9 take nine passes.
pub(in crate::metric) struct Ngrams<'a> {
    n: usize,
    hypothesis: Row<'a>,
    references: Vec<Row<'a>>,
    /// The number of occurrences in the hypothesis, by n-gram.
    counts: Vec<u32>,
    pairs: FxHashMap<(u32, u32), u32>,
}

struct Row<'a> {
    tokens: &'a [u32],
    ngrams: Vec<u32>,
}

impl<'a> Ngrams<'a> {
    /// Calls `score` for every n from 1 to `most` with the number of n-grams of the hypothesis and,
    /// for every reference, its number of n-grams and how many it shares with the hypothesis.
    pub(in crate::metric) fn by_n<T>(
        vocabulary: usize,
        hypothesis: &'a [u32],
        references: &[&'a [u32]],
        most: usize,
        score: impl Fn(usize, Vec<(usize, usize)>) -> T,
    ) -> Vec<T> {
        let mut ngrams = Self::unigrams(vocabulary, hypothesis, references);
        let mut by_n = Vec::with_capacity(most);
        while by_n.len() < most {
            if by_n.len() == ngrams.n {
                ngrams.grow();
            }
            by_n.push(score(ngrams.in_hypothesis(), ngrams.in_references()));
        }
        by_n
    }

    /// Returns the unigrams. Tokens are numbered below `vocabulary`.
    fn unigrams(vocabulary: usize, hypothesis: &'a [u32], references: &[&'a [u32]]) -> Self {
        let row = |tokens: &'a [u32]| Row { tokens, ngrams: tokens.to_vec() };
        let mut counts = vec![0; vocabulary];
        for &token in hypothesis {
            counts[token as usize] += 1;
        }
        Self {
            n: 1,
            hypothesis: row(hypothesis),
            references: references.iter().copied().map(row).collect(),
            counts,
            pairs: FxHashMap::default(),
        }
    }

    /// Advances to n-grams with one more token.
    fn grow(&mut self) {
        let Self { n, hypothesis, references, counts, pairs } = self;
        pairs.clear();
        counts.clear();
        pairs.reserve(hypothesis.ngrams.len());
        hypothesis.grow(*n, |pair| {
            let next = counts.len() as u32;
            let id = *pairs.entry(pair).or_insert(next);
            if id == next {
                counts.push(0);
            }
            counts[id as usize] += 1;
            id
        });
        for reference in references {
            reference.grow(*n, |pair| pairs.get(&pair).copied().unwrap_or(ABSENT));
        }
        *n += 1;
    }

    /// Returns the number of n-grams of the hypothesis, including repeats.
    fn in_hypothesis(&self) -> usize {
        self.hypothesis.ngrams.len()
    }

    /// Returns the number of n-grams of each reference, including repeats, and how many of them it
    /// shares with the hypothesis.
    fn in_references(&mut self) -> Vec<(usize, usize)> {
        let Self { references, counts, .. } = self;
        references.iter().map(|reference| (reference.ngrams.len(), shared(&reference.ngrams, counts))).collect()
    }
}

impl Row<'_> {
    /// Extends n-grams from n to n + 1 tokens; `number` numbers a pair whose first part is not
    /// [`ABSENT`].
    fn grow(&mut self, n: usize, mut number: impl FnMut((u32, u32)) -> u32) {
        let longer = self.ngrams.len().saturating_sub(1);
        for at in 0..longer {
            let head = self.ngrams[at];
            self.ngrams[at] = if head == ABSENT { ABSENT } else { number((head, self.tokens[at + n])) };
        }
        self.ngrams.truncate(longer);
    }
}

/// Returns the sum over n-grams of the smaller count. Modifies counts and restores them.
fn shared(ngrams: &[u32], counts: &mut [u32]) -> usize {
    let mut used = Vec::new();
    for &ngram in ngrams {
        if let Some(left) = counts.get_mut(ngram as usize)
            && *left > 0
        {
            *left -= 1;
            used.push(ngram);
        }
    }
    for &ngram in &used {
        counts[ngram as usize] += 1;
    }
    used.len()
}
