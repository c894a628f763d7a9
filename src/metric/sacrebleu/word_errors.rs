//! The word error rate: the Levenshtein distance over words, divided by the number of words of the
//! reference.

use rapidfuzz::distance::levenshtein;

use super::bytes;
use crate::metric::options::EditDistanceOptions;
use crate::metric::signature::{EMPTY, Signature};
use crate::text::Vocabulary;

impl EditDistanceOptions {
    /// Returns the counts of one summary, against the first reference with the lowest rate:
    /// insertions, deletions and substitutions, and the words of the reference.
    pub fn count(&self, references: &[&str], hypothesis: &str) -> Vec<f64> {
        let mut vocabulary = Vocabulary::for_bytes(bytes(references, hypothesis));
        let mut words = |text: &str| {
            let mut words = Vec::new();
            self.tokenize.each(text, |word| words.push(vocabulary.number(word)));
            words
        };
        let hypothesis = words(hypothesis);
        let pair = |reference: &&str| {
            let reference = words(reference);
            (levenshtein::distance(hypothesis.iter().copied(), reference.iter().copied()), reference.len())
        };
        let pairs = references.iter().map(pair);
        let rate = |(edits, words): &(usize, usize)| if *edits == 0 { 0.0 } else { *edits as f64 / *words as f64 };
        let best = pairs.min_by(|one, other| rate(one).total_cmp(&rate(other)));
        best.map_or_else(|| vec![0.0, 0.0], |(edits, words)| vec![edits as f64, words as f64])
    }

    /// Returns the rate for counts or their sums over many summaries: 0 or more, 1 if every word is
    /// wrong; `None` if no reference has a word.
    pub fn score(sums: &[f64]) -> Option<f64> {
        match *sums {
            [edits, words] if words > 0.0 => Some(edits / words),
            _ => None,
        }
    }

    /// Returns the signature.
    pub fn signature(&self) -> Signature {
        let signature = Signature::of("edit_distance").with("unit", "word").with("tok", self.tokenize.to_string());
        signature.with("by", "reference").with("references", "lowest-rate").open(EMPTY, "null")
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::options::EditDistanceOptions;

    #[test]
    fn edits_by_the_words_of_the_reference() {
        let options = EditDistanceOptions::default();
        assert_eq!(options.count(&["The cat sat on the mat."], "the cat sits on a mat, now"), [3.0, 6.0]);
        assert_eq!(options.count(&["a x c d", "a b d", "a x"], "a b"), [1.0, 3.0]);
        assert_eq!(options.count(&["a", ""], ""), [0.0, 0.0]);
        assert_eq!(EditDistanceOptions::score(&[3.0, 2.0]), Some(1.5));
        assert_eq!(EditDistanceOptions::score(&[3.0, 0.0]), None);
    }
}
