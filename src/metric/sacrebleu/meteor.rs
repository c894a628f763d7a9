//! METEOR's exact and stem stages as in NLTK 3.10.4's `meteor_score` (A. Lavie and A. Agarwal,
//! "METEOR: An Automatic Metric for MT Evaluation with High Levels of Correlation with Human
//! Judgments", WMT 2007). Synonyms are omitted, since they would need WordNet.

use super::bytes;
use crate::metric::options::MeteorOptions;
use crate::metric::signature::{BETA, Signature};
use crate::text::{Vocabulary, porter};

/// Numbers words and their stems; each word is stemmed once.
struct Words {
    words: Vocabulary,
    stems: Vocabulary,
    stem_of: Vec<u32>,
}

impl Words {
    fn number(&mut self, word: &str) -> u32 {
        let lower = word.to_lowercase();
        let number = self.words.number(&lower);
        if number as usize == self.stem_of.len() {
            self.stem_of.push(self.stems.number(&porter::stem(&lower)));
        }
        number
    }
}

impl MeteorOptions {
    /// Returns the score against the reference with the highest score, 0 to 1.
    pub fn score(&self, references: &[&str], hypothesis: &str) -> f64 {
        let room = bytes(references, hypothesis);
        let (vocabulary, stems) = (Vocabulary::for_bytes(room), Vocabulary::for_bytes(room));
        let mut words = Words { words: vocabulary, stems, stem_of: Vec::new() };
        let mut numbers = |text: &str| {
            let mut numbers = Vec::new();
            self.tokenize.each(text, |word| numbers.push(words.number(word)));
            numbers
        };
        let hypothesis = numbers(hypothesis);
        let references: Vec<Vec<u32>> = references.iter().map(|text| numbers(text)).collect();
        let scores = references.iter().map(|reference| self.pair(&words, &hypothesis, reference));
        scores.fold(0.0, f64::max)
    }

    /// Returns the signature.
    pub fn signature(&self) -> Signature {
        let Self { tokenize, alpha, beta, gamma } = self;
        let signature = Signature::of("meteor").with("mode", "nltk-3.10.4").with("stages", "exact+stem");
        let signature = signature.with("tok", tokenize.to_string()).with("stem", "porter-nltk");
        let signature = signature.with("alpha", alpha.to_string()).with(BETA, beta.to_string());
        signature.with("gamma", gamma.to_string()).with("references", "best")
    }

    fn pair(&self, words: &Words, hypothesis: &[u32], reference: &[u32]) -> f64 {
        let mut partners = vec![None; hypothesis.len()];
        let mut is_free = vec![true; reference.len()];
        align(words.words.len(), hypothesis, reference, &mut partners, &mut is_free);
        let stems = |row: &[u32]| row.iter().map(|word| words.stem_of[*word as usize]).collect::<Vec<u32>>();
        align(words.stems.len(), &stems(hypothesis), &stems(reference), &mut partners, &mut is_free);
        let pairs: Vec<(usize, usize)> =
            partners.iter().enumerate().filter_map(|(place, partner)| Some((place, (*partner)?))).collect();
        if pairs.is_empty() {
            return 0.0;
        }
        let matches = pairs.len() as f64;
        let (precision, recall) = (matches / hypothesis.len() as f64, matches / reference.len() as f64);
        let mean = precision * recall / (self.alpha * precision + (1.0 - self.alpha) * recall);
        let goes_on = |pair: &&[(usize, usize)]| (pair[0].0 + 1, pair[0].1 + 1) == pair[1];
        let chunks = pairs.len() - pairs.windows(2).filter(goes_on).count();
        (1.0 - self.gamma * (chunks as f64 / matches).powf(self.beta)) * mean
    }
}

/// Pairs equal symbols that have no partner yet: from the last of the hypothesis to the first, each
/// with the last free one of the reference.
fn align(size: usize, hypothesis: &[u32], reference: &[u32], partners: &mut [Option<usize>], is_free: &mut [bool]) {
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); size];
    for (place, symbol) in reference.iter().enumerate().filter(|(place, _)| is_free[*place]) {
        places[*symbol as usize].push(place);
    }
    for (symbol, partner) in hypothesis.iter().zip(partners).rev().filter(|(_, partner)| partner.is_none()) {
        *partner = places[*symbol as usize].pop();
        if let Some(place) = *partner {
            is_free[place] = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::options::MeteorOptions;
    use crate::text::Tokenizer;

    /// The examples of NLTK's documentation, as printed by NLTK 3.10.4 with an empty WordNet.
    #[test]
    fn probes() {
        let options = MeteorOptions { tokenize: Tokenizer::None, ..MeteorOptions::default() };
        let hypothesis =
            "It is a guide to action which ensures that the military always obeys the commands of the party";
        let one = "It is a guide to action that ensures that the military will forever heed Party commands";
        let other = "It is the practical guide for the army always to heed the directions of the party";
        assert!((options.score(&[one], hypothesis) - 0.694_444_444_444_444_5).abs() < 1e-12);
        assert!((options.score(&[other, one], hypothesis) - 0.694_444_444_444_444_5).abs() < 1e-12);
        assert!((options.score(&["the dogs ran on"], "a dog ran on the") - 0.914_634_146_341_463_3).abs() < 1e-12);
        assert_eq!(options.score(&["this is a cat"], "non matching hypothesis"), 0.0);
        assert_eq!(options.score(&[""], ""), 0.0);
    }
}
