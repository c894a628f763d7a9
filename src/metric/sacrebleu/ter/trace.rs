//! Which words answer each other, read from the edit distances.

use super::geometry::Geometry;

/// The distances between the beginnings of two texts.
pub(super) trait Distances {
    /// Which of them exist.
    fn geometry(&self) -> &Geometry;

    /// The distance between the first `row` words of the hypothesis and the first `column` of the reference: of cells that
    /// exist.
    fn at(&self, row: usize, column: usize) -> u32;
}

/// One cheapest way to turn the hypothesis into the reference.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Trace {
    /// For every word of the reference, how many words of the hypothesis end with the one that answers it, or, where none
    /// does, with the one behind which it is missing.
    pub(super) behind: Vec<usize>,
    /// How many of the first words of the hypothesis are wrong, by number of words.
    pub(super) wrong: Vec<u32>,
    /// How many of the first words of the reference are not rightly answered.
    pub(super) unanswered: Vec<u32>,
}

impl Trace {
    /// Of several cheapest ways the one that, from the end, rather keeps or changes a word than drops one of the
    /// hypothesis, and rather drops one than adds one.
    pub(super) fn read(&mut self, distances: &impl Distances, hypothesis: &[u32], reference: &[u32]) {
        let geometry = distances.geometry();
        let (mut i, mut j) = (hypothesis.len(), reference.len());
        self.behind.clear();
        self.behind.resize(j, 0);
        for (counts, length) in [(&mut self.wrong, i), (&mut self.unanswered, j)] {
            counts.clear();
            counts.resize(length + 1, 0);
        }
        let mut here = distances.at(i, j);
        while i > 0 || j > 0 {
            let change = |i: usize, j: usize| u32::from(hypothesis[i - 1] != reference[j - 1]);
            let cell = |i: usize, j: usize| geometry.has(i, j).then(|| distances.at(i, j));
            let kept = (i > 0 && j > 0).then(|| cell(i - 1, j - 1)).flatten();
            if let Some(before) = kept.filter(|before| before + change(i, j) == here) {
                let wrong = change(i, j);
                self.behind[j - 1] = i;
                self.wrong[i] = wrong;
                self.unanswered[j] = wrong;
                (i, j, here) = (i - 1, j - 1, before);
            } else if i > 0 && cell(i - 1, j).is_some_and(|before| before + 1 == here) {
                self.wrong[i] = 1;
                (i, here) = (i - 1, here - 1);
            } else {
                self.behind[j - 1] = i;
                self.unanswered[j] = 1;
                (j, here) = (j - 1, here - 1);
            }
        }
        for counts in [&mut self.wrong, &mut self.unanswered] {
            let mut sum = 0;
            for count in counts.iter_mut() {
                sum += *count;
                *count = sum;
            }
        }
    }
}
