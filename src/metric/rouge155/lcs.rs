//! ROUGE-L and ROUGE-W: longest common subsequences, sentence by sentence, joined and clipped.

use super::hits::inverse;
use super::reading::Reading;
use super::weighted::Weighted;
use crate::metric::rouge::lcs::{Index, Pattern};

/// Counts of the tokens that may still be hit.
struct Left {
    reference: Vec<u32>,
    summary: Vec<u32>,
}

impl Left {
    fn new(vocabulary: usize, reference: &Reading, summary: &Reading) -> Self {
        let counts = |reading: &Reading| {
            let mut counts = vec![0; vocabulary];
            reading.tokens.ids.iter().for_each(|&token| counts[token as usize] += 1);
            counts
        };
        Self { reference: counts(reference), summary: counts(summary) }
    }

    /// Takes a token from both; whether both had it.
    fn take(&mut self, token: u32) -> bool {
        let (reference, summary) = (&mut self.reference[token as usize], &mut self.summary[token as usize]);
        let has = *reference > 0 && *summary > 0;
        if has {
            (*reference, *summary) = (*reference - 1, *summary - 1);
        }
        has
    }
}

/// ROUGE-L: tokens of the reference's sentences, and how many of them are hit. A token is hit no more often than either text,
/// read for n-grams, has it.
pub(super) fn plain(index: &mut Index, vocabulary: usize, reference: &Reading, summary: &Reading) -> (usize, usize) {
    let mut left = Left::new(vocabulary, reference, summary);
    let (mut all, mut hits) = (0, 0);
    let mut marks = Vec::new();
    for sentence in reference.sentences() {
        all += sentence.len();
        marks.clear();
        marks.resize(sentence.len(), false);
        let mut pattern = Pattern::new(sentence, index);
        summary.sentences().for_each(|text| pattern.mark(text, &mut marks));
        hits += sentence.iter().zip(&marks).filter(|&(&token, &mark)| mark && left.take(token)).count();
    }
    (all, hits)
}

/// The weights of ROUGE-W of one reference.
pub(super) struct WeightedHits {
    /// Of the reference: the sum over sentences of the weight of the sentence's length, and then the weight of that sum. The
    /// program takes the weight twice.
    pub(super) reference: f64,
    pub(super) hits: f64,
    /// What the best reference is chosen by: recall, with the weight taken once.
    pub(super) score: f64,
}

/// ROUGE-W. Where a reference has no token at all, which ends the program with a division by 0, everything is 0.
pub(super) fn weighted(
    table: &mut Weighted,
    vocabulary: usize,
    reference: &Reading,
    summary: &Reading,
) -> WeightedHits {
    let mut left = Left::new(vocabulary, reference, summary);
    let (mut once, mut hits) = (0.0, 0.0);
    let mut marks = Vec::new();
    for sentence in reference.sentences() {
        once += table.weight(sentence.len());
        marks.clear();
        marks.resize(sentence.len(), false);
        summary.sentences().for_each(|text| table.mark(sentence, text, &mut marks));
        // A run is booked where a hit ends it. One whose last mark is clipped is not booked then and there: what it has goes
        // to the next run of the sentence, and is lost where there is none.
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
