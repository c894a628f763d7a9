//! Embedding similarity of texts: greedy matching of words, and the cosine of whole texts.
//!
//! The matching is that of BERTScore (T. Zhang et al., "BERTScore: evaluating text generation with
//! BERT", ICLR 2020) without importance weights and without rescaling, on word vectors that do not
//! depend on context. Every word of the summary is matched to the most similar word of the
//! reference, which gives precision, and vice versa, which gives recall. Figures differ from those
//! of BERTScore, whose vectors come from a language model.

use std::fmt;
use std::panic::RefUnwindSafe;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::rouge::Prf;
use crate::text::Tokenizer;

/// A model that maps texts to vectors of a fixed length. Equal texts have equal vectors.
pub trait Embed: Send + Sync + RefUnwindSafe {
    /// Returns the vector of a word or of a whole text; zero if the model knows none of its words.
    fn vector(&self, text: &str) -> Vec<f32>;

    /// Returns what the vectors depend on, for signatures.
    fn signature(&self) -> &str;
}

/// A loaded model, shared by all documents. Two embedders are equal if their signatures are equal.
#[derive(Clone)]
pub struct Embedder(Arc<dyn Embed>);

impl Embedder {
    /// Wraps a model.
    pub fn new(model: impl Embed + 'static) -> Self {
        Self(Arc::new(model))
    }

    /// Returns the signature of the model.
    pub fn signature(&self) -> &str {
        self.0.signature()
    }

    /// Returns precision, recall and F1 of the greedy matching, each 0 to 1 (negative similarities
    /// count as 0); 0 if a side has no word that the model knows.
    pub fn greedy(&self, reference: &str, hypothesis: &str) -> Prf {
        let (reference, hypothesis) = (self.words(reference), self.words(hypothesis));
        let precision = mean_of_best(&hypothesis, &reference);
        let recall = mean_of_best(&reference, &hypothesis);
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Prf { precision, recall, f1 }
    }

    /// Returns the cosine of the vectors of two texts, -1 to 1; 0 if the model knows no word of one
    /// of them.
    pub fn cosine(&self, reference: &str, hypothesis: &str) -> f64 {
        dot(&unit(&self.0.vector(reference)), &unit(&self.0.vector(hypothesis)))
    }

    /// Returns the unit vectors of the words (UAX 29) that the model knows, with their numbers of
    /// occurrences, in the order of first occurrence.
    fn words(&self, text: &str) -> Vec<(Vec<f64>, f64)> {
        let mut places: FxHashMap<String, Option<usize>> = FxHashMap::default();
        let mut words: Vec<(Vec<f64>, f64)> = Vec::new();
        Tokenizer::Unicode.each(text, |word| {
            if let Some(place) = places.get(word) {
                place.iter().for_each(|&place| words[place].1 += 1.0);
                return;
            }
            let vector = unit(&self.0.vector(word));
            let is_known = vector.iter().any(|&part| part != 0.0);
            places.insert(word.to_owned(), is_known.then_some(words.len()));
            if is_known {
                words.push((vector, 1.0));
            }
        });
        words
    }
}

/// Returns the mean, over the words of one text, of the similarity to the most similar word of the
/// other.
fn mean_of_best(words: &[(Vec<f64>, f64)], others: &[(Vec<f64>, f64)]) -> f64 {
    let best = |word: &[f64]| others.iter().map(|(other, _)| dot(word, other)).fold(0.0, f64::max).min(1.0);
    let (sum, count) = words.iter().fold((0.0, 0.0), |(sum, count), (word, times)| {
        (sum + times * best(word), count + times) // in text order: floats do not add up alike in every order
    });
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Returns the vector scaled to length 1; zero stays zero.
fn unit(vector: &[f32]) -> Vec<f64> {
    let vector: Vec<f64> = vector.iter().map(|&part| f64::from(part)).collect();
    let norm = dot(&vector, &vector).sqrt();
    if norm > 0.0 { vector.iter().map(|part| part / norm).collect() } else { vector }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl PartialEq for Embedder {
    fn eq(&self, other: &Self) -> bool {
        self.signature() == other.signature()
    }
}

impl fmt::Debug for Embedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Embedder").field(&self.signature()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Embed, Embedder};

    /// A test model with two dimensions: the words of a small list are unit vectors at given
    /// angles, and a text is the sum of its words.
    struct Angles;

    impl Embed for Angles {
        fn vector(&self, text: &str) -> Vec<f32> {
            let angle = |word: &str| match word {
                "car" => Some(0.0_f32),
                "auto" => Some(std::f32::consts::FRAC_PI_6),
                "banana" => Some(std::f32::consts::FRAC_PI_2),
                "anti" => Some(std::f32::consts::PI),
                _ => None,
            };
            let parts = text.split(' ').filter_map(angle).map(|angle| [angle.cos(), angle.sin()]);
            parts.fold([0.0, 0.0], |[x, y], [a, b]| [x + a, y + b]).to_vec()
        }

        fn signature(&self) -> &str {
            "angles"
        }
    }

    #[test]
    fn every_word_takes_its_most_similar_one() {
        let embedder = Embedder::new(Angles);
        let prf = embedder.greedy("car banana", "auto auto");
        let cos30 = 3.0_f64.sqrt() / 2.0;
        assert!((prf.precision - cos30).abs() < 1e-6);
        assert!((prf.recall - (cos30 + 0.5) / 2.0).abs() < 1e-6);
        assert!((embedder.cosine("car", "banana")).abs() < 1e-6);
        assert!((embedder.cosine("car", "anti") + 1.0).abs() < 1e-6);
        // Opposite and unknown words have similarity 0.
        assert_eq!(embedder.greedy("car", "anti").f1, 0.0);
        assert_eq!(embedder.greedy("car", "zebra").f1, 0.0);
        assert_eq!(embedder.greedy("", "").f1, 0.0);
    }

    proptest! {
        #[test]
        fn swapping_the_texts_swaps_precision_and_recall(
            a in prop::collection::vec("car|auto|banana|anti|zebra", 0..8),
            b in prop::collection::vec("car|auto|banana|anti|zebra", 0..8),
        ) {
            let embedder = Embedder::new(Angles);
            let (a, b) = (a.join(" "), b.join(" "));
            let (there, back) = (embedder.greedy(&a, &b), embedder.greedy(&b, &a));
            prop_assert_eq!((there.precision, there.recall), (back.recall, back.precision));
            prop_assert!((0.0..=1.0).contains(&there.f1));
        }
    }
}
