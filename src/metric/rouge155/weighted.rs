//! The weighted longest common subsequence of C.-Y. Lin, "ROUGE: a package for automatic evaluation
//! of summaries" (2004), section 4: k consecutive matches have the weight k to the power of a
//! factor.

/// Computes weighted subsequences; its memory is reused.
///
/// As in the program, a match is always taken, even if the cell above or to the left has a larger
/// weight, and of equal neighbours the upper one is followed. Sums are added in the order of the
/// program, since comparisons can depend on the last bit.
pub(super) struct WeightedLcs {
    factor: f64,
    /// Weights by length.
    weights: Vec<f64>,
    /// The current row: weight and number of consecutive matches, before every token of the text
    /// and after the last.
    worth: Vec<f64>,
    runs: Vec<u32>,
    /// One bit per cell, row by row: whether backtracking goes left.
    lefts: Vec<u64>,
}

impl WeightedLcs {
    pub(super) fn new(factor: f64) -> Self {
        Self { factor, weights: Vec::new(), worth: Vec::new(), runs: Vec::new(), lefts: Vec::new() }
    }

    /// Returns the exponent.
    pub(super) fn factor(&self) -> f64 {
        self.factor
    }

    /// Returns the weight of `length` consecutive matches.
    pub(super) fn weight(&mut self, length: usize) -> f64 {
        for known in self.weights.len()..=length {
            self.weights.push((known as f64).powf(self.factor));
        }
        self.weights[length]
    }

    /// Marks the positions of a sentence in the weighted longest common subsequence with a text.
    pub(super) fn mark(&mut self, sentence: &[u32], text: &[u32], marks: &mut [bool]) {
        if !sentence.iter().any(|token| text.contains(token)) {
            return;
        }
        let words = text.len().div_ceil(64);
        self.fill(sentence, text, words);
        let (mut i, mut j) = (sentence.len(), text.len());
        while i > 0 && j > 0 {
            let (row, column) = (i - 1, j - 1);
            if sentence[row] == text[column] {
                marks[row] = true;
                (i, j) = (row, column);
            } else if self.lefts[row * words + column / 64] & (1 << (column % 64)) != 0 {
                j = column;
            } else {
                i = row;
            }
        }
    }

    fn fill(&mut self, sentence: &[u32], text: &[u32], words: usize) {
        self.weight(sentence.len().min(text.len()) + 1);
        let Self { weights, worth, runs, lefts, .. } = self;
        worth.clear();
        worth.resize(text.len() + 1, 0.0);
        runs.clear();
        runs.resize(text.len() + 1, 0);
        lefts.clear();
        lefts.resize(sentence.len() * words, 0);
        for (&token, lefts) in sentence.iter().zip(lefts.chunks_exact_mut(words)) {
            // The cell to the upper left.
            let (mut diagonal, mut run) = (0.0, 0_u32);
            for (column, &other) in text.iter().enumerate() {
                let (up, run_above) = (worth[column + 1], runs[column + 1]);
                if token == other {
                    let k = run as usize;
                    worth[column + 1] = diagonal + weights[k + 1] - weights[k];
                    runs[column + 1] = run + 1;
                } else {
                    runs[column + 1] = 0;
                    if up < worth[column] {
                        worth[column + 1] = worth[column];
                        lefts[column / 64] |= 1 << (column % 64);
                    }
                }
                (diagonal, run) = (up, run_above);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::WeightedLcs;

    /// Reference implementation with full tables: weight, run and direction by row and column.
    fn plain(sentence: &[u32], text: &[u32], factor: f64) -> Vec<bool> {
        let weight = |length: u32| f64::from(length).powf(factor);
        let mut worth = vec![vec![0.0; text.len() + 1]; sentence.len() + 1];
        let mut runs = vec![vec![0_u32; text.len() + 1]; sentence.len() + 1];
        for i in 1..=sentence.len() {
            for j in 1..=text.len() {
                if sentence[i - 1] == text[j - 1] {
                    let k = runs[i - 1][j - 1];
                    worth[i][j] = worth[i - 1][j - 1] + weight(k + 1) - weight(k);
                    runs[i][j] = k + 1;
                } else {
                    worth[i][j] = f64::max(worth[i - 1][j], worth[i][j - 1]);
                }
            }
        }
        let mut marks = vec![false; sentence.len()];
        let (mut i, mut j) = (sentence.len(), text.len());
        while i > 0 && j > 0 {
            if sentence[i - 1] == text[j - 1] {
                marks[i - 1] = true;
                (i, j) = (i - 1, j - 1);
            } else if worth[i - 1][j] >= worth[i][j - 1] {
                i -= 1;
            } else {
                j -= 1;
            }
        }
        marks
    }

    proptest! {
        #[test]
        fn equals_the_plain_tables(
            texts in prop::collection::vec(prop::collection::vec(0..6_u32, 0..150), 2..4),
            factor in prop_oneof![Just(1.2), Just(1.0), Just(2.0), Just(0.5)],
        ) {
            let mut table = WeightedLcs::new(factor);
            for text in &texts[1..] {
                let mut marks = vec![false; texts[0].len()];
                table.mark(&texts[0], text, &mut marks);
                prop_assert_eq!(marks, plain(&texts[0], text, factor));
            }
        }
    }
}
