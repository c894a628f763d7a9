//! ROUGE-L and ROUGE-W: the union of longest common subsequences, sentence by sentence, with
//! clipped counts.

use super::hits::inverse;
use super::reading::ReadText;
use super::weighted::WeightedLcs;
use crate::metric::rouge::lcs::{Index, Pattern};
use crate::metric::rouge::lines_by_token::LinesByToken;

/// The numbers of occurrences of tokens that can still be hit.
struct Left {
    reference: Vec<u32>,
    summary: Vec<u32>,
}

impl Left {
    fn new(vocabulary: usize, reference: &ReadText, summary: &ReadText) -> Self {
        let counts = |reading: &ReadText| {
            let mut counts = vec![0; vocabulary];
            reading.tokens.ids.iter().for_each(|&token| counts[token as usize] += 1);
            counts
        };
        Self { reference: counts(reference), summary: counts(summary) }
    }

    /// Takes one occurrence of a token from both texts; returns whether both had one left.
    fn take(&mut self, token: u32) -> bool {
        let (reference, summary) = (&mut self.reference[token as usize], &mut self.summary[token as usize]);
        let has = *reference > 0 && *summary > 0;
        if has {
            (*reference, *summary) = (*reference - 1, *summary - 1);
        }
        has
    }
}

/// Returns, for ROUGE-L, the number of tokens in the sentences of the reference, and of those hit.
/// A token is hit at most as often as either text contains it when read for n-grams.
pub(super) fn plain(index: &mut Index, vocabulary: usize, reference: &ReadText, summary: &ReadText) -> (usize, usize) {
    let mut left = Left::new(vocabulary, reference, summary);
    let mut texts = LinesByToken::new(vocabulary, summary.sentences());
    let (mut all, mut hits) = (0, 0);
    let mut marks = Vec::new();
    for sentence in reference.sentences() {
        all += sentence.len();
        marks.clear();
        marks.resize(sentence.len(), false);
        let mut pattern = Pattern::new(sentence, index);
        texts.visit_sharing(sentence, |text| pattern.mark(text, &mut marks));
        hits += sentence.iter().zip(&marks).filter(|&(&token, &mark)| mark && left.take(token)).count();
    }
    (all, hits)
}

/// The weights of ROUGE-W for one reference.
pub(super) struct WeightedHits {
    /// The weight of the reference: the sum over sentences of the weights of their lengths, to
    /// which the weight function is applied once more, as the program does.
    pub(super) reference: f64,
    pub(super) hits: f64,
    /// The criterion for the best reference: recall with the weight function applied once.
    pub(super) score: f64,
}

/// Computes ROUGE-W. If a reference has no token, for which the program fails with a division by 0,
/// everything is 0.
pub(super) fn weighted(
    table: &mut WeightedLcs,
    vocabulary: usize,
    reference: &ReadText,
    summary: &ReadText,
) -> WeightedHits {
    let mut left = Left::new(vocabulary, reference, summary);
    let mut texts = LinesByToken::new(vocabulary, summary.sentences());
    let (mut once, mut hits) = (0.0, 0.0);
    let mut marks = Vec::new();
    for sentence in reference.sentences() {
        once += table.weight(sentence.len());
        marks.clear();
        marks.resize(sentence.len(), false);
        texts.visit_sharing(sentence, |text| table.mark(sentence, text, &mut marks));
        // A run is counted at the hit that ends it. If its last mark is clipped, it is not counted
        // then: it is added to the next run of the sentence, and lost if there is none.
        let mut run = 0;
        for (at, &token) in sentence.iter().enumerate() {
            if marks[at] && left.take(token) {
                run += 1;
                if marks.get(at + 1) != Some(&true) {
                    hits += table.weight(run);
                    run = 0;
                }
            }
        }
    }
    let score = if once > 0.0 { inverse(hits / once, table.factor()) } else { 0.0 };
    WeightedHits { reference: once.powf(table.factor()), hits, score }
}
