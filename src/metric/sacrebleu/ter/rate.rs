//! Computes the translation edit rate of texts.

use super::edits;
use crate::metric::options::TerOptions;
use crate::metric::sacrebleu::{VERSION, bytes};
use crate::metric::signature::{NREFS, Signature};
use crate::text::{Tercom, Vocabulary};

impl TerOptions {
    /// Returns the counts of one summary: the edits to the reference that needs fewest, and the
    /// mean length of the references in words.
    pub fn count(&self, references: &[&str], hypothesis: &str) -> Vec<f64> {
        let mut vocabulary = Vocabulary::for_bytes(bytes(references, hypothesis));
        let hypothesis = self.words(hypothesis, &mut vocabulary);
        let references: Vec<Vec<u32>> =
            references.iter().map(|text| self.words_of_reference(text, &mut vocabulary)).collect();
        let fewest = references.iter().map(|reference| edits(&hypothesis, reference)).min();
        let lengths: usize = references.iter().map(Vec::len).sum();
        vec![fewest.unwrap_or(0) as f64, lengths as f64 / references.len().max(1) as f64]
    }

    /// Returns TER for counts or their sums over many summaries: 0 or more; 100 if there are edits
    /// and every reference is empty.
    pub fn score(&self, sums: &[f64]) -> f64 {
        match *sums {
            [edits, length] if length > 0.0 => 100.0 * (edits / length),
            [edits, _] if edits > 0.0 => 100.0,
            _ => 0.0,
        }
    }

    /// Returns sacreBLEU's signature, preceded by the name of the score.
    pub fn signature(&self) -> Signature {
        let yes = |is: bool| if is { "yes" } else { "no" };
        Signature::of("TER")
            .open(NREFS, "?")
            .with("case", if self.case_sensitive { "mixed" } else { "lc" })
            .with("tok", "tercom")
            .with("norm", yes(self.normalized))
            .with("punct", yes(!self.no_punct))
            .with("asian", yes(self.asian_support))
            .with("version", VERSION)
    }

    fn words(&self, text: &str, vocabulary: &mut Vocabulary) -> Vec<u32> {
        let mut words = Vec::new();
        self.tercom().each(text, |word| words.push(vocabulary.number(word)));
        words
    }

    /// Splits a reference into words. sacreBLEU normalizes references twice, which can differ from
    /// once: the first pass leaves a space where other white space kept an 's attached, or where
    /// another mark hid a period.
    fn words_of_reference(&self, text: &str, vocabulary: &mut Vocabulary) -> Vec<u32> {
        if !self.normalized {
            return self.words(text, vocabulary);
        }
        let mut again = String::new();
        self.tercom().each(text, |word| {
            again.push_str(word);
            again.push(' ');
        });
        self.words(&again, vocabulary)
    }

    fn tercom(&self) -> Tercom {
        let Self { normalized, no_punct, asian_support, case_sensitive } = *self;
        Tercom { normalized, no_punct, asian_support, case_sensitive }
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::options::TerOptions;

    fn ter(references: &[&str], hypothesis: &str) -> f64 {
        let options = TerOptions::default();
        options.score(&options.count(references, hypothesis))
    }

    /// Expected values printed by sacreBLEU 2.6.0.
    #[test]
    fn probes() {
        assert!(
            (ter(&["A cat was sitting on the mat."], "The cat sat on the mat.") - 42.857_142_857_142_854).abs() < 1e-12
        );
        assert_eq!(ter(&["the cat sat"], ""), 100.0);
        assert_eq!(ter(&[""], ""), 0.0);
        assert_eq!(ter(&[""], "a b"), 100.0);
        assert!((ter(&["the cat sat on the mat"], "on the mat the cat sat") - 100.0 / 6.0).abs() < 1e-12);
        assert!((ter(&["a b c d e f g"], "d e f g a b c x") - 200.0 / 7.0).abs() < 1e-12);
        assert!((ter(&["a b c"], "c b a") - 200.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_fewest_edits_by_the_mean_length() {
        assert_eq!(TerOptions::default().count(&["a b c d", "A"], "a"), [0.0, 2.5]);
    }

    /// Printed by sacreBLEU 2.6.0: the reference is `7 's a . . 5 b`, the summary `7's a . .5 b`.
    #[test]
    fn a_normalized_reference_is_cut_twice() {
        let options = TerOptions { normalized: true, ..TerOptions::default() };
        assert_eq!(options.count(&["7's\ta ..5 b"], "7's\ta ..5 b"), [4.0, 7.0]);
    }

    #[test]
    fn signatures_are_those_of_sacrebleu() {
        assert_eq!(
            TerOptions::default().signature().to_string(),
            "TER|nrefs:?|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"
        );
    }
}
