//! The graph of sentences that TextRank ranks, without its edges.
//!
//! The weight of the edge between sentences i and j is `s_ij / (ln L_i + ln L_j)`, where `s_ij`
//! counts the content words that they share and L their content words. A text of n sentences has up
//! to n² edges, but ranking only needs the product of their matrix with a vector. The denominator
//! depends on the two lengths alone, so the product is summed by word and length: its cost grows
//! with the words of the text, times the distinct lengths of the sentences that share a word.

use std::collections::{BTreeMap, BTreeSet};

/// Sentences, linked by the content words that they share.
pub struct SentenceGraph {
    /// The cells of each sentence: those of its words that other sentences contain, at its length.
    cells_of: Vec<Vec<usize>>,
    /// The weight of each sentence's edge to itself, which the sums contain and the graph does not.
    to_itself: Vec<f64>,
    /// The logarithm of the length of each cell; the cells of a word stand together.
    lengths: Vec<f64>,
    /// Where the cells of each word begin, and their number at the end.
    words: Vec<usize>,
}

impl SentenceGraph {
    /// Links sentences by their content words.
    pub fn new(sentences: &[BTreeSet<String>]) -> Self {
        let mut lengths_of: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
        for words in sentences {
            for word in words {
                *lengths_of.entry(word).or_default().entry(words.len()).or_default() += 1;
            }
        }
        // A word of a single sentence links nothing, and two sentences of one word each have no
        // length to divide by.
        lengths_of.retain(|_, lengths| lengths.values().sum::<usize>() > 1 && lengths.keys().any(|length| *length > 1));
        let (mut cells, mut lengths, mut words) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (word, of) in &lengths_of {
            words.push(lengths.len());
            for length in of.keys() {
                cells.insert((*word, *length), lengths.len());
                lengths.push(ln(*length));
            }
        }
        words.push(lengths.len());
        let cells_of: Vec<Vec<usize>> = sentences
            .iter()
            .map(|words| words.iter().filter_map(|word| cells.get(&(word.as_str(), words.len())).copied()).collect())
            .collect();
        let to_itself = sentences
            .iter()
            .zip(&cells_of)
            .map(|(words, cells)| if words.len() > 1 { cells.len() as f64 / (2.0 * ln(words.len())) } else { 0.0 })
            .collect();
        Self { cells_of, to_itself, lengths, words }
    }

    /// The number of sentences.
    pub fn len(&self) -> usize {
        self.cells_of.len()
    }

    /// Returns, for each sentence, the sum over its neighbours of the weight of the edge times the
    /// neighbour's value.
    pub fn sums_of_neighbours(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.lengths.len()];
        for (cells, value) in self.cells_of.iter().zip(values) {
            for cell in cells {
                sums[*cell] += value;
            }
        }
        let mut spread = vec![0.0; sums.len()];
        for word in self.words.windows(2) {
            let cells = word[0]..word[1];
            for cell in cells.clone() {
                let shares = cells.clone().filter_map(|other| {
                    let length = self.lengths[cell] + self.lengths[other];
                    (length > 0.0).then(|| sums[other] / length)
                });
                spread[cell] = shares.sum();
            }
        }
        let of_sentences = self.cells_of.iter().zip(&self.to_itself).zip(values);
        let sum = |((cells, to_itself), value): ((&Vec<usize>, &f64), &f64)| {
            if cells.is_empty() {
                return 0.0;
            }
            cells.iter().map(|cell| spread[*cell]).sum::<f64>() - to_itself * value
        };
        of_sentences.map(sum).collect()
    }
}

/// Natural logarithm of a count by a series of exactly rounded operations. The platform's own
/// function may differ in the last bit, which can change the order of two sentences.
fn ln(count: usize) -> f64 {
    if count < 2 {
        return 0.0;
    }
    let exponent = count.ilog2();
    let mantissa = count as f64 / (1_u64 << exponent) as f64;
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut power = ratio;
    let mut sum = 0.0;
    for odd in (1..60).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sums by the definition: over all pairs of sentences.
    fn by_pairs(sentences: &[BTreeSet<String>], values: &[f64]) -> Vec<f64> {
        let weight = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            let length = ln(one.len()) + ln(other.len());
            if length > 0.0 { one.intersection(other).count() as f64 / length } else { 0.0 }
        };
        let sum = |at: usize| {
            let others = (0..sentences.len()).filter(|other| *other != at);
            others.map(|other| weight(&sentences[at], &sentences[other]) * values[other]).sum()
        };
        (0..sentences.len()).map(sum).collect()
    }

    proptest! {
        #[test]
        fn sums_are_those_over_all_pairs(
            sentences in prop::collection::vec(prop::collection::btree_set("[a-f]", 0..5), 0..8),
            values in prop::collection::vec(0.0..2.0, 8),
        ) {
            let values = &values[..sentences.len()];
            let found = SentenceGraph::new(&sentences).sums_of_neighbours(values);
            for (found, expected) in found.iter().zip(by_pairs(&sentences, values)) {
                prop_assert!((found - expected).abs() < 1e-12, "{found} {expected}");
                prop_assert!(expected != 0.0 || *found == 0.0 || values.contains(&0.0), "{found} without a neighbour");
            }
        }
    }

    #[test]
    fn the_logarithm_is_right() {
        for count in 1..2000 {
            assert!((ln(count) - (count as f64).ln()).abs() < 1e-14 * 10.0, "{count}");
        }
    }
}
